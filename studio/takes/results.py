"""What has become of a batch: results as JSON and as a table, and contact sheets."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from studio.base import atomic
from studio.base.errors import StudioError
from studio.evaluation.sheets import contact_sheet
from studio.takes.orders import Order

STATES = ("made", "reused", "there", "failed")
"""Dreamed now; dreamed before and written now; written before; and what could not be made."""

SHEET = 60
"""Pictures on one contact sheet; further ones are on further sheets."""

_SIDE, _COLUMNS = 192, 6
_FIELDS = (
    *("line", "name", "status", "prompt", "medium", "start", "steps", "width", "height", "seed", "model", "perceptor"),
    *("file", "take", "score", "seconds", "error"),
)


@dataclass(frozen=True, slots=True)
class Result:
    """What has become of an order.

    Attributes:
        order: which.
        status: one of `STATES`.
        path: its picture, also of one that failed.
        take: its take's key; empty where there is none.
        score: of the take, see `studio.takes.take.Take`.
        seconds: it took.
        error: why it failed.
    """

    order: Order
    status: str
    path: Path
    take: str = ""
    score: float | None = None
    seconds: float = 0.0
    error: StudioError | None = None


def told(result: Result) -> dict[str, object]:
    """A result as JSON has it; `error` is what, why and fix, or None."""
    order, settings, error = result.order, result.order.settings, result.error
    values = (
        *(order.line, order.name, result.status, settings.prompt, settings.medium, settings.start, settings.steps),
        *(*settings.size, settings.seed, settings.model, settings.perceptor),
        *(result.path.name, result.take, result.score, round(result.seconds, 3)),
        None if error is None else {"what": error.what, "why": error.why, "fix": error.fix},
    )
    return dict(zip(_FIELDS, values, strict=True))


def counts(results: Sequence[Result]) -> dict[str, int]:
    """How many there are of each of `STATES`."""
    return {status: sum(result.status == status for result in results) for status in STATES}


def write(results: Sequence[Result], folder: Path) -> None:
    """Write results.json and results.csv.

    Raises:
        FileError: they cannot be written.
    """
    rows = [told(result) for result in results]
    document = {**counts(results), "pictures": rows}
    atomic.write_bytes(folder / "results.json", json.dumps(document, indent=1).encode())
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(_FIELDS)
    for row, result in zip(rows, results, strict=True):
        table.writerow([*list(row.values())[:-1], "" if result.error is None else str(result.error)])
    atomic.write_bytes(folder / "results.csv", out.getvalue().encode("utf-8-sig"))  # spreadsheets look for the mark


def write_sheets(results: Sequence[Result], folder: Path) -> tuple[Path, ...]:
    """Write contact sheets of the pictures that there are, with prompts and seeds: contact-sheet.png and so on.

    Raises:
        FileError: one cannot be written.
    """
    there = [result for result in results if result.status != "failed"]
    paths = []
    for number, start in enumerate(range(0, len(there), SHEET), 1):
        some = there[start : start + SHEET]
        found = list(_small(some))
        path = folder / ("contact-sheet.png" if number == 1 else f"contact-sheet-{number}.png")
        captions = [caption for _, caption in found]
        atomic.write_bytes(
            path, contact_sheet([picture for picture, _ in found], captions, columns=_COLUMNS, side=_SIDE)
        )
        paths.append(path)
    return tuple(paths)


def _small(results: Sequence[Result]) -> Iterator[tuple[Image.Image, str]]:
    """Pictures, made small one by one so that a sheet of large ones fits into memory, and their captions."""
    for result in results:
        settings = result.order.settings
        with Image.open(result.path, formats=("PNG",)) as picture:
            small = picture.convert("RGB")
        small.thumbnail((_SIDE, _SIDE), Image.Resampling.LANCZOS)
        yield small, f"{settings.prompt} (seed {settings.seed})"
