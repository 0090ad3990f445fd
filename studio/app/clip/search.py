"""The tab that searches a folder by a text, or by a picture."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from PySide6.QtCore import QModelIndex, QPoint, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.app.clip.answers import Finds, export_index, search
from studio.app.clip.choosing import Chooser
from studio.app.clip.exports import write_arrays
from studio.app.clip.perceptors import Source, is_folder
from studio.app.clip.shared import Shared
from studio.app.clip.tab import Tab, ask_button
from studio.app.clip.wells import Droppable
from studio.app.icons import icon
from studio.app.panels.fields import Combo
from studio.app.panels.library_grid import Grid
from studio.app.panels.library_items import Item, Items
from studio.app.texts import plural, tr
from studio.app.theme import GRID
from studio.app.viewer.viewer import uses
from studio.base.cancel import CancelToken
from studio.base.progress import Report, silent
from studio.library.indexing import Update
from studio.library.scan import shown

FOLDERS: Final = "clip/folders"
"""The setting that remembers the folders that were searched, the latest first."""

_REMEMBERED: Final = 8
_SMALLEST: Final = 112


class Query(QLineEdit):
    """What is searched for: words, or a picture that was put here; typing takes the picture away again."""

    asked = Signal()
    """Enter was pressed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture: Source | None = None
        self.setPlaceholderText(tr("What should the pictures show?"))
        self.setAccessibleName(tr("Search for"))
        self.setToolTip(tr("Words, or a picture that the others should look like: drop or choose one. Enter searches."))
        self.setClearButtonEnabled(True)
        self.setAcceptDrops(False)  # the tab takes what is dropped
        self.textEdited.connect(self._typed)
        self.textChanged.connect(self._emptied)
        self.returnPressed.connect(self.asked)

    @property
    def wanted(self) -> str | Path:
        """The words, or the picture's file."""
        return self.text().strip() if self.picture is None else self.picture.path

    def put(self, source: Source) -> None:
        """Search for what looks like this."""
        self.picture = None
        self.setText(tr("like {name}", name=source.name))
        self.picture = source

    @Slot(str)
    def _typed(self, _text: str) -> None:
        self.picture = None

    @Slot(str)
    def _emptied(self, text: str) -> None:
        if not text:
            self.picture = None


