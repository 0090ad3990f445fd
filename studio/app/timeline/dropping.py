"""Takes that are dragged over the lanes: where their keyframes would stand is shown; dropped, they stand there."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QDropEvent

from studio.app.keyframing import dragged, use
from studio.app.texts import plural, tr
from studio.app.timeline.stage import Stage
from studio.timeline.snapping import Source, targets


class TakeDrop:
    """What the lanes ask while something is dragged over them."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def follow(self, event: QDropEvent) -> bool:
        """Show where takes would go. Whether takes are dragged; anything else is not for the lanes."""
        folders = dragged(event.mimeData())
        if not folders:
            return False
        stage, frame = self._stage, self._frame(event)
        stage.overlay.drop = frame
        stage.overlay.at = QPointF(event.position())
        track = next((each for each in stage.timeline.prompts if not each.muted), None)
        if len(folders) == 1 and track is not None and track.track.find(frame) is not None:
            stage.overlay.tip = tr("Replaces the keyframe at {frame}", frame=frame)
        elif len(folders) == 1:
            stage.overlay.tip = tr("Keyframe at {frame}", frame=frame)
        else:
            stage.overlay.tip = plural("%n keyframe(s) from {frame} on", len(folders), frame=frame)
        stage.say(tr("Drop it: a keyframe with the take's prompt begins from its picture"))
        stage.repaint.emit()
        return True

    def leave(self) -> None:
        """They are dragged elsewhere."""
        self._stage.clear_overlay()
        self._stage.say("")

    def drop(self, event: QDropEvent) -> bool:
        """Set keyframes. Whether takes were dropped."""
        folders = dragged(event.mimeData())
        if folders:
            frame = self._frame(event)
            self.leave()
            use(self._stage.context, folders, frame)
        return bool(folders)

    def _frame(self, event: QDropEvent) -> int:
        stage = self._stage
        wish = min(max(stage.scale.frame(event.position().x()), 0), stage.timeline.length - 1)
        sources = set(Source) - {Source.KEY}  # a key that attracts would be replaced
        attracting = targets(stage.timeline, playhead=stage.context.player.frame, sources=sources)
        frame = wish + stage.snapped(stage.timeline, (wish,), 0, attracting).offset
        stage.overlay.line = None
        return min(max(frame, 0), stage.timeline.length - 1)
