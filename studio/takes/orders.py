"""What a batch is to make: lines of prompts, or a table whose columns are settings of a still. No torch."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from studio.base.errors import InputError
from studio.project.limits import SEED, SIDE_MAX, SIDE_MIN, STEPS

COLUMNS = ("prompt", "medium", "start", "steps", "size", "seed", "model", "perceptor", "name")
"""What a table's columns may be called; `prompt` must be there."""

LIST_BYTES = 16 << 20
"""Longest list that is read."""

ORDERS_MAX = 100_000
"""Most pictures of a batch."""

RESERVED = ("contact-sheet", "results")
"""What else a batch writes: pictures cannot be called so, or begin so."""

_SLUG = 40  # characters of the prompt in a picture's name
_NAME = 100


@dataclass(frozen=True, slots=True)
class Settings:
    """What one picture is made from; the settings of `keydream still`. Options are written as "strokes=512"."""

    prompt: str = ""
    medium: str = ""
    start: str = ""
    steps: int = 40
    size: tuple[int, int] = (256, 256)
    seed: int = 0
    model: str = ""
    perceptor: str = ""
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """One picture of a batch.

    Attributes:
        line: of the list, from 1.
        name: of its file, without the suffix.
        settings: what it is made from; as far as they could be read where there is a fault.
        fault: why it cannot be made.
    """

    line: int
    name: str
    settings: Settings
    fault: InputError | None = None


def read_orders(path: Path, usual: Settings, seeds: Sequence[int] = ()) -> tuple[Order, ...]:
    """The pictures that a list asks for, in its order; a line that cannot be read is among them, with its fault.

    In a text file each line is a prompt; empty ones, and those that begin with #, are left out. A .csv file has a
    header that names its columns, see `COLUMNS`; an empty cell is as usual.

    Args:
        path: the list, UTF-8.
        usual: what lines do not say.
        seeds: each line is made with each of these, but for lines that name their own.

    Raises:
        InputError: there is no such list, it is empty, too long or no text, or its header is none.
    """
    text = _text(path)
    rows = list(_table(text, path) if path.suffix.lower() == ".csv" else _lines(text))
    if not rows:
        raise InputError(f"There is nothing to make in {path}", "No line has a prompt", "Write one prompt a line")
    if len(rows) * max(1, len(seeds)) > ORDERS_MAX:
        raise InputError(
            f"{path} asks for {len(rows) * max(1, len(seeds))} pictures",
            f"A batch has {ORDERS_MAX} at most",
            "Split the list, or take fewer seeds",
        )
    digits = max(3, len(str(rows[-1][0])))
    found, names = [], dict[str, int]()
    for line, cells in rows:
        for order in _orders(line, cells, usual, seeds, digits):
            first = names.setdefault(order.name.casefold(), line)
            taken = first != line and order.fault is None
            found.append(replace(order, fault=_taken(order, first)) if taken else order)
    return tuple(found)


def read_seeds(text: str) -> tuple[int, ...]:
    """Seeds from "0:4" (0 to 3), "7", or several of these between commas; each once.

    Raises:
        InputError: it is none of these, or a seed is out of its range.
    """
    found: dict[int, None] = {}
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\d{1,20})\s*(?::\s*(\d{1,20})\s*)?", part)
        start, stop = (int(match[1]), int(match[2] or int(match[1]) + 1)) if match else (1, 0)
        if not start < stop <= SEED + 1 or stop - start > ORDERS_MAX:
            raise InputError(
                f"The seeds {text[:60]!r} cannot be used",
                f"Seeds are whole numbers from 0 to {SEED}",
                "Write them as 0:4 (which is 0,1,2,3), or one by one between commas",
            )
        found |= dict.fromkeys(range(start, stop))
    return tuple(found)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(LIST_BYTES + 1)
    except OSError as error:
        raise InputError(
            f"The list {path} cannot be read", error.strerror or str(error), "Name a text or .csv file of prompts"
        ) from error
    if len(data) > LIST_BYTES:
        raise InputError(f"The list {path} is too long", f"It has more than {LIST_BYTES >> 20} MiB", "Split it")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(f"The list {path} is no UTF-8 text", f"See its line {line}", "Save it as UTF-8") from error


