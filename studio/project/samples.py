"""The projects that ship with Keydream, and pictures of them, so that they play before anything was rendered."""

from __future__ import annotations

import hashlib
from pathlib import Path

from PIL import Image, ImageSequence

from studio.base import atomic, paths
from studio.base.errors import FileError

FRAME = 100
"""Milliseconds of a frame in these animations, whatever the project's rate: encoders join equal frames."""

_READY = "ready"  # the last file of an unpacked animation: without it, the folder is debris of one that broke off


def names() -> tuple[str, ...]:
    """The samples, the first one to be shown first."""
    found = sorted(path.stem for path in paths.samples().glob("*.keydream"))
    return tuple(sorted(found, key=lambda name: (name != "first-walk", name)))


def animation(name: str) -> Path | None:
    """The animated WebP that shows a sample; None when it has none."""
    path = paths.samples() / f"{name}.webp"
    return path if path.is_file() else None


def frames(name: str) -> tuple[Path, ...]:
    """The frames of a sample's animation as pictures, unpacked into the cache once; () when it has none.

    Raises:
        FileError: they cannot be written, or the animation is damaged.
    """
    source = animation(name)
    if source is None:
        return ()
    data = source.read_bytes()
    folder = paths.cache_dir() / "samples" / hashlib.sha256(data).hexdigest()[:16]
    if not (folder / _READY).is_file():
        _unpack(source, folder)
    return tuple(sorted(folder.glob("*.png")))


def _unpack(source: Path, folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with Image.open(source, formats=("WEBP",)) as moving:
            place = 0
            for frame in ImageSequence.Iterator(moving):
                frame.load()  # only then is its duration known
                for _ in range(max(1, round(frame.info["duration"] / FRAME))):
                    # a plain write, for it is the last file that makes the folder count
                    frame.convert("RGB").save(folder / f"{place:05d}.png", "PNG", compress_level=1)
                    place += 1
    except (OSError, ValueError, EOFError, KeyError) as error:
        raise FileError(
            f"The sample {source.stem} cannot be shown", str(error), "Install Keydream again; it can still be rendered"
        ) from error
    atomic.write_bytes(folder / _READY, b"")
