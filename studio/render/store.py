"""The frame store: pictures and latents by the hash of all that determines them. No torch.

An entry is a picture (PNG), or latents (safetensors), or both, and a manifest (JSON). The manifest is written last and
names the exact bytes of the rest, so it is the mark of validity: what has no manifest, or does not agree with it, is
not there. Every file is put down atomically and is named by its own content, so processes that share a store cannot mix
their entries up; the last to commit wins with a whole entry.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from studio.base import atomic
from studio.render.manifest import (
    MANIFEST_BYTES,
    SUFFIXES,
    DamagedError,
    Entry,
    compose,
    entry,
    is_key,
    parse,
    spell,
    verify,
)

STALE = 24 * 3600.0
"""Age in seconds after which a file that no manifest names is debris of a writer that was killed."""


class FrameStore:
    """Entries below one folder, which is made when first written to. Safe for any number of processes and threads."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, key: str, *, png: bytes | None = None, latents: bytes | None = None) -> Entry:
        """Commit an entry; one of that key that is there already is replaced.

        Args:
            key: 64 hex digits.
            png: a whole PNG file, 8 bit RGB.
            latents: a whole safetensors file.

        Raises:
            FileError: it could not be written (a full disk, say); nothing that was stored before is lost.
            ValueError: nothing was given, the key is malformed, or `png` is not what it should be.
        """
        parts = {name: data for name, data in (("picture", png), ("latents", latents)) if data is not None}
        if not parts:
            raise ValueError("an entry holds a picture or latents")
        try:
            manifest = compose(key, parts, time.time())
        except DamagedError as error:
            raise ValueError(str(error)) from error
        files = self._parts(manifest)
        try:
            for name, data in parts.items():
                atomic.write_bytes(files[name], data)
            atomic.write_bytes(self._manifest(key), spell(manifest))
        except BaseException:
            for path in set(files.values()) - self._named(key):  # free their space, and keep an older entry whole
                with contextlib.suppress(OSError):
                    path.unlink()
            raise
        return entry(manifest, files)

    def get(self, key: str) -> Entry | None:
        """The entry, after reading all of it and comparing it with its manifest; or None.

        One that is damaged or incomplete is discarded, so that it is made again. One that cannot be read at all just
        now (permissions, a drive that went away) is None and stays.
        """
        text = b""
        try:
            text = self._read_manifest(key)
            manifest = parse(text, key)
            files = self._parts(manifest)
            for name, path in files.items():
                verify(name, _read(path, manifest[name]["size"]), manifest)
        except FileNotFoundError:
            self._discard(key, text)
            return None
        except OSError:
            return None
        except DamagedError:
            self._discard(key, text)
            return None
        with contextlib.suppress(OSError):
            os.utime(self._manifest(key))  # used just now: `evict` takes the longest unused first
        return entry(manifest, files)

    def has(self, key: str) -> bool:
        """Whether an entry seems to be there: its manifest is whole and its files have the right sizes. Cheap."""
        return self.peek(key) is not None

    def peek(self, key: str) -> Entry | None:
        """The entry, when it seems to be there as `has` tells it; its content is believed. Cheap."""
        try:
            manifest = parse(self._read_manifest(key), key)
            files = self._parts(manifest)
            if all(path.stat().st_size == manifest[name]["size"] for name, path in files.items()):
                return entry(manifest, files)
        except (OSError, DamagedError):
            pass
        return None

    def keys(self) -> Iterator[str]:
        """The keys of all entries, in no order. Their manifests exist; nothing more was looked at."""
        for path in self.root.glob("??/*.json"):
            if is_key(path.stem):
                yield path.stem

    def size(self) -> int:
        """Bytes of all files below the store's folder."""
        return sum(_size(path) for path in self.root.rglob("*"))

    def evict(self, max_bytes: int, *, keep: Collection[str] = ()) -> int:
        """Remove the entries that were not used for the longest time until all take at most `max_bytes`.

        Args:
            max_bytes: of entries; other files in the store do not count.
            keep: keys that stay, whatever the total is then.

        Returns:
            The bytes that were freed.
        """
        found = []
        for key in self.keys():
            with contextlib.suppress(OSError):
                found.append((self._manifest(key).stat().st_mtime_ns, key, sum(map(_size, self._files(key)))))
        total = sum(size for _, _, size in found)
        freed = 0
        for _, key, size in sorted(found):
            if total - freed <= max_bytes:
                break
            if key not in keep:
                self.remove(key)
                freed += size
        return freed

    def remove(self, key: str) -> None:
        """Take an entry away; harmless when there is none. Its manifest goes first, so no half of it is ever valid."""
        for path in (self._manifest(key), *self._files(key)):
            with contextlib.suppress(OSError):
                path.unlink()

    def sweep(self, *, older_than: float = STALE) -> int:
        """Clear away what killed writers left: files older than `older_than` seconds that belong to no entry.

        Returns:
            How many files were removed.
        """
        now = time.time()
        removed = 0
        for path in sorted(self.root.rglob("*")):
            with contextlib.suppress(OSError):
                if path.is_file() and now - path.stat().st_mtime >= older_than and self._is_debris(path):
                    path.unlink()
                    removed += 1
        return removed

    def _is_debris(self, path: Path) -> bool:
        if atomic.TEMPORARY in path.name:
            return True
        key = path.name.partition(".")[0]
        if path.suffix not in SUFFIXES.values() or not is_key(key) or path.parent != self._folder(key):
            return False
        return path not in self._named(key)

    def _folder(self, key: str) -> Path:
        if not is_key(key):
            raise ValueError(f"a key is 64 lower-case hex digits, not {key!r}")
        return self.root / key[:2]

    def _manifest(self, key: str) -> Path:
        return self._folder(key) / f"{key}.json"

    def _read_manifest(self, key: str) -> bytes:
        return _read(self._manifest(key), MANIFEST_BYTES)

    def _parts(self, manifest: dict[str, Any]) -> dict[str, Path]:
        """Where the parts are that a manifest speaks of: named by their own content, not by what a manifest says."""
        key = manifest["key"]
        return {
            name: self._folder(key) / f"{key}.{manifest[name]['sha256'][:16]}{suffix}"
            for name, suffix in SUFFIXES.items()
            if name in manifest
        }

    def _files(self, key: str) -> list[Path]:
        return [path for path in self._folder(key).glob(f"{key}.*") if atomic.TEMPORARY not in path.name]

    def _named(self, key: str) -> set[Path]:
        """The files that the entry's manifest speaks of."""
        try:
            return set(self._parts(parse(self._read_manifest(key), key)).values())
        except (OSError, DamagedError):
            return set()

    def _discard(self, key: str, text: bytes) -> None:
        """Remove a damaged entry, unless another process has put a new one in its place meanwhile."""
        with contextlib.suppress(OSError):
            if self._read_manifest(key) == text:
                self.remove(key)


def _read(path: Path, limit: int) -> bytes:
    """The file's bytes, one more than `limit` at most."""
    with path.open("rb") as file:
        return file.read(limit + 1)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size if path.is_file() else 0
    except OSError:
        return 0
