"""The artist's own models: weights anywhere on this machine, each with a note in the data folder that names it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from studio.base import atomic, paths
from studio.base.errors import FileError, InputError

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,59}")
"""What a model may be called."""


@dataclass(frozen=True, slots=True)
class Own:
    """A model of the artist's own.

    Attributes:
        name: what projects call it.
        kind: "clip", "vqgan" or another kind of weights.
        path: where its weights lie.
        sha256: hex digest that they had when they were added.
        size: bytes, likewise.
        about: one line.
    """

    name: str
    kind: str
    path: Path
    sha256: str
    size: int
    about: str


def folder() -> Path:
    """Where the notes lie, and weights for which no other place was named. Not made by this call."""
    return paths.data_dir() / "models"


def check(name: str) -> None:
    """Do nothing, or say that a model cannot be called that.

    Raises:
        InputError: the name cannot be used.
    """
    if not NAME.fullmatch(name):
        raise InputError(
            f"A model cannot be called {name[:60]!r}",
            "A name has up to 60 letters, digits, spaces, dots, dashes and underscores, a letter or digit first",
            "Choose another name",
        )


def add(model: Own) -> None:
    """Make a model known by its name, or put it in the place of one of that name.

    Raises:
        InputError: the name cannot be used.
        FileError: the note could not be written.
    """
    check(model.name)
    note = {
        "kind": model.kind,
        "path": str(model.path.resolve()),
        "sha256": model.sha256,
        "size": model.size,
        "about": model.about,
    }
    atomic.write_bytes(folder() / f"{model.name}.json", json.dumps(note, indent=1).encode())


def remove(name: str) -> None:
    """Take a model off the list, and delete its weights if they lie beside its note; elsewhere they stay.

    Raises:
        FileError: a file could not be deleted.
    """
    check(name)
    for path in (folder() / f"{name}.json", folder() / f"{name}.safetensors"):
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise FileError(
                f"{path} could not be deleted", error.strerror or str(error), "Close what has it open, and try again"
            ) from error


def known() -> Iterator[Own]:
    """The artist's models, by name; a note that cannot be read is passed over, for it must not hide the others."""
    try:
        notes = sorted(folder().glob("*.json"))
    except OSError:
        return
    for note in notes:
        try:
            data = json.loads(note.read_text("utf-8"))
            yield Own(
                note.stem,
                str(data["kind"]),
                Path(data["path"]),
                str(data["sha256"]),
                int(data["size"]),
                str(data["about"]),
            )
        except (OSError, ValueError, KeyError, TypeError):
            continue
