"""Which frames of the document are rendered, and which picture stands for each: what the ruler and the viewer show."""

from __future__ import annotations

import contextlib
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from studio.app.document import Document
from studio.base.cancel import Cancelled, CancelToken, never
from studio.base.errors import StudioError
from studio.project.model import Project
from studio.render.identity import identities
from studio.render.manifest import Entry
from studio.render.plan import Plan, Quality, plan
from studio.timeline.time import FrameRange, whole_range

_CALM = 80  # milliseconds after an edit before frames are looked up: a drag makes many


class Status(IntEnum):
    """What is known of a frame; later ones are better pictures of it."""

    NONE = 0
    """It was never rendered."""

    STALE = 1
    """Its picture shows what the timeline said before an edit."""

    DRAFT = 2
    """It is rendered as a draft."""

    FINAL = 3
    """It is rendered in full."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The picture that stands for a frame.

    Attributes:
        frame: whose picture it is: the one asked for, or the nearest that has one.
        status: how good it is, for that frame.
        path: its file.
    """

    frame: int
    status: Status
    path: Path


@dataclass(frozen=True, slots=True)
class Look:
    """What a look into the store found, for every frame of a timeline.

    Attributes:
        final: the key of each frame in full quality; empty when `problem` is set.
        draft: likewise as a draft.
        paths: key to picture, of those that are stored.
        notes: what the artist should know about the motion.
        problem: why nothing can be rendered; else None.
        frames: key to the frames that have it.
        project: what was looked at; None before anything was.
    """

    final: tuple[str, ...] = ()
    draft: tuple[str, ...] = ()
    paths: Mapping[str, Path] = field(default_factory=dict)
    frames: Mapping[str, Sequence[int]] = field(default_factory=dict)
    project: Project | None = None
    notes: tuple[str, ...] = ()
    problem: StudioError | None = None


class Store(Protocol):
    """What is needed of a frame store."""

    def peek(self, key: str) -> Entry | None:
        """The entry of that key, if it seems to be there."""
        ...


def look(
    project: Project,
    folder: Path,
    store: Store,
    known: Mapping[str, Path],
    device: str,
    token: CancelToken | None = None,
) -> Look:
    """Lay out all frames of a project and look which are stored. Takes long for long timelines; any thread may call it.

    Args:
        project: the snapshot to look at.
        folder: what its pictures are relative to.
        store: where frames are kept.
        known: key to picture, of those found earlier: they are not looked up again.
        device: the kind of device that renders: "cpu", "cuda" or "mps".
        token: fired when nobody waits for it any more.

    Raises:
        Cancelled: the token was fired.
    """
    token = token or never()
    token.check()
    everything = whole_range(project.timeline.length)
    try:
        named = identities(project, folder)
        # one after the other, for the jobs of a long timeline take far more room than their keys
        final, notes = _keys(plan(project, everything, named, quality="final", device=device))
        token.check()
        draft, _ = _keys(plan(project, everything, named, quality="draft", device=device))
    except StudioError as error:
        return Look(problem=error, project=project)
    token.check()
    paths: dict[str, Path] = {}
    for key in {*final, *draft}:
        if key in known:
            paths[key] = known[key]
        elif (entry := store.peek(key)) is not None and entry.picture is not None:
            paths[key] = entry.picture
    frames: dict[str, list[int]] = {}
    for frame, pair in enumerate(zip(final, draft, strict=True)):
        for key in dict.fromkeys(pair):
            frames.setdefault(key, []).append(frame)
    return Look(final, draft, paths, frames, project, notes)


def _keys(laid_out: Plan) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return laid_out.keys, laid_out.notes


