"""A project goes to another folder, and its pictures go with it."""

from __future__ import annotations

import contextlib
import filecmp
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from studio.base import atomic
from studio.base.errors import AssetError, FileError
from studio.project.assets import resolve
from studio.project.model import Project


def carry(projects: Iterable[Project], source: Path, target: Path) -> Mapping[str, str]:
    """Copy the pictures that projects refer to from one folder into another, at the same relative paths.

    A picture that is there already is used; where another is in its place, ours gets a number. Pictures that are
    missing stay missing.

    Args:
        projects: all that may be shown in the new folder: a project, and what undo leads to.
        source: the folder where they are.
        target: the folder where they go.

    Returns:
        Old path to new path, of those that have another one there; see `moved`.

    Raises:
        FileError: a picture could not be written.
    """
    assets = {asset.path: asset for project in projects for asset in project.assets}
    if not assets or _same_folder(source, target):
        return {}
    renamed = {}
    for path, asset in assets.items():
        try:
            found = resolve(source, asset)
        except AssetError:
            continue
        there = _put(found, target, path)
        if there != path:
            renamed[path] = there
    return renamed


def moved(project: Project, renamed: Mapping[str, str]) -> Project:
    """The project with its pictures where `carry` put them."""
    if not any(asset.path in renamed for asset in project.assets):
        return project
    assets = tuple(replace(asset, path=renamed.get(asset.path, asset.path)) for asset in project.assets)
    return replace(project, assets=assets)


def _put(picture: Path, folder: Path, path: str) -> str:
    wanted = Path(path)
    for number in range(1, 10_000):
        name = wanted if number == 1 else wanted.with_name(f"{wanted.stem}-{number}{wanted.suffix}")
        place = folder / name
        if place.exists() or place.is_symlink():
            if _holds(place, picture):
                return name.as_posix()
            continue
        if not place.parent.resolve().is_relative_to(folder.resolve()):
            raise FileError(
                f"The picture {path} could not be copied",
                f"In {folder}, a link leads outside",
                "Choose another folder for the project",
            )
        with atomic.replacing(place) as temporary:
            shutil.copyfile(picture, temporary)
        return name.as_posix()
    raise FileError(f"The picture {path} could not be copied", f"{folder} is full of pictures of that name", "Tidy up")


def _holds(place: Path, picture: Path) -> bool:
    with contextlib.suppress(OSError):
        return place.is_file() and not place.is_symlink() and filecmp.cmp(place, picture, shallow=False)
    return False


def _same_folder(one: Path, other: Path) -> bool:
    with contextlib.suppress(OSError):
        return one.resolve() == other.resolve()
    return False
