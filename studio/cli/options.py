"""Options that several commands share, and how their values are read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.base import paths
from studio.base.errors import InputError, ProjectError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from studio.project.model import Project
    from studio.project.options import Option, Value

Out = Annotated[
    Path,
    typer.Option(
        "--out",
        "-o",
        help="The file to write: .gif .mp4 .webm .webp .apng .mov; or a folder for a PNG sequence.",
    ),
]
Size = Annotated[str, typer.Option("--size", metavar="WxH", help="Width and height in pixels, such as 256x256.")]
Device = Annotated[str, typer.Option("--device", help="Where to compute: auto, cpu, cuda or mps.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Force = Annotated[bool, typer.Option("--force", "-f", help="Replace a file that Keydream did not make.")]
Options = Annotated[
    list[str] | None,
    typer.Option(
        "--option",
        metavar="NAME=VALUE",
        help="A setting of the medium, several times for several. strokes: strokes, widest; palette: colours, cells; "
        "fourier: decay; biggan: search (evolved, gradient, cmaes, both), population, truncation.",
    ),
]
Store = Annotated[
    Path | None, typer.Option("--store", help="The folder that keeps rendered frames; by default Keydream's cache.")
]
Deterministic = Annotated[
    bool, typer.Option("--deterministic", help="The same bytes every time on a graphics processor too; slower.")
]

ProjectFile = Annotated[
    str,
    typer.Argument(
        metavar="PROJECT",
        help="A .keydream file, an export that carries its project, or the name of a sample (first-walk).",
    ),
]


def read_size(text: str) -> tuple[int, int]:
    """Width and height from "WxH".

    Raises:
        InputError: it is not of that form, or out of range.
    """
    from studio.project.limits import SIDE_MAX, SIDE_MIN

    found = re.fullmatch(r"\s*(\d{1,6})\s*[xX×]\s*(\d{1,6})\s*", text)
    sides = (int(found[1]), int(found[2])) if found else (0, 0)
    if not all(SIDE_MIN <= side <= SIDE_MAX for side in sides):
        raise InputError(
            f"The size {text!r} cannot be used",
            f"A size is WIDTHxHEIGHT, each {SIDE_MIN} to {SIDE_MAX} pixels",
            "Try --size 256x256",
        )
    return sides


def read_options(medium: str, texts: Sequence[str]) -> dict[str, Value]:
    """The settings of a medium from texts such as "strokes=512"; of two for one, the last.

    Raises:
        InputError: the medium has no such option, or it cannot have that value.
    """
    from studio.project.options import options_of

    known: Mapping[str, Option] = options_of(medium)
    found: dict[str, Value] = {}
    for text in texts:
        name, sign, value = (part.strip() for part in text.partition("="))
        what = f"The option {text[:60]!r} cannot be used"
        if name not in known:
            told = "; ".join(f"{option.name}: {option.range}" for option in known.values())
            why = f"The medium {medium} has {told}" if known else f"The medium {medium} has no options"
            raise InputError(what, why, "Choose one of these" if known else "Leave it out, or choose another medium")
        if not sign:
            raise InputError(what, "It names no value", f"Write --option {name}={known[name].default}")
        try:
            found[name] = known[name].read(value)
        except ValueError as error:
            raise InputError(what, str(error), f"The usual is {name}={known[name].default}") from error
    return found


def open_project(name: str) -> tuple[Project, Path]:
    """The project that an artist names, and the folder that its pictures are relative to.

    Raises:
        ProjectError: there is none, or it is broken.
    """
    from studio.project import store
    from studio.project.format import loads

    path = Path(name)
    sample = paths.samples() / f"{name}.keydream"
    if not path.exists() and path.name == name and sample.is_file():
        path = sample
    if path.suffix == ".keydream" or not path.exists():
        return store.load(path), path.parent
    from studio.export import read_embedded

    text = read_embedded(path)
    if text is None:
        raise ProjectError(
            f"{path} cannot be rendered",
            "It is no .keydream file, and no project is embedded in it",
            "Name a project file, or an export made by Keydream",
        )
    return loads(text, source=str(path)), path.parent


def check_target(out: Path, *, force: bool) -> None:
    """Refuse to replace what Keydream did not make: better now than after an hour of rendering.

    Raises:
        InputError: something stands at `out` that carries no project.
    """
    from studio.base.errors import StudioError
    from studio.export import read_embedded

    if force or not out.exists():
        return
    try:
        ours = read_embedded(out) is not None
    except StudioError:
        ours = False
    empty = out.is_dir() and not any(out.iterdir())
    if not (ours or empty):
        raise InputError(
            f"{out} was not replaced",
            "It exists, and Keydream did not make it",
            "Choose another name, or add --force to replace it",
        )
