"""All that is asked of the artist in a window of its own: files, numbers, decisions. Tests put another in its place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from studio.app import errors
from studio.app.dialogs.message import Choice, Kind, Message
from studio.app.dialogs.number import NumberDialog
from studio.app.settings import Settings
from studio.app.texts import tr
from studio.base.errors import StudioError

_FOLDER = "folder"  # the setting that remembers where a file was chosen last


class Ask:
    """Asks over a window, and waits for the answer."""

    def __init__(self, parent: QWidget, settings: Settings) -> None:
        self._parent = parent
        self._settings = settings

    def choose_file(self, title: str, filters: str) -> Path | None:
        """A file that exists; None when none was chosen.

        Args:
            title: of the window.
            filters: as Qt spells them: "Pictures (*.png *.gif);;All files (*)".
        """
        found, _ = QFileDialog.getOpenFileName(self._parent, title, str(self._folder()), filters)
        return self._chosen(found)

    def save_file(self, title: str, name: str | Path, filters: str) -> Path | None:
        """A file to write, whose replacing was agreed to if it exists; None when none was chosen.

        Args:
            title: of the window.
            name: what is suggested: words for a name, or a path; in the folder of last time unless it is absolute.
            filters: as Qt spells them; a name without a suffix gets the first one of the filter that was chosen.
        """
        suggested = self._folder() / (tame(name) if isinstance(name, str) else name)
        found, chosen = QFileDialog.getSaveFileName(self._parent, title, str(suggested), filters)
        path = self._chosen(found)
        suffix = re.search(r"\*(\.\w+)", chosen or filters)
        if path is not None and not path.suffix and suffix:
            path = path.with_name(path.name + suffix[1])
            if path.exists() and not self._may_replace(path):
                return None
        return path

    def choose_folder(self, title: str) -> Path | None:
        """A folder; None when none was chosen."""
        found = QFileDialog.getExistingDirectory(self._parent, title, str(self._folder()))
        return self._chosen(found)

    def question(
        self,
        heading: str,
        text: str,
        choices: Sequence[Choice],
        *,
        points: Sequence[str] = (),
        kind: Kind = "question",
    ) -> str:
        """The id of the choice that was made; "" when none was. See `Message`."""
        message = Message(self._parent, heading, text, choices, points=points, kind=kind)
        message.exec()
        message.deleteLater()
        return message.answer

    def explain(self, error: StudioError, choices: tuple[Choice, ...] = ()) -> str:
        """Tell of an error; see `errors.explain`."""
        return errors.explain(self._parent, error, choices)

    def number(self, title: str, text: str, value: int, least: int, most: int = 1_000_000) -> int | None:
        """A whole number between `least` and `most`; None when none was given."""
        dialog = NumberDialog(self._parent, title, text, value, least, most)
        accepted = dialog.exec()
        dialog.deleteLater()
        return dialog.value if accepted else None

    def show_file(self, path: Path) -> bool:
        """Open a file, or a folder, with the program that the system has for it. Whether there is one."""
        return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    def _may_replace(self, path: Path) -> bool:
        choices = (Choice("cancel", tr("Cancel")), Choice("replace", tr("Replace"), primary=True))
        return self.question(tr("{name} exists. Replace it?", name=path.name), "", choices, kind="warning") == "replace"

    def _folder(self) -> Path:
        remembered = self._settings.text(_FOLDER)
        return Path(remembered) if remembered else Path.home()

    def _chosen(self, found: str) -> Path | None:
        if not found:
            return None
        path = Path(found)
        self._settings.set(_FOLDER, str(path.parent))
        return path


def tame(name: str) -> str:
    """A name for a file, from words that an artist wrote: without what no disk takes."""
    kept = re.sub(r'[\x00-\x1f<>:"/\\|?*]+', " ", name).strip(" .")
    return re.sub(r"\s+", " ", kept)[:100] or "Untitled"
