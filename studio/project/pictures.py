"""Bringing pictures into a project: copied beside its file, checked, never twice, and told apart from unused ones."""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image as Pictures

from studio.base import atomic
from studio.base.errors import AssetError, InputError
from studio.project.assets import FORMATS, read_picture, resolve
from studio.project.changes import Change
from studio.project.model import Asset, Project
from studio.timeline.prompt import Image
from studio.timeline.region import Mask

FOLDER = "pictures"
"""Where they are kept, below the project's folder."""

_SUFFIXES = {"PNG": ".png", "JPEG": ".jpg", "WEBP": ".webp", "GIF": ".gif", "BMP": ".bmp", "TIFF": ".tif"}
_LONGEST = 40  # characters of a name
_MARK = 8  # hex digits of the content in a file's name: what is called the same is the same


@dataclass(frozen=True, slots=True)
class Copied:
    """A picture that lies in a project's folder.

    Attributes:
        path: where, as `Asset.path` says it.
        sha256: its content's.
        name: what it was called, made safe: the id that it should get.
    """

    path: str
    sha256: str
    name: str


def copy(source: Path, folder: Path, known: Iterable[Asset] = ()) -> Copied:
    """Copy a picture into a project's folder, unless that holds its content already. Any thread may call it.

    Args:
        source: the picture's file, as it is: of any format that `read_picture` reads.
        folder: the project's; made if need be.
        known: the project's pictures. One of the same content is taken as it is.

    Raises:
        AssetError: it cannot be used as a picture, or the folder for pictures leads outside of the project's.
        FileError: it could not be written; nothing has changed.
    """
    read_picture(source)
    sha256 = _hash(source)
    name = safe_name(source.stem)
    for asset in known:
        if asset.sha256 == sha256 and _holds(folder, asset, sha256):
            return Copied(asset.path, sha256, name)
    there = _pictures_folder(folder)
    for path in sorted(there.glob(f"*-{sha256[:_MARK]}.*")):
        asset = Asset(name, f"{FOLDER}/{path.name}", sha256)
        if _holds(folder, asset, sha256):
            return Copied(asset.path, sha256, name)
    target = there / f"{name}-{sha256[:_MARK]}{_suffix(source)}"
    if target.exists():  # another content of the same mark
        target = target.with_stem(f"{name}-{sha256}")
    with atomic.replacing(target) as temporary:
        shutil.copyfile(source, temporary)
        if _hash(temporary) != sha256:
            raise AssetError(
                f"The picture {source.name} was not copied", "It changed meanwhile", "Try again when it is finished"
            )
    return Copied(f"{FOLDER}/{target.name}", sha256, name)


def copy_data(data: bytes, name: str, folder: Path, known: Iterable[Asset] = ()) -> Copied:
    """The same for the content of a picture file that is no file yet, and what to call it."""
    with tempfile.TemporaryDirectory(prefix="keydream-") as place:
        file = Path(place) / safe_name(name)
        file.write_bytes(data)
        return copy(file, folder, known)


def asset_for(project: Project, copied: Copied) -> Asset:
    """The project's asset of that picture: the one it has, or a new one under an id that is free."""
    for asset in project.assets:
        if asset.path == copied.path:
            return asset
    taken = {asset.id for asset in project.assets}
    name, number = copied.name, 2
    while name in taken:
        name, number = f"{copied.name}-{number}", number + 1
    return Asset(name, copied.path, copied.sha256)


def is_used(project: Project, asset: str) -> bool:
    """Whether it is the init image, or a keyframe, muted or not, shows that asset, masks by it or begins from it."""
    prompts = [key.value for track in project.timeline.prompts for key in track.track.keys]
    return project.init_image == asset or any(
        prompt.begin == asset
        or any(Image(asset) == term.content or Mask(asset) == term.region for term in prompt.terms)
        for prompt in prompts
    )


def remove_asset(asset: str) -> Change:
    """Let the project forget a picture; its file stays, for undo needs it. `InputError` while something shows it."""

    def apply(project: Project) -> Project:
        project.asset(asset)
        if is_used(project, asset):
            raise InputError(
                f"The picture {asset} cannot be removed",
                "It is the init image, or a keyframe shows it or begins from it",
                "Take it out there first",
            )
        return replace(project, assets=tuple(each for each in project.assets if each.id != asset))

    return Change("Remove picture", apply)


def safe_name(text: str) -> str:
    """A name that every file system takes and that needs no quoting in a prompt: `a-z`, `0-9` and `-`."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST].strip("-")
    return name or "picture"


def _suffix(path: Path) -> str:
    with Pictures.open(path, formats=FORMATS) as picture:
        return _SUFFIXES[str(picture.format)]


def _pictures_folder(folder: Path) -> Path:
    there = folder / FOLDER
    if not there.resolve().is_relative_to(folder.resolve()):
        raise AssetError(
            "The picture cannot be copied into the project",
            f"Its folder {FOLDER} is a link that leads outside",
            f"Remove the link {there}",
        )
    return there


def _holds(folder: Path, asset: Asset, sha256: str) -> bool:
    try:
        return _hash(resolve(folder, asset)) == sha256
    except (AssetError, OSError):
        return False


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
