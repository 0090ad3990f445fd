"""The frames that are kept: how much room they take, and giving some of it back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from studio.app.context import Context
from studio.app.frames import look
from studio.base import paths
from studio.project.model import Project
from studio.render.store import FrameStore

LIMIT: Final = 20.0
"""GB that kept frames may take, by default: the setting `cache/limit`. 0 is no limit."""

_GB: Final = 10**9


class FrameCache:
    """The frame store, looked at from the window. Nothing here waits for the disk."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def measure(self, told: Callable[[int], None]) -> None:
        """Find out how many bytes it takes, and tell."""
        tasks = self._context.tasks
        tasks.start(tasks.in_thread(lambda: store().size()), told)

    def empty(self, done: Callable[[int], None]) -> None:
        """Remove every frame, and tell how many bytes that freed."""
        tasks, frames = self._context.tasks, self._context.frames

        def emptied(freed: int) -> None:
            frames.rescan()
            done(freed)

        tasks.start(tasks.in_thread(lambda: store().evict(0)), emptied)

    def trim(self) -> None:
        """Remove the frames that were not used for the longest time, until the limit holds; the open project's stay."""
        limit = self._context.settings.number("cache/limit", LIMIT)
        if limit > 0:
            tasks, document, device = self._context.tasks, self._context.document, self._context.frames.device
            tasks.start(tasks.in_thread(trimmed, round(limit * _GB), document.project, document.folder, device))


def store() -> FrameStore:
    """The store that renders write to."""
    return FrameStore(paths.cache_dir() / "frames")


def trimmed(limit: int, project: Project, folder: Path, device: str) -> int:
    """Let the store take at most so many bytes, without the frames of a project; the bytes that were freed."""
    found = look(project, folder, store(), {}, device)
    return store().evict(limit, keep={*found.final, *found.draft})
