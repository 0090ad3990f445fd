"""The library: samples to open, pictures to dream from, finished keyframes to go back to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QModelIndex, QPoint, QSortFilterProxyModel, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage, QKeySequence
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QStackedWidget,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.app.context import Context
from studio.app.icons import icon
from studio.app.panels.library_grid import Grid
from studio.app.panels.library_items import Item, Items, Lister, frame_items, picture_items, sample_items
from studio.app.texts import plural, tr
from studio.app.theme import GRID
from studio.app.viewer.intake import ASSET, Intake, is_offer, offered
from studio.project.pictures import is_used, remove_asset

PAGES: Final = ("samples", "images", "rendered")
"""The tabs, in order."""

_CALM: Final = 60  # milliseconds: a render finishes many frames, an undo changes many things at once
_WIDE: Final = 88
_NARROW: Final = 60


@dataclass(frozen=True)
class Page:
    """A tab: its grid, what fills it, and what it says while there is nothing in it."""

    title: str
    tip: str
    lister: Lister
    empty: str
    counted: Callable[[int], str]
    items: Items
    found: QSortFilterProxyModel
    grid: Grid


class Library(QWidget):
    """Three grids under tabs, a search box above them. Files that are dropped become pictures of the project."""

    open_requested = Signal(str)
    """The name of a sample that was chosen, or the path of a project that was dropped."""

    hint = Signal(str)
    """What just happened, for the status bar."""

    models_dropped = Signal(object)
    """Models were dropped, `Gathered` each: add them to the artist's own."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.setAcceptDrops(True)
        self.intake = Intake(context, self)
        self.intake.project_found.connect(self.open_requested)
        self.intake.models_found.connect(self.models_dropped)
        self.intake.pictures_found.connect(self._add)
        self.intake.taken.connect(self.hint)
        self.tabs = QTabBar()
        self.search = QLineEdit()
        self.add = QToolButton()
        self.stack = QStackedWidget()
        self.count = QLabel()
        self.empty = QLabel()
        self._lay_out()
        self.pages = self._make_pages()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_CALM)
        self._timer.timeout.connect(self.refresh)
        self.search.textChanged.connect(self._filter)
        remembered = context.settings.text("library/tab", PAGES[0])
        self.tabs.setCurrentIndex(PAGES.index(remembered) if remembered in PAGES else 0)
        self.tabs.currentChanged.connect(self._turn)
        for signal in (context.document.changed, context.frames.changed, context.frames.frame_changed):
            signal.connect(self._soon)
        context.player.frame_changed.connect(self._mark)
        self.refresh()

    @property
    def page(self) -> Page:
        """The tab that is shown."""
        return self.pages[PAGES[max(self.tabs.currentIndex(), 0)]]

    def show_page(self, name: str) -> None:
        """Turn to a tab: one of `PAGES`."""
        self.tabs.setCurrentIndex(PAGES.index(name))

    @Slot(str)
    def mark_opened(self, name: str) -> None:
        """Another project is open: of the samples only that one is outlined, if it is one; of the pictures none."""
        page = self.pages["samples"]
        rows = [row for row, item in enumerate(page.items.items) if item.id == name]
        page.grid.clearSelection()
        page.grid.setCurrentIndex(page.found.mapFromSource(page.items.index(rows[0])) if rows else QModelIndex())
        self.pages["images"].grid.clearSelection()

    @Slot()
    def refresh(self) -> None:
        """Look again what there is."""
        for page in self.pages.values():
            page.items.put(page.lister(self._context))
        self._show()
        self._mark()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Files and pictures from elsewhere may be dropped here; what is here already may not."""
        if is_offer(event.mimeData()) and not event.mimeData().hasFormat(ASSET):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """Add pictures; open a project."""
        paths, image, _ = offered(event.mimeData())
        if image is not None:
            self._add((image,))
        elif paths:
            self.intake.offer(paths)
        event.acceptProposedAction()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, 0, GRID, GRID)
        column.setSpacing(GRID)
        self.tabs.setAccessibleName(tr("Parts of the library"))
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(True)
        self.tabs.setUsesScrollButtons(False)
        column.addWidget(self.tabs)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        self.search.setPlaceholderText(tr("Search by name"))
        self.search.setAccessibleName(tr("Search the library"))
        self.search.setToolTip(tr("Show only what has these letters in its name"))
        self.search.setClearButtonEnabled(True)
        row.addWidget(self.search)
        self.add.setIcon(icon("image-plus"))
        self.add.setAccessibleName(tr("Add pictures"))
        self.add.setToolTip(tr("Add picture files to the project: PNG, JPEG, WebP, GIF, BMP or TIFF"))
        self.add.clicked.connect(self._choose_files)
        row.addWidget(self.add)
        column.addLayout(row)
        self.empty.setWordWrap(True)
        self.empty.setProperty("role", "muted")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.stack.addWidget(self.empty)
        column.addWidget(self.stack, 1)
        self.count.setProperty("role", "muted")
        column.addWidget(self.count)

    def _make_pages(self) -> dict[str, Page]:
        made = {}
        keys = self._context.actions["render.range"].shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        for name, title, tip, lister, empty, counted, width in (
            (
                "samples",
                tr("Samples"),
                tr("Projects that come with Keydream"),
                sample_items,
                tr("No samples are installed."),
                lambda number: plural("%n sample(s)", number),
                _WIDE,
            ),
            (
                "images",
                tr("Images"),
                tr("Pictures of this project: to start from, or to ask for in a prompt"),
                picture_items,
                tr("No pictures yet. Drop picture files here, paste one, or press the button above to add some."),
                lambda number: plural("%n picture(s)", number),
                _NARROW,
            ),
            (
                "rendered",
                tr("Rendered"),
                tr("Keyframes of this project that are finished"),
                frame_items,
                tr("Finished keyframes appear here. Write a prompt on the timeline and press {keys}.", keys=keys),
                lambda number: plural("%n keyframe(s)", number),
                _NARROW,
            ),
        ):
            items = Items(self._context.pictures, self)
            found = QSortFilterProxyModel(self)
            found.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            found.setSourceModel(items)
            grid = Grid(self._context.pictures, width, title)
            grid.setModel(found)
            grid.doubleClicked.connect(self._use)
            grid.clicked.connect(self._clicked)
            grid.asked.connect(self._ask)
            self.tabs.addTab(title)
            self.tabs.setTabToolTip(self.tabs.count() - 1, tip)
            self.stack.addWidget(grid)
            made[name] = Page(title, tip, lister, empty, counted, items, found, grid)
        return made

    @Slot()
    def _soon(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    @Slot(int)
    def _turn(self, place: int) -> None:
        self._context.settings.set("library/tab", PAGES[place])
        self._show()

    @Slot(str)
    def _filter(self, text: str) -> None:
        for page in self.pages.values():
            page.found.setFilterFixedString(text)
        self._show()

    def _show(self) -> None:
        page = self.page
        shown, there = page.found.rowCount(), page.items.rowCount()
        self.stack.setCurrentWidget(page.grid if shown else self.empty)
        self.empty.setText(tr("Nothing here has that name.") if there else page.empty)
        self.count.setText(page.counted(shown) if shown else "")

    @Slot(QModelIndex)
    def _use(self, index: QModelIndex) -> None:
        page, item = self.page, self.page.grid.item_at(index)
        if item is None:
            return
        if page is self.pages["samples"]:
            self.open_requested.emit(item.id)
        elif page is self.pages["images"]:
            self._ask(item, page.grid.viewport().mapToGlobal(page.grid.visualRect(index).center()))
        else:
            self._context.player.seek(int(item.id))

    @Slot(QModelIndex)
    def _clicked(self, index: QModelIndex) -> None:
        if self.page is self.pages["rendered"]:
            self._use(index)

    @Slot()
    def _mark(self) -> None:
        """Select the keyframe on which the playhead stands."""
        page, wanted = self.pages["rendered"], str(self._context.player.frame)
        rows = [row for row, item in enumerate(page.items.items) if item.id == wanted]
        if not rows:
            page.grid.clearSelection()
            return
        index = page.found.mapFromSource(page.items.index(rows[0]))
        if index.isValid() and index != page.grid.currentIndex():
            page.grid.setCurrentIndex(index)

    @Slot(object, object)
    def _ask(self, item: Item, where: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self.page is self.pages["samples"]:
            menu.addAction(icon("folder-open"), tr("Open"), partial(self.open_requested.emit, item.id))
        elif item.asset:
            self._add_uses(menu, item)
        elif item.picture is not None:
            go = partial(self._context.player.seek, int(item.id))
            menu.addAction(icon("arrow-down"), tr("Go to Frame {frame}", frame=item.id), go)
            menu.addAction(icon("image"), tr("Use as Init Image"), partial(self.intake.take, item.picture, "init"))
            keep = partial(self.intake.take, item.picture, "library")
            menu.addAction(icon("images"), tr("Add to the Images"), keep)
        menu.popup(where)

    def _add_uses(self, menu: QMenu, item: Item) -> None:
        project, frame = self._context.document.project, self._context.player.frame
        asset = project.asset(item.id)
        start = menu.addAction(icon("image"), tr("Use as Init Image"), partial(self.intake.use, asset, "init", frame))
        start.setEnabled(project.init_image != item.id)
        text = tr("Image Prompt at Frame {frame}", frame=frame)
        menu.addAction(icon("image-plus"), text, partial(self.intake.use, asset, "prompt", frame))
        menu.addSeparator()
        used = is_used(project, item.id)
        gone = menu.addAction(icon("trash-2"), tr("Remove"), partial(self._remove, item.id))
        gone.setEnabled(not used)
        if used:
            gone.setText(tr("Remove (it is in use)"))

    def _remove(self, asset: str) -> None:
        self._context.document.apply(remove_asset(asset))
        self._context.document.seal()

    @Slot(object)
    def _add(self, sources: tuple[Path | QImage, ...]) -> None:
        for source in sources:
            self.intake.take(source, "library")
        self.show_page("images")

    @Slot()
    def _choose_files(self) -> None:
        dialog = QFileDialog(self, tr("Add Pictures"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilter(tr("Pictures") + " (*.png *.jpg *.jpeg *.webp *.gif *.bmp *.tif *.tiff)")
        dialog.filesSelected.connect(self._chosen)
        dialog.open()

    @Slot(list)
    def _chosen(self, names: list[str]) -> None:
        self._add(tuple(Path(name) for name in names))