class SearchTab(Tab):
    """Where, and what for, above; what was found below."""

    def __init__(self, shared: Shared, parent: QWidget | None = None) -> None:
        super().__init__(shared, parent)
        self._finds: Finds | None = None
        self.folder = Combo()
        self.folder.setAccessibleName(tr("Folder"))
        self.folder.setToolTip(tr("The folder whose pictures are searched, with those below it"))
        self.folder.setMinimumWidth(20 * GRID)
        self.choose = QPushButton(tr("Folder…"))
        self.choose.setToolTip(tr("Choose a folder with pictures; it can be dropped here too."))
        self.choose.setAutoDefault(False)
        self.choose.clicked.connect(self._choose_folder)
        self.query = Query()
        self.chooser = Chooser(shared, self, many=True)
        self.like = QToolButton()
        self.like.setIcon(icon("image-plus"))
        self.like.setProperty("role", "button")
        self.like.setAccessibleName(tr("Search by a picture"))
        self.like.setToolTip(tr("Choose a picture that the others should look like; it can be dropped here too."))
        self.like.clicked.connect(self._offer_pictures)
        self.go = ask_button(tr("Search"), tr("Find the pictures that fit best. New pictures are looked at first."))
        self.go.clicked.connect(self.ask)
        self.exporting = QPushButton(tr("Export…"))
        self.exporting.setAutoDefault(False)
        self.exporting.setToolTip(tr("Write the embeddings of the folder's pictures as .npz, for numpy"))
        self.exporting.clicked.connect(self.export)
        self.items = Items(shared.context.pictures, self)
        self.grid = Grid(shared.context.pictures, _SMALLEST, tr("Pictures that were found"))
        self.grid.setModel(self.items)
        self.grid.setSelectionMode(Grid.SelectionMode.ExtendedSelection)
        self.grid.doubleClicked.connect(self._open)
        self.grid.asked.connect(self._menu)
        self.empty = QLabel(
            tr(
                "Find pictures by what they show. The first time, every picture of the folder is looked at, "
                "which can be stopped and goes on later; after that, a search takes a moment."
            )
        )
        self.empty.setWordWrap(True)
        self.empty.setProperty("role", "muted")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setContentsMargins(16 * GRID, 0, 16 * GRID, 0)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.grid)
        self._lay_out()
        self.query.asked.connect(self.ask)
        self.chooser.chosen.connect(self._take)
        self.lane.answered.connect(self._answer)
        self.folder.currentIndexChanged.connect(self._changed_folder)
        self._fill_folders(self._remembered())

    def _lay_out(self) -> None:
        where, what = QHBoxLayout(), QHBoxLayout()
        for row in (where, what):
            row.setSpacing(GRID)
        where.addWidget(self.folder, 1)
        where.addWidget(self.choose)
        where.addWidget(self.exporting)
        what.addWidget(self.query, 1)
        what.addWidget(self.like)
        what.addWidget(self.go)
        target = Droppable(self.chooser)
        inside = QVBoxLayout(target)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(GRID)
        inside.addLayout(where)
        inside.addLayout(what)
        inside.addWidget(self.stack, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2 * GRID, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(target, 1)
        column.addWidget(self.notes)
        column.addWidget(self.working)

    @property
    def place(self) -> Path | None:
        """The folder that is searched; None before one was chosen."""
        chosen = self.folder.currentData()
        return Path(str(chosen)) if chosen else None

    def use_folder(self, folder: Path) -> None:
        """Search this folder from now on."""
        folders = [folder, *(each for each in self._remembered() if each != folder)][:_REMEMBERED]
        self.shared.context.settings.set(FOLDERS, "\n".join(os.fsencode(each).hex() for each in folders))
        self._fill_folders(folders)

    def question(self) -> bool:
        """Search the folder."""
        folder, wanted = self.place, self.query.wanted
        if folder is None:
            self.working.say(tr("Choose a folder to search."), "warning")
            return False
        if not wanted:
            self.working.say(tr("Say what to search for: words, or a picture."), "warning")
            return False
        model, perceptors = self.shared.model, self.shared.perceptors

        def work(token: CancelToken, report: Report, tell: object) -> Finds:
            assert callable(tell)
            return search(perceptors, model, folder, wanted, token, report, tell)

        self.lane.ask(work)
        return True

    def show_source(self, source: Source, text: str) -> None:
        """Search for what looks like this picture."""
        self.query.put(source)
        if self.place is not None:
            self.ask()

    @Slot()
    def export(self) -> None:
        """Ask for a file, and write the embeddings that the folder's index has."""
        folder = self.place
        if folder is None:
            return
        path = self.shared.ask.save_file(
            tr("Export Embeddings"), folder.name + ".npz", tr("Embeddings for numpy (*.npz)")
        )
        if path is None:
            return
        model, perceptors = self.shared.model, self.shared.perceptors

        def write() -> int:
            perceptor, index = export_index(perceptors, model, folder, silent)
            names, embeddings = index.export()
            arrays = {
                "images": embeddings,
                "image_paths": np.array([shown(name) for name in names], dtype=np.str_),
                "folder": np.array(shown(folder)),
                "model": np.array(perceptor.name),
                "model_sha256": np.array(perceptor.identity),
            }
            write_arrays(arrays, path)
            return len(names)

        tasks = self.shared.context.tasks
        tasks.start(tasks.in_thread(write), lambda count: self.working.say(plural("Wrote %n embedding(s).", count)))

    @Slot()
    def _choose_folder(self) -> None:
        folder = self.shared.ask.choose_folder(tr("Search a Folder"))
        if folder is not None:
            self.use_folder(folder)
            self.query.setFocus()

    @Slot()
    def _offer_pictures(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(icon("film"), tr("The Frame at the Playhead"), self.chooser.take_frame)
        menu.addAction(icon("folder-open"), tr("A File…"), self.chooser.take_files)
        menu.addAction(icon("images"), tr("A Take…"), self.chooser.offer_takes)
        menu.popup(self.like.mapToGlobal(QPoint(0, self.like.height())))

    @Slot(object)
    def _take(self, found: tuple[Source, ...]) -> None:
        """A folder is where to search; a picture what to search for."""
        folders = [each for each in found if is_folder(each.path)]
        if folders:
            self.use_folder(folders[0].path)
        else:
            self.query.put(found[0])
            if self.place is not None:
                self.ask()

    @Slot()
    def _changed_folder(self) -> None:
        self.exporting.setEnabled(self.place is not None)
        self.edited()

    @Slot(object)
    def _answer(self, found: Finds) -> None:
        self._finds = found
        self.items.put(
            [
                Item(
                    hit.path,
                    shown(Path(hit.path).name),
                    tr(
                        "{path}\ncosine {cosine}. Double-click opens it; drag it onto the viewer or a prompt.",
                        path=shown(hit.path),
                        cosine=f"{hit.cosine:+.4f}",
                    ),
                    found.folder / hit.path,
                    f"{hit.cosine:.3f}",
                    dragged=True,
                )
                for hit in found.hits
            ]
        )
        self.grid.scrollToTop()
        self.stack.setCurrentWidget(self.grid if found.hits else self.empty)
        if found.update is not None:
            self.notes.tell((*found.update.broken, *found.update.hidden), _also(found.update))
        self.working.say(said(found), "muted" if found.complete or self.lane.busy else "warning")

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        item = self.grid.item_at(index)
        if item is not None and item.picture is not None and not self.shared.ask.show_file(item.picture):
            self.working.say(tr("No program opens {name}.", name=item.name), "warning")

    @Slot(object, object)
    def _menu(self, item: Item, where: QPoint) -> None:
        path = item.picture
        if path is None:
            return
        menu, found = QMenu(self), Source(path, item.name)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(icon("external-link"), tr("Open"), partial(self.shared.ask.show_file, path))
        menu.addAction(icon("folder"), tr("Open Its Folder"), partial(self.shared.ask.show_file, path.parent))
        menu.addSeparator()
        frame = self.shared.context.player.frame
        for how, image, text in uses(frame):
            menu.addAction(icon(image), text, partial(self.shared.intake.take, path, how, frame))
        menu.addSeparator()
        menu.addAction(icon("search"), tr("Search for What Looks Like It"), partial(self.show_source, found, ""))
        words = "" if self.query.picture is not None else self.query.text().strip()
        for tab, text in (
            ("compare", tr("Compare")),
            ("classify", tr("Classify")),
            ("explain", tr("Show What Speaks for the Text")),
        ):
            menu.addAction(text, partial(self.shared.shown.emit, tab, found, words))
        menu.popup(where)

    def _remembered(self) -> list[Path]:
        stored = self.shared.context.settings.text(FOLDERS).split("\n")
        return [Path(os.fsdecode(bytes.fromhex(each))) for each in stored if _is_hex(each)]

    def _fill_folders(self, folders: list[Path]) -> None:
        with QSignalBlocker(self.folder):
            self.folder.clear()
            for folder in folders:
                self.folder.addItem(shown(folder), folder)
                self.folder.setItemData(self.folder.count() - 1, shown(folder), Qt.ItemDataRole.ToolTipRole)
            self.folder.setEnabled(bool(folders))
            self.folder.setPlaceholderText(tr("Choose a folder with pictures"))
            self.folder.setCurrentIndex(0 if folders else -1)
        self._changed_folder()


def said(found: Finds) -> str:
    """What was found, in a sentence."""
    searched = plural("%n picture(s)", found.known)
    if not found.complete:
        return tr("{pictures} so far, as {model} sees them", pictures=searched, model=found.model)
    update = found.update
    news = (
        [
            plural(text, number)
            for text, number in (("%n new", update.added), ("%n changed", update.changed), ("%n gone", update.removed))
            if number
        ]
        if update is not None
        else []
    )
    changes = f" ({', '.join(news)})" if news else ""
    return tr("{pictures}{changes}, as {model} sees them", pictures=searched, changes=changes, model=found.model)


def _also(update: Update) -> str:
    """What else an update has to say."""
    if update.busy:
        return tr("Another Keydream looks at this folder now; what it has found so far was searched.")
    return tr("{lost}. What it held was looked at again.", lost=update.lost) if update.lost else ""


def _is_hex(text: str) -> bool:
    try:
        return bool(bytes.fromhex(text))
    except ValueError:
        return False
