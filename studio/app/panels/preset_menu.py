"""The button that keeps how pictures are made under a name, and brings it back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Slot
from PySide6.QtWidgets import QInputDialog, QMenu, QToolButton, QWidget

from studio.app.context import Context
from studio.app.icons import icon
from studio.app.texts import tr
from studio.base.errors import StudioError
from studio.project import presets


class PresetButton(QToolButton):
    """A menu of presets."""

    def __init__(
        self, context: Context, parent: QWidget | None = None, ask: Callable[[], str | None] | None = None
    ) -> None:
        """`ask` gives the name of a new preset, None when the artist thinks better of it; tests bring their own."""
        super().__init__(parent)
        self._context = context
        self._ask = ask or self._ask_name
        self.setIcon(icon("bookmark"))
        self.setIconSize(QSize(16, 16))
        self.setToolTip(tr("Presets: keep how pictures are made (not what they show) under a name"))
        self.setAccessibleName(tr("Presets"))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        menu.aboutToShow.connect(self.fill)
        self.setMenu(menu)

    @Slot()
    def fill(self) -> None:
        """List the presets there are now."""
        menu = self.menu()
        menu.clear()
        known = presets.listed()
        for preset in known:
            menu.addAction(preset.name).triggered.connect(lambda _=False, each=preset: self._use(each))
        if not known:
            menu.addAction(tr("No presets yet")).setEnabled(False)
        menu.addSeparator()
        menu.addAction(tr("Save as Preset…")).triggered.connect(self._save)
        if known:
            gone = menu.addMenu(tr("Remove"))
            for preset in known:
                gone.addAction(preset.name).triggered.connect(lambda _=False, name=preset.name: self._remove(name))

    def _use(self, preset: presets.Preset) -> None:
        self._context.document.apply(presets.use(preset))

    def _save(self) -> None:
        name = self._ask()
        if name is not None:
            self._tell(lambda: presets.save(name, self._context.document.project))

    def _remove(self, name: str) -> None:
        self._tell(lambda: presets.remove(name))

    def _tell(self, work: Callable[[], object]) -> None:
        try:
            work()
        except StudioError as error:
            self._context.document.refused.emit(error)

    def _ask_name(self) -> str | None:
        name, agreed = QInputDialog.getText(self, tr("Save as Preset"), tr("Name of the preset:"))
        return name if agreed else None
