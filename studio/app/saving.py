"""Writing a project and its pictures. No Qt: it is done in another thread."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from studio.app.texts import tr
from studio.base.errors import StudioError
from studio.project import store
from studio.project.carry import carry, moved
from studio.project.model import Project
from studio.project.stamp import Stamp


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a project that was written.

    Attributes:
        renamed: pictures that have another path now; see `carry`.
        stamp: what the file is like.
    """

    renamed: Mapping[str, str]
    stamp: Stamp | None


def save(project: Project, projects: Iterable[Project], source: Path, path: Path) -> Saved:
    """Write a project to a file, and the pictures of all `projects` beside it.

    Args:
        project: what is written.
        projects: it, and others that may be shown from there on: what undo leads to.
        source: the folder where the pictures are.
        path: the file.

    Raises:
        FileError: a picture or the file could not be written; the old file is as it was.
        ProjectError: the project passes a limit of the format.
    """
    renamed = carry(projects, source, path.parent)
    store.save(moved(project, renamed), path)
    return Saved(renamed, Stamp.of(path))


def room_for(error: StudioError, path: Path) -> StudioError:
    """The error, with the room that is left where the disk was full."""
    cause = error.__cause__
    if not isinstance(cause, OSError) or cause.errno not in (errno.ENOSPC, errno.EDQUOT):
        return error
    try:
        free = shutil.disk_usage(path.parent).free
    except OSError:
        return error
    why = tr("The disk is full: {free} MB are free there", free=f"{free / 1e6:.1f}")
    told = type(error)(error.what, why, error.fix)
    told.__cause__ = cause
    return told
