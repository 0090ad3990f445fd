"""`keydream models`: what there is, bringing it here, checking it, taking it away, adding one's own."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from studio.base.errors import FileError, InputError, ModelError
from studio.cli.console import ERRORS, interruptible
from studio.cli.options import Json

if TYPE_CHECKING:
    from studio.base.progress import Progress
    from studio.models.catalogue import Entry

app = typer.Typer(
    name="models",
    help="The models that Keydream dreams with: list, fetch, verify, remove and add them.",
    no_args_is_help=True,
)

Names = Annotated[list[str], typer.Argument(metavar="NAME...", help="As `keydream models list` has them.")]


@app.command("list")
def list_models(as_json: Json = False) -> None:
    """All models: those that ship, those that can be fetched, and your own."""
    from studio.models.catalogue import everything

    rows = [_row(entry) for entry in everything()]
    if as_json:
        typer.echo(json.dumps(rows))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(caption="Sizes on the disk or to be fetched, and in memory, are in MiB.")
    for heading in ("name", "kind", "where"):
        table.add_column(heading, no_wrap=True)
    table.add_column("MiB", justify="right", no_wrap=True)
    table.add_column("memory", justify="right", no_wrap=True)
    table.add_column("what for, and on what terms")
    for row in rows:
        memory = f"{row['memory'] / 2**20:,.0f}" if row["memory"] else ""
        size = f"{row['size'] / 2**20:,.0f}"
        terms = Text.assemble(row["about"], (f"\n{row['licence']}" if row["licence"] else "", "dim"))
        table.add_row(row["name"], row["kind"], row["where"], size, memory, terms)
    Console().print(table)


@app.command()
def fetch(
    names: Names,
    accept_new: Annotated[
        bool,
        typer.Option("--accept-new", help="Take a file that differs from what the same address gave before."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Bring models here: verified, and converted once to a form that runs no code. Stopped, the same goes on."""
    from studio.models.fetching import fetch as fetch_model
    from studio.render.proving import prove

    entries = [_offered(name) for name in names]
    with interruptible() as token, _Bytes() as bar:
        for entry in entries:
            got = fetch_model(
                entry,
                prove=prove,
                token=token,
                report=bar.report,
                notice=lambda text: ERRORS.print(text, markup=False),
                accept_new=accept_new,
            )
            _say(got, "is here", as_json)


@app.command()
def verify(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME...]", help="By default all that are here.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Read models whole and compare their SHA-256 with what it was when they came."""
    from studio.models.catalogue import entries

    chosen = [_here(name) for name in names] if names else list(entries())
    rows = [{"name": entry.name, "state": _state(entry)} for entry in chosen]
    if as_json:
        typer.echo(json.dumps(rows))
    else:
        for row in rows:
            typer.echo(f"{row['name']}: {row['state']}")
    if any(row["state"] != "ok" for row in rows):
        raise typer.Exit(1)


@app.command()
def remove(names: Names, as_json: Json = False) -> None:
    """Delete fetched models and what of them was on its way; your own too, if they lie among your models."""
    from studio.models import own, store
    from studio.models.catalogue import everything

    known = {entry.name: entry for entry in everything()}
    for name in names:
        entry = known.get(name)
        if entry is None:
            raise _unknown(name)
        if entry.offer is not None:
            if not store.remove(name):
                raise ModelError(f"The model {name} is not here", "It was not fetched", "There is nothing to remove")
        elif entry.licence:
            raise InputError(f"The model {name} ships with Keydream", "It cannot be removed", "Leave it")
        else:
            own.remove(name)
        _say(entry, "was removed", as_json)


@app.command()
def add(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A checkpoint: .safetensors, .pt, .ckpt or .bin.")],
    config: Annotated[
        Path | None, typer.Option("--config", help="What belongs to it: a .yaml or .json; found beside it if alike.")
    ] = None,
    tokenizer: Annotated[
        Path | None, typer.Option("--tokenizer", help="Of a SigLIP: its tokenizer.json; found beside it.")
    ] = None,
    architecture: Annotated[
        str, typer.Option("--architecture", metavar="NAME", help="Of a perceptor: open_clip's, as ViT-B-32-quickgelu.")
    ] = "",
    name: Annotated[str, typer.Option("--name", help="What to call it; by default as the file.")] = "",
    as_json: Json = False,
) -> None:
    """Add a checkpoint of your own: converted without running anything of it, tried, and listed among your models."""
    from studio.models.adding import add as add_model
    from studio.render.proving import prove

    with interruptible() as token, _Bytes() as bar:
        entry = add_model(
            file,
            prove=prove,
            config=config,
            tokenizer=tokenizer,
            architecture=architecture,
            name=name,
            token=token,
            report=bar.report,
        )
    _say(entry, f"is a {entry.kind} of yours", as_json)


class _Bytes:
    """A line of progress in bytes, on a terminal."""

    def __init__(self) -> None:
        from rich import progress

        self._progress = progress.Progress(
            progress.TextColumn("{task.description}"),
            progress.BarColumn(),
            progress.DownloadColumn(binary_units=True),
            progress.TransferSpeedColumn(),
            progress.TimeRemainingColumn(),
            console=ERRORS,
            disable=not ERRORS.is_terminal,
            transient=True,
        )
        self._task = self._progress.add_task("", total=None)
        self._label = ""

    def __enter__(self) -> _Bytes:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def report(self, at: Progress) -> None:
        """See `studio.base.progress.Report`."""
        if at.label != self._label:
            self._label = at.label
            self._progress.reset(self._task)
        self._progress.update(self._task, completed=at.done, total=at.total or None, description=at.label)


def _row(entry: Entry) -> dict[str, Any]:
    from studio.models import store

    where = "ships" if entry.here and entry.licence else "yours"
    if entry.offer is not None:
        where = "fetched" if entry.here else "can be fetched"
        if not entry.here and (come := store.begun(entry.name)):
            where = f"{min(99, 100 * come // entry.size)} % is here"
    return {
        "name": entry.name,
        "kind": entry.kind,
        "where": where,
        "size": entry.size,
        "memory": entry.offer.memory if entry.offer else 0,
        "about": entry.about,
        "licence": entry.licence,
        "sha256": entry.sha256,
        "path": str(entry.path) if entry.here else "",
    }


def _say(entry: Entry, what: str, as_json: bool) -> None:
    typer.echo(json.dumps(_row(entry) | {"done": what}) if as_json else f"{entry.name} {what}")


def _offered(name: str) -> Entry:
    from studio.models.catalogue import everything

    for entry in everything():
        if entry.name == name and (entry.offer is not None or entry.here):
            return entry
    raise _unknown(name)


def _here(name: str) -> Entry:
    entry = _offered(name)
    if not entry.here:
        raise ModelError(f"The model {name} is not here", "It was not fetched", f"keydream models fetch {name}")
    return entry


def _unknown(name: str) -> InputError:
    return InputError(f"There is no model called {name[:60]!r}", "", "keydream models list names them")


def _state(entry: Entry) -> str:
    try:
        with entry.path.open("rb") as file:
            same = hashlib.file_digest(file, "sha256").hexdigest() == entry.sha256
    except FileNotFoundError:
        return "missing"
    except OSError as error:
        raise FileError(f"{entry.path} could not be read", error.strerror or str(error), "Check the drive") from error
    return "ok" if same else "changed: fetch or add it again"
