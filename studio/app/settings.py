"""What the window remembers of itself from one day to the next: layout, theme, recent files, presets, preferences."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QSettings, Signal

from studio.base import paths

RECENT = 12
"""Most recent files that are remembered."""


class Settings(QObject):
    """The settings file, `settings.ini` in Keydream's data folder. A damaged one counts as empty."""

    changed = Signal(str)
    """The setting of that name has another value."""

    def __init__(self, parent: QObject | None = None, *, file: Path | None = None) -> None:
        super().__init__(parent)
        where = file or paths.data_dir() / "settings.ini"
        self._store = QSettings(str(where), QSettings.Format.IniFormat, self)

    def text(self, name: str, default: str = "") -> str:
        """A text."""
        return str(self._store.value(name, default))

    def flag(self, name: str, default: bool = False) -> bool:
        """Yes or no."""
        return str(self._store.value(name, "true" if default else "false")).lower() == "true"

    def number(self, name: str, default: float = 0.0) -> float:
        """A number; the default where the file holds none."""
        try:
            return float(str(self._store.value(name, default)))
        except ValueError:
            return default

    def data(self, name: str) -> Any:  # noqa: ANN401 (whatever Qt stored: a QByteArray of a layout)
        """A value as Qt keeps it; None when there is none."""
        return self._store.value(name)

    def set(self, name: str, value: object) -> None:
        """Remember a value."""
        stored = ("true" if value else "false") if isinstance(value, bool) else value
        if self._store.value(name) != stored:
            self._store.setValue(name, stored)
            self.changed.emit(name)

    def forget(self, name: str) -> None:
        """Go back to the default."""
        self._store.remove(name)
        self.changed.emit(name)

    @property
    def recent(self) -> tuple[Path, ...]:
        """Files that were open, the latest first; some may be gone."""
        stored: Any = self._store.value("recent", [])
        listed = [stored] if isinstance(stored, str) else list(stored or [])
        return tuple(Path(str(each)) for each in listed if each)

    def opened(self, path: Path) -> None:
        """Put a file first among the recent ones."""
        others = [each for each in self.recent if each != path]
        self._store.setValue("recent", [str(each) for each in (path, *others)[:RECENT]])
        self.changed.emit("recent")

    def save(self) -> None:
        """Write the file now."""
        self._store.sync()
