"""The library of takes: a folder for each, a bin, and an index over both. No torch.

A take's folder is filled beside its place and then moved there in one step, so it is whole or not there. The files are
the truth: whoever opens the library compares the index with the folders and brings it up to date, so a crash between
the two costs nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import re
import secrets
import shutil
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from studio.base import atomic, paths
from studio.base.errors import FileError, InputError, StudioError
from studio.project.limits import PICTURE_PIXELS
from studio.takes.index import Index, Row, Wanted
from studio.takes.take import (
    LATENTS,
    PICTURE,
    SHORT,
    SIDECAR,
    SIDECAR_BYTES,
    THUMBNAIL,
    Kept,
    Take,
    TakeFile,
    read,
    spell,
)

THUMBNAIL_SIDE = 128
"""Pixels of a thumbnail's longer side."""

TAG_LENGTH = 60
"""Most characters of a tag."""

_KEPT, _BIN, _INDEX = "kept", "bin", "index.sqlite"
_KEY = re.compile(r"[0-9a-f]{64}")
_STALE = 24 * 3600.0  # seconds after which a half-filled folder is debris of a writer that was killed


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuilding found: how many takes, how many of them in the bin, and the folders that are no takes."""

    takes: int
    binned: int
    damaged: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Emptied:
    """What an emptying of the bin removed: how many takes, and the bytes of their files."""

    takes: int
    bytes: int


class Takes:
    """The takes below one folder, which is made when it is missing. Any number of processes; one thread each.

    Raises:
        FileError: the folder or its index cannot be used.
    """

    def __init__(self, root: Path | None = None) -> None:
        self.root = root or paths.data_dir() / "takes"
        self._index = Index(self.root / _INDEX)
        self.refresh()

    def close(self) -> None:
        """Let go of the index."""
        self._index.close()

    def __enter__(self) -> Takes:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def keep(self, take: Take, *, png: bytes, latents: bytes) -> Kept:
        """Keep a take, unless one of its key is there or in the bin already; that one is given back then.

        Args:
            take: what is known of it; its `files` are filled in.
            png: its picture, a whole PNG file.
            latents: its canvas' state, a whole safetensors file.

        Raises:
            FileError: it could not be written (a full disk, say); nothing half of it is left.
            ValueError: `png` is no picture.
        """
        if (there := self._known(take.key)) is not None:
            return there
        files = {PICTURE: png, THUMBNAIL: thumbnail(png), LATENTS: latents}
        sizes = {name: TakeFile(size=len(data), sha256=_sha256(data)) for name, data in files.items()}
        take = take.model_copy(update={"files": sizes})
        place = self._place(take.key, binned=False)
        filling = place.with_name(f".{take.short}.{secrets.token_hex(4)}{atomic.TEMPORARY}")
        try:
            for name, data in (*files.items(), (SIDECAR, spell(take))):
                atomic.write_bytes(filling / name, data)
            atomic.move_folder(filling, place)
        except FileExistsError:
            pass  # another process has just kept the same
        finally:
            shutil.rmtree(filling, ignore_errors=True)
        return self._enter(take.key, binned=False)

    def has(self, key: str) -> bool:
        """Whether there is a take of this whole key, in the bin or outside."""
        return self._known(key) is not None

    def get(self, name: str) -> Kept:
        """The take whose key begins so, in the bin or outside.

        Raises:
            InputError: there is none, or there are several.
            FileError: its sidecar cannot be read.
        """
        wanted = name.strip().lower()
        found = self._index.keys(wanted) if re.fullmatch(r"[0-9a-f]{4,64}", wanted) else []
        if not found:
            raise InputError(
                f"There is no take {name[:80]!r}",
                "A take is named by the first digits of its id, at least four",
                "keydream takes list shows them",
            )
        if len(found) > 1:
            raise InputError(
                f"{name!r} may be one of {len(found)} takes",
                ", ".join(key[: len(wanted) + 4] for key, _ in found[:5]),
                "Write more digits of the one that you mean",
            )
        key, binned = found[0]
        return self._read(key, binned=binned)

    def find(self, wanted: Wanted | None = None) -> tuple[Kept, ...]:
        """The takes that are wanted, the latest first. Cheap: no file is opened."""
        wanted = wanted or Wanted()
        takes = [read(sidecar, "the index of takes") for sidecar in self._index.find(wanted)]
        return tuple(Kept(take, self._place(take.key, wanted.binned), wanted.binned) for take in takes)

    def rows(self, wanted: Wanted | None = None) -> tuple[Row, ...]:
        """What a list shows of the takes that are wanted; for very many of them."""
        return self._index.rows(wanted or Wanted())

    def count(self) -> tuple[int, int]:
        """How many takes there are: outside of the bin, and in it."""
        return self._index.count()

    def tags(self) -> tuple[str, ...]:
        """Every tag of a take that is not in the bin, sorted."""
        return self._index.tags()

    def media(self) -> tuple[str, ...]:
        """Every kind of medium that takes were dreamed on, sorted."""
        return self._index.media()

    def state(self) -> tuple[int, ...]:
        """Another one than before when something else has changed the library since; cheap enough to ask often."""
        folders = (_mark(self.root / name) for name in (_KEPT, _BIN))
        return (self._index.version(), *folders)

    def star(self, name: str, on: bool = True) -> Kept:
        """Give a take a star, or take it away. Raises as `get`, and FileError when it cannot be written."""
        return self._change(name, {"star": on})

    def tag(self, name: str, add: Iterable[str] = (), remove: Iterable[str] = ()) -> Kept:
        """Give a take tags, and take others away.

        Raises:
            InputError: as `get`; or a tag is empty or too long.
            FileError: it cannot be written.
        """
        tags = {*self.get(name).take.tags, *map(_tag, add)} - set(map(_tag, remove))
        return self._change(name, {"tags": tuple(sorted(tags))})

    def remove(self, name: str) -> Kept:
        """Move a take to the bin. Harmless when it is there. Raises as `get`, and FileError."""
        return self._carry(self.get(name), binned=True)

    def restore(self, name: str) -> Kept:
        """Bring a take back from the bin. Harmless when it is not there. Raises as `get`, and FileError."""
        return self._carry(self.get(name), binned=False)

    def empty_bin(self) -> Emptied:
        """Remove what is in the bin for ever; what is restored meanwhile stays.

        Raises:
            FileError: something could not be removed; what was removed before it is gone.
        """
        count = freed = 0
        for key, (_, binned) in self._marks().items():
            if not binned:
                continue
            place = self._place(key, binned=True)
            going = place.with_name(f".{key[:SHORT]}.{secrets.token_hex(4)}{atomic.TEMPORARY}")
            try:
                atomic.move_folder(place, going)  # nobody sees half a take
                freed += sum(path.stat().st_size for path in going.rglob("*") if path.is_file())
                shutil.rmtree(going)
            except (FileError, OSError) as error:
                if not place.exists() and not going.exists():
                    continue  # somebody else has just restored or removed it
                raise FileError(
                    f"{place} could not be removed",
                    str(error),
                    "Close what else uses it, or change the permissions of the folder, and try again",
                ) from error
            self._index.drop(key)
            count += 1
        return Emptied(count, freed)

    def content(self, kept: Kept, part: str) -> bytes:
        """The bytes of one of a take's files (`PICTURE`, `THUMBNAIL`, `LATENTS`), as they were kept.

        Raises:
            FileError: it is missing, or not what was kept.
        """
        path, said = kept.place / part, kept.take.files.get(part)
        try:
            with path.open("rb") as file:
                data = file.read((said.size if said else 0) + 1)
        except OSError as error:
            raise FileError(f"{path} cannot be read", error.strerror or str(error), _AGAIN) from error
        if said is None or len(data) != said.size or _sha256(data) != said.sha256:
            raise FileError(f"{path} is damaged", "It is not what was kept", _AGAIN)
        return data

    def refresh(self) -> None:
        """Bring the index up to date with the folders: what came, went or changed without it. Cheap."""
        if self._index.fresh:
            self.rebuild()
            self._index.fresh = False
            return
        known, there = self._index.marks(), self._marks()
        for key, (mark, binned) in there.items():
            if known.get(key) != (mark, binned):
                with contextlib.suppress(StudioError):
                    self._enter(key, binned=binned)
        for key in known.keys() - there.keys():
            self._index.drop(key)

    def rebuild(self) -> Rebuilt:
        """Make the index anew from the files, and clear away what killed writers left.

        Raises:
            FileError: the index cannot be written.
        """
        self._sweep()
        found, damaged = [], []
        for key, (mark, binned) in self._marks().items():
            try:
                found.append((self._read(key, binned=binned).take, mark, binned))
            except StudioError:
                damaged.append(self._place(key, binned))
        self._index.fill(found)
        return Rebuilt(len(found), sum(binned for _, _, binned in found), tuple(damaged))

    def size(self) -> int:
        """Bytes of all files, those in the bin too."""
        return sum(path.stat().st_size for path in self.root.rglob("*") if path.is_file())

    def _change(self, name: str, what: Mapping[str, object]) -> Kept:
        kept = self.get(name)
        take = kept.take.model_copy(update=what)
        if take != kept.take:
            atomic.write_bytes(kept.place / SIDECAR, spell(take))
        return self._enter(take.key, binned=kept.binned)

    def _carry(self, kept: Kept, *, binned: bool) -> Kept:
        key = kept.take.key
        if kept.binned != binned:
            target = self._place(key, binned)
            try:
                atomic.move_folder(kept.place, target)
            except FileExistsError as error:
                raise FileError(
                    f"The take {kept.take.short} could not be moved",
                    f"{target} exists already",
                    "Move one of the two folders elsewhere; they are the same picture",
                ) from error
        return self._enter(key, binned=binned)

    def _known(self, key: str) -> Kept | None:
        """The take of this key, if its folder can be read."""
        for binned in (False, True):
            with contextlib.suppress(StudioError):
                return self._enter(key, binned=binned)
        return None

    def _enter(self, key: str, *, binned: bool) -> Kept:
        """Read a take's sidecar and bring its entry up to date."""
        place = self._place(key, binned)
        mark = _mark(place)  # before it is read: what changes meanwhile is then seen later
        kept = self._read(key, binned=binned)
        if self._index.mark(key) != (mark, binned):
            self._index.put(kept.take, mark=mark, binned=binned)
        return kept

    def _read(self, key: str, *, binned: bool) -> Kept:
        place = self._place(key, binned)
        path = place / SIDECAR
        try:
            with path.open("rb") as file:
                take = read(file.read(SIDECAR_BYTES + 1), str(path))
        except OSError as error:
            raise FileError(f"{path} cannot be read", error.strerror or str(error), _AGAIN) from error
        if take.key != key:
            raise FileError(f"{path} describes another take", f"It is of {take.short}", "Give its folder that name")
        return Kept(take, place, binned)

    def _place(self, key: str, binned: bool) -> Path:
        return self.root / (_BIN if binned else _KEPT) / key

    def _marks(self) -> dict[str, tuple[int, bool]]:
        """Mark and place of every folder that may be a take; of two of one key the one that is not in the bin."""
        found = {}
        for binned in (True, False):
            with contextlib.suppress(FileNotFoundError):
                for place in (self.root / (_BIN if binned else _KEPT)).iterdir():
                    if _KEY.fullmatch(place.name):
                        found[place.name] = (_mark(place), binned)
        return found

    def _sweep(self) -> None:
        for place in self.root.glob(f"*/.*{atomic.TEMPORARY}"):
            with contextlib.suppress(OSError):
                if time.time() - place.stat().st_mtime > _STALE:
                    shutil.rmtree(place)


