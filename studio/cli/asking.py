"""What the commands that ask CLIP share: their options, its opening, pictures with notes on broken ones, outputs."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.base import atomic
from studio.base.cancel import CancelToken
from studio.base.collecting import importing
from studio.base.errors import AssetError, InputError
from studio.base.progress import Progress, Report
from studio.cli.console import ERRORS

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from torch import Tensor

    from studio.library.scan import Trouble
    from studio.score.clip import OpenClipPerceptor

Images = Annotated[
    list[Path], typer.Argument(metavar="IMAGE...", help="Pictures; of a folder, all that are in it and below.")
]
PerceptorName = Annotated[
    str, typer.Option("--perceptor", "--model", help="The CLIP model that is asked; by default the starter.")
]
Npz = Annotated[
    Path | None, typer.Option("--npz", help="Also write the embeddings and numbers to this file, for numpy.")
]

_BATCH = 32  # pictures that are looked at together
_NAMED = 5  # broken pictures that a note names


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Pictures that were looked at.

    Attributes:
        paths: n, without those that could not be used.
        embeddings: (n, d), unit length, on the CPU.
        skipped: what could not be used, and why.
    """

    paths: tuple[Path, ...]
    embeddings: Tensor
    skipped: tuple[Trouble, ...]


def open_perceptor(name: str, device: str) -> OpenClipPerceptor:
    """The CLIP model of that name, "" for the starter, on a device as `--device` takes it.

    Raises:
        InputError: there is no such device.
        ModelError: there is no such model, or it cannot be used.
    """
    with importing():
        from studio.dream.device import pick
        from studio.score.sharing import perceptor

    return perceptor(name, pick(device))


def look(images: Sequence[Path], perceptor: OpenClipPerceptor, token: CancelToken, report: Report) -> Seen:
    """Embed pictures, and those of folders, and note on standard error which could not be used.

    Raises:
        InputError: none could be used.
        Cancelled: the token was fired.
    """
    import torch

    from studio.library.reading import all_looks
    from studio.library.scan import Trouble
    from studio.score.looking import embed

    paths, skipped = _spread(images, token)
    used: list[Path] = []
    waiting: list[Tensor] = []
    found: list[Tensor] = []
    for number, (path, seen) in enumerate(all_looks(paths, perceptor.image_size, token)):
        report(Progress(number, len(paths), "looking at pictures"))
        if isinstance(seen, AssetError):
            skipped.append(Trouble(str(path), seen.why))
            continue
        used.append(path)
        waiting.append(seen)
        if len(waiting) == _BATCH:
            found.append(embed(perceptor, waiting))
            waiting = []
    found.append(embed(perceptor, waiting))
    if not used:
        raise InputError(
            "There is no picture to look at",
            "; ".join(_line(trouble) for trouble in skipped[:_NAMED]) or "The folder has none",
            "Name a picture, or a folder with pictures",
        )
    note("could not be used and is left out", "could not be used and are left out", skipped)
    return Seen(tuple(used), torch.cat(found), tuple(skipped))


def read_lines(path: Path, what: str) -> list[str]:
    """The texts of a file, one a line; empty lines and those that begin with # are passed over.

    Args:
        path: a text file.
        what: what could not be had from it, for messages ("The labels").

    Raises:
        InputError: it cannot be read, is no UTF-8, or has none.
    """
    try:
        lines = [line.strip() for line in path.read_text("utf-8-sig").splitlines()]
    except UnicodeDecodeError as error:
        raise InputError(f"{what} in {path} cannot be read", str(error), "Save it as UTF-8 text") from error
    except OSError as error:
        raise InputError(
            f"{what} in {path} cannot be read", error.strerror or str(error), "Name a text file, one a line"
        ) from error
    texts = [line for line in lines if line and not line.startswith("#")]
    if not texts:
        raise InputError(f"{what} in {path} cannot be used", "There is none", "Write one a line")
    return texts


def read_labels(value: str) -> list[str]:
    """Labels as `--labels` takes them: a file with one a line, or labels with commas between them.

    A label with a comma stands in double quotes, and a double quote in it is written twice.

    Raises:
        InputError: the file cannot be read, or the quotes do not match, or there is none.
    """
    path = Path(value)
    try:
        is_file = path.is_file()
    except (OSError, ValueError):
        is_file = False
    if is_file or path.suffix.lower() == ".txt":
        return read_lines(path, "The labels")
    try:
        rows = list(csv.reader([value], skipinitialspace=True, strict=True))
    except csv.Error as error:
        raise InputError(
            f"The labels {value!r} cannot be read", str(error), 'Write them like: cat,"dog, brown",bird'
        ) from error
    labels = [label.strip() for row in rows for label in row if label.strip()]
    if not labels:
        raise InputError("There are no labels", "", "Write them like: cat,dog,bird")
    return labels


def once(texts: Iterable[str], what: str) -> list[str]:
    """Texts without repetitions, with a note on standard error where there were any."""
    every = list(texts)
    different = list(dict.fromkeys(every))
    if len(different) < len(every):
        ERRORS.print(f"Note: {len(every) - len(different)} {what} given twice count once.", markup=False)
    return different


def check_out(out: Path | None, suffix: str, *, force: bool) -> None:
    """Refuse a file to write that has another suffix, or that is there already: before the work, not after it.

    Raises:
        InputError: it cannot be written under that name.
    """
    if out is None:
        return
    if out.suffix.lower() != suffix:
        raise InputError(f"{out} cannot be written", f"It will be a {suffix} file", f"Name it like: out{suffix}")
    if out.exists() and not force:
        raise InputError(f"{out} was not replaced", "It exists already", "Choose another name, or add --force")


def write_npz(out: Path, arrays: Mapping[str, npt.NDArray[np.generic]]) -> None:
    """Write arrays for `numpy.load`, which needs no pickles for them. Raises FileError when it cannot be written."""
    import numpy as np

    with atomic.replacing(out) as temporary, temporary.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)


def note(one: str, many: str, troubles: Sequence[Trouble]) -> None:
    """Say on standard error how many things were passed over, and name a few."""
    if not troubles:
        return
    count = len(troubles)
    ERRORS.print(f"Note: {f'1 {one}' if count == 1 else f'{count} {many}'}:", markup=False, highlight=False)
    for trouble in troubles[:_NAMED]:
        ERRORS.print(f"  {_line(trouble)}", markup=False, highlight=False, soft_wrap=True)
    if count > _NAMED:
        ERRORS.print(f"  and {count - _NAMED} more", markup=False, highlight=False)


def as_json(troubles: Iterable[Trouble]) -> list[dict[str, str]]:
    """Troubles for `--json`."""
    return [{"path": trouble.path, "why": trouble.why} for trouble in troubles]


def _line(trouble: Trouble) -> str:
    from studio.library.scan import shown

    return f"{shown(trouble.path)}: {trouble.why}"


def _spread(images: Sequence[Path], token: CancelToken) -> tuple[list[Path], list[Trouble]]:
    """The pictures themselves, those of folders in the place of the folders."""
    from studio.library.scan import Trouble, scan

    paths: list[Path] = []
    troubles: list[Trouble] = []
    for image in images:
        if not image.is_dir():
            paths.append(image)
            continue
        try:
            found = scan(image, token)
        except InputError as error:
            troubles.append(Trouble(str(image), error.why))
            continue
        paths += [image / file.path for file in found.files]
        troubles += [Trouble(str(image / hidden.path), hidden.why) for hidden in found.hidden]
    return paths, troubles
