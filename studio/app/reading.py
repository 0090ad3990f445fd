"""What can be opened: projects, their backups, samples, and exports that carry a project. No Qt."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from studio.base import paths
from studio.base.errors import FileError, ProjectError
from studio.export import read_embedded
from studio.project import samples, store
from studio.project.format import loads
from studio.project.model import Project
from studio.project.stamp import Stamp

SUFFIX = ".keydream"
"""Of project files."""

_BACKUP = re.compile(rf"(?P<name>.+{re.escape(SUFFIX)})~\d")


@dataclass(frozen=True, slots=True)
class Opened:
    """A project that was read.

    Attributes:
        project: it.
        name: how the artist knows it: a file's name, or a sample's.
        path: its file; None when saving must not go where it came from.
        source: the folder where its pictures are.
        suggested: where saving may go, when `path` is None; None for no idea.
        stamp: what its file was like.
        dirty: whether no file holds it as it is.
        loose: whether its pictures must be copied, for nothing else may be put where they are.
    """

    project: Project
    name: str
    path: Path | None
    source: Path
    suggested: Path | None = None
    stamp: Stamp | None = None
    dirty: bool = False
    loose: bool = False


def read(wanted: str | Path) -> Opened:
    """Read a file, or the sample of that name.

    Raises:
        FileError: it cannot be read.
        ProjectError: it holds no project that can be used.
    """
    if isinstance(wanted, str) and wanted in samples.names():
        return _sample(wanted)
    path = Path(wanted).absolute()
    backup = _BACKUP.fullmatch(path.name)
    if backup:
        original = path.with_name(backup["name"])
        return Opened(store.load(path), path.name, None, path.parent, original, dirty=True)
    if path.suffix.lower() == SUFFIX:
        stamp = Stamp.of(path)
        return Opened(store.load(path), path.name, path, path.parent, stamp=stamp)
    return _exported(path)


def _sample(name: str) -> Opened:
    folder = paths.samples()
    return Opened(store.load(folder / f"{name}{SUFFIX}"), name, None, folder, loose=True)


def _exported(path: Path) -> Opened:
    text = read_embedded(path)
    if text is None:
        if not path.exists():
            raise FileError(f"{path} cannot be opened", "There is no such file", "Check the name and the folder")
        raise ProjectError(
            f"{path.name} holds no Keydream project",
            "It was not made by Keydream, or the program that saved it last dropped what it did not know",
            "Open a .keydream file, or an export as Keydream wrote it",
        )
    name = re.sub(r"[_ .-]*#+", "", path.stem) or path.stem
    project = loads(text, source=path.name)
    return Opened(project, path.name, None, path.parent, path.with_name(name + SUFFIX), loose=True)
