"""What actions do to time: go from key to key and marker to marker, set markers and the range, zoom."""

from __future__ import annotations

from studio.app.texts import tr
from studio.app.timeline.lanes import Lanes
from studio.app.timeline.stage import Stage
from studio.timeline.edits import add_marker, set_range
from studio.timeline.model import Marker
from studio.timeline.selection import next_key, previous_key
from studio.timeline.time import FrameRange

ZOOM = 1.5
"""How much a press of the zoom keys changes."""


class PlaceCommands:
    """Mixed into the editor, whose `stage` and `lanes` it works on."""

    stage: Stage
    lanes: Lanes

    @property
    def playhead(self) -> int:
        """The frame of the playhead."""
        return self.stage.context.player.frame

    def previous_key(self) -> None:
        """Go to the key before, of any track."""
        self._go(previous_key(self.stage.timeline, self.playhead), tr("No key before"))

    def next_key(self) -> None:
        """Go to the key after, of any track."""
        self._go(next_key(self.stage.timeline, self.playhead), tr("No key after"))

    def add_marker(self) -> None:
        """Pin a marker to the playhead and ask for its name; if there is one, ask for another name."""
        frame = self.playhead
        if all(marker.frame != frame for marker in self.stage.timeline.markers) and not (
            self.stage.context.document.edit(add_marker(Marker(frame, "")))
        ):
            return
        self.lanes.edit_marker(frame)

    def previous_marker(self) -> None:
        """Go to the marker before."""
        earlier = [marker.frame for marker in self.stage.timeline.markers if marker.frame < self.playhead]
        self._go(max(earlier, default=None), tr("No marker before"))

    def next_marker(self) -> None:
        """Go to the marker after."""
        later = [marker.frame for marker in self.stage.timeline.markers if marker.frame > self.playhead]
        self._go(min(later, default=None), tr("No marker after"))

    def set_in(self) -> None:
        """Let the range begin at the playhead; one that ended before goes on to the end."""
        frames, length = self.stage.timeline.frames, self.stage.timeline.length
        stop = frames.stop if frames.stop > self.playhead else length
        self._range(FrameRange(self.playhead, stop))

    def set_out(self) -> None:
        """Let the range end with the playhead's frame; one that began later begins at the start."""
        frames = self.stage.timeline.frames
        start = frames.start if frames.start <= self.playhead else 0
        self._range(FrameRange(start, self.playhead + 1))

    def clear_range(self) -> None:
        """Play and render everything."""
        self._range(None)

    def zoom_in(self) -> None:
        """Show fewer frames, larger, around the playhead when it is in sight."""
        self.stage.scale.zoom(ZOOM, self._centre())

    def zoom_out(self) -> None:
        """Show more frames, smaller."""
        self.stage.scale.zoom(1 / ZOOM, self._centre())

    def fit(self) -> None:
        """Show all frames."""
        self.stage.scale.fit()

    def _go(self, frame: int | None, otherwise: str) -> None:
        if frame is None:
            self.stage.say(otherwise)
        else:
            self.stage.context.player.stop()
            self.stage.context.player.seek(frame)

    def _range(self, frames: FrameRange | None) -> None:
        whole = frames is not None and len(frames) == self.stage.timeline.length
        self.stage.context.document.edit(set_range(None if whole else frames))

    def _centre(self) -> float:
        scale = self.stage.scale
        x = scale.x(self.playhead)
        return x if 0 <= x <= scale.width else scale.width / 2
