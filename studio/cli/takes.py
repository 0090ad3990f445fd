"""`keydream takes`: what was dreamed, found again, marked, put away and brought back."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from studio.base import paths
from studio.base.errors import InputError
from studio.cli.console import ERRORS, Bar, interruptible
from studio.cli.options import Deterministic, Device, Force, Json, Options, Out, Size, Store, check_target, read_size
from studio.cli.render import STILL_STEPS, single

if TYPE_CHECKING:
    from studio.project.model import Project
    from studio.render.events import Event
    from studio.takes.orders import Order, Settings
    from studio.takes.take import Kept

UNEVEN = 0.25
"""The coefficient of variation of the change from frame to frame above which a walk is not of even speed."""

Names = Annotated[list[str], typer.Argument(metavar="TAKE...", help="Takes, by the first digits of their ids.")]

takes = typer.Typer(
    help="Every still and every solved keyframe is kept as a take: find, mark, put away, bring back.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


@takes.command("list")
def list_takes(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[WORD...]", help="Words that all stand in prompt, tags, medium or project."),
    ] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="Only takes with this tag.")] = None,
    star: Annotated[bool, typer.Option("--star", help="Only takes with a star.")] = False,
    medium: Annotated[str, typer.Option("--medium", help="Only takes of this medium.")] = "",
    size: Annotated[str, typer.Option("--size", metavar="WxH", help="Only takes of this size.")] = "",
    binned: Annotated[bool, typer.Option("--bin", help="Those in the bin.")] = False,
    best: Annotated[bool, typer.Option("--best", help="The best scores first, not the latest takes.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Most that are listed.")] = 50,
    as_json: Json = False,
) -> None:
    """List takes, the latest first, or the best."""
    from studio.takes.index import Wanted
    from studio.takes.store import Takes

    wanted = Wanted(
        words=" ".join(words or ()),
        tags=tuple(tag or ()),
        star=star,
        medium=medium,
        size=read_size(size) if size else None,
        binned=binned,
        best=best,
        limit=limit,
    )
    with Takes() as library:
        found = library.find(wanted)
    if as_json:
        typer.echo(json.dumps({"takes": [_told(kept) for kept in found]}))
        return
    table = Table()
    for name in ("take", "", "prompt", "medium", "score", "when", "tags"):
        table.add_column(name, no_wrap=name in ("take", "", "score"))
    for kept in found:
        take = kept.take
        table.add_row(
            take.short,
            "★" if take.star else "",
            Text(take.prompt),
            f"{take.medium.kind} {take.width}x{take.height}",
            "" if take.score is None else f"{take.score:.2f}",
            time.strftime("%Y-%m-%d %H:%M", time.localtime(take.created)),
            Text(", ".join(take.tags)),
        )
    Console().print(table if found else "No takes found.")


@takes.command()
def show(names: Names, as_json: Json = False) -> None:
    """Say all that is known of takes, and where their files are."""
    from studio.takes.store import Takes

    with Takes() as library:
        found = [library.get(name) for name in names]
    if as_json:
        typer.echo(json.dumps({"takes": [_told(kept) for kept in found]}))
        return
    for kept in found:
        for name, value in _told(kept).items():
            typer.echo(f"{name:>11}  {json.dumps(value) if isinstance(value, dict | list) else value}")


@takes.command()
def rebuild(as_json: Json = False) -> None:
    """Make the index anew from the takes' files."""
    from studio.takes.store import Takes

    with Takes() as library:
        found = library.rebuild()
    if as_json:
        damaged = [str(path) for path in found.damaged]
        typer.echo(json.dumps({"takes": found.takes, "binned": found.binned, "damaged": damaged}))
        return
    typer.echo(f"{found.takes} takes, {found.binned} of them in the bin")
    for path in found.damaged:
        typer.echo(f"{path} is damaged, and was left alone", err=True)


@takes.command("empty-bin")
def empty_bin(
    force: Annotated[bool, typer.Option("--force", "-f", help="Really do it.")] = False, as_json: Json = False
) -> None:
    """Remove the takes in the bin for ever."""
    from studio.takes.index import Wanted
    from studio.takes.store import Takes

    with Takes() as library:
        waiting = len(library.rows(Wanted(binned=True)))
        if waiting and not force:
            raise InputError("The bin was not emptied", f"{waiting} takes would be gone for ever", "Add --force")
        gone = library.empty_bin()
    if as_json:
        typer.echo(json.dumps({"removed": gone.takes, "bytes": gone.bytes}))
        return
    typer.echo(f"{gone.takes} takes removed, {gone.bytes / 1e6:.1f} MB freed")


