"""The frame and the value of a parameter's key as numbers."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QDoubleSpinBox, QFormLayout, QFrame, QSpinBox, QWidget

from studio.app.texts import tr
from studio.app.theme import theme
from studio.app.timeline.describing import change_label
from studio.app.timeline.stage import Stage
from studio.timeline.edits import Edit, clamp_offset, move_keys, set_value
from studio.timeline.model import KeyRef, ParameterTrack, Timeline
from studio.timeline.parameters import PARAMETERS
from studio.timeline.validate import MAXIMUM_VALUE


class KeyEditor(QFrame):
    """A small popup beside a key. Enter takes the numbers, Escape and a click elsewhere leave the key as it was."""

    closed = Signal()

    def __init__(self, parent: QWidget, stage: Stage, ref: KeyRef) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._host, self._stage, self._ref = parent, stage, ref
        track = stage.timeline.find(ref.track)
        assert isinstance(track, ParameterTrack)
        spec = PARAMETERS.get(track.name)
        self.setAccessibleName(tr("Key of {name}", name=spec.label if spec else track.name))
        self.frame_box = QSpinBox()
        self.frame_box.setRange(0, stage.timeline.length - 1)
        self.frame_box.setValue(ref.frame)
        self.frame_box.setToolTip(
            tr(
                "The frame on which the key stands, 0 to {last}. It stops before other keys.",
                last=stage.scale.length - 1,
            )
        )
        self.frame_box.setAccessibleName(tr("Frame"))
        self.value_box = QDoubleSpinBox()
        self.value_box.setDecimals(0 if spec is not None and spec.integer else 4)
        low, high = (spec.minimum, spec.maximum) if spec is not None else (-MAXIMUM_VALUE, MAXIMUM_VALUE)
        self._value = track.track.key(ref.frame).value
        self.value_box.setRange(min(low, self._value), max(high, self._value))
        self.value_box.setSingleStep(1 if spec is not None and spec.integer else max((high - low) / 200, 0.001))
        self.value_box.setValue(self._value)
        self._value = self.value_box.value()
        unit = spec.unit if spec is not None else ""
        self.value_box.setSuffix(f" {unit}" if unit else "")
        self.value_box.setToolTip(
            tr("{help} From {low} to {high}.", help=spec.help if spec else track.name, low=f"{low:g}", high=f"{high:g}")
        )
        self.value_box.setAccessibleName(tr("Value"))
        for box in (self.frame_box, self.value_box):
            box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # Qt's own gives the focus to whatever is scrolled past
            box.installEventFilter(self)
        form = QFormLayout(self)
        form.setContentsMargins(8, 8, 8, 8)
        form.setSpacing(8)
        form.addRow(tr("Frame"), self.frame_box)
        form.addRow(tr("Value"), self.value_box)

    def open_at(self, point: QPoint) -> None:
        """Show it with its corner there, in the parent's pixels, the value selected."""
        self.adjustSize()
        self.move(self._host.mapToGlobal(point))
        self.show()
        self.value_box.setFocus()
        self.value_box.selectAll()

    def take(self) -> None:
        """Use the numbers, as one edit."""
        self.frame_box.interpretText()
        self.value_box.interpretText()
        frame, value = self.frame_box.value(), self.value_box.value()
        ref, stage = self._ref, self._stage
        self.close()
        if (frame, value) == (ref.frame, self._value):
            return
        offset = clamp_offset(stage.timeline, [ref], frame - ref.frame)

        def apply(timeline: Timeline) -> Timeline:
            if value != self._value:
                timeline = set_value([ref], value).apply(timeline)
            return move_keys([ref], offset).apply(timeline)

        label = "Move key" if value == self._value else change_label(ref.track)
        if stage.context.document.edit(Edit(label, apply)):
            stage.context.choice.select([KeyRef(ref.track, ref.frame + offset)])

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """A ground with a frame: it lies over the lanes."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), theme().colours.raised)
        painter.setPen(theme().colours.muted)
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter takes, Escape leaves."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.take()
        elif event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """The wheel turns the number that has the focus, and no other."""
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        """Tell when it closes."""
        if event.type() == QEvent.Type.Close:
            self.closed.emit()
        return super().event(event)
