"""Ties the takes to the window: their actions, keyframes that begin from them, and walks between them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QMenu

from studio.app.context import Context
from studio.app.dialogs.walk import WalkDialog
from studio.app.keyframing import use
from studio.app.walking import Walking

if TYPE_CHECKING:
    from studio.app.window import Window


class TakesCommands(QObject):
    """What can be done with takes."""

    def __init__(self, context: Context, window: Window) -> None:
        super().__init__(window)
        self._context = context
        self._window = window
        self._panel = window.takes
        self.walking = Walking(self)
        self.dialog = WalkDialog(context, self.walking, window)
        self._tie()

    def close(self) -> bool:
        """Stop what runs. Whether it stopped in time."""
        self._panel.close_down()
        return self.walking.close()

    def _tie(self) -> None:
        actions, panel = self._context.actions, self._panel
        actions.on("takes.show", self.show_panel)
        actions.on("takes.use", panel.use)
        actions.on("takes.walk", panel.walk)
        actions.on("takes.star", panel.star)
        actions.on("takes.remove", panel.remove)
        actions.on("takes.restore", panel.restore)
        actions.on("takes.empty", panel.empty_bin)
        condition = actions.condition
        condition("any_take", lambda: bool(panel.selected))
        condition("takes", lambda: bool(panel.selected) and not panel.in_bin)
        condition("binned", lambda: bool(panel.selected) and panel.in_bin)
        condition("walk", lambda: panel.walkable)
        condition("full_bin", lambda: panel.binned > 0)
        for menu in actions["takes.walk"].associatedObjects():
            if isinstance(menu, QMenu):
                menu.setToolTipsVisible(True)  # they say why an action is grey; the status bar does not in a menu
        panel.selection_changed.connect(actions.refresh)
        panel.keyframe_wanted.connect(self._use)
        panel.walk_wanted.connect(self._walk)
        self.walking.said.connect(self._window.status.say)
        actions.refresh()

    @Slot()
    def show_panel(self) -> None:
        """Bring the takes to the front, with the cursor where one types what to look for."""
        dock = self._window.docks["takes"]
        dock.show()
        dock.raise_()
        self._panel.filter.text.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._panel.filter.text.selectAll()

    @Slot(object)
    def _use(self, folders: Sequence[Path]) -> None:
        use(self._context, folders)

    @Slot(object)
    def _walk(self, _keys: Sequence[str]) -> None:
        rows, model = self._panel.selected, self._panel.model
        if rows:
            folder = model.folder(rows[0].key).parent
            self.dialog.present(folder.parent, rows, folder)