class Frames(QObject):
    """The frames of a document. Edits are followed by a look into the store, in another thread and a moment later."""

    changed = Signal()
    """Any frame may have another status or picture."""

    frame_changed = Signal(int)
    """One frame has."""

    problem_changed = Signal(object)
    """Why nothing can be rendered (a `StudioError`), or None."""

    _looked = Signal(int, object)

    def __init__(self, document: Document, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.device = "cpu"
        self.problem: StudioError | None = None
        self.notes: tuple[str, ...] = ()
        self._document = document
        self._store = store
        self._look = Look()
        self._paths: dict[str, Path] = {}
        self._shipped: tuple[Path, ...] = ()
        self._opened: tuple[str, ...] = ()
        self._stale: dict[int, Path] = {}
        self._available: list[int] | None = None
        self._generation = 0
        self._token = CancelToken()
        # Python's own threads: a QRunnable made of a Python function crashes now and then when it is let go
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="keydream-look")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_CALM)
        self._timer.timeout.connect(self._start)
        self._looked.connect(self._take)
        document.opened.connect(self.forget)
        document.changed.connect(self._follow)

    def ship(self, pictures: Iterable[Path]) -> None:
        """Take pictures that come with a sample for its frames, one each, as the sample was when it was opened."""
        self._shipped = tuple(pictures)
        self._put_shipped()
        self.changed.emit()

    @Slot()
    def forget(self) -> None:
        """Another project is here: nothing of the old one stands for its frames."""
        self._look = Look()
        self._shipped, self._opened, self._stale = (), (), {}
        self._available = None
        self._generation += 1

    @Slot(str, str)
    def use_device(self, kind: str, _name: str) -> None:
        """Another device renders: its frames have other keys."""
        if kind and kind != self.device:
            self.device = kind
            self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Look again, soon."""
        self._timer.start()

    def rescan(self) -> None:
        """Believe nothing that was found earlier: the store was emptied."""
        self._paths.clear()
        self._stale.clear()
        self._put_shipped()
        self.refresh()

    def wait(self) -> None:
        """Look now, and wait for it: for tests and for whoever must know."""
        self._timer.stop()
        self._generation += 1
        self._pool.submit(int).result()  # after whatever is being looked at
        self._take(self._generation, self._now())

    def close(self) -> None:
        """Stop looking."""
        self._timer.stop()
        self._generation += 1
        self._token.cancel()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def status(self, frame: int) -> Status:
        """How good the picture of a frame is."""
        if frame < len(self._look.final):
            if self._look.final[frame] in self._paths:
                return Status.FINAL
            if self._look.draft[frame] in self._paths:
                return Status.DRAFT
        return Status.STALE if frame in self._stale else Status.NONE

    def picture(self, frame: int) -> Path | None:
        """The best picture of that very frame, perhaps a stale one; None when there is none."""
        if frame < len(self._look.final):
            found = self._paths.get(self._look.final[frame]) or self._paths.get(self._look.draft[frame])
            if found is not None:
                return found
        return self._stale.get(frame)

    def shown(self, frame: int) -> Shown | None:
        """The picture that stands for a frame: its own, or the nearest frame's; None while there is none at all."""
        own = self.picture(frame)
        if own is not None:
            return Shown(frame, self.status(frame), own)
        there = self._with_pictures()
        if not there:
            return None
        place = bisect_left(there, frame)
        near = min(there[max(place - 1, 0) : place + 1], key=lambda each: abs(each - frame))
        path = self.picture(near)
        return None if path is None else Shown(near, self.status(near), path)

    @property
    def fresh(self) -> bool:
        """Whether what is said here is about the document as it is: after an edit it takes a moment."""
        return self._look.project is self._document.project

    def finals(self, frames: Iterable[int], quality: Quality = "final") -> tuple[Path, ...] | None:
        """The pictures of frames in that quality, in order; None unless every one is rendered and `fresh`."""
        if not self.fresh:
            return None
        keys = self._look.final if quality == "final" else self._look.draft
        found = [self._paths.get(keys[frame]) if frame < len(keys) else None for frame in frames]
        whole = tuple(path for path in found if path is not None)
        return whole if len(whole) == len(found) else None

    def pictures(self) -> dict[int, Path]:
        """Every frame that has a picture of its own, perhaps a stale one, and where that lies."""
        return {frame: path for frame in self._with_pictures() if (path := self.picture(frame)) is not None}

    def recall(self, pictures: Mapping[int, Path]) -> None:
        """Let pictures of another day stand for frames that have none: they count as stale."""
        length = self._document.timeline.length
        self._stale = {frame: path for frame, path in pictures.items() if frame < length} | self._stale
        self._available = None
        self.changed.emit()

    def lacking(self, frames: FrameRange, quality: Quality) -> FrameRange | None:
        """From the first to the last of these frames without a picture of that quality or better; None if none is."""
        wanted = Status.FINAL if quality == "final" else Status.DRAFT
        bare = [frame for frame in frames if self.status(frame) < wanted]
        return FrameRange(bare[0], bare[-1] + 1) if bare else None

    def lent(self, frames: FrameRange) -> bool:
        """Whether any of these frames shows a picture that came with a sample and was not made here."""
        lent = set(self._shipped)
        return bool(lent) and any(self.picture(frame) in lent for frame in frames)

    def committed(self, key: str, path: Path) -> None:
        """A frame came into the store."""
        self._paths[key] = path
        for frame in self._look.frames.get(key, ()):
            self._stale.pop(frame, None)
            if self._available is not None:
                place = bisect_left(self._available, frame)
                if self._available[place : place + 1] != [frame]:
                    self._available.insert(place, frame)
            self.frame_changed.emit(frame)

    def _with_pictures(self) -> list[int]:
        if self._available is None:
            length = self._document.timeline.length
            self._available = [frame for frame in range(length) if self.picture(frame) is not None]
        return self._available

    def _put_shipped(self) -> None:
        for key, path in zip(self._opened, self._shipped, strict=False):
            self._paths.setdefault(key, path)
        self._available = None

    @Slot(object, object)
    def _follow(self, before: Project, after: Project) -> None:
        if before is not after:
            self._timer.start()

    @Slot()
    def _start(self) -> None:
        self._generation += 1
        self._token.cancel()  # who drags edits faster than long timelines are looked at
        generation, now, token = self._generation, self._prepared(), CancelToken()
        self._token = token

        def work() -> None:
            # the window may be gone
            with contextlib.suppress(Cancelled, RuntimeError):
                self._looked.emit(generation, look(*now, token))

        self._pool.submit(work)

    def _prepared(self) -> tuple[Project, Path, Store, Mapping[str, Path], str]:
        return self._document.project, self._document.folder, self._store, dict(self._paths), self.device

    def _now(self) -> Look:
        return look(*self._prepared())

    @Slot(int, object)
    def _take(self, generation: int, found: Look) -> None:
        if generation != self._generation:
            return
        before = {frame: path for frame in range(len(self._look.final)) if (path := self.picture(frame)) is not None}
        self._paths.update(found.paths)
        self._look = found
        self._opened = self._opened or found.final
        self._put_shipped()
        length = self._document.timeline.length
        self._stale = {frame: path for frame, path in {**self._stale, **before}.items() if frame < length}
        self._available = None
        self.notes = found.notes
        if found.problem != self.problem:
            self.problem = found.problem
            self.problem_changed.emit(found.problem)
        self.changed.emit()
