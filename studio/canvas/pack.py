"""Packs of cutouts: pictures with alpha (SVG, PNG, WebP) in a folder or a zip, drawn at whatever size is asked for.

What a cutout shows is said by its file's name ("two-hump-camel.svg" is a two hump camel), or by an `index.json`:

    {"licence": "Apache-2.0", "attribution": "...",
     "cutouts": [{"file": "cat-face.svg", "nouns": ["cat", "kitten"], "group": "animals"}]}

Files that the index does not list are cutouts too, by their names.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from studio.base.errors import AssetError, FileError, InputError

SUFFIXES = (".svg", ".png", ".webp")
"""What is taken for a cutout; other files are passed over."""

INDEX = "index.json"
"""The list of names, at the top of a pack."""

CUTOUTS = 10_000
"""Most cutouts in a pack."""

PACK_BYTES = 256 * 2**20
"""Largest zip that is read."""

CUTOUT_BYTES = 32 * 2**20
"""Largest cutout, unpacked."""

_NUMBERED = re.compile(r"[\s_-]*(?:\(\d+\)|\d+)$")
_WORDS = 8  # most words in a noun; a longer file name describes a scene


@dataclass(frozen=True, slots=True)
class Cutout:
    """One picture of a pack.

    Attributes:
        name: its path in the pack without the suffix: what a collage calls it.
        file: its path in the pack.
        nouns: what a prompt may call it, in lower case; the first is the usual one.
        group: the heading or folder that it stands under; may be empty.
    """

    name: str
    file: str
    nouns: tuple[str, ...]
    group: str = ""


class Pack:
    """The cutouts of a folder or zip. Made by `read_pack`.

    Attributes:
        path: where it is.
        identity: SHA-256 of all its content, hex: frames are keyed by it.
        cutouts: by name, in the order of names.
        licence: SPDX expression; empty when none is said.
        attribution: whom to thank; likewise.
    """

    def __init__(self, path: Path, identity: str, files: Mapping[str, _Source], index: Mapping[str, Any]) -> None:
        self.path = path
        self.identity = identity
        self.licence = str(index.get("licence", ""))
        self.attribution = str(index.get("attribution", ""))
        self._files = files
        listed = {str(item["file"]): item for item in index.get("cutouts", ())}
        made = (_cutout(file, listed.get(file, {})) for file in files if file != INDEX)
        self.cutouts = {cutout.name: cutout for cutout in sorted(made, key=lambda cutout: cutout.name)}

    def data(self, name: str) -> bytes:
        """The file of a cutout.

        Raises:
            AssetError: there is no such cutout, it cannot be read, or it is too large.
        """
        if name not in self.cutouts:
            raise AssetError(
                f"There is no cutout called {name[:80]}",
                f"{self.path} has {len(self.cutouts)} others",
                "Put it back, or let the picture be arranged anew",
            )
        return self._files[self.cutouts[name].file].read()


def read_pack(path: Path) -> Pack:
    """The pack at `path`: a folder, or a zip file. Pictures are decoded later, when they are drawn.

    Raises:
        FileError: it cannot be read.
        InputError: it is no pack: without cutouts, with too many, too large, or with a damaged index.
    """
    try:
        if path.is_dir():
            files: Mapping[str, _Source] = dict(_in_folder(path))
            identity = _digest(files)
        else:
            data = _bounded(path, PACK_BYTES)
            files = dict(_in_zip(path, data))
            identity = hashlib.sha256(data).hexdigest()
    except FileNotFoundError as error:
        raise FileError(f"The pack {path} is missing", "There is no such file or folder", "Put it back") from error
    except OSError as error:
        raise FileError(
            f"The pack {path} could not be read", error.strerror or str(error), "Check the drive"
        ) from error
    if len(files) - (INDEX in files) == 0:
        raise InputError(
            f"There are no cutouts in {path}",
            f"A cutout is a picture with transparent parts: {', '.join(SUFFIXES)}",
            "Put some there, or choose another folder",
        )
    return Pack(path, identity, files, _index(path, files))


@dataclass(frozen=True, slots=True)
class _Source:
    """A file of a pack: in a folder, or as a member of a zip that is held in memory."""

    path: Path
    name: str
    archive: zipfile.ZipFile | None = None

    def read(self) -> bytes:
        """All of it. Raises AssetError when it cannot be read, or unpacks to more than `CUTOUT_BYTES`."""
        what = f"The cutout {self.name} of {self.path} cannot be used"
        try:
            if self.archive is None:
                return _bounded(self.path / self.name, CUTOUT_BYTES)
            with self.archive.open(self.name) as member:
                data = member.read(CUTOUT_BYTES + 1)  # the most that is unpacked, whatever the zip's list claims
        except InputError as error:
            raise AssetError(what, error.why, error.fix) from error
        except Exception as error:  # a damaged zip raises almost anything: BadZipFile, zlib.error, RuntimeError
            raise AssetError(what, f"It is broken or cut short ({error})", "Get the pack again") from error
        if len(data) > CUTOUT_BYTES:
            raise AssetError(what, f"It is larger than {CUTOUT_BYTES // 2**20} MiB", "Make it smaller")
        return data


def _in_folder(folder: Path) -> Iterator[tuple[str, _Source]]:
    found = sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if _wanted(path.relative_to(folder).as_posix()) and path.is_file()
    )
    yield from ((name, _Source(folder, name)) for name in _counted(folder, found))


def _in_zip(path: Path, data: bytes) -> Iterator[tuple[str, _Source]]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        names = sorted({member.filename for member in archive.infolist() if _wanted(member.filename)})
    except Exception as error:  # see `_Source.read`
        raise InputError(
            f"{path} is no pack", f"It is no zip file, or a damaged one ({error})", "Get it again"
        ) from error
    yield from ((name, _Source(path, name, archive)) for name in _counted(path, names))


def _wanted(name: str) -> bool:
    """Whether a path in a pack is a cutout or the index, and no hidden file."""
    place = PurePosixPath(name)
    hidden = any(part.startswith((".", "__")) for part in place.parts)
    return not hidden and (name == INDEX or place.suffix.lower() in SUFFIXES)


def _counted(path: Path, names: list[str]) -> list[str]:
    if len(names) > CUTOUTS:
        raise InputError(
            f"The pack {path} is too large",
            f"It has {len(names)} cutouts; the limit is {CUTOUTS}",
            "Choose a smaller one",
        )
    return names


def _bounded(path: Path, limit: int) -> bytes:
    with path.open("rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise InputError(f"{path} is too large", f"It is larger than {limit // 2**20} MiB", "Choose a smaller one")
    return data


def _digest(files: Mapping[str, _Source]) -> str:
    """One digest of names and contents; a file that cannot be used counts by its name."""
    total = hashlib.sha256()
    for name, source in files.items():
        total.update(f"{len(name)}:{name};".encode())
        with (source.path / name).open("rb") as file:
            total.update(hashlib.file_digest(file, "sha256").digest())
    return total.hexdigest()


def _index(path: Path, files: Mapping[str, _Source]) -> Mapping[str, Any]:
    if INDEX not in files:
        return {}
    try:
        index = json.loads(files[INDEX].read())
        if not isinstance(index, dict):
            raise ValueError("it is no object")
        for item in index.get("cutouts", ()):
            if not isinstance(item["file"], str) or not all(isinstance(noun, str) for noun in item.get("nouns", ())):
                raise ValueError(f"{item} is no cutout")
    except (AssetError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(f"The pack {path} cannot be used", f"Its {INDEX} is damaged: {error}", "Correct it") from error
    return index


def _cutout(file: str, item: Mapping[str, Any]) -> Cutout:
    place = PurePosixPath(file)
    nouns = tuple(" ".join(str(noun).lower().split()) for noun in item.get("nouns", ()))
    return Cutout(
        name=place.with_suffix("").as_posix(),
        file=file,
        nouns=tuple(noun for noun in nouns if noun) or _spoken(place.stem),
        group=str(item.get("group", "" if place.parent == PurePosixPath() else place.parent.name)),
    )


def _spoken(stem: str) -> tuple[str, ...]:
    """What a file's name says: "Black_Cat-2" is a black cat."""
    words = re.sub(r"[\s_.-]+", " ", _NUMBERED.sub("", stem)).lower().split()
    return (" ".join(words[:_WORDS]),) if words else (stem.lower(),)
