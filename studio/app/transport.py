"""The row above the timeline: play, the frame and its time, loop, snap, zoom."""

from __future__ import annotations

from math import log

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSlider, QToolButton, QWidget

from studio.app.context import Context
from studio.app.icons import icon
from studio.app.texts import plural, tr
from studio.app.theme import GRID
from studio.app.timeline.scale import WIDEST, Scale

_STEPS = 200  # of the zoom slider


class Transport(QWidget):
    """Buttons of the actions that concern time, and the frame number, which can be typed."""

    asked_length = Signal()
    """The artist wants to change how long or how fast the timeline is."""

    def __init__(self, context: Context, scale: Scale, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._scale = scale
        self.setObjectName("transport")
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2)
        row.setSpacing(GRID // 2)
        self._make_time(row)
        row.addStretch(1)
        self._make_zoom(row)
        context.player.frame_changed.connect(self._show_frame)
        context.player.playing_changed.connect(self._show_playing)
        context.document.changed.connect(self._show)
        scale.changed.connect(self._show_zoom)
        self._show()
        self._show_playing()

    def _make_time(self, row: QHBoxLayout) -> None:
        for name in ("play.start", "play.left", "play.toggle", "play.right", "play.end", "play.loop"):
            row.addWidget(self._button(name))
        row.addSpacing(GRID)
        self.frame = QLineEdit()
        self.frame.setObjectName("frame-number")
        self.frame.setFixedWidth(64)
        self.frame.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.frame.setAccessibleName(tr("Frame"))
        self.frame.setToolTip(tr("The frame of the playhead. Type a number and press Enter to go there."))
        self._validator = QIntValidator(0, 1, self)
        self.frame.setValidator(self._validator)
        self.frame.returnPressed.connect(self._go)
        self.frame.editingFinished.connect(self._show_frame)
        self.frame.installEventFilter(self)
        row.addWidget(self.frame)
        self._length = QLabel()
        self._length.setProperty("role", "muted")
        row.addWidget(self._length)
        row.addSpacing(GRID)
        self._time = QLabel()
        self._time.setProperty("role", "muted")
        widest = self._time.fontMetrics().horizontalAdvance("00:00:00:000")
        self._time.setFixedWidth(widest)  # digits of unlike width must not push what follows to and fro
        self._time.setToolTip(tr("Hours, minutes, seconds and frames since the start."))
        row.addWidget(self._time)
        row.addSpacing(GRID)
        self.rate = QToolButton()
        self.rate.setProperty("role", "button")
        self.rate.setToolTip(tr("Frames a second. Press to change the rate and the length of the timeline."))
        self.rate.clicked.connect(self.asked_length)
        row.addWidget(self.rate)

    def _make_zoom(self, row: QHBoxLayout) -> None:
        row.addWidget(self._button("timeline.key"))
        row.addWidget(self._button("timeline.marker"))
        row.addWidget(self._button("view.curves"))
        row.addWidget(self._button("view.scores"))
        row.addWidget(self._button("timeline.snap"))
        row.addSpacing(GRID)
        row.addWidget(self._button("timeline.farther"))
        self.zoom = QSlider(Qt.Orientation.Horizontal)
        self.zoom.setObjectName("timeline-zoom")
        self.zoom.setRange(0, _STEPS)
        self.zoom.setFixedWidth(120)
        self.zoom.setAccessibleName(tr("Zoom of the timeline"))
        self.zoom.setToolTip(tr("How wide a frame is on the timeline."))
        self.zoom.valueChanged.connect(self._zoomed)
        row.addWidget(self.zoom)
        row.addWidget(self._button("timeline.closer"))
        row.addWidget(self._button("timeline.fit"))

    def focus_frame(self) -> None:
        """Let the artist type a frame."""
        self.frame.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.frame.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Escape in the number gives up what was typed."""
        if watched is self.frame and event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape:  # type: ignore[attr-defined]
            self.frame.clearFocus()
            self._show_frame()
            return True
        return super().eventFilter(watched, event)

    def _button(self, name: str) -> QToolButton:
        button = QToolButton()
        action = self._context.actions[name]
        button.setDefaultAction(action)
        button.setIconSize(QSize(18, 18))
        button.setAccessibleName(action.text())
        button.setObjectName(f"button-{name}")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _go(self) -> None:
        if self.frame.hasAcceptableInput():
            self._context.player.seek(int(self.frame.text()))
        self.frame.clearFocus()
        self._show_frame()

    @Slot()
    def _show(self) -> None:
        timeline = self._context.document.timeline
        self._validator.setTop(timeline.length - 1)
        self._length.setText(plural("/ %n frame(s)", timeline.length))
        self.rate.setText(tr("{rate} fps", rate=f"{float(timeline.rate.fraction):.5g}"))
        self._show_frame()

    @Slot()
    def _show_frame(self) -> None:
        frame = self._context.player.frame
        timeline = self._context.document.timeline
        if not self.frame.hasFocus() or not self.frame.isModified():
            self.frame.setText(str(frame))
        self._time.setText(timeline.rate.timecode(frame))

    @Slot()
    def _show_playing(self) -> None:
        player = self._context.player
        action = self._context.actions["play.toggle"]
        action.setIcon(icon("pause" if player.playing else "play"))
        self._context.actions.retitle("play.toggle", tr("Pause") if player.playing else tr("Play"))

    @Slot(int)
    def _zoomed(self, value: int) -> None:
        least = self._scale.least
        wanted = least * (WIDEST / least) ** (value / _STEPS)
        x = self._scale.x(self._context.player.frame)
        middle = x if 0 <= x <= self._scale.width else self._scale.width / 2
        self._scale.zoom(wanted / self._scale.frame_width, middle)

    @Slot()
    def _show_zoom(self) -> None:
        least = self._scale.least
        span = WIDEST / least
        share = log(self._scale.frame_width / least) / log(span) if span > 1 else 0.0
        blocked = self.zoom.blockSignals(True)
        self.zoom.setValue(round(share * _STEPS))
        self.zoom.blockSignals(blocked)
