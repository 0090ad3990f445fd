"""Space over the picture: held, it lets one drag the picture; tapped, it plays as everywhere else."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget


class SpaceHold(QObject):
    """Takes Space from the window's shortcut while the mouse is over a widget.

    Keys go to whatever has the focus, so it looks at what comes up to the window: text fields and lists have had their
    turn by then, and keep their own Space.
    """

    held = Signal(bool)
    """Space went down over the widget, or came up."""

    tapped = Signal()
    """It came up and `dragged` was not called meanwhile."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self._window: QWidget | None = None
        self._focus: QWidget | None = None
        self._down = False
        self._dragged = False

    def watch(self) -> None:
        """Look at the keys of the window in which the widget is now."""
        window = self._widget.window()
        if window is not self._window:
            if self._window is not None:
                self._window.removeEventFilter(self)
            self._window = window
            window.installEventFilter(self)

    @property
    def down(self) -> bool:
        """Whether Space is held."""
        return self._down

    @Slot()
    def dragged(self) -> None:
        """The picture was dragged: this is no tap."""
        self._dragged = True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Claim Space before shortcuts, then keep its press and release from the focused widget."""
        kind = event.type()
        if kind == QEvent.Type.WindowDeactivate and self._down:
            self._end(tap=False)
        if not isinstance(event, QKeyEvent) or event.key() != Qt.Key.Key_Space:
            return super().eventFilter(watched, event)
        if kind == QEvent.Type.ShortcutOverride and watched is self._window and self._claims(event):
            event.accept()
            self._begin()
            return True
        if self._down and kind == QEvent.Type.KeyPress:
            return True
        if self._down and kind == QEvent.Type.KeyRelease:
            if not event.isAutoRepeat():
                self._end(tap=not self._dragged)
            return True
        return super().eventFilter(watched, event)

    def _claims(self, event: QKeyEvent) -> bool:
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        return self._down or (plain and not event.isAutoRepeat() and self._widget.underMouse())

    def _begin(self) -> None:
        if self._down:
            return
        self._down, self._dragged = True, False
        self._focus = QApplication.focusWidget()
        if self._focus is not None and self._focus is not self._window:
            self._focus.installEventFilter(self)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._focus_changed)
        self.held.emit(True)

    @Slot(QWidget, QWidget)
    def _focus_changed(self, _old: QWidget | None, _new: QWidget | None) -> None:
        self._end(tap=False)

    def _end(self, *, tap: bool) -> None:
        if not self._down:
            return
        self._down = False
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.disconnect(self._focus_changed)
        if self._focus is not None and self._focus is not self._window:
            self._focus.removeEventFilter(self)
        self._focus = None
        self.held.emit(False)
        if tap:
            self.tapped.emit()