@takes.command()
def star(
    names: Names, off: Annotated[bool, typer.Option("--off", help="Take the star away.")] = False, as_json: Json = False
) -> None:
    """Give takes a star."""
    from studio.takes.store import Takes

    with Takes() as library:
        changed = [library.star(name, not off) for name in names]
    _say("star taken away" if off else "has a star", changed, as_json)


@takes.command()
def tag(
    names: Names,
    add: Annotated[list[str] | None, typer.Option("--add", "-a", help="A tag to give.")] = None,
    remove: Annotated[list[str] | None, typer.Option("--remove", "-r", help="A tag to take away.")] = None,
    as_json: Json = False,
) -> None:
    """Give takes tags, or take them away."""
    from studio.takes.store import Takes

    if not (add or remove):
        raise InputError("No tag was given or taken away", "None is named", "Write --add TAG or --remove TAG")
    with Takes() as library:
        changed = [library.tag(name, add or (), remove or ()) for name in names]
    _say("tagged", changed, as_json)


@takes.command()
def remove(names: Names, as_json: Json = False) -> None:
    """Move takes to the bin. Nothing is destroyed: keydream takes restore brings them back."""
    from studio.takes.store import Takes

    with Takes() as library:
        changed = [library.remove(library.get(name).take.key) for name in names]
    _say("is in the bin", changed, as_json)


@takes.command()
def restore(names: Names, as_json: Json = False) -> None:
    """Bring takes back from the bin."""
    from studio.takes.store import Takes

    with Takes() as library:
        changed = [library.restore(name) for name in names]
    _say("is back", changed, as_json)


