"""What a safetensors file says of itself in its first bytes, without torch and without looking at any weight."""

from __future__ import annotations

import functools
import json
import struct
from pathlib import Path

_LONGEST = 4 << 20  # bytes of header, as `studio.models.loading` takes


def architecture(path: Path) -> str:
    """The architecture that a file of Keydream's own format names in its configuration; "" where it names none.

    What cannot be read names none: `studio.models.loading` says what is wrong with it when it is used.
    """
    try:
        seen = path.stat()
    except OSError:
        return ""
    return _architecture(path, seen.st_mtime_ns, seen.st_size)


@functools.lru_cache(maxsize=64)
def _architecture(path: Path, _changed: int, _size: int) -> str:
    try:
        with path.open("rb") as file:
            length = struct.unpack("<Q", file.read(8))[0]
            header = json.loads(file.read(length)) if length <= _LONGEST else {}
        return str(json.loads(header["__metadata__"]["config"])["architecture"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError, struct.error):
        return ""
