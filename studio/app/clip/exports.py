"""A table of numbers for other programs: text for a spreadsheet, HTML for a document, CSV, JSON, and numpy's .npz."""

from __future__ import annotations

import csv
import html
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from studio.app.clip.answers import Numbers, Table
from studio.base import atomic
from studio.base.errors import InputError
from studio.library.scan import shown

SUFFIXES: Final = (".csv", ".json", ".npz")
"""What a table can be written as."""

_RISKY: Final = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for the beginning of a formula


def as_text(table: Table, numbers: Numbers) -> str:
    """Rows of cells with tabs between them, as spreadsheets paste them: a picture a row, a text a column."""
    rows = [["", *(_cell(text) for text in table.texts)]]
    for picture, values in zip(table.pictures, numbers.tolist(), strict=True):
        rows.append([_cell(shown(picture.name)), *(f"{value:.4f}" for value in values)])
    return "\n".join("\t".join(row) for row in rows) + "\n"


def as_html(table: Table, numbers: Numbers) -> str:
    """The same as a table for a document."""
    head = "".join(f"<th>{html.escape(text)}</th>" for text in table.texts)
    body = "".join(
        f"<tr><th>{html.escape(shown(picture.name))}</th>{''.join(f'<td>{value:.4f}</td>' for value in values)}</tr>"
        for picture, values in zip(table.pictures, numbers.tolist(), strict=True)
    )
    return f"<table><tr><th></th>{head}</tr>{body}</table>"


def as_csv(table: Table) -> str:
    """A row for each picture and text: picture, text, cosine, probability."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("picture", "text", "cosine", "probability"))
    for picture, cosines, probabilities in zip(
        table.pictures, table.cosine.tolist(), table.probability.tolist(), strict=True
    ):
        for text, cosine, probability in zip(table.texts, cosines, probabilities, strict=True):
            writer.writerow((_cell(shown(picture.path)), _cell(text), f"{cosine:.6f}", f"{probability:.6f}"))
    return out.getvalue()


def as_json(table: Table) -> str:
    """As `keydream score --json` has it, and the templates."""
    scores = [
        {
            "image": shown(picture.path),
            "cosine": dict(zip(table.texts, cosines, strict=True)),
            "probability": dict(zip(table.texts, probabilities, strict=True)),
        }
        for picture, cosines, probabilities in zip(
            table.pictures, table.cosine.tolist(), table.probability.tolist(), strict=True
        )
    ]
    skipped = [{"path": shown(trouble.path), "why": trouble.why} for trouble in table.skipped]
    told = {"model": table.model, "templates": table.templates, "scores": scores, "skipped": skipped}
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


def as_arrays(table: Table) -> dict[str, npt.NDArray[np.generic]]:
    """As `keydream score --npz` has it: embeddings, what they are of, and the numbers."""
    return {
        "images": table.images,
        "image_paths": np.array([shown(picture.path) for picture in table.pictures], dtype=np.str_),
        "texts": table.said,
        "text_names": np.array(table.texts, dtype=np.str_),
        "cosine": table.cosine,
        "probability": table.probability,
        "model": np.array(table.model),
        "model_sha256": np.array(table.identity),
    }


def write(table: Table, path: Path) -> Path:
    """Write a table as what its name says, and give where it went.

    Raises:
        InputError: the name has none of `SUFFIXES`.
        FileError: it could not be written; what was there before is as it was.
    """
    suffix = path.suffix.lower()
    if suffix == ".npz":
        write_arrays(as_arrays(table), path)
    elif suffix == ".csv":
        atomic.write_bytes(path, ("\ufeff" + as_csv(table)).encode())  # the mark lets spreadsheets see that it is UTF-8
    elif suffix == ".json":
        atomic.write_bytes(path, as_json(table).encode())
    else:
        raise InputError(
            f"{path.name} cannot be written",
            f"A table is one of {', '.join(SUFFIXES)}",
            f"Name it like: {path.stem}.csv",
        )
    return path


def write_arrays(arrays: Mapping[str, npt.NDArray[np.generic]], path: Path) -> None:
    """Write arrays for `numpy.load`, which needs no pickles for them.

    Raises:
        FileError: they could not be written.
    """
    with atomic.replacing(path) as temporary, temporary.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)


def _cell(text: str) -> str:
    """A text that stays a text, and in its cell, whatever program it is pasted into."""
    flat = " ".join(text.split())
    return f"'{flat}" if flat.startswith(_RISKY) else flat
