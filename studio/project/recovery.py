"""What is left of unsaved work when the program dies: one recovery copy a window, and notes of what was being opened.

Everything lies in Keydream's data folder, so that it is there when a drive or a network is not:

    recovery/ID.keydream-recovery     a line of JSON about the project, then its text as in a .keydream file
    recovery/ID.lock                  held by the window that writes that copy; nobody holds it after a crash
    recovery/opening-HASH.lock        held while a file is opened; left there when that killed the program
    untitled/ID-N/                    the pictures of a project that has no file yet
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import shutil
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from studio.base import atomic, paths
from studio.base.errors import FileError, ProjectError
from studio.base.presence import Presence, holder
from studio.project import limits
from studio.project.format import dumps, loads
from studio.project.model import Project

SUFFIX = ".keydream-recovery"
"""Of recovery copies."""

_HEADER_BYTES = 64 * 1024
_MARK = "keydream-recovery"
_DEBRIS_AGE = 600.0  # seconds
_SCRATCH_AGE = 3600.0  # seconds: a render that waits may still want pictures of the project that was saved


@dataclass(frozen=True, slots=True)
class Copy:
    """A recovery copy that a crash left.

    Attributes:
        file: the copy.
        name: what the project is called.
        origin: its file; None when it was never saved.
        folder: what its pictures are relative to.
        when: it was written, in seconds since 1970.
    """

    file: Path
    name: str
    origin: Path | None
    folder: Path
    when: float

    def read(self) -> Project:
        """The project in it.

        Raises:
            FileError: it cannot be read.
            ProjectError: it is broken.
        """
        try:
            with self.file.open("rb") as file:
                file.readline(_HEADER_BYTES)
                text = file.read(limits.FILE_BYTES + 1)
        except OSError as error:
            raise FileError(
                f"The recovery copy of {self.name} cannot be opened", error.strerror or str(error), "Try again"
            ) from error
        return loads(text, source=f"The recovery copy of {self.name}")


class Recovery:
    """The recovery copy of one window. One thread writes and removes it; another may ask for folders meanwhile."""

    def __init__(self, root: Path | None = None) -> None:
        """The root is Keydream's data folder by default. Nothing is written yet."""
        self._root = root or paths.data_dir()
        self._id = secrets.token_hex(6)
        self._presence: Presence | None = None
        self._holding = threading.Lock()
        self._scratches = 0

    @property
    def file(self) -> Path:
        """Where the copy is, if there is one."""
        return _folder(self._root) / f"{self._id}{SUFFIX}"

    def write(self, project: Project, origin: Path | None, folder: Path) -> None:
        """Put a copy down in place of the one before.

        Args:
            project: what to keep.
            origin: its file, if it has one; it is not touched.
            folder: what its pictures are relative to.

        Raises:
            FileError: it could not be written; the one before is still there.
            ProjectError: the project passes a limit of the format.
        """
        told = {
            _MARK: 1,
            "name": project.name,
            "origin": None if origin is None else os.path.abspath(origin),  # noqa: PTH100 (links stay as they are)
            "folder": os.path.abspath(folder),  # noqa: PTH100
            "when": time.time(),
        }
        text = dumps(project)
        self._hold()
        atomic.write_bytes(self.file, json.dumps(told).encode() + b"\n" + text.encode())

    def remove(self) -> None:
        """Nothing is unsaved any more; harmless when there is no copy."""
        with contextlib.suppress(OSError):
            self.file.unlink()

    def scratch(self) -> Path:
        """A new folder for the pictures of a project that has no file yet.

        Raises:
            FileError: it cannot be made.
        """
        self._hold()
        self._scratches += 1
        folder = _untitled(self._root) / f"{self._id}-{self._scratches}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise atomic.explain(error, folder) from error
        return folder

    def close(self) -> None:
        """The window goes, in order: remove the copy, and folders of pictures that nothing refers to."""
        self.remove()
        if self._presence is not None:
            self._presence.leave()
            self._presence = None
        kept = _kept(self._root)
        for number in range(1, self._scratches + 1):
            folder = _untitled(self._root) / f"{self._id}-{number}"
            if folder not in kept:
                shutil.rmtree(folder, ignore_errors=True)

    def _hold(self) -> None:
        with self._holding:
            self._presence = self._presence or Presence.take(_folder(self._root) / f"{self._id}.lock")


