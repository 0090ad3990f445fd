"""`keydream explore`: many small drafts of a prompt at once, on one contact sheet."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from studio.base import paths
from studio.base.errors import InputError, RenderError
from studio.cli.console import ERRORS, Bar, interruptible
from studio.cli.options import Device, Force, Json, Options, Size, Store, check_target, read_size

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from studio.project.model import Project
    from studio.render.drafts import DraftDone, DraftEvent, DraftFailed, Explored
    from studio.render.variations import Draft

_COLUMNS, _SIDE = 4, 192
_HEADER = 33  # bytes of a PNG's signature and first chunk


def explore(
    prompt: Annotated[
        str,
        typer.Argument(
            metavar="PROMPT", help='What to dream. With alternatives, "a {red|blue} fox", words are varied among them.'
        ),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="The contact sheet to write, a .png file.")],
    by: Annotated[
        str, typer.Option("--by", help="What to vary: seeds, words or weights; words where there are alternatives.")
    ] = "",
    count: Annotated[int, typer.Option("--count", "-n", min=1, max=64, help="How many drafts.")] = 16,
    first: Annotated[
        int, typer.Option("--first", min=0, help="How many were seen before: others come then, of every kind.")
    ] = 0,
    medium: Annotated[str, typer.Option("--medium", help="The canvas, as for a still.")] = "",
    start: Annotated[str, typer.Option("--start", help="What they begin from: noise, collage or biggan.")] = "",
    model: Annotated[str, typer.Option("--model", help="The medium's model, as for a still.")] = "",
    perceptor: Annotated[str, typer.Option("--perceptor", help="The CLIP that guides; the starter if empty.")] = "",
    options: Options = None,
    steps: Annotated[int, typer.Option("--steps", min=0, max=5000, help="Optimiser steps of each draft.")] = 24,
    side: Annotated[int, typer.Option("--side", min=16, max=512, help="Pixels of a draft's shorter side.")] = 96,
    size: Size = "256x256",
    seed: Annotated[int, typer.Option("--seed", min=0, help="The first seed, or the one of all.")] = 0,
    device: Device = "auto",
    store: Store = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Dream many small drafts of a prompt at once, to choose among."""
    if out.suffix.lower() != ".png":
        raise InputError(
            f"{out} cannot be written", "A contact sheet is a PNG picture", "Choose a name that ends in .png"
        )
    from studio.cli.render import single
    from studio.render.variations import small, varied
    from studio.render.wording import alternatives

    said = alternatives(prompt)
    whole = single(
        said.first, medium, start, steps, read_size(size), seed, model=model, perceptor=perceptor, options=options or ()
    )
    base = small(whole, 0, whole.timeline.prompts[0].track.keys[0].value, side=side, steps=steps)
    drafts = varied(base, by or ("words" if said.count > 1 else "seeds"), prompt, count, first)
    check_target(out, force=force)

    from studio.dream.device import pick
    from studio.render.exploring import explore as explored
    from studio.render.store import FrameStore
    from studio.render.toolbox import LocalToolbox

    kept = FrameStore(store or paths.cache_dir() / "frames")
    with interruptible() as token, Bar("loading", 0) as bar:
        done, failed, end = _follow(explored(drafts, LocalToolbox(Path(), pick(device)), kept, token=token), bar)
    for fault in failed:
        ERRORS.print(Text(f"{drafts[fault.number].label} failed. {fault.error}"))
    if not done:
        raise RenderError("No draft could be made", str(failed[0].error.what), failed[0].error.fix)
    _write(out, whole, drafts, done)
    if as_json:
        typer.echo(json.dumps(_told(out, drafts, done, failed, end)))
    else:
        again = len(done) - end.made
        reused = f", {again} were there" if again > 0 else ""
        typer.echo(f"{out}: {len(done)} drafts; {end.begin:.1f} s to begin, {end.dream:.1f} s to dream{reused}")
    if failed:
        raise typer.Exit(1)


def _follow(events: Iterable[DraftEvent], bar: Bar) -> tuple[list[DraftDone], list[DraftFailed], Explored]:
    from studio.render.drafts import DraftBegun, DraftDone, DraftFailed, Explored, Grown, Planned

    done: list[DraftDone] = []
    failed: list[DraftFailed] = []
    end: Explored | None = None
    begun = begin = 0
    for event in events:
        match event:
            case Planned():
                begin = event.drafts - event.reused
            case DraftBegun():
                begun += 1
                bar.move(begun, begin, "beginning")
            case Grown():
                losses = event.losses().values()
                bar.move(event.step, event.steps, "dreaming", f"loss {min(losses):.3f} to {max(losses):.3f}")
            case DraftDone():
                done.append(event)
            case DraftFailed():
                failed.append(event)
            case Explored():
                end = event
    assert end is not None, "an exploration ends with its result"
    return sorted(done, key=lambda each: each.number), failed, end


def _write(out: Path, whole: Project, drafts: Sequence[Draft], done: Sequence[DraftDone]) -> None:
    from PIL import Image

    from studio.base import atomic
    from studio.evaluation.sheets import contact_sheet
    from studio.export import embed
    from studio.project.format import dumps

    pictures = []
    for each in done:
        with Image.open(each.path, formats=("PNG",)) as picture:
            pictures.append(picture.convert("RGB"))
    labels = [drafts[each.number].label for each in done]
    sheet = contact_sheet(pictures, labels, columns=_COLUMNS, side=_SIDE)
    project = embed.png_chunk(
        embed.storable(dumps(whole))
    )  # so that the sheet opens as a project, and is known as ours
    atomic.write_bytes(out, sheet[:_HEADER] + project + sheet[_HEADER:])


def _told(
    out: Path, drafts: Sequence[Draft], done: Sequence[DraftDone], failed: Sequence[DraftFailed], end: Explored
) -> dict[str, object]:
    from studio.timeline.prompt import format_prompt

    pictures = [
        {
            "label": drafts[each.number].label,
            "prompt": format_prompt(drafts[each.number].prompt),
            "seed": drafts[each.number].project.seed,
            "picture": str(each.path),
            "key": each.key,
            "reused": each.reused,
        }
        for each in done
    ]
    faults = [{"label": drafts[each.number].label, "error": str(each.error)} for each in failed]
    times = {"made": end.made, "begin_seconds": round(end.begin, 3), "dream_seconds": round(end.dream, 3)}
    return {"path": str(out), **times, "drafts": pictures, "failed": faults}