def _lines(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield number, {"prompt": line.strip()}


def _table(text: str, path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    rows = csv.reader(text.splitlines(keepends=True), strict=True, skipinitialspace=True)
    header: list[str] | None = None
    while True:
        first = rows.line_num + 1
        try:
            row = next(rows, None)
        except csv.Error as error:
            raise InputError(
                f"{path} is no table", f"Line {first}: {error}", "Check its quotes: a cell with commas stands in two"
            ) from error
        if row is None:
            return
        if not any(cell.strip() for cell in row):
            continue
        cells = [cell.strip() for cell in row]
        if header is None:
            header = _header(cells, path)
        elif len(cells) > len(header):
            yield first, {"": f"It has {len(cells)} cells, and the header names {len(header)}"}
        else:
            yield first, dict(zip(header, cells, strict=False))


def _header(cells: Sequence[str], path: Path) -> list[str]:
    names = [cell.lower() for cell in cells]
    strange = [name for name in names if name not in COLUMNS]
    if strange or "prompt" not in names or len(set(names)) < len(names):
        why = f"There is no setting {strange[0][:40]!r}" if strange else "No column, or two, are called prompt or alike"
        raise InputError(
            f"The first line of {path} names no columns",
            why,
            f"Name them there: prompt, and any of {', '.join(COLUMNS[1:])}; quote prompts that have commas",
        )
    return names


def _orders(line: int, cells: dict[str, str], usual: Settings, seeds: Sequence[int], digits: int) -> Iterator[Order]:
    settings, fault = usual, None
    try:
        settings = _settings(cells, usual)
        name = _named(cells.get("name", "")) or f"{line:0{digits}d}-{slug(settings.prompt)}"
    except InputError as error:
        fault = error
        name = f"{line:0{digits}d}"
        settings = replace(usual, prompt=cells.get("prompt", ""))
    if fault or cells.get("seed") or not seeds:
        yield Order(line, name, settings, fault)
        return
    for seed in seeds:
        yield Order(line, f"{name}-s{seed}" if len(seeds) > 1 else name, replace(settings, seed=seed))


def _settings(cells: dict[str, str], usual: Settings) -> Settings:
    if "" in cells:
        raise InputError("The line is too long for the table", cells[""], "Put a cell that has commas in quotes")
    given = {name: value for name, value in cells.items() if value and name != "name"}
    readers: dict[str, Callable[[str], object]] = {"steps": _steps, "size": _size, "seed": _seed}
    found = {name: readers.get(name, str)(value) for name, value in given.items()}
    if "prompt" not in found:
        raise InputError("The prompt is empty", "Its cell holds nothing", "Write what the picture should show")
    return replace(usual, **found)  # type: ignore[arg-type]


def _steps(text: str) -> int:
    return _whole(text, "steps", STEPS)


def _seed(text: str) -> int:
    return _whole(text, "seed", SEED)


def _whole(text: str, what: str, most: int) -> int:
    if not re.fullmatch(r"[0-9]{1,20}", text) or int(text) > most:
        raise InputError(f"{what} cannot be {text[:40]!r}", f"It is a whole number from 0 to {most}", "Change the cell")
    return int(text)


def _size(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"([0-9]{1,6})\s*[xX×]\s*([0-9]{1,6})", text)
    width, height = (int(found[1]), int(found[2])) if found else (0, 0)
    if not all(SIDE_MIN <= side <= SIDE_MAX for side in (width, height)):
        raise InputError(
            f"size cannot be {text[:40]!r}",
            f"It is WIDTHxHEIGHT, each {SIDE_MIN} to {SIDE_MAX} pixels",
            "Write for example 256x256",
        )
    return width, height


def _named(text: str) -> str:
    """A file's name as it is given, without .png; empty when none is."""
    name = re.sub(r"\.png$", "", text, flags=re.IGNORECASE).strip()
    if not text:
        return ""
    wrong = re.search(r'[/\\:*?"<>|\x00-\x1f]', name) or name.startswith(".") or name.endswith(".")
    if wrong or not name or len(name) > _NAME or name.casefold().startswith(RESERVED):
        raise InputError(
            f"A picture cannot be called {text[:60]!r}",
            'A name has no slashes, dots at its ends or any of :*?"<>|, and is none of what a batch writes itself',
            "Choose another name",
        )
    return name


def slug(prompt: str) -> str:
    """A prompt as a part of a file's name: its letters and digits, lower case, with - between."""
    words = re.findall(r"[^\W_]+", prompt.casefold())
    return "-".join(words)[:_SLUG].strip("-") or "picture"


def _taken(order: Order, first: int) -> InputError:
    return InputError(
        f"There are two pictures called {order.name}", f"Line {first} has that name already", "Choose another name"
    )
