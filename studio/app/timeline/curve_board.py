"""What the parts of the curve editor share: the track that is shown, its segments, the value axis, what is hovered."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from studio.app.context import Context
from studio.app.timeline.curve_axis import Axis, fit
from studio.app.timeline.curve_shape import Curve, Handle, Point, curve_of, grip
from studio.app.timeline.scale import Scale
from studio.app.timeline.stage import SNAP_REACH, Overlay
from studio.project.model import Project
from studio.timeline.model import KeyRef, ParameterTrack, PromptTrack, Timeline, TrackRef
from studio.timeline.parameters import PARAMETERS, ParameterSpec
from studio.timeline.snapping import Snap, Source, snap

_REACH = 9.0  # pixels within which a key or handle is taken


@dataclass(frozen=True, slots=True)
class Spot:
    """What is under the pointer: a key, a handle, or neither."""

    key: KeyRef | None = None
    handle: Handle | None = None


def tracks_of(timeline: Timeline) -> tuple[TrackRef, ...]:
    """The tracks that have curves: parameters first, then prompts."""
    return (*(track.ref for track in timeline.parameters), *(track.ref for track in timeline.prompts))


class Board(QObject):
    """The state of a curve editor that is not in the document.

    Attributes:
        ref: the track that is shown; None when there is none.
        axis: the values on screen.
        fitted: whether the axis follows the values; not after the artist chose what to see.
        busy: whether a gesture runs, during which the axis stands still.
        curve: the track as it is now; None when there is none.
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
        self.curve: Curve | None = None
        self.overlay = Overlay()
        self.hovered = Spot()
        context.document.changed.connect(self._follow)
        context.choice.changed.connect(self._chosen)
        scale.changed.connect(self._moved)
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
        return () if self.curve is None else self.curve.handles({key.frame for key in self.chosen})

    def show(self, ref: TrackRef | None) -> None:
        """Show a track; one that does not exist means the first of a parameter, or of prompts."""
        if ref not in tracks_of(self.timeline):
            ref = next(iter(tracks_of(self.timeline)), None)
        if ref != self.ref:
            self.ref, self.fitted = ref, True
            self.refresh()
            self.track_changed.emit()
        else:
            self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Take over the track as it is now."""
        self.curve = None if self.ref is None else curve_of(self.timeline, self.ref)
        if self.fitted and not self.busy:
            self.axis = fit(() if self.curve is None else self.curve.reach(), self.spec, self.axis.height)
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

    def grip(self, handle: Handle) -> Point:
        """Where a handle is taken, in pixels."""
        return grip(self.point(*handle.anchor), self.point(*handle.place), [self.point(*aim) for aim in handle.aims])

    def spot(self, x: float, y: float) -> Spot:
        """What lies at a point."""
        if self.curve is None:
            return Spot()
        found: list[tuple[float, int, Spot]] = []
        for handle in self.handles:
            far = math.dist((x, y), self.grip(handle))
            if far <= _REACH:
                found.append((far, len(found), Spot(handle=handle)))
        for knot in self.curve.knots:
            if abs(self.scale.x(knot.frame) - x) <= _REACH:
                far = math.dist((x, y), self.point(knot.frame, knot.value))
                if far <= _REACH:
                    found.append((far, len(found), Spot(key=KeyRef(self.curve.ref, knot.frame))))
        return min(found)[2] if found else Spot()

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
            self._moved()

    @Slot()
    def _moved(self) -> None:
        """What lay under the pointer may lie elsewhere now: its tip would tell of nothing."""
        if not self.busy:
            self.hovered = Spot()
            self.overlay = Overlay()
        self.repaint.emit()

    @Slot()
    def _chosen(self) -> None:
        tracks = {key.track for key in self.context.choice.keys}
        if len(tracks) == 1 and not self.busy:
            self.show(tracks.pop())
        self.repaint.emit()
