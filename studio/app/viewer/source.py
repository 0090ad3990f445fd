"""Which picture the viewer shows: the playhead's frame or the dream in progress. It holds one until it has the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, QSize, Signal, Slot
from PySide6.QtGui import QImage

from studio.app.context import Context
from studio.app.frames import Shown, Status
from studio.app.pictures import FULL_BYTES
from studio.app.texts import tr
from studio.project.model import Project

AHEAD: Final = 6
"""Frames that are decoded ahead while playing."""

_ALIKE: Final = 0.02  # relative difference of two aspect ratios below which a draft takes the final picture's place


@dataclass(frozen=True, slots=True, eq=False)  # comparing images would compare their pixels
class Seen:
    """A picture in the viewer.

    Attributes:
        image: it.
        size: as which it is shown, in pixels: a draft stands for a larger picture.
        frame: whose picture it is.
        wanted: the frame that was asked for; another one when its own is not rendered.
        status: how good it is; None for one that is being dreamed.
    """

    image: QImage
    size: QSize
    frame: int
    wanted: int
    status: Status | None

    @property
    def key(self) -> tuple[object, ...]:
        """Differs between pictures that look different or are called something else."""
        size = (self.size.width(), self.size.height())
        return (self.image.cacheKey(), size, self.frame, self.wanted, self.status)

    @property
    def caption(self) -> str:
        """What must be said about it; nothing about the finished picture of the frame that was asked for."""
        if self.status is None:
            return tr("dreaming frame {frame}", frame=self.frame)
        said = []
        if self.frame != self.wanted:
            said += [tr("frame {frame}", frame=self.frame), tr("nearest to {frame}", frame=self.wanted)]
        if self.status is Status.STALE:
            said.append(tr("stale"))
        elif self.status is Status.DRAFT:
            said.append(tr("draft"))
        return " · ".join(said)


class Source(QObject):
    """Follows the playhead and the render.

    Attributes:
        seen: what is shown; None while there is nothing at all.
        following: whether a render that runs is watched; scrubbing ends it.
    """

    changed = Signal()
    """Another picture, another caption, or following began or ended."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.seen: Seen | None = None
        self.following = True
        self._context = context
        self._job = 0
        self._foreign = 0
        self._wish = ""
        self._told: tuple[object, ...] = ()
        context.document.opened.connect(self._forget)
        context.document.changed.connect(self.show)
        context.player.frame_changed.connect(self._moved)
        context.frames.changed.connect(self.show)
        context.frames.frame_changed.connect(self.show)
        context.pictures.loaded.connect(self._loaded)
        context.rendering.live_changed.connect(self.show)
        context.rendering.queue_changed.connect(self._queue_changed)
        self.show()

    @property
    def dreaming(self) -> bool:
        """Whether a render makes pictures now."""
        return self._context.rendering.live is not None

    def follow(self) -> None:
        """Watch the render, now or as soon as one runs."""
        self._context.player.stop()
        self.following = True
        self.show()

    @Slot()
    def show(self) -> None:
        """Look which picture is due, and show it as soon as it is here."""
        live = self._context.rendering.live
        self._wish = ""
        if live is not None and self.following:
            if live.image is not None:
                project = self._context.rendering.queue.job(live.job).project
                self.seen = Seen(live.image, size_of(live.image, project), live.frame, live.frame, None)
        else:
            wanted = self._context.player.frame
            shown = self._context.frames.shown(wanted)
            if shown is None:
                self.seen = None
            else:
                self._show_frame(shown, wanted)
        self._tell()

    def _show_frame(self, shown: Shown, wanted: int) -> None:
        self._wish = str(shown.path)
        if self._context.player.playing:
            self._fetch_ahead(wanted)
        image = self._context.pictures.image(shown.path)
        if image is not None:
            size = size_of(image, self._context.document.project)
            self.seen = Seen(image, size, shown.frame, wanted, shown.status)

    def _fetch_ahead(self, frame: int) -> None:
        player = self._context.player
        taken = self.seen.image.sizeInBytes() if self.seen is not None else 1
        for step in range(min(AHEAD, FULL_BYTES // max(2 * taken, 1)), 0, -1):  # the last wish is granted first
            there = frame + step * player.speed
            if player.loop:
                there = player.range.start + (there - player.range.start) % len(player.range)
            path = self._context.frames.picture(there) if there in player.range else None
            if path is not None:
                self._context.pictures.image(path)

    def _tell(self) -> None:
        now = (self.seen and self.seen.key, self.dreaming, self.following)
        if now != self._told:
            self._told = now
            self.changed.emit()

    @Slot(str, int)
    def _loaded(self, path: str, height: int) -> None:
        if height == 0 and path == self._wish:
            self.show()

    @Slot(int)
    def _moved(self, _frame: int) -> None:
        if self._context.rendering.running is not None:
            self.following = False
        self.show()

    @Slot()
    def _queue_changed(self) -> None:
        job = self._context.rendering.running
        if job is not None and job.number != self._job:
            self._job = job.number
            self.following = job.number > self._foreign and not self._context.player.playing
            self.show()

    @Slot()
    def _forget(self) -> None:
        """Another project: neither the old picture nor the dreams of the old one are its own."""
        self._foreign = max((job.number for job in self._context.rendering.queue), default=0)
        self.following = self._context.rendering.running is None
        self.seen = None
        self._tell()


def size_of(image: QImage, project: Project) -> QSize:
    """As which size a picture is shown: the project's when it has its shape, for a draft is smaller; else its own."""
    whole = QSize(project.width, project.height)
    shape = image.width() * whole.height() / max(image.height() * whole.width(), 1)
    return whole if abs(shape - 1) <= _ALIKE else image.size()
