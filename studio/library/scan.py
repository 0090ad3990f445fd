"""What pictures a folder has, below it too, without opening any of them."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from studio.base.cancel import CancelToken, never
from studio.base.errors import InputError

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff"})
"""What names of pictures end with, in small letters."""


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """A picture's file, as its folder describes it.

    Attributes:
        path: below the folder, parts joined by "/"; bytes that are no UTF-8 are lone surrogates, as in `os.fsdecode`.
        size: bytes.
        mtime: when it was changed last, in nanoseconds since 1970.
    """

    path: str
    size: int
    mtime: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that was passed over.

    Attributes:
        path: below the folder; "" for the folder itself.
        why: in words.
    """

    path: str
    why: str


@dataclass(frozen=True, slots=True)
class Scan:
    """What a folder has.

    Attributes:
        files: the pictures, in the order of their paths.
        hidden: folders and files that could not be looked into: what was known to be there may still be there.
    """

    files: tuple[Found, ...]
    hidden: tuple[Trouble, ...]

    def may_hide(self, path: str) -> bool:
        """Whether a path is one of those, or lies below one, that could not be looked into."""
        return any(path == trouble.path or path.startswith(f"{trouble.path}/") for trouble in self.hidden)


def scan(folder: Path, token: CancelToken | None = None, *, named: str = "") -> Scan:
    """Find pictures by their names' ends, in folders below too. Names that begin with a dot are passed over.

    `named` is the one name that counts, where only pictures of that name are wanted.

    Links to files count as files; links to folders are not followed, so that no picture is found twice or for ever.

    Raises:
        InputError: the folder itself cannot be read.
        Cancelled: the token was fired.
    """
    token = token or never()
    files: list[Found] = []
    hidden: list[Trouble] = []
    waiting = [""]
    while waiting:
        below = waiting.pop()
        token.check()
        try:
            with os.scandir(folder / below) as entries:
                for entry in entries:
                    _sort_in(entry, below, named, files, hidden, waiting)
        except OSError as error:
            why = error.strerror or str(error)
            if not below:
                raise InputError(
                    f"The pictures in {shown(folder)} cannot be read", why, "Name a folder with pictures"
                ) from error
            hidden.append(Trouble(below, why))
    return Scan(tuple(sorted(files)), tuple(sorted(hidden, key=lambda trouble: trouble.path)))


def shown(path: str | Path) -> str:
    """A path for people: what is no UTF-8 in it becomes the replacement character, and control characters do too."""
    text = os.fsencode(path).decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else "�" for letter in text)


def _sort_in(
    entry: os.DirEntry[str], below: str, named: str, files: list[Found], hidden: list[Trouble], waiting: list[str]
) -> None:
    if entry.name.startswith("."):
        return
    path = f"{below}/{entry.name}" if below else entry.name
    try:
        if entry.is_dir(follow_symlinks=False):
            waiting.append(path)
        elif named in ("", entry.name) and os.path.splitext(entry.name)[1].lower() in SUFFIXES:  # noqa: PTH122 (a million paths are costly)
            status = entry.stat()
            if stat.S_ISREG(status.st_mode):
                files.append(Found(path, status.st_size, status.st_mtime_ns))
    except OSError as error:
        hidden.append(Trouble(path, error.strerror or str(error)))
