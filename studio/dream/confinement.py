"""What control groups leave to this process: a container's, or a service's, may be less than the machine has."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

_OWN = Path("/proc/self/cgroup")
_ROOT = Path("/sys/fs/cgroup")
_FIRST = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
_SECOND = ("memory.max", "memory.current", "inactive_file")


def left() -> list[int]:
    """Bytes of memory that each group with a limit has left; empty where there is none (or no Linux).

    Files that the system keeps in memory for convenience count as used there, and are let go when there is need: those
    that were not looked at lately are counted as free, as `docker stats` does.
    """
    found = []
    for folder, (limit, used, idle) in dict.fromkeys(_groups()):
        with contextlib.suppress(OSError, ValueError):  # no such group, or no limit: "max"
            most = int((folder / limit).read_text(encoding="ascii"))
            found.append(most - int((folder / used).read_text(encoding="ascii")) + _stat(folder, idle))
    return found


def _groups() -> Iterator[tuple[Path, tuple[str, str, str]]]:
    """The folders of this process' groups and of those around them, and their files' names."""
    yield _ROOT, _SECOND
    yield _ROOT / "memory", _FIRST
    try:
        lines = _OWN.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, inside = [*line.split(":", 2), "", ""][:3]
        if controllers and "memory" not in controllers.split(","):
            continue
        root, files = (_ROOT / "memory", _FIRST) if controllers else (_ROOT, _SECOND)
        path = PurePosixPath(inside.lstrip("/"))
        for each in (path, *path.parents):
            yield root / each, files


def _stat(folder: Path, name: str) -> int:
    with contextlib.suppress(OSError, ValueError):
        for line in (folder / "memory.stat").read_text(encoding="ascii").splitlines():
            key, _, value = line.partition(" ")
            if key == name:
                return int(value)
    return 0
