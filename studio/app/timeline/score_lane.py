"""The score lane below the tracks: how much of each prompt CLIP sees in each frame, below the lanes it belongs to."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QLineF, QPointF, QRect, QRectF, QSize, Qt, QTimer, Slot
from PySide6.QtGui import (
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from studio.app.scoring import Scoring
from studio.app.texts import plural, tr
from studio.app.theme import theme
from studio.app.timeline.geometry import Hit, Part
from studio.app.timeline.gesture import Gesture, Pointer
from studio.app.timeline.gestures import begin
from studio.app.timeline.prompt_colours import prompt_colours, prompt_labels
from studio.app.timeline.score_paint import paint_pointer, paint_scores, paint_stale
from studio.app.timeline.score_words import spoken, tip
from studio.app.timeline.stage import Stage
from studio.app.timeline.statuses import Statuses

HEIGHT = 88
"""Pixels of the lane."""

_BESIDE = 6  # pixels painted again at each side of the playhead and of the pointer
_CALM = 60  # milliseconds before other frames on screen are wished for


class ScoreLane(QWidget):
    """What lies right of its head. Pressing scrubs, the wheel does what it does in the lanes above.

    Args:
        stage: what the timeline's parts share.
        scoring: where scores come from; it works only while the lane is on screen.
        statuses: which frames are rendered.
        wheel: what takes over a turn of the wheel.
    """

    def __init__(
        self,
        stage: Stage,
        scoring: Scoring,
        statuses: Statuses,
        wheel: Callable[[QWheelEvent], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.stage, self.scoring = stage, scoring
        self.pointed: int | None = None
        self._statuses, self._wheel = statuses, wheel
        self._gesture: Gesture | None = None
        self._drawn: QPixmap | None = None
        self._shown_frame = stage.context.player.frame
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.setInterval(_CALM)
        self._calm.timeout.connect(self._wish)
        self.setFixedHeight(HEIGHT)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(tr("Score lane"))
        context = stage.context
        for changed in (stage.scale.changed, theme().changed, context.document.changed):
            changed.connect(self._redraw)
        statuses.changed.connect(self.update)
        stage.scale.changed.connect(self._calm_down)
        context.document.opened.connect(self._drop_gesture)
        context.player.frame_changed.connect(self._follow)
        context.player.playing_changed.connect(self._describe)
        scoring.changed.connect(self._take)

    def sizeHint(self) -> QSize:  # noqa: N802
        """As wide as the lanes above."""
        return QSize(480, HEIGHT)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Now somebody looks."""
        super().showEvent(event)
        self.scoring.watch(True)
        self._describe()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Nobody looks any more."""
        super().hideEvent(event)
        self._calm.stop()
        self.scoring.watch(False)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Everything lies elsewhere."""
        super().resizeEvent(event)
        self._redraw()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The lines, which are drawn once and kept, and over them the playhead and the pointer."""
        ratio = self.devicePixelRatioF()
        if self._drawn is None or self._drawn.devicePixelRatio() != ratio:
            self._drawn = self._draw(ratio)
        painter = QPainter(self)
        painter.setFont(self.font())
        area = QRectF(event.rect())
        painter.drawPixmap(area, self._drawn, QRectF(area.topLeft() * ratio, area.size() * ratio))
        paint_stale(painter, self.stage, self._statuses, area)
        if self.pointed is not None:
            colours = prompt_colours(self.stage.timeline)
            paint_pointer(painter, self.stage, self.scoring.scores, self.pointed, colours, self.height())
        painter.setPen(QPen(theme().colours.accent, 1))
        x = round(self.stage.scale.x(self.stage.context.player.frame)) + 0.5
        painter.drawLine(QLineF(x, 0, x, self.height()))
        if self.scoring.scores is None or self.scoring.error is not None:
            self._say_why(painter)
        if self.hasFocus() and self.property("by_keyboard"):
            painter.setPen(theme().colours.focus)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Scrub with the left button, pan with the middle one."""
        if self._gesture is None:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            pointer = Pointer.of(event.position(), event.modifiers())
            hit = Hit(Part.RULER, self.stage.scale.frame(pointer.x))
            self._gesture = begin(self.stage, hit, pointer, event.button())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """The gesture follows; without one, the numbers of the frame under the pointer show."""
        if self._gesture is not None:
            self._gesture.move(Pointer.of(event.position(), event.modifiers()))
        self._point(event.position())
        self.stage.say(tr("Drag to scrub · Ctrl+wheel zooms · middle-drag pans"))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """The gesture ends."""
        if self._gesture is not None:
            gesture, self._gesture = self._gesture, None
            gesture.release(Pointer.of(event.position(), event.modifiers()))

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """As in the lanes above."""
        self._wheel(event)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """Nothing is under the pointer."""
        super().leaveEvent(event)
        self.stage.say("")
        self._set_pointed(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Escape puts a scrub back; Enter shows the numbers of the frame at the playhead."""
        if event.key() == Qt.Key.Key_Escape and self._gesture is not None:
            gesture, self._gesture = self._gesture, None
            gesture.escape()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._gesture is None:
            frame = self.stage.context.player.frame
            self._show_tip(frame, QPointF(self.stage.scale.x(frame), self.height() / 2))
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """While a gesture runs no shortcut is taken; tips are shown by the pointer's moves alone."""
        if event.type() == QEvent.Type.ShortcutOverride and self._gesture is not None:
            event.accept()
            return True
        if event.type() == QEvent.Type.ToolTip:
            return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Show the focus when it came by keyboard."""
        tabbed = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self.setProperty("by_keyboard", tabbed)
        super().focusInEvent(event)
        self._describe()
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """A gesture cannot go on without its keys."""
        super().focusOutEvent(event)
        if self._gesture is not None and event.reason() != Qt.FocusReason.PopupFocusReason:
            gesture, self._gesture = self._gesture, None
            gesture.escape()
        self.update()

    def _draw(self, ratio: float) -> QPixmap:
        made = QPixmap(self.size() * ratio)
        made.setDevicePixelRatio(ratio)
        painter = QPainter(made)
        colours = prompt_colours(self.stage.timeline)
        paint_scores(painter, self.stage, self.scoring.scores, colours, QRectF(self.rect()))
        painter.end()
        return made

    def _say_why(self, painter: QPainter) -> None:
        """An empty lane says why it is."""
        error = self.scoring.error
        if error is not None:
            text, colour = f"{error.what}. {error.why}".strip(), theme().colours.error
        else:
            text, colour = tr("Looking at the frames…"), theme().colours.muted
        painter.setPen(colour)
        room = QRectF(max(self.stage.scale.x(0), 0) + 12, 0, self.width() - 40, self.height())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap), text)

    def _point(self, point: QPointF) -> None:
        frame = self.stage.scale.frame(point.x() - self.stage.scale.frame_width / 2)  # the frame it lies in
        self._set_pointed(frame)
        self._show_tip(frame, point)

    def _set_pointed(self, frame: int | None) -> None:
        before, self.pointed = self.pointed, frame
        for each in (before, frame):
            if each is not None:
                self._update_at(each)

    def _show_tip(self, frame: int, point: QPointF) -> None:
        scores = self.scoring.scores
        if scores is None:
            QToolTip.hideText()
            return
        timeline = self.stage.timeline
        text = tip(scores, frame, prompt_colours(timeline), prompt_labels(timeline))
        QToolTip.showText(self.mapToGlobal(point.toPoint()), text, self)

    def _update_at(self, frame: int) -> None:
        self.update(QRect(int(self.stage.scale.x(frame)) - _BESIDE, 0, 2 * _BESIDE, self.height()))

    @Slot()
    def _redraw(self) -> None:
        self._drawn = None
        self.update()

    @Slot()
    def _take(self) -> None:
        self._redraw()
        self._describe()

    @Slot()
    def _calm_down(self) -> None:
        if self.isVisible():
            self._calm.start()

    @Slot()
    def _wish(self) -> None:
        self.scoring.first = self.stage.scale.visible.start

    @Slot(int)
    def _follow(self, frame: int) -> None:
        before, self._shown_frame = self._shown_frame, frame
        for each in (before, frame):
            self._update_at(each)
        if not self.stage.context.player.playing:
            self._describe()

    @Slot()
    def _drop_gesture(self) -> None:
        self._gesture = None

    @Slot()
    def _describe(self) -> None:
        if not self.isVisible():
            return
        scores = self.scoring.scores
        said = spoken(scores, self.stage.context.player.frame)
        if scores is not None and scores.fooled:
            said += " " + plural("%n warning(s) in all.", len(scores.fooled))
        self.setAccessibleDescription(said)
