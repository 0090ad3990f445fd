"""`keydream takes`: what was dreamed, found again, marked, put away and brought back."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from studio.base.errors import InputError
from studio.cli.options import Json, read_size

if TYPE_CHECKING:
    from studio.takes.take import Kept

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
    limit: Annotated[int, typer.Option("--limit", min=1, help="Most that are listed, the latest first.")] = 50,
    as_json: Json = False,
) -> None:
    """List takes, the latest first."""
    from studio.takes.index import Wanted
    from studio.takes.store import Takes

    wanted = Wanted(
        words=" ".join(words or ()),
        tags=tuple(tag or ()),
        star=star,
        medium=medium,
        size=read_size(size) if size else None,
        binned=binned,
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