def left(root: Path | None = None) -> tuple[Copy, ...]:
    """The copies whose windows are gone, newest first; those of windows that live are never among them."""
    root = root or paths.data_dir()
    found = [copy for copy in _copies(root) if holder(copy.file.with_suffix(".lock")) is None]
    return tuple(sorted(found, key=lambda copy: -copy.when))


def discard(copy: Copy, root: Path | None = None) -> None:
    """Throw a copy away, and pictures that only it referred to.

    Raises:
        FileError: it cannot be removed.
    """
    root = root or paths.data_dir()
    try:
        copy.file.unlink(missing_ok=True)
    except OSError as error:
        raise FileError(f"{copy.file} cannot be removed", error.strerror or str(error), "Try again") from error
    with contextlib.suppress(OSError):
        copy.file.with_suffix(".lock").unlink()
    if copy.folder.parent == _untitled(root) and copy.folder not in _kept(root):
        shutil.rmtree(copy.folder, ignore_errors=True)


def sweep(root: Path | None = None) -> None:
    """Clear away what dead windows left and nobody needs: locks, half-written copies, pictures without a project."""
    root = root or paths.data_dir()
    now = time.time()
    with contextlib.suppress(OSError):
        for entry in sorted(_folder(root).iterdir()):
            if now - entry.lstat().st_mtime > _DEBRIS_AGE and (atomic.TEMPORARY in entry.name or _is_dead_lock(entry)):
                entry.unlink()
    with contextlib.suppress(OSError):
        kept = _kept(root)
        for folder in sorted(_untitled(root).iterdir()):
            if folder not in kept and now - folder.lstat().st_mtime > _SCRATCH_AGE:
                shutil.rmtree(folder, ignore_errors=True)


def opening(path: Path, root: Path | None = None) -> Presence | None:
    """Note that a file is being opened; `leave` the note when that went well. None when it cannot be noted.

    A note that is left there by a program that died says `crashed`.
    """
    with contextlib.suppress(FileError):
        return Presence.take(_opening(path, root))
    return None


def crashed(path: Path, root: Path | None = None) -> bool:
    """Whether a program died while it opened this file, so that it should not be opened unasked."""
    note = _opening(path, root)
    return note.exists() and holder(note) is None


def forgive(path: Path, root: Path | None = None) -> None:
    """Forget that opening this file killed a program."""
    with contextlib.suppress(OSError):
        _opening(path, root).unlink()


def lock_note(path: Path) -> Path:
    """Where it is noted that a project is open: hidden, beside it, so that other computers see it too."""
    return path.with_name(f".{path.name}.lock")


def _folder(root: Path) -> Path:
    return root / "recovery"


def _untitled(root: Path) -> Path:
    return root / "untitled"


def _opening(path: Path, root: Path | None) -> Path:
    name = hashlib.sha256(os.fsencode(os.path.abspath(path))).hexdigest()[:24]  # noqa: PTH100
    return _folder(root or paths.data_dir()) / f"opening-{name}.lock"


def _copies(root: Path) -> list[Copy]:
    found = []
    for file in sorted(_folder(root).glob(f"*{SUFFIX}")):
        with contextlib.suppress(OSError, ProjectError):
            if atomic.TEMPORARY not in file.name:
                found.append(_header(file))
    return found


def _header(file: Path) -> Copy:
    with file.open("rb") as opened:
        line = opened.readline(_HEADER_BYTES)
    try:
        told = json.loads(line)
        if told[_MARK] != 1:
            raise ValueError("another version")
        origin = told["origin"]
        return Copy(
            file,
            str(told["name"])[: limits.NAME],
            None if origin is None else Path(str(origin)),
            Path(str(told["folder"])),
            float(told["when"]),
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ProjectError(f"{file.name} is no recovery copy", str(error)) from error


def _is_dead_lock(entry: Path) -> bool:
    if entry.suffix != ".lock" or entry.name.startswith("opening-"):
        return False
    return not entry.with_suffix(SUFFIX).exists() and holder(entry) is None


def _kept(root: Path) -> set[Path]:
    """The folders of pictures that a copy refers to, or that belong to a window that lives."""
    kept = {copy.folder for copy in _copies(root)}
    living = {lock.stem for lock in _folder(root).glob("*.lock") if holder(lock) is not None}
    with contextlib.suppress(OSError):
        kept |= {each for each in _untitled(root).iterdir() if each.name.rpartition("-")[0] in living}
    return kept
