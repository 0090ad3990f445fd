"""`keydream render`, `keydream still`, `keydream export`: projects become frames, frames become files."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from studio.base import paths
from studio.base.collecting import importing
from studio.base.errors import ExportError, InputError
from studio.cli.console import ERRORS, Bar, interruptible
from studio.cli.exporting import beside, encoded, finished, told
from studio.cli.options import (
    Deterministic,
    Device,
    Force,
    Json,
    Options,
    Out,
    ProjectFile,
    Size,
    Store,
    check_target,
    open_project,
    read_options,
    read_size,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from studio.export import Exported
    from studio.project.model import Project
    from studio.render.events import Event, PlanMade, RenderDone
    from studio.timeline.time import FrameRange

Frames = Annotated[str, typer.Option("--frames", metavar="A:B", help="Only frames A to B-1.")]
Quality = Annotated[
    int | None, typer.Option("--quality", min=0, max=100, help="0 for the smallest file, 100 for the best picture.")
]


STILL_MEDIUM = "collage"
"""What one picture is made on where nothing is said."""

STILL_STEPS = 40
"""Optimiser steps of one picture where nothing is said."""


def render(
    project: ProjectFile,
    out: Out,
    frames: Frames = "",
    size: Size = "",
    device: Device = "auto",
    draft: Annotated[bool, typer.Option("--draft", help="Half the size and half the steps, to see it sooner.")] = False,
    quality: Quality = None,
    store: Store = None,
    deterministic: Deterministic = False,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Dream a project's frames and export them. Frames that were rendered before are used again."""
    opened, folder = open_project(project)
    if size:
        opened = _resized(opened, size)
    check_target(out, force=force)
    _check_format(out)
    source = Path(project) if Path(project).exists() else None
    _dream(
        opened,
        folder,
        out,
        frames,
        device,
        store,
        draft=draft,
        deterministic=deterministic,
        quality=quality,
        source=source,
        as_json=as_json,
    )


def still(
    prompt: Annotated[
        str, typer.Argument(metavar="PROMPT", help='What to dream: "text", "text:weight", several with | between.')
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="The picture to write, a .png file.")],
    medium: Annotated[
        str, typer.Option("--medium", help="The canvas: collage, biggan, vqgan, pixels, fourier, palette or strokes.")
    ] = "",
    start: Annotated[str, typer.Option("--start", help="What it begins from: noise, collage or biggan.")] = "",
    model: Annotated[
        str,
        typer.Option("--model", help="The medium's model by its name, or a folder of cutouts; the starter if empty."),
    ] = "",
    perceptor: Annotated[str, typer.Option("--perceptor", help="The CLIP that guides; the starter if empty.")] = "",
    options: Options = None,
    steps: Annotated[int, typer.Option("--steps", min=0, max=5000, help="Optimiser steps.")] = STILL_STEPS,
    size: Size = "256x256",
    seed: Annotated[
        int, typer.Option("--seed", min=0, help="Another seed gives another picture of the same prompt.")
    ] = 0,
    device: Device = "auto",
    store: Store = None,
    deterministic: Deterministic = False,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Dream one picture of a prompt."""
    if out.suffix.lower() != ".png":
        raise InputError(f"{out} cannot be written", "A still is a PNG picture", "Choose a name that ends in .png")
    project = single(
        prompt, medium, start, steps, read_size(size), seed, model=model, perceptor=perceptor, options=options or ()
    )
    check_target(out, force=force)
    _dream(project, Path(), out, "", device, store, deterministic=deterministic, as_json=as_json)


def export(
    project: ProjectFile,
    out: Out,
    frames: Frames = "",
    size: Size = "",
    device: Device = "auto",
    draft: Annotated[bool, typer.Option("--draft", help="The frames of a draft.")] = False,
    quality: Quality = None,
    store: Store = None,
    deterministic: Deterministic = False,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Export frames that are rendered already; nothing is dreamed."""
    from studio.dream.device import pick
    from studio.render.identity import identities
    from studio.render.plan import plan
    from studio.render.store import FrameStore

    opened, folder = open_project(project)
    if size:
        opened = _resized(opened, size)
    check_target(out, force=force)
    _check_format(out)
    chosen = pick(device)
    laid_out = plan(
        opened,
        _range(opened, frames),
        identities(opened, folder),
        quality="draft" if draft else "final",
        device=chosen.type,
        deterministic=deterministic,
    )
    kept = FrameStore(store or paths.cache_dir() / "frames")
    entries = [kept.get(key) for key in laid_out.keys]
    found = [entry.picture for entry in entries if entry is not None and entry.picture is not None]
    if len(found) < len(entries):
        raise ExportError(
            f"{out} was not exported",
            f"{len(entries) - len(found)} of {len(entries)} frames are not rendered yet",
            f"Run: keydream render {project} -o {out}",
        )
    with interruptible() as token:
        exported = encoded(opened, tuple(found), out, quality, token)
    _tell(exported, as_json, notes=(), rendered=0, reused=len(found), seconds=0.0)


