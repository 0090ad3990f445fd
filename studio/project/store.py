"""Projects on the disk: read with a limit, saved whole or not at all, with the last three versions kept beside them."""

from __future__ import annotations

import contextlib
import re
import stat
import time
from datetime import datetime
from pathlib import Path

from studio.base import atomic
from studio.base.errors import FileError, ProjectError, StudioError
from studio.project import limits
from studio.project.format import dumps, loads
from studio.project.model import Project
from studio.project.reading import RefusedError

_DEBRIS_AGE = 600.0  # seconds: a save takes a moment, so an older temporary belongs to a program that died


def load(path: Path) -> Project:
    """Read a project.

    Raises:
        FileError: there is no such file, or it may not be read.
        ProjectError: it is no project this version can read. The message names the place that is broken and the newest
            backup that can be opened.
    """
    _sweep(path)
    try:
        return _load(path)
    except (FileError, ProjectError) as error:
        newer_version = isinstance(error, ProjectError) and not isinstance(error.__cause__, RefusedError)
        backup = None if newer_version else newest_backup(path)
        if backup is None:
            raise
        saved = datetime.fromtimestamp(backup.stat().st_mtime).astimezone()
        fix = f"Open the backup {backup.name} beside it, saved on {saved:%Y-%m-%d at %H:%M}. Nothing was changed"
        raise type(error)(error.what, error.why, fix) from error


def save(project: Project, path: Path) -> None:
    """Write a project, keeping the last three versions beside it as NAME~1 (the youngest) to NAME~3.

    The file holds either the old or the new version at every moment. Saving what is there already writes nothing, so
    that the backups stay different versions.

    Raises:
        FileError: it could not be written; the old version is as it was.
        ProjectError: the project passes a limit, so that it could not be read again.
    """
    data = dumps(project).encode()
    if not _holds(path, data):
        atomic.write_bytes(path, data, backups=limits.BACKUPS)
    _sweep(path)


def newest_backup(path: Path) -> Path | None:
    """The youngest backup of a project that can be opened, or None."""
    for number in range(1, limits.BACKUPS + 1):
        backup = path.with_name(f"{path.name}~{number}")
        with contextlib.suppress(StudioError):
            _load(backup)
            return backup
    return None


def _load(path: Path) -> Project:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise FileError(
                f"{path} cannot be opened", "It is a folder or a device, no file", "Choose a .keydream file"
            )
        with path.open("rb") as file:
            data = file.read(limits.FILE_BYTES + 1)
    except FileNotFoundError as error:
        raise FileError(f"{path} cannot be opened", "There is no such file", "Check the name and the folder") from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        why = (isinstance(error, OSError) and error.strerror) or str(error)
        raise FileError(f"{path} cannot be opened", why, "Check the drive and the file's permissions") from error
    return loads(data, source=path.name)


def _holds(path: Path, data: bytes) -> bool:
    with contextlib.suppress(OSError, ValueError):
        status = path.stat()
        return stat.S_ISREG(status.st_mode) and status.st_size == len(data) and path.read_bytes() == data
    return False


def _sweep(path: Path) -> None:
    """Remove what a program that was killed while it saved this project has left beside it."""
    start, suffix = re.escape(path.stem[:20]), re.escape(path.suffix)  # a long name may have been cut
    mark = rf"\.[0-9a-f]{{8}}{re.escape(atomic.TEMPORARY)}"
    debris = re.compile(rf"\.{start}.*(?:{mark}{suffix}|{suffix}{mark})")
    with contextlib.suppress(OSError, ValueError):
        for entry in path.parent.iterdir():
            if debris.fullmatch(entry.name) and time.time() - entry.lstat().st_mtime > _DEBRIS_AGE:
                entry.unlink()
