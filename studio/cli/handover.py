"""`keydream handover`: another medium goes on from the picture of a frame."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from studio.base import paths
from studio.base.errors import InputError
from studio.cli.console import interruptible
from studio.cli.options import Device, Force, ProjectFile, Store, check_target, open_project
from studio.cli.render import follow
from studio.project.model import MEDIA, Medium

_SUFFIX = ".keydream"


def handover(
    project: ProjectFile,
    frame: Annotated[int, typer.Option("--frame", help="Whose picture is handed over.")],
    medium: Annotated[str, typer.Option("--medium", help=f"What goes on from it: {', '.join(MEDIA)}.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The .keydream file to write.")],
    device: Device = "auto",
    store: Store = None,
    force: Force = False,
) -> None:
    """Let a film begin in another medium from a frame's picture: a keyframe there, or the one that holds there.

    The frame is dreamed first, unless it was rendered before. The new project has its pictures beside it.
    """
    opened, folder = open_project(project)
    if medium not in MEDIA:
        raise InputError(f"There is no medium {medium}", f"The media are {', '.join(MEDIA)}", "Choose one of them")
    if out.suffix.lower() != _SUFFIX:
        raise InputError(f"{out} cannot be written", "It is to be a project", f"Choose a name that ends in {_SUFFIX}")
    if not 0 <= frame < opened.timeline.length:
        raise InputError(
            f"There is no frame {frame}",
            f"The timeline has frames 0 to {opened.timeline.length - 1}",
            "Choose one of them",
        )
    check_target(out, force=force)

    from studio.dream.device import pick
    from studio.project import changes, pictures
    from studio.project.carry import carry, moved
    from studio.project.store import save
    from studio.render.session import render
    from studio.render.store import FrameStore
    from studio.render.toolbox import LocalToolbox
    from studio.timeline.beginnings import key_for
    from studio.timeline.time import FrameRange

    toolbox, kept = LocalToolbox(folder, pick(device)), FrameStore(store or paths.cache_dir() / "frames")
    with interruptible() as token:
        _, done = follow(render(opened, toolbox, kept, frames=FrameRange(frame, frame + 1), token=token))
    taken = moved(opened, carry([opened], folder, out.parent))
    name = f"{opened.medium.kind} {frame:04d}"
    copied = pictures.copy_data(done.paths[0].read_bytes(), name, out.parent, taken.assets)
    asset = pictures.asset_for(taken, copied)
    handed = replace(changes.hand_over(asset, Medium(medium), frame).apply(taken), name=out.stem)
    save(handed, out)
    key = key_for(handed.timeline, frame)
    typer.echo(f"{out}: {medium} begins the keyframe at {key.frame} from {copied.path}; rendered {done.rendered}")
