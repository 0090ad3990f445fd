"""Files that are either the old or the new version, never a mix. The only module that calls `os.replace`.

A new version is written to a temporary file in the same folder, flushed to the disk, and renamed over the old one.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from studio.base.errors import FileError

TEMPORARY = ".keydream-tmp"
"""What the names of our temporary files end with (before a suffix); a file so named is debris and may be deleted."""

_WINDOWS_BUSY = {5, 32, 33}  # denied, sharing violation, lock violation: an indexer or a virus scanner holds the file
_PATIENCE = 2.5  # seconds


def write_bytes(path: Path, data: bytes, *, backups: int = 0) -> None:
    """Put `data` at `path` atomically, making its folder.

    Args:
        path: the target; an existing file is replaced in one step.
        data: the whole new content.
        backups: how many earlier versions to keep beside it, as NAME~1 (the youngest) to NAME~N.

    Raises:
        FileError: nothing was changed at `path`; the message says why and what to do.
    """
    with replacing(path, backups=backups) as temporary:
        temporary.write_bytes(data)


@contextlib.contextmanager
def replacing(path: Path, *, backups: int = 0) -> Iterator[Path]:
    """Give a temporary path beside `path`; rename what was written there over `path` when the block ends well.

    The temporary keeps the suffix of `path`, so that encoders recognise the format. When the block raises, the
    temporary
    is removed and `path` stays as it was. `OSError` becomes `FileError`; other exceptions pass.
    """
    temporary, copy = _beside(path), _beside(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        _flush(temporary)
        with contextlib.suppress(FileNotFoundError):
            shutil.copymode(path, temporary)  # a private file stays private
        if backups:
            _rotate(path, copy, backups)
        _replace(temporary, path)
        _flush_folder(path.parent)
    except OSError as error:
        raise explain(error, path) from error
    finally:
        for left in (temporary, copy):
            with contextlib.suppress(OSError):
                left.unlink(missing_ok=True)


def move_folder(source: Path, target: Path) -> None:
    """Give a folder another name on the same disk, in one step; never over another.

    Raises:
        FileExistsError: something is at `target` already.
        FileError: it could not be moved; it is where it was.
    """
    taken = FileExistsError(f"{target} exists already")
    if target.exists():
        raise taken
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _replace(source, target)  # of folders, the system itself refuses to replace one that holds anything
        _flush_folder(target.parent)
        _flush_folder(source.parent)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            raise taken from error
        raise explain(error, target) from error


def explain(error: OSError, path: Path) -> FileError:
    """Turn an `OSError` met while writing `path` into words for the artist."""
    what = f"{path} could not be written"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return FileError(what, "The disk is full", "Free some space, or choose another folder, and try again")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return FileError(
            what, "You may not write there", "Choose another folder, or change the permissions of this one"
        )
    if error.errno == errno.ENAMETOOLONG:
        return FileError(what, "Its name is too long for this disk", "Choose a shorter name")
    if error.errno in (errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENOENT):
        return FileError(what, "Part of that path is not a folder, or the file is one", "Choose another name")
    return FileError(what, error.strerror or str(error), "Check the drive, and try again or choose another folder")


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    if sys.platform == "win32":
        return  # Windows cannot open folders; NTFS journals the rename
    with contextlib.suppress(OSError):  # the rename has happened; some folders and network drives refuse the rest
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _beside(path: Path) -> Path:
    """A new temporary's path; the name is cut so that it stays within the 255 bytes that file systems take."""
    stem = path.stem.encode()[:80].decode(errors="ignore")
    return path.with_name(f".{stem}.{secrets.token_hex(4)}{TEMPORARY}{path.suffix}")


def _rotate(path: Path, copy: Path, backups: int) -> None:
    """Make the file at `path` its own youngest backup. Everything that needs space comes before the first rename."""

    def version(number: int) -> Path:
        return path.with_name(f"{path.name}~{number}")

    if not path.exists():
        return
    data = path.read_bytes()
    if version(1).exists() and version(1).read_bytes() == data:
        return  # an earlier attempt came this far; another shift would only push the oldest out
    copy.write_bytes(data)  # a copy, so that there is no moment without a file at `path`
    _flush(copy)
    shutil.copymode(path, copy)
    gap = next((number for number in range(1, backups) if not version(number).exists()), backups)
    for number in range(gap - 1, 0, -1):
        _replace(version(number), version(number + 1))
    _replace(copy, version(1))


def _replace(source: Path, target: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    pause = 0.01
    while True:
        try:
            os.replace(source, target)  # noqa: PTH105 (the one place, and found by this name)
            return
        except OSError as error:
            if getattr(error, "winerror", None) not in _WINDOWS_BUSY or time.monotonic() + pause > deadline:
                raise
            time.sleep(pause)
            pause *= 2
