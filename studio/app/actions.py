"""The actions of the table as Qt knows them: menus, toolbar, palette and shortcuts are all made from these."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QKeySequence

from studio.app.icons import icon
from studio.app.reasons import reason
from studio.app.settings import Settings
from studio.app.table import SPECS
from studio.app.texts import tr

Condition = Callable[[], bool]


class Actions(QObject):
    """The actions themselves. Handlers are connected to them by id; conditions say which can be used now.

    Attributes:
        handled: ids of the actions that something was connected to.
    """

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._actions = {spec.id: QAction(self) for spec in SPECS.values()}
        self.handled: set[str] = set()
        self._conditions: dict[str, Condition] = {"always": lambda: True}
        for spec in SPECS.values():
            action = self._actions[spec.id]
            action.setObjectName(spec.id)
            action.setCheckable(spec.checkable)
            if spec.icon:
                action.setIcon(icon(spec.icon))
            action.setText(tr(spec.text))
            action.setShortcuts([QKeySequence(keys) for keys in self.keys(spec.id)])
            self._describe(spec.id)

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._actions)

    def on(self, name: str, handler: Callable[[], object]) -> None:
        """Do this when the action is used; `KeyError` when there is none of that name."""
        self.handled.add(name)
        self._actions[name].triggered.connect(functools.partial(_call, handler))

    def switched(self, name: str, handler: Callable[[bool], object]) -> None:
        """Do this when a checkable action is switched on or off."""
        self.handled.add(name)
        self._actions[name].toggled.connect(handler)

    def condition(self, name: str, holds: Condition) -> None:
        """Say when the actions of that condition can be used."""
        self._conditions[name] = holds

    @Slot()
    def refresh(self) -> None:
        """Look again which actions can be used."""
        held = {name: holds() for name, holds in self._conditions.items()}
        for spec in SPECS.values():
            action, usable = self._actions[spec.id], held.get(spec.when, True)
            if action.isEnabled() != usable:
                action.setEnabled(usable)
                self._describe(spec.id)  # while it cannot be used, it says why

    def retitle(self, name: str, text: str) -> None:
        """Call an action something else for now: "Undo Move Key"."""
        if self._actions[name].text() != text:
            self._actions[name].setText(text)
            self._describe(name)

    def keys(self, name: str) -> tuple[str, ...]:
        """The shortcuts of an action: the artist's, or those of the table."""
        own = self._settings.data(f"shortcuts/{name}")
        if own is None:
            return SPECS[name].keys
        return tuple(each for each in str(own).split(" | ") if each)

    def set_keys(self, name: str, keys: tuple[str, ...]) -> None:
        """Give an action other shortcuts, and remember them."""
        if keys == SPECS[name].keys:
            self._settings.forget(f"shortcuts/{name}")
        else:
            self._settings.set(f"shortcuts/{name}", " | ".join(keys))
        self._actions[name].setShortcuts([QKeySequence(each) for each in keys])
        self._describe(name)

    def owner(self, keys: str, *, but: str = "") -> str | None:
        """The id of the action, another than `but`, that has this shortcut; None when it is free."""
        wanted = QKeySequence(keys).toString()
        for name in self._actions:
            if name != but and wanted in [QKeySequence(each).toString() for each in self.keys(name)]:
                return name
        return None

    def _describe(self, name: str) -> None:
        action = self._actions[name]
        shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        title = action.text().replace("&", "")
        why_not = "" if action.isEnabled() else reason(SPECS[name].when)
        told = [part for part in (why_not, tr(SPECS[name].help)) if part]
        action.setToolTip("<br>".join((f"<b>{title}</b>" + (f" &nbsp; {shown}" if shown else ""), *told)))
        action.setStatusTip(" ".join(told))


def _call(handler: Callable[[], object], _checked: bool = False) -> None:
    handler()
