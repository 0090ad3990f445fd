"""Controls with a label, a unit, a range, a help text and a way back to the default."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QSlider,
    QToolButton,
    QWidget,
)

from studio.app.icons import draw, icon
from studio.app.texts import tr
from studio.app.theme import GRID, theme
from studio.timeline.validate import MAXIMUM_VALUE

LABEL = 64
"""Width of the labels, in pixels."""

WIDE = 80
"""Width of labels with longer words, where rows have room for it."""

_NARROW = 22  # least pixels of a choice that is an icon


def slider_step(low: float, high: float, *, integer: bool) -> float:
    """How much a slider goes on at a time: 1, or a round part such as 0.01, so that it never gives 0.996 for 1."""
    if integer:
        return 1.0
    return float(10.0 ** math.floor(math.log10((high - low) / 100)))


def small_button(image: str, tip: str, name: str) -> QToolButton:
    """A button that is a small icon; `name` is what a screen reader calls it."""
    button = QToolButton()
    button.setIcon(icon(image))
    button.setIconSize(QSize(14, 14))
    button.setToolTip(tip)
    button.setAccessibleName(name)
    return button


class Field(QWidget):
    """A label on the left, a control on the right, and a button that appears when the value is not the default."""

    reset = Signal()
    """The artist wants the default back."""

    def __init__(self, label: str, help_text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(GRID)
        self.label = QLabel(label)
        self.label.setFixedWidth(LABEL)
        self.label.setWordWrap(True)
        self.row.addWidget(self.label)
        self.back = QToolButton()
        self.back.setIcon(icon("rotate-ccw"))
        self.back.setIconSize(QSize(12, 12))
        self.back.setToolTip(tr("Back to the default"))
        self.back.setAccessibleName(tr("Reset {what}", what=label))
        policy = self.back.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.back.setSizePolicy(policy)
        self.back.setVisible(False)
        self.back.clicked.connect(self.reset)
        self.describe(help_text)

    def finish(self, *widgets: QWidget) -> None:
        """Put the controls in place; the last one takes the room."""
        for widget in widgets:
            self.row.addWidget(widget)
            if not widget.accessibleName():
                widget.setAccessibleName(self.label.text())
            if not widget.toolTip():
                widget.setToolTip(self.toolTip())
        self.label.setBuddy(widgets[-1])
        self.row.addWidget(self.back)

    def describe(self, help_text: str) -> None:
        """Say what the control does."""
        self.setToolTip(help_text)
        self.setAccessibleDescription(help_text)

    def show_default(self, is_default: bool) -> None:
        """Show the way back, or hide it where there is nothing to go back from."""
        self.back.setVisible(not is_default)


class NumberField(Field):
    """A slider and a box for a number."""

    edited = Signal(float)
    """Another value, perhaps of a gesture that goes on."""

    done = Signal()
    """The gesture is over."""

    def __init__(
        self,
        label: str,
        help_text: str,
        minimum: float,
        maximum: float,
        *,
        unit: str = "",
        integer: bool = False,
        slider: tuple[float, float] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """The slider may cover less than the box takes (`slider`: from, to)."""
        limits = f"{minimum:g} – {maximum:g}" if maximum < MAXIMUM_VALUE else ""
        spelled = tr("{help}\n{limits} {unit}", help=help_text, limits=limits, unit=unit).rstrip()
        super().__init__(label, spelled, parent)
        self._low, self._high = slider or (minimum, maximum)
        self._step = slider_step(self._low, self._high, integer=integer)
        places = round((self._high - self._low) / self._step)
        self.slider = Slider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, places)
        self.slider.setMinimumWidth(40)
        self.slider.setPageStep(max(1, places // 10))
        self.box = Box()
        self.box.setDecimals(0 if integer else 3)
        self.box.setRange(minimum, maximum)
        self.box.setSingleStep(1 if integer else self._step)
        self.box.setFixedWidth(64)
        self.box.setKeyboardTracking(False)
        self.box.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.finish(self.slider, self.box)
        self.slider.valueChanged.connect(self._slid)
        self.slider.sliderReleased.connect(self.done)
        self.box.valueChanged.connect(self._typed)
        self.box.editingFinished.connect(self.done)

    @property
    def value(self) -> float:
        """What the box says."""
        return self.box.value()

    def show_value(self, value: float) -> None:
        """Show a value that came from elsewhere; nothing is emitted."""
        with QSignalBlocker(self.box), QSignalBlocker(self.slider):
            self.box.setValue(value)
            if not self.slider.isSliderDown():
                self.slider.setValue(self._place(value))

    def without_slider(self) -> None:
        """Leave the slider out: for numbers that have no usual range."""
        self.slider.hide()
        self.row.insertStretch(self.row.indexOf(self.box), 1)

    def _place(self, value: float) -> int:
        inside = min(max(value, self._low), self._high)
        return round((inside - self._low) / self._step)

    def _slid(self, place: int) -> None:
        value = round(self._low + self._step * place, 6)
        with QSignalBlocker(self.box):
            self.box.setValue(value)
        self.edited.emit(self.box.value())
        if not self.slider.isSliderDown():
            self.done.emit()

    def _typed(self, value: float) -> None:
        with QSignalBlocker(self.slider):
            self.slider.setValue(self._place(value))
        self.edited.emit(value)
        self.done.emit()


class ChoiceField(Field):
    """A list to choose from."""

    chosen = Signal(str)

    def __init__(self, label: str, help_text: str, parent: QWidget | None = None) -> None:
        super().__init__(label, help_text, parent)
        self.combo = Combo()
        self.combo.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.finish(self.combo)
        self.row.setStretchFactor(self.combo, 1)
        self.combo.activated.connect(lambda: self.chosen.emit(self.value))

    @property
    def value(self) -> str:
        """The name of what is chosen."""
        return str(self.combo.currentData() or "")

    def offer(self, choices: Iterable[tuple[str, str, str]]) -> None:
        """Fill the list with (name, text, help); what was chosen stays chosen where it is among them."""
        before = self.value
        with QSignalBlocker(self.combo):
            self.combo.clear()
            for name, text, help_text in choices:
                self.combo.addItem(text, name)
                self.combo.setItemData(self.combo.count() - 1, help_text, Qt.ItemDataRole.ToolTipRole)
        self.show_value(before)

    def show_value(self, name: str) -> None:
        """Show a choice that came from elsewhere; one that is not on the list is added, as what it is called."""
        with QSignalBlocker(self.combo):
            place = self.combo.findData(name)
            if place < 0 and name:
                self.combo.addItem(tr("{name} (not here)", name=name), name)
                place = self.combo.count() - 1
            self.combo.setCurrentIndex(max(place, 0))


class SegmentField(Field):
    """A few choices side by side."""

    chosen = Signal(str)

    def __init__(
        self,
        label: str,
        help_text: str,
        choices: Iterable[tuple[str, str, str]],
        parent: QWidget | None = None,
        *,
        icons: Callable[[str], QIcon] | None = None,
    ) -> None:
        """Choices are (name, text, help); with `icons`, a picture of its own stands for each text."""
        super().__init__(label, help_text, parent)
        self.group = QButtonGroup(self)
        self.buttons: dict[str, QToolButton] = {}
        inside = QWidget()
        self.segments = QHBoxLayout(inside)
        self.segments.setContentsMargins(0, 0, 0, 0)
        self.segments.setSpacing(GRID // 2 if icons is None else 2)
        for name, text, tip in choices:
            button = QToolButton()
            if icons is None:
                button.setText(text)
            else:
                button.setIcon(icons(name))
                button.setIconSize(QSize(18, 18))
                button.setMinimumWidth(_NARROW)
                button.setMaximumWidth(28)
                button.setAccessibleName(text)
            button.setToolTip(tip)
            button.setCheckable(True)
            button.setProperty("role", "segment")
            button.clicked.connect(lambda _=False, name=name: self.chosen.emit(name))
            self.group.addButton(button)
            self.buttons[name] = button
            self.segments.addWidget(button)
        self.segments.addStretch(1)
        self.finish(inside)
        self.row.setStretchFactor(inside, 1)

    def show_value(self, name: str) -> None:
        """Press the button of a choice; none where it is another."""
        self.group.setExclusive(False)
        for each, button in self.buttons.items():
            button.setChecked(each == name)
        self.group.setExclusive(name in self.buttons)


class SwitchField(Field):
    """Something that is so, or not."""

    switched = Signal(bool)

    def __init__(self, label: str, text: str, help_text: str, parent: QWidget | None = None) -> None:
        """`text` stands beside the box: what is so when it is ticked."""
        super().__init__(label, help_text, parent)
        self.box = QCheckBox(text)
        self.box.setAccessibleName(f"{label}: {text}")
        self.finish(self.box)
        self.row.setStretchFactor(self.box, 1)
        self.box.clicked.connect(self.switched)

    def show_value(self, on: bool) -> None:
        """Show what came from elsewhere; nothing is emitted."""
        self.box.setChecked(on)


class Slider(QSlider):
    """A slider that leaves the wheel to the panel around it."""

    def __init__(self, orientation: Qt.Orientation, parent: QWidget | None = None) -> None:
        super().__init__(orientation, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Scrolling past a slider must not change it, whatever has the focus."""
        event.ignore()


