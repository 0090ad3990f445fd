"""The small buttons at the viewer's top right: how large, onion skin, compare."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from studio.app.context import Context
from studio.app.texts import tr
from studio.app.theme import GRID
from studio.app.viewer.floating import Chip
from studio.app.viewer.layers import LayersButton


class ActionButton(QToolButton):
    """Uses an action under another name than the menu's."""

    def __init__(self, action: QAction, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._action = action
        self.setText(text)
        self.setProperty("role", "button")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCheckable(action.isCheckable())
        self.clicked.connect(self._use)
        action.changed.connect(self._follow)
        action.toggled.connect(self._follow)
        self._follow()

    @Slot()
    def _use(self) -> None:
        self._action.trigger()
        self._follow()

    @Slot()
    def _follow(self) -> None:
        self.setToolTip(self._action.toolTip())
        self.setEnabled(self._action.isEnabled())
        self.setChecked(self._action.isChecked())


class Bar(QWidget):
    """Buttons for actions of the table, under shorter names, and how far the picture is zoomed."""

    wipe_changed = Signal(bool)
    """Compare over one another, or side by side."""

    shape_changed = Signal()
    """It needs another place."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        self.zoom = Chip()
        self.zoom.setAccessibleName(tr("Zoom"))
        row.addWidget(self.zoom)
        self.layers = LayersButton(context.settings)
        self.layers.hide()
        context.actions["view.onion"].toggled.connect(self._show_layers)
        self.buttons: dict[str, ActionButton] = {}
        for name, text in (
            ("view.fit", tr("Fit")),
            ("view.actual", tr("100 %")),
            ("view.onion", tr("Onion")),
            ("view.compare", tr("Compare")),
        ):
            self.buttons[name] = ActionButton(context.actions[name], text)
            row.addWidget(self.buttons[name])
            if name == "view.onion":
                row.addWidget(self.layers)
        self.wipe = QToolButton()
        self.wipe.setText(tr("Wipe"))
        self.wipe.setProperty("role", "button")
        self.wipe.setCheckable(True)
        self.wipe.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.wipe.setToolTip(tr("Lay both frames over one another, with a divider to drag, instead of side by side"))
        self.wipe.toggled.connect(self.wipe_changed)
        self.wipe.hide()
        row.addWidget(self.wipe)
        self.adjustSize()

    def show_zoom(self, text: str) -> None:
        """Say how far the picture is zoomed; "" while it is fitted."""
        self.zoom.say(text)
        self._shape()

    def show_wipe(self, shown: bool) -> None:
        """Offer the wipe: only while two frames are compared."""
        self.wipe.setVisible(shown)
        self._shape()

    @Slot(bool)
    def _show_layers(self, shown: bool) -> None:
        """Offer the layers: only while the onion skin is on."""
        self.layers.setVisible(shown)
        self._shape()

    def _shape(self) -> None:
        self.adjustSize()
        self.shape_changed.emit()
