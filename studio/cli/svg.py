"""`keydream svg`: frames of the medium strokes as a drawing or a film for other programs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import typer

from studio.base import atomic, paths
from studio.base.errors import InputError
from studio.cli.console import interruptible
from studio.cli.options import (
    Deterministic,
    Device,
    Force,
    ProjectFile,
    Size,
    Store,
    check_target,
    open_project,
    read_size,
)
from studio.cli.render import Frames, follow


def svg(
    project: ProjectFile,
    out: Annotated[Path, typer.Option("--out", "-o", help="The .svg file to write.")],
    frames: Frames = "",
    size: Size = "",
    device: Device = "auto",
    draft: Annotated[bool, typer.Option("--draft", help="The frames of a draft.")] = False,
    store: Store = None,
    deterministic: Deterministic = False,
    force: Force = False,
) -> None:
    """Write frames of a project of strokes as SVG: one as a drawing, several as a film that browsers play.

    Frames that were rendered before are used again; the others are dreamed.
    """
    opened, folder = open_project(project)
    if opened.medium.kind != "strokes":
        raise InputError(
            f"{out} cannot be written",
            f"Only strokes are drawings, and the medium of {project} is {opened.medium.kind}",
            "Choose the medium strokes, or export a picture or a film",
        )
    if out.suffix.lower() != ".svg":
        raise InputError(f"{out} cannot be written", "A drawing is an SVG file", "Choose a name that ends in .svg")
    check_target(out, force=force)
    if size:
        width, height = read_size(size)
        opened = replace(opened, width=width, height=height)

    from studio.dream.device import pick
    from studio.export.embed import fits, storable, svg_metadata
    from studio.project.format import dumps
    from studio.render.drawings import svg as drawn
    from studio.render.identity import identities
    from studio.render.plan import plan
    from studio.render.session import render
    from studio.render.store import FrameStore
    from studio.render.toolbox import LocalToolbox
    from studio.timeline.time import FrameRange

    wanted = FrameRange.parse(frames, opened.timeline.length) if frames else None
    quality: Literal["draft", "final"] = "draft" if draft else "final"
    toolbox, kept = LocalToolbox(folder, pick(device)), FrameStore(store or paths.cache_dir() / "frames")
    with interruptible() as token:
        events = render(opened, toolbox, kept, frames=wanted, quality=quality, deterministic=deterministic, token=token)
        _, done = follow(events)
    laid_out = plan(
        opened,
        wanted,
        identities(opened, folder),
        quality=quality,
        device=toolbox.device.type,
        deterministic=deterministic,
    )
    text = storable(dumps(opened))
    note = svg_metadata(text) if fits(text) else ""
    written = drawn(laid_out, kept, float(opened.timeline.rate.fraction), note, loop=opened.export.loop)
    atomic.write_bytes(out, written.encode())
    count = len(laid_out.frames)
    what = f"{count} frames" if count > 1 else "1 frame"
    typer.echo(
        f"{out}: {what} of {laid_out.width}x{laid_out.height}, {len(written) / 1e6:.2f} MB; rendered {done.rendered}"
    )
