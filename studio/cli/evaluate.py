"""`keydream evaluate`: how good the pictures are to a judge that did not guide them, and sheets for naming blind."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from studio.base import paths
from studio.base.errors import InputError
from studio.cli.console import Bar, interruptible
from studio.cli.options import Device, Json, Size, Store, read_size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from studio.base.cancel import CancelToken
    from studio.evaluation.run import Made
    from studio.project.model import Project
    from studio.render.toolbox import LocalToolbox

_JUDGE = "starter-evaluator"


def evaluate(
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder for pictures, sheets and figures.")],
    prompts: Annotated[
        Path | None,
        typer.Option("--prompts", help='A file with one prompt a line, "object | context"; by default 24 that ship.'),
    ] = None,
    count: Annotated[int, typer.Option("--count", min=0, help="Only the first so many prompts; 0 for all.")] = 0,
    medium: Annotated[str, typer.Option("--medium", help="As for keydream still; by default its default.")] = "",
    start: Annotated[str, typer.Option("--start", help="As for keydream still.")] = "",
    model: Annotated[str, typer.Option("--model", help="As for keydream still.")] = "",
    perceptor: Annotated[str, typer.Option("--perceptor", help="As for keydream still.")] = "",
    steps: Annotated[int, typer.Option("--steps", min=-1, help="As for keydream still; -1 for its default.")] = -1,
    size: Size = "128x128",
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of all pictures.")] = 0,
    evaluator: Annotated[str, typer.Option("--evaluator", help="The model that judges.")] = _JUDGE,
    pictures: Annotated[
        Path | None,
        typer.Option(
            "--pictures", help="Judge the pictures in this folder instead, one a prompt, in the order of names."
        ),
    ] = None,
    reals: Annotated[bool, typer.Option("--reals/--no-reals", help="Also judge real pictures of the prompts.")] = True,
    device: Device = "auto",
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Make a picture of every prompt, and say how often an independent judge finds what it should show."""
    from studio.evaluation.prompts import read_prompts

    chosen = read_prompts(prompts or paths.resources() / "starter" / "prompts-24.txt")
    chosen = chosen[: count or None]
    read_size(size)
    from studio.canvas.pack import read_pack
    from studio.dream.device import pick
    from studio.evaluation.run import evaluate as run
    from studio.models.catalogue import find
    from studio.models.loading import read_weights
    from studio.render.toolbox import LocalToolbox
    from studio.score.clip import build

    computing = pick(device)
    entry = find(evaluator, "clip")
    judge = build(read_weights(entry.path, name=entry.name, expect_kind="clip", expect_sha256=entry.sha256), computing)
    toolbox = LocalToolbox(Path(), computing)
    about: dict[str, Any] = {"size": size, "seed": seed}
    guides = []
    with interruptible() as token, Bar("starting", 0) as bar:
        if pictures is None:
            from studio.cli.render import STILL_STEPS, single

            steps = STILL_STEPS if steps < 0 else steps
            sides = read_size(size)
            projects = [
                single(prompt.text, medium, start, steps, sides, seed, model=model, perceptor=perceptor)
                for prompt in chosen
            ]
            about |= {"medium": projects[0].medium.kind, "start": start, "model": model, "steps": steps}
            guides = [guide for guide, _ in toolbox.perceptors(projects[0])]
            if all(guide.identity != judge.identity for guide in guides):  # else it is refused before hours of work
                made = _make(projects, toolbox, out, store, token, bar)
            else:
                made = []
        else:
            made = _found(pictures, len(chosen))
        pack = read_pack(paths.resources() / "starter" / "noto.zip") if reals else None
        figures = run(chosen, made, judge, guides, out, pack, about, token=token, report=bar.report)
    if as_json:
        typer.echo(json.dumps(figures))
        return
    for name in ("made", "blurred", "noised", "real"):
        if name in figures:
            what, where = figures[name]["object"], figures[name]["context"]
            typer.echo(
                f"{name:8} object first {what['at1']:.2f} ±{what['error1']:.2f}, among five {what['at5']:.2f} "
                f"±{what['error5']:.2f} (of {what['among']}); context first {where['at1']:.2f} ±{where['error1']:.2f}"
            )
    if "kid" in figures:
        typer.echo(f"kid      made {figures['kid']['made']['mean']:.4f}, real {figures['kid']['real']['mean']:.4f}")
    if figures["seconds_a_picture"] is not None:
        typer.echo(f"seconds  {figures['seconds_a_picture']} a picture")
    typer.echo(f"{out}: evaluation.json, blind.png, captioned.png")


def _make(
    projects: Sequence[Project],
    toolbox: LocalToolbox,
    out: Path,
    store: Path | None,
    token: CancelToken,
    bar: Bar,
) -> list[Made]:
    """Render every project of one frame as `keydream still` does; what the frame store has is taken from there."""
    from studio.base import atomic
    from studio.evaluation.run import Made
    from studio.render.events import FrameDone
    from studio.render.session import render
    from studio.render.store import FrameStore

    kept = FrameStore(store or paths.cache_dir() / "frames")
    made = []
    for number, project in enumerate(projects, 1):
        bar.move(number - 1, len(projects), project.name)
        began, done = time.monotonic(), None
        for event in render(project, toolbox, kept, token=token):
            if isinstance(event, FrameDone):
                done = event
        assert done is not None, "a project of one frame ends with that frame"
        path = out / f"{number:03}.png"
        atomic.write_bytes(path, done.path.read_bytes())
        made.append(Made(path, None if done.reused else time.monotonic() - began))
    return made


def _found(folder: Path, count: int) -> list[Made]:
    from studio.evaluation.run import Made
    from studio.starter.folder import SUFFIXES

    try:
        files = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    except OSError as error:
        raise InputError(
            f"The pictures in {folder} cannot be read", str(error), "Name a folder with pictures"
        ) from error
    if len(files) != count:
        raise InputError(
            f"The pictures in {folder} do not match the prompts",
            f"There are {len(files)} pictures and {count} prompts",
            "Give one picture for each prompt; names are taken in order",
        )
    return [Made(path, None) for path in files]