class Box(QDoubleSpinBox):
    """A number box that leaves the wheel alone likewise, and shows no more digits than there are."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Qt's own policy gives the focus to a box that is merely scrolled past.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def event(self, event: QEvent) -> bool:
        """What was typed is taken back with Ctrl+Z while it is typed; once it counts, that is the document's."""
        if self.text() == self.textFromValue(self.value()) and passes_undo(event):
            return True
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Scrolling past a box must not change it, whatever has the focus."""
        event.ignore()

    def textFromValue(self, value: float) -> str:  # noqa: N802
        """1 for 1.000, 0.25 for 0.250; with a point in every language, as prompts are written."""
        return f"{value:.{self.decimals()}f}".rstrip("0").rstrip(".") if self.decimals() else f"{value:.0f}"

    def valueFromText(self, text: str) -> float:  # noqa: N802
        """The number that was typed, with a point or a comma."""
        return float(text.replace(",", "."))


class Line(QLineEdit):
    """A line of text that keeps Ctrl+Z only while what was typed does not count yet: while it is modified."""

    def event(self, event: QEvent) -> bool:
        """Leave undo and redo to the document."""
        if not self.isModified() and passes_undo(event):
            return True
        return super().event(event)


class Combo(QComboBox):
    """A list that leaves the wheel alone likewise."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The list, and an arrow that says that it is one."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = theme().colours
        area = QRectF(self.width() - 20, (self.height() - 12) / 2, 12, 12)
        draw(painter, "chevron-down", area, colours.muted if self.isEnabled() else colours.disabled)
        painter.end()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Scrolling past a list must not change it, whatever has the focus."""
        event.ignore()


def passes_undo(event: QEvent) -> bool:
    """Whether the event is a key for undo or redo; it is left to the window then, as a widget's own undo is not."""
    if event.type() not in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress) or not isinstance(event, QKeyEvent):
        return False
    if not (event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)):
        return False
    event.ignore()
    return True
