"""The controls of the onion skin beside its button: how many layers, how far apart, how strong."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import QPoint, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QToolButton, QVBoxLayout, QWidget

from studio.app.icons import icon
from studio.app.panels.fields import NumberField
from studio.app.settings import Settings
from studio.app.texts import tr
from studio.app.theme import GRID, theme
from studio.app.viewer.onion import MOST, STEP, STRENGTH

_WIDE: Final = 34 * GRID


class Layers(QFrame):
    """A popup with the onion skin's settings, which count at once. Escape and a click elsewhere close it."""

    def __init__(self, settings: Settings, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._settings = settings
        self.setAccessibleName(tr("Onion skin"))
        self.setFixedWidth(_WIDE)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(GRID)
        self.fields: dict[str, NumberField] = {}
        self._defaults = {"onion/before": 1, "onion/after": 1, "onion/step": STEP, "onion/strength": STRENGTH}
        for name, label, tip, least, most, unit in (
            ("onion/before", tr("Before"), tr("How many earlier frames show through."), 0, MOST, tr("layers")),
            ("onion/after", tr("After"), tr("How many later frames show through."), 0, MOST, tr("layers")),
            ("onion/step", tr("Distance"), tr("Frames from one layer to the next."), 1, 120, tr("frames")),
            (
                "onion/strength",
                tr("Opacity"),
                tr("How much of the nearest layer shows through; of one further away, half of it."),
                5,
                100,
                tr("%"),
            ),
        ):
            slider = (1, 24) if name == "onion/step" else (least, most)
            field = NumberField(label, tip, least, most, unit=unit, integer=True, slider=slider)
            field.edited.connect(partial(self._set, name))
            field.reset.connect(partial(self._reset, name))
            column.addWidget(field)
            self.fields[name] = field
        self.refresh()

    def refresh(self) -> None:
        """Show what the settings say."""
        for name, field in self.fields.items():
            value = self._settings.number(name, self._defaults[name])
            field.show_value(value)
            field.show_default(value == self._defaults[name])

    def open_below(self, button: QWidget) -> None:
        """Show it below a button, within the button's window at the right."""
        self.refresh()
        self.adjustSize()
        self.move(button.mapToGlobal(QPoint(button.width() - self.width(), button.height() + GRID // 2)))
        self.show()
        self.fields["onion/before"].slider.setFocus()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """A ground with a frame: it lies over the picture."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), theme().colours.panel)
        painter.setPen(theme().colours.line)
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _set(self, name: str, value: float) -> None:
        self._settings.set(name, value)
        self.fields[name].show_default(value == self._defaults[name])

    def _reset(self, name: str) -> None:
        self._settings.forget(name)
        self.refresh()


class LayersButton(QToolButton):
    """Opens the popup; made when it is first asked for."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.popup: Layers | None = None
        self.setIcon(icon("sliders-horizontal"))
        self.setIconSize(QSize(14, 14))
        self.setProperty("role", "button")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(tr("Layers of the onion skin"))
        self.setToolTip(tr("How many frames show through, how far apart they are, and how strong"))
        self.clicked.connect(self.open)

    @Slot()
    def open(self) -> None:
        """Show the popup."""
        if self.popup is None:
            self.popup = Layers(self._settings, self)
        self.popup.open_below(self)
