"""Which pictures stood for the frames of a project when it was last open: stale ones come back, marked as stale."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from studio.base import atomic, paths
from studio.base.errors import FileError
from studio.timeline.validate import MAXIMUM_FRAMES

_MOST_BYTES = 32 * 2**20


def keep(project: Path, pictures: Mapping[int, Path]) -> None:
    """Note the pictures of a project's frames. It is a convenience: a disk that refuses it is no fault.

    Args:
        project: the project's file.
        pictures: frame to picture.
    """
    data = {"project": str(project), "frames": {str(frame): str(path) for frame, path in pictures.items()}}
    with contextlib.suppress(FileError):
        atomic.write_bytes(_file(project), json.dumps(data).encode())


def recall(project: Path) -> dict[int, Path]:
    """The pictures that were noted, as far as they still exist; nothing when none were, or the note is damaged."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        file = _file(project)
        if file.stat().st_size <= _MOST_BYTES:
            noted = json.loads(file.read_bytes())["frames"]
            kept = paths.cache_dir().resolve()
            found = {int(frame): Path(path) for frame, path in noted.items()}
            return {
                frame: path
                for frame, path in found.items()
                if 0 <= frame < MAXIMUM_FRAMES and path.is_file() and path.resolve().is_relative_to(kept)
            }
    return {}


def _file(project: Path) -> Path:
    name = hashlib.sha256(str(project.absolute()).encode()).hexdigest()[:32]
    return paths.cache_dir() / "shown" / f"{name}.json"
