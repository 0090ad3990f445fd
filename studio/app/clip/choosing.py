"""Ways to a picture to ask about: the frame at the playhead, files, takes, what is dropped or pasted."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QMimeData, QObject, QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMenu, QToolButton, QWidget

from studio.app.clip.perceptors import Source, is_folder
from studio.app.clip.shared import Shared, kept
from studio.app.icons import icon
from studio.app.texts import tr
from studio.app.theme import GRID
from studio.app.viewer.intake import offered
from studio.base.errors import AssetError
from studio.library.scan import SUFFIXES, shown
from studio.project.assets import resolve

FILTER: Final = " ".join(f"*{suffix}" for suffix in sorted(SUFFIXES))
"""Names of picture files, as Qt's file dialogs want them."""

TAKES: Final = 24
"""Most takes that the menu offers: the latest."""

_SHORT: Final = 48  # letters of a take's prompt
_THUMB: Final = 32


class Chooser(QObject):
    """Finds pictures and tells them; one for each place that takes some."""

    chosen = Signal(object)
    """A tuple of `Source`."""

    def __init__(self, shared: Shared, over: QWidget, *, many: bool) -> None:
        """`over` is where menus and dialogs appear; `many` whether several pictures, and folders, are taken."""
        super().__init__(over)
        self._shared, self._over, self._many = shared, over, many

    def buttons(self) -> tuple[QHBoxLayout, tuple[QToolButton, ...]]:
        """A row of buttons for all ways, and the buttons themselves."""
        row = QHBoxLayout()
        row.setSpacing(GRID // 2)
        ways: tuple[tuple[str, str, str, Callable[[], None]], ...] = (
            ("film", tr("Frame"), tr("The picture at the playhead, as it is now"), self.take_frame),
            (
                "folder-open",
                tr("Files…"),
                tr("Picture files: PNG, JPEG, WebP, GIF, BMP or TIFF. They can be dropped or pasted here too."),
                self.take_files,
            ),
            ("images", tr("Takes"), tr("One of the latest takes"), self.offer_takes),
        )
        made = []
        for image, text, tip, handler in ways:
            button = QToolButton()
            button.setIcon(icon(image))
            button.setIconSize(QSize(14, 14))
            button.setText(text)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setProperty("role", "button")
            button.setToolTip(tip)
            button.clicked.connect(partial(_call, handler))
            row.addWidget(button)
            made.append(button)
        row.addStretch(1)
        return row, tuple(made)

    def take_frame(self) -> None:
        """The picture at the playhead."""
        found = self._shared.frame()
        if found is None:
            self._shared.said.emit(tr("There is no picture at the playhead yet: render the frame first."))
        else:
            self.chosen.emit((found,))

    def take_files(self) -> None:
        """Ask for files."""
        dialog = QFileDialog(self._over, tr("Choose Pictures") if self._many else tr("Choose a Picture"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        mode = QFileDialog.FileMode.ExistingFiles if self._many else QFileDialog.FileMode.ExistingFile
        dialog.setFileMode(mode)
        dialog.setNameFilter(tr("Pictures") + f" ({FILTER})")
        dialog.filesSelected.connect(self._files)
        dialog.open()

    def offer_takes(self) -> None:
        """Show the latest takes in a menu, as soon as they are looked up."""
        tasks = self._shared.context.tasks
        tasks.start(tasks.in_thread(latest_takes), self._show_takes)

    def take_data(self, data: QMimeData | None) -> bool:
        """Take what was dropped or pasted. Whether it held a picture."""
        if data is None:
            return False
        paths, image, asset = offered(data)
        if asset:
            return self._take_asset(asset)
        if image is not None:
            self._take_image(image)
            return True
        found = [path for path in paths if path.suffix.lower() in SUFFIXES or (self._many and is_folder(path))]
        if found:
            self.chosen.emit(tuple(source(path) for path in (found if self._many else found[:1])))
        elif paths:
            self._shared.said.emit(tr("{name} is no picture that can be looked at.", name=shown(paths[0].name)))
        return bool(found)

    def _take_asset(self, name: str) -> bool:
        document = self._shared.context.document
        try:
            path = resolve(document.folder, document.project.asset(name))
        except AssetError as error:
            self._shared.said.emit(str(error))
            return False
        self.chosen.emit((Source(path, name),))
        return True

    def _take_image(self, image: QImage) -> None:
        tasks = self._shared.context.tasks
        name = tr("Pasted picture")
        tasks.start(tasks.in_thread(kept, image), lambda path: self.chosen.emit((Source(path, name),)))

    @Slot(list)
    def _files(self, names: list[str]) -> None:
        self.chosen.emit(tuple(source(Path(name)) for name in names))

    def _show_takes(self, takes: tuple[tuple[Path, Path, str], ...]) -> None:
        if not takes:
            self._shared.said.emit(tr("There are no takes yet: every keyframe that is dreamed becomes one."))
            return
        menu = QMenu(self._over)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for picture, thumbnail, prompt in takes:
            made = menu.addAction(QIcon(QPixmap(str(thumbnail))), prompt.replace("&", "&&"))
            made.triggered.connect(partial(_pick, self, Source(picture, prompt)))
        menu.popup(self._over.mapToGlobal(QPoint(0, _THUMB)))


def source(path: Path) -> Source:
    """A file or a folder as what it is called."""
    return Source(path, shown(path.name or str(path)))


def latest_takes() -> tuple[tuple[Path, Path, str], ...]:
    """(picture, thumbnail, prompt) of the latest takes.

    Raises:
        FileError: the library of takes cannot be used.
    """
    from studio.takes.index import Wanted
    from studio.takes.store import Takes

    with Takes() as library:
        found = library.find(Wanted(limit=TAKES))
    return tuple((each.picture, each.thumbnail, _short(each.take.prompt)) for each in found)


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _SHORT else flat[: _SHORT - 1] + "…"


def _pick(chooser: Chooser, found: Source, _checked: bool = False) -> None:
    chooser.chosen.emit((found,))


def _call(handler: Callable[[], None], _checked: bool = False) -> None:
    handler()