def walk(
    names: Annotated[
        list[str], typer.Argument(metavar="TAKE...", help="Two takes or more of one medium and size, in their order.")
    ],
    out: Out,
    frames: Annotated[int, typer.Option("--frames", help="Frames between two takes; on the average with --even.")] = 24,
    hold: Annotated[int, typer.Option("--hold", help="Frames for which each take stands still, at least 1.")] = 6,
    ease: Annotated[
        str, typer.Option("--ease", help="How it leaves and reaches takes: linear, in, out, both, bezier(...).")
    ] = "both",
    loop: Annotated[
        bool, typer.Option("--loop", help="Go on from the last take to the first, without a seam.")
    ] = False,
    even: Annotated[
        bool,
        typer.Option("--even", help="Time the frames so that each changes as much as the others; replaces --ease."),
    ] = False,
    rate: Annotated[str, typer.Option("--rate", help="Frames a second.")] = "12",
    plot: Annotated[
        Path | None, typer.Option("--plot", help="Write a picture of how evenly it moves, a .png file.")
    ] = None,
    perceptor: Annotated[str, typer.Option("--perceptor", help="The CLIP that measures changes.")] = "",
    quality: Annotated[int, typer.Option("--quality", min=0, max=100, help="0 smallest file, 100 best picture.")] = 80,
    device: Device = "auto",
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Walk between takes: their latents are blended and drawn, nothing is dreamed again."""
    from studio.export import ExportOptions, choose
    from studio.takes.course import Timing
    from studio.timeline.easing import Ease
    from studio.timeline.time import FrameRate

    timing = Timing(frames, hold, Ease.parse(ease), loop, even)
    clock = FrameRate.parse(rate)
    choose(out, "")
    check_target(out, force=force)
    if plot is not None and plot.suffix.lower() != ".png":
        raise InputError(f"{plot} cannot be written", "A plot is a PNG picture", "Choose a name that ends in .png")

    from studio.base import atomic
    from studio.dream.device import pick
    from studio.render.toolbox import LocalToolbox
    from studio.takes.filming import film
    from studio.takes.plot import plot as drawn
    from studio.takes.store import Takes

    with Takes() as library, interruptible() as token:
        chosen = [library.get(name) for name in names]
        toolbox = LocalToolbox(Path(chosen[0].take.folder), pick(device))
        settings = ExportOptions(quality=quality, loop=loop, overwrite=True)
        with Bar("walking", 0) as bar:
            found, made = film(
                chosen,
                library,
                toolbox,
                timing,
                out,
                clock.fraction,
                options=settings,
                token=token,
                report=bar.report,
                perceptor=perceptor,
            )
        if plot is not None:
            panels = [("as eased", found.before), ("even speed", found.after)]
            atomic.write_bytes(plot, drawn(panels if even else panels[:1], found.passes))
    before, after = (round(change.variation, 4) for change in (found.before, found.after))
    if as_json:
        about = {"path": str(made.path), "frames": made.frames, "seconds": made.seconds, "bytes": made.bytes}
        told = {"variation": after, "variation_as_eased": before, "plot": str(plot) if plot else None}
        keys = [kept.take.key for kept in chosen]
        typer.echo(json.dumps({**about, **told, "takes": keys, "notes": list(made.notes)}))
        return
    for note in made.notes:
        ERRORS.print(f"Note: {note}")
    typer.echo(f"{made.path}: {made.frames} frames of {made.width}x{made.height}, {made.bytes / 1e6:.2f} MB")
    timed = f"; as eased it would be {before:.3f}" if even else ""
    typer.echo(f"the change from frame to frame varies by {after:.3f} of its mean{timed}")
    if even and after >= UNEVEN:
        ERRORS.print(
            "Note: somewhere the picture jumps, which no timing can even out. Try another order, or --frames more."
        )


def batch(
    prompts: Annotated[
        Path,
        typer.Argument(
            metavar="PROMPTS",
            help="A text file, one prompt a line; or a .csv file whose header names prompt, and any of medium, start, "
            "steps, size, seed, model, perceptor, name.",
        ),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder for pictures, results and contact sheets.")],
    seeds: Annotated[
        str, typer.Option("--seeds", metavar="A:B", help="Make every line with seeds A to B-1, or with 1,5,9.")
    ] = "",
    medium: Annotated[str, typer.Option("--medium", help="The canvas of lines that name none, as for a still.")] = "",
    start: Annotated[str, typer.Option("--start", help="What they begin from: noise, collage or biggan.")] = "",
    model: Annotated[str, typer.Option("--model", help="The medium's model, as for a still.")] = "",
    perceptor: Annotated[str, typer.Option("--perceptor", help="The CLIP that guides.")] = "",
    options: Options = None,
    steps: Annotated[int, typer.Option("--steps", min=0, max=5000, help="Optimiser steps.")] = STILL_STEPS,
    size: Size = "256x256",
    device: Device = "auto",
    store: Store = None,
    deterministic: Deterministic = False,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Dream many prompts. What fails is told and the rest goes on; started again, it makes what is not there yet."""
    from studio.takes.orders import Settings, read_orders, read_seeds

    usual = Settings("", medium, start, steps, read_size(size), 0, model, perceptor, tuple(options or ()))
    orders = read_orders(prompts, usual, read_seeds(seeds) if seeds else ())

    from studio.dream.device import pick
    from studio.render.events import Notice, StepDone
    from studio.render.store import FrameStore
    from studio.render.toolbox import LocalToolbox
    from studio.takes.batch import Batch
    from studio.takes.results import STATES, counts, told
    from studio.takes.store import Takes

    def make(settings: Settings) -> Project:
        return single(
            settings.prompt,
            settings.medium,
            settings.start,
            settings.steps,
            settings.size,
            settings.seed,
            model=settings.model,
            perceptor=settings.perceptor,
            options=settings.options,
        )

    kept = FrameStore(store or paths.cache_dir() / "frames")
    toolbox = LocalToolbox(Path(), pick(device))
    with Takes() as library, interruptible() as token, Bar("batch", len(orders)) as bar:

        def watch(order: Order, event: Event) -> None:
            if isinstance(event, StepDone):
                note = f"step {event.step} of {event.steps}  loss {event.loss:.3f}"
                bar.move(len(made.results), len(orders), order.name, note)
            elif isinstance(event, Notice):
                ERRORS.print(Text(event.text))

        made = Batch(
            out, make, toolbox, kept, library, token=token, deterministic=deterministic, force=force, watch=watch
        )
        for result in made.run(orders):
            bar.move(len(made.results), len(orders), result.order.name)
            if result.error is not None:
                ERRORS.print(Text(f"Line {result.order.line} failed. {result.error}"))
    found = counts(made.results)
    if as_json:
        sheets = [str(path) for path in made.sheets]
        typer.echo(json.dumps({**found, "sheets": sheets, "pictures": [told(result) for result in made.results]}))
    else:
        typer.echo(f"{out}: " + ", ".join(f"{found[state]} {state}" for state in STATES if found[state]))
    if found["failed"]:
        raise typer.Exit(1)


def _say(what: str, changed: list[Kept], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"takes": [_told(kept) for kept in changed]}))
        return
    for kept in changed:
        tags = f" ({', '.join(kept.take.tags)})" if what == "tagged" else ""
        typer.echo(f"{kept.take.short} {what}{tags}: {kept.take.prompt}")


def _told(kept: Kept) -> dict[str, object]:
    take = kept.take.model_dump(mode="json", exclude={"files", "version"})
    return {**take, "binned": kept.binned, "picture": str(kept.picture), "latents": str(kept.latents)}
