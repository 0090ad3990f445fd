"""What the parts of the curve editor share: the track that is shown, its segments, the value axis, what is hovered."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from studio.app.context import Context
from studio.app.timeline.curve_axis import Axis, fit
from studio.app.timeline.curve_shape import Handle, Segment, grip, handles, reach, segments
from studio.app.timeline.scale import Scale
from studio.app.timeline.stage import SNAP_REACH, Overlay
from studio.project.model import Project
from studio.timeline.model import KeyRef, ParameterTrack, PromptTrack, Timeline, TrackRef
from studio.timeline.parameters import PARAMETERS, ParameterSpec
from studio.timeline.snapping import Snap, Source, snap

_KEY_REACH = 9.0
_HANDLE_REACH = 9.0

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Spot:
    """What is under the pointer: a key, a handle, or neither."""

    key: KeyRef | None = None
    handle: Handle | None = None


class Board(QObject):
    """The state of a curve editor that is not in the document.

    Attributes:
        ref: the track that is shown; None when there is none.
        axis: the values on screen.
        fitted: whether the axis follows the values; not after the artist chose what to see.
        busy: whether a gesture runs, during which the axis stands still.
        parts: the segments of the track.
        overlay: what a gesture draws over the curve.
        hovered: what is under the pointer.
    """

    repaint = Signal()

    track_changed = Signal()
    """Another track is shown."""

    def __init__(self, context: Context, scale: Scale, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.scale = scale
        self.ref: TrackRef | None = None
        self.axis = Axis()
        self.fitted = True
        self.busy = False
        self.parts: tuple[Segment, ...] = ()
        self.overlay = Overlay()
        self.hovered = Spot()
        context.document.changed.connect(self._follow)
        context.choice.changed.connect(self._chosen)
        scale.changed.connect(self.repaint)
        self.show(None)

    @property
    def timeline(self) -> Timeline:
        """What is shown."""
        return self.context.document.timeline

    @property
    def track(self) -> PromptTrack | ParameterTrack | None:
        """The track that is shown."""
        return next((track for track in self.timeline.tracks if track.ref == self.ref), None)

    @property
    def spec(self) -> ParameterSpec | None:
        """What is known of its parameter."""
        return PARAMETERS.get(self.ref.name) if self.ref is not None and self.ref.kind == "parameter" else None

    @property
    def chosen(self) -> frozenset[KeyRef]:
        """The selected keys of the track."""
        return frozenset(key for key in self.context.choice.keys if key.track == self.ref)

    @property
    def handles(self) -> tuple[Handle, ...]:
        """The handles on screen."""
        return handles(self.parts, self.chosen, self.timeline.length)

    def values(self, keys: Collection[KeyRef] | None = None) -> dict[int, float]:
        """The values of the track's keys (or of some) by their frames; empty for prompts, which have none."""
        track = self.track
        if not isinstance(track, ParameterTrack):
            return {}
        wanted = None if keys is None else {key.frame for key in keys}
        return {key.frame: key.value for key in track.track.keys if wanted is None or key.frame in wanted}

    def show(self, ref: TrackRef | None) -> None:
        """Show a track; one that does not exist means the first of a parameter, or of prompts."""
        tracks = {track.ref for track in self.timeline.tracks}
        if ref not in tracks:
            order = (*self.timeline.parameters, *self.timeline.prompts)
            ref = order[0].ref if order else None
        if ref != self.ref:
            self.ref, self.fitted = ref, True
            self.refresh()
            self.track_changed.emit()
        else:
            self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Take over the track as it is now."""
        self.parts = () if self.ref is None else segments(self.timeline, self.ref)
        if self.fitted and not self.busy:
            height = self.axis.height
            if self.ref is not None and self.ref.kind == "prompt":
                shown = fit([0.0, 1.0, *reach(self.parts)], None)
            else:
                shown = fit([*self.values().values(), *reach(self.parts)], self.spec)
            self.axis = shown.sized(height)
        self.repaint.emit()

    @Slot()
    def fit(self) -> None:
        """Show all values, and go on doing so."""
        self.fitted = True
        self.refresh()

    def look(self, axis: Axis) -> None:
        """Show other values, chosen by the artist."""
        self.axis, self.fitted = axis, False
        self.repaint.emit()

    def point(self, frame: float, value: float) -> Point:
        """A frame and value in pixels."""
        return self.scale.x(frame), self.axis.y(value)

    def height_of(self, key: KeyRef) -> float:
        """The value at which a key is drawn."""
        return self.values([key]).get(key.frame, 0.0)

    def grip(self, handle: Handle) -> Point:
        """Where a handle is taken, in pixels."""
        return grip(self.point(*handle.anchor), self.point(*handle.place), self.point(*handle.other))

    def spot(self, x: float, y: float) -> Spot:
        """What lies at a point."""
        track = self.track
        if track is None:
            return Spot()
        found: list[tuple[float, int, Spot]] = []
        for place, handle in enumerate(self.handles):
            far = math.dist((x, y), self.grip(handle))
            if far <= _HANDLE_REACH:
                found.append((far, place, Spot(handle=handle)))
        for key in track.track.frames:
            ref = KeyRef(track.ref, key)
            if abs(self.scale.x(key) - x) <= _KEY_REACH:
                far = math.dist((x, y), self.point(key, self.height_of(ref)))
                if far <= _KEY_REACH:
                    found.append((far, len(found), Spot(key=ref)))
        return min(found, key=lambda each: each[0])[2] if found else Spot()

    def snapped(
        self, timeline: Timeline, frames: Collection[int], offset: int, attracting: dict[int, Source], *, inverse: bool
    ) -> int:
        """The offset of a drag, snapped if snapping is on (or off, with `inverse`), and its line drawn."""
        made = Snap(offset)
        if self.context.settings.flag("snap", True) != inverse:
            near = int(SNAP_REACH / self.scale.frame_width)
            made = snap(timeline, frames, offset, attracting, reach=near)
        self.overlay.line = made.frame
        return made.offset

    def clear_overlay(self) -> None:
        """Draw nothing over the curve."""
        self.overlay = Overlay()
        self.repaint.emit()

    @Slot(object, object)
    def _follow(self, before: Project, after: Project) -> None:
        if before.timeline is not after.timeline:
            self.show(self.ref)

    @Slot()
    def _chosen(self) -> None:
        tracks = {key.track for key in self.context.choice.keys}
        if len(tracks) == 1 and not self.busy:
            self.show(tracks.pop())
        self.repaint.emit()