def _dream(
    project: Project,
    folder: Path,
    out: Path,
    frames: str,
    device: str,
    store: Path | None,
    *,
    draft: bool = False,
    deterministic: bool,
    quality: int | None = None,
    source: Path | None = None,
    as_json: bool,
) -> None:
    """Render and export beside it, keep what came to rest as takes, and tell what was made."""
    wanted = _range(project, frames)
    asked = wanted or project.timeline.frames
    rendered: Literal["draft", "final"] = "draft" if draft else "final"
    with interruptible() as token, beside(project, asked, rendered, out, quality) as exporting:
        with importing():
            from studio.dream.device import pick
            from studio.render.session import render as session
            from studio.render.store import FrameStore
            from studio.render.toolbox import LocalToolbox
            from studio.takes.keeping import Keeper
            from studio.takes.store import Takes

        toolbox = LocalToolbox(folder, pick(device))
        kept = FrameStore(store or paths.cache_dir() / "frames")
        exact = deterministic
        events = session(project, toolbox, kept, frames=wanted, quality=rendered, deterministic=exact, token=token)
        keeper = Keeper(
            Takes,
            project,
            toolbox,
            kept,
            frames=wanted,
            quality=rendered,
            deterministic=exact,
            source=source,
            folder=folder,
        )
        plan, done = follow(told(keeper.watch(events), exporting, asked))
        exported = finished(exporting, token)
    _tell(
        exported,
        as_json,
        notes=plan.notes,
        rendered=done.rendered,
        reused=plan.reused,
        seconds=done.seconds,
        takes=tuple(keeper.keys),
    )


def follow(events: Iterable[Event]) -> tuple[PlanMade, RenderDone]:
    """Show a render as it goes; its plan and its end."""
    from studio.render.events import FrameDone, FrameStarted, Notice, PlanMade, RenderDone, SolveStarted, StepDone

    plan: PlanMade | None = None
    done: RenderDone | None = None
    steps = frames = 0
    label = "loading"
    began = time.monotonic()
    with Bar(label, 0) as bar:
        for event in events:
            match event:
                case PlanMade():
                    plan = event
                    for note in plan.notes:
                        ERRORS.print(f"Note: {note}")
                case SolveStarted():
                    label = f"keyframe {event.frame}"
                    steps += event.resumed
                case FrameStarted():
                    label = f"frame {event.frame}"
                    steps += event.resumed
                case StepDone():
                    steps += 1
                    rate = steps / max(1e-6, time.monotonic() - began)
                    bar.move(
                        steps + frames,
                        (plan.steps + plan.render) if plan else 0,
                        label,
                        f"loss {event.loss:.3f}  {rate:.1f} steps/s",
                    )
                case FrameDone():
                    frames += not event.reused
                    bar.move(steps + frames, (plan.steps + plan.render) if plan else 0, label)
                case Notice():
                    ERRORS.print(event.text)
                case RenderDone():
                    done = event
    assert plan is not None and done is not None, "a render begins with its plan and ends with its result"
    return plan, done


def _tell(
    exported: Exported,
    as_json: bool,
    *,
    notes: tuple[str, ...],
    rendered: int,
    reused: int,
    seconds: float,
    takes: tuple[str, ...] = (),
) -> None:
    if as_json:
        typer.echo(
            json.dumps(
                {
                    "path": str(exported.path),
                    "frames": exported.frames,
                    "width": exported.width,
                    "height": exported.height,
                    "seconds": exported.seconds,
                    "bytes": exported.bytes,
                    "rendered": rendered,
                    "reused": reused,
                    "render_seconds": round(seconds, 3),
                    "takes": list(takes),
                    "notes": [*notes, *exported.notes],
                }
            )
        )
        return
    for note in exported.notes:
        ERRORS.print(f"Note: {note}")
    what = f"{exported.frames} frames" if exported.frames > 1 else "1 frame"
    made = f"{what} of {exported.width}x{exported.height}, {exported.bytes / 1e6:.2f} MB"
    kept = f"; take {takes[0][:12]}" if len(takes) == 1 else ""
    typer.echo(f"{exported.path}: {made}; rendered {rendered} in {seconds:.0f} s, reused {reused}{kept}")


def _range(project: Project, frames: str) -> FrameRange | None:
    from studio.timeline.time import FrameRange

    return FrameRange.parse(frames, project.timeline.length) if frames else None


def _resized(project: Project, size: str) -> Project:
    width, height = read_size(size)
    return replace(project, width=width, height=height)


def _check_format(out: Path) -> None:
    from studio.export import choose

    choose(out, "")


def single(
    prompt: str,
    medium: str,
    start: str,
    steps: int,
    size: tuple[int, int],
    seed: int,
    *,
    model: str = "",
    perceptor: str = "",
    options: Sequence[str] = (),
) -> Project:
    """The project of one frame that `still` renders; an empty medium is `STILL_MEDIUM`, an empty model the starter.

    Options are written as on the command line, "strokes=512".

    Raises:
        InputError: a word or number is none that can be used.
    """
    from studio.project.limits import SEED
    from studio.project.model import MEDIA, STARTS, Medium, PerceptorRef, Project
    from studio.timeline.model import ParameterTrack, PromptTrack, Timeline
    from studio.timeline.prompt import parse_prompt
    from studio.timeline.time import FrameRate
    from studio.timeline.track import Keyframe, Track

    medium = medium or STILL_MEDIUM
    if medium not in MEDIA:
        raise InputError(f"There is no medium {medium!r}", f"There are {', '.join(MEDIA)}", "Choose one of these")
    if start not in STARTS:
        raise InputError(
            f"A picture cannot begin from {start!r}",
            f"There are {', '.join(filter(None, STARTS))}",
            "Choose one of these",
        )
    if seed > SEED:
        raise InputError(f"The seed {seed} cannot be used", f"Seeds go from 0 to {SEED}", "Choose a smaller number")
    timeline = Timeline(
        rate=FrameRate(24, 1),
        length=1,
        prompts=(PromptTrack("prompts", Track((Keyframe(0, parse_prompt(prompt)),))),),
        parameters=(ParameterTrack("steps", Track((Keyframe(0, float(steps)),))),),
    )
    return Project(
        name=prompt[:60],
        timeline=timeline,
        width=size[0],
        height=size[1],
        seed=seed,
        medium=Medium(medium, model, start, read_options(medium, options)),
        perceptors=(PerceptorRef(perceptor),) if perceptor else (),
    )