_AGAIN = "Render its project again to have it anew; keydream takes remove puts this one away"


def thumbnail(png: bytes) -> bytes:
    """A WebP file of a picture, `THUMBNAIL_SIDE` pixels on its longer side.

    Raises:
        ValueError: it is no PNG file, or too large.
    """
    try:
        with Image.open(io.BytesIO(png), formats=("PNG",)) as picture:
            if picture.width * picture.height > PICTURE_PIXELS:
                raise ValueError(f"a picture of {picture.width} x {picture.height} is too large")
            scale = THUMBNAIL_SIDE / max(picture.size)
            size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
            small = picture.convert("RGB").resize(size, Image.Resampling.LANCZOS)
    except (OSError, SyntaxError) as error:
        raise ValueError(f"this is no picture: {error}") from error
    out = io.BytesIO()
    small.save(out, "WEBP", quality=85)
    return out.getvalue()


def _mark(place: Path) -> int:
    """Tells states of a folder apart: putting a file in it, or another in its place, changes its time."""
    try:
        return place.stat().st_mtime_ns
    except OSError:
        return 0


def _tag(text: str) -> str:
    tag = " ".join(text.split())
    if not tag or len(tag) > TAG_LENGTH:
        raise InputError(f"{text[:80]!r} is no tag", f"A tag has 1 to {TAG_LENGTH} characters", "Write another")
    return tag


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
