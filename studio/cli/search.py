"""`keydream search`: the pictures of a folder that fit a text or look like a picture, by an index on disk."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from studio.cli.asking import Npz, PerceptorName, as_json, check_out, note, once, open_perceptor, read_lines, write_npz
from studio.cli.console import ERRORS, Bar, interruptible
from studio.cli.options import Device, Force, Json

if TYPE_CHECKING:
    from studio.library.index import Index
    from studio.library.indexing import Update
    from studio.library.search import Hit
    from studio.score.clip import OpenClipPerceptor

_SIDE = 192  # pixels of a picture on the sheet
_COLUMNS = 6


def search(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the pictures are, and below.")],
    texts: Annotated[
        list[str] | None, typer.Argument(metavar="TEXT", help="What they should show; several are searched for.")
    ] = None,
    like: Annotated[
        list[Path] | None, typer.Option("--like", help="A picture that they should look like; may be given again.")
    ] = None,
    more: Annotated[Path | None, typer.Option("--texts", help="A file with more texts, one a line.")] = None,
    count: Annotated[int, typer.Option("-n", "--count", min=1, help="How many pictures for each.")] = 20,
    sheet: Annotated[Path | None, typer.Option("--sheet", help="Also write the pictures on one sheet, a .png.")] = None,
    npz: Npz = None,
    force: Force = False,
    update_first: Annotated[
        bool, typer.Option("--update/--no-update", help="Look for new, changed and removed pictures first.")
    ] = True,
    perceptor: PerceptorName = "",
    device: Device = "auto",
    json_out: Json = False,
) -> None:
    """Search a folder of pictures. The first time they are all looked at; after that, only what is new.

    That can be stopped at any time and goes on where it stopped. Without a text, it is all that is done.
    """
    check_out(sheet, ".png", force=force)
    check_out(npz, ".npz", force=force)
    wanted = once([*(texts or []), *(read_lines(more, "The texts") if more else [])], "texts")
    import numpy as np

    from studio.library.index import Index
    from studio.library.indexing import Update, update
    from studio.library.reading import read_looks
    from studio.library.search import search as find
    from studio.score.looking import embed

    clip = open_perceptor(perceptor, device)
    queries = [clip.embed_text(wanted).cpu()]
    if like:
        queries.append(embed(clip, [read_looks(path, clip.image_size) for path in like]))
    index = Index(folder, clip.identity, clip.dimensions)
    with interruptible() as token, Bar("looking", 0) as bar:
        found = update(index, clip, token, bar.report) if update_first else Update(index.rows)
    _notes(found)
    began = time.perf_counter()
    hits = find(index, np.concatenate([some.numpy() for some in queries]), count)
    seconds = time.perf_counter() - began
    names = [{"text": text} for text in wanted] + [{"like": str(path)} for path in like or []]
    if npz:
        _export(npz, index, clip)
    if sheet:
        _sheet(sheet, folder, [next(iter(name.values())) for name in names], hits)
    if json_out:
        _as_json(folder, clip, found, names, hits, seconds)
    else:
        _tables(folder, clip, found, names, hits, seconds)


def _notes(found: Update) -> None:
    if found.lost:
        ERRORS.print(f"Note: {found.lost}. What it held was looked at again.", markup=False)
    if found.busy:
        ERRORS.print("Note: another Keydream is looking at this folder; what it has found so far is searched.")
    note("could not be used and cannot be found", "could not be used and cannot be found", found.broken)
    note("could not be looked into", "could not be looked into", found.hidden)


def _told(found: Update) -> str:
    news = ((found.added, "new"), (found.changed, "changed"), (found.removed, "removed"))
    changes = ", ".join(f"{number} {what}" for number, what in news if number)
    return f"{found.pictures} pictures{f' ({changes})' if changes else ''}"


def _tables(
    folder: Path,
    clip: OpenClipPerceptor,
    found: Update,
    names: Sequence[dict[str, str]],
    hits: Sequence[Sequence[Hit]],
    seconds: float,
) -> None:
    from studio.library.scan import shown

    for name, some in zip(names, hits, strict=True):
        said = next(iter(name.values()))
        table = Table("", "cosine", "picture", title=Text(f"{shown(said)}, as {clip.name} sees it"))
        for rank, hit in enumerate(some, 1):
            table.add_row(str(rank), f"{hit.cosine:+.3f}", Text(shown(folder / hit.path), overflow="fold"))
        Console().print(table)
    typer.echo(_told(found) + (f", searched in {seconds * 1000:.0f} ms" if names else ""))


def _as_json(
    folder: Path,
    clip: OpenClipPerceptor,
    found: Update,
    names: Sequence[dict[str, str]],
    hits: Sequence[Sequence[Hit]],
    seconds: float,
) -> None:
    results = [
        {**name, "pictures": [{"image": str(folder / hit.path), "cosine": hit.cosine} for hit in some]}
        for name, some in zip(names, hits, strict=True)
    ]
    told = {
        "model": clip.name,
        "folder": str(folder),
        "pictures": found.pictures,
        "added": found.added,
        "changed": found.changed,
        "removed": found.removed,
        "broken": as_json(found.broken),
        "hidden": as_json(found.hidden),
        "busy": found.busy,
        "seconds": round(seconds, 4),
        "results": results,
    }
    typer.echo(json.dumps(told))


def _export(out: Path, index: Index, clip: OpenClipPerceptor) -> None:
    import numpy as np

    paths, embeddings = index.export()
    write_npz(
        out,
        {
            "images": embeddings,
            "image_paths": np.array(paths, dtype=np.str_),
            "folder": np.array(str(index.root)),
            "model": np.array(clip.name),
            "model_sha256": np.array(clip.identity),
        },
    )


def _sheet(out: Path, folder: Path, names: Sequence[str], hits: Sequence[Sequence[Hit]]) -> None:
    """All pictures that were found on one sheet, query after query, each with what it was found by."""
    from PIL import Image

    from studio.base import atomic
    from studio.base.errors import AssetError, InputError
    from studio.evaluation.sheets import contact_sheet
    from studio.library.scan import shown
    from studio.project.assets import read_picture

    pictures, captions = [], []
    for name, some in zip(names, hits, strict=True):
        for hit in some:
            try:
                picture = read_picture(folder / hit.path)
            except AssetError:  # it went or broke since it was looked at
                picture = Image.new("RGB", (_SIDE, _SIDE), "white")
            picture.thumbnail((_SIDE, _SIDE))
            pictures.append(picture)
            captions.append(f"{hit.cosine:+.3f} {shown(name)}: {shown(hit.path)}")
    if not pictures:
        raise InputError("There is nothing to put on a sheet", "No picture was found", "Name a text and a folder")
    atomic.write_bytes(out, contact_sheet(pictures, captions, columns=_COLUMNS, side=_SIDE))
