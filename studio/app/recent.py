"""The menu of recent files. Whether they are still there is looked up in another thread: a drive may be slow."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from studio.app.settings import Settings
from studio.app.tasks import Tasks
from studio.app.texts import tr


class Recent(QObject):
    """Fills menus with recent files; those that are missing are grey."""

    def __init__(
        self, settings: Settings, tasks: Tasks, opener: Callable[[Path], object], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._tasks = tasks
        self._open = opener
        self._missing: frozenset[Path] = frozenset()

    def fill(self, menu: QMenu) -> None:
        """Put the files into a menu, the latest first."""
        menu.clear()
        menu.setToolTipsVisible(True)
        files = self._settings.recent
        actions = {path: self._action(menu, number, path) for number, path in enumerate(files, 1)}
        if not files:
            menu.addAction(tr("Nothing yet")).setEnabled(False)
            return
        menu.addSeparator()
        clear = menu.addAction(tr("Clear This List"))
        clear.triggered.connect(lambda: self._settings.forget("recent"))
        self._tasks.start(self._tasks.in_thread(_missing, files), lambda missing: self._found(menu, actions, missing))

    def _action(self, menu: QMenu, number: int, path: Path) -> QAction:
        action = menu.addAction("")
        action.setData(f"&{number}  " if number < 10 else "")
        _tell(action, path, path in self._missing)
        action.triggered.connect(lambda: self._open(path))
        return action

    def _found(self, menu: QMenu, actions: dict[Path, QAction], missing: frozenset[Path]) -> None:
        self._missing = missing
        if shiboken6.isValid(menu):
            for path, action in actions.items():
                if shiboken6.isValid(action):
                    _tell(action, path, path in missing)


def _tell(action: QAction, path: Path, missing: bool) -> None:
    name = path.name.replace("&", "&&")
    shown = f"{action.data()}{name}"
    action.setText(tr("{name} (missing)", name=shown) if missing else shown)
    action.setToolTip(str(path))
    action.setStatusTip(str(path))
    action.setEnabled(not missing)


def _missing(files: tuple[Path, ...]) -> frozenset[Path]:
    return frozenset(path for path in files if not path.exists())
