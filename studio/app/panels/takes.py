"""The panel of takes: what was dreamed to rest, found again by words or by what it shows, marked, used, put away."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from studio.app.context import KEEP, Context
from studio.app.dialogs.ask import Ask
from studio.app.dialogs.message import Choice
from studio.app.panels.takes_details import TakesDetails
from studio.app.panels.takes_filter import TakesFilter
from studio.app.panels.takes_grid import TakesGrid
from studio.app.panels.takes_looker import Seen, TakesLooker
from studio.app.panels.takes_menu import menu_of
from studio.app.panels.takes_model import TakesModel, runs
from studio.app.panels.takes_reader import Listing, TakesReader
from studio.app.panels.takes_words import what_goes, why_no_walk, why_nothing
from studio.app.texts import plural, tr
from studio.app.theme import GRID
from studio.base.errors import StudioError
from studio.base.progress import Progress
from studio.takes.index import Row
from studio.takes.store import Takes
from studio.takes.take import Kept

_WATCH = 1000  # milliseconds between two looks at what other programs, and renders, have added
_CALM = 60  # milliseconds: a selection that is dragged changes many times


class TakesPanel(QWidget):
    """A filter, the grid, the details of what is selected, and a row of what can be done with it."""

    hint = Signal(str)
    """What just happened, for the status bar."""

    keyframe_wanted = Signal(object)
    """Folders of takes that should become keyframes at the playhead."""

    walk_wanted = Signal(object)
    """Keys of takes, in the order in which they were selected, to walk between."""

    selection_changed = Signal()
    """Other takes are selected."""

    def __init__(self, context: Context, parent: QWidget | None = None, *, root: Path | None = None) -> None:
        """`root` is the library's folder; by default the artist's own."""
        super().__init__(parent)
        self._context = context
        self._listing: Listing | None = None
        self._seen: Seen | None = None
        self._sought: tuple[str, int, int] | None = None
        self._order: list[str] = []
        self._back: list[str] = []  # brought back from the bin; selected as soon as they are shown
        self.ask = Ask(self, context.settings)
        self.reader, self.looker = TakesReader(root, self), TakesLooker(self)
        self.model = TakesModel(context.pictures, self)
        self.filter = TakesFilter()
        self.grid = TakesGrid(context.pictures, tr("Takes"))
        self.grid.setModel(self.model)
        self.details = TakesDetails()
        self.count, self.nothing = QLabel(), QLabel()
        self.empty_button = QPushButton(tr("Empty the Bin…"))
        self._stack = QStackedWidget()
        self._lay_out()
        self._watch, self._calm, self._appear = QTimer(self), QTimer(self), QTimer(self)
        self._watch.setInterval(_WATCH)
        self._watch.timeout.connect(self.reader.look)
        for timer in (self._calm, self._appear):  # a tab that lies behind others is shown for a moment at first
            timer.setInterval(_CALM)
            timer.setSingleShot(True)
        self._appear.timeout.connect(self._appeared)
        self._calm.timeout.connect(self._tell)
        self.filter.changed.connect(self.refresh)
        self.filter.stopped.connect(self._stop_looking)
        self.filter.entered.connect(self._enter)
        self.reader.listed.connect(self._listed)
        self.reader.told.connect(self._told)
        self.reader.done.connect(self.hint)
        self.reader.failed.connect(self._failed)
        self.looker.found.connect(self._found)
        self.looker.progressed.connect(self._progressed)
        self.looker.failed.connect(self._look_failed)
        self.grid.selectionModel().selectionChanged.connect(self._selected)
        self.grid.used.connect(self.use)
        self.grid.asked.connect(self._menu)
        self.grid.star_wanted.connect(self._star_one)
        self.grid.star_key.connect(self.star)
        self.grid.delete_wanted.connect(self.remove)
        self.grid.copy_wanted.connect(self.copy_prompt)
        self.details.tags_wanted.connect(self._tag)
        self.empty_button.clicked.connect(self.empty_bin)
        context.settings.changed.connect(self._setting)
        self._show()

    @property
    def selected(self) -> tuple[Row, ...]:
        """The selected takes, in the order in which they were selected."""
        places = [self.model.place(key) for key in self._order]
        return tuple(self.model.rows[place] for place in places if place is not None)

    @property
    def in_bin(self) -> bool:
        """Whether the bin is shown."""
        return self._listing is not None and self._listing.wanted.binned

    @property
    def binned(self) -> int:
        """How many takes are in the bin."""
        return 0 if self._listing is None else self._listing.binned

    @property
    def walkable(self) -> bool:
        """Whether there may be a way between what is selected."""
        return not self.in_bin and not why_no_walk(self.selected)

    def close_down(self) -> None:
        """End threads and timers."""
        for timer in (self._watch, self._calm, self._appear):
            timer.stop()
        self.filter.close_down()
        self.looker.close()
        self.reader.close()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """The library is opened when it is first seen, and watched while it is."""
        super().showEvent(event)
        self._appear.start()

    @Slot()
    def _appeared(self) -> None:
        self.refresh()
        self._watch.start()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Nobody sees what changes."""
        super().hideEvent(event)
        self._appear.stop()
        self._watch.stop()

    @Slot()
    def refresh(self) -> None:
        """List what is looked for."""
        if not self.filter.seen:
            self._seen = self._sought = None
            self._stop_looking()
        self.reader.ask(self.filter.wanted)

    @Slot()
    def use(self) -> None:
        """Ask for keyframes of what is selected, at the playhead."""
        if self.selected and not self.in_bin:
            self.keyframe_wanted.emit(tuple(self.model.folder(row.key) for row in self.selected))

    @Slot()
    def walk(self) -> None:
        """Ask for a walk between what is selected."""
        if self.walkable:
            self.walk_wanted.emit(tuple(row.key for row in self.selected))

    @Slot()
    def star(self) -> None:
        """Give what is selected a star; where all have one, take it away."""
        rows = self.selected
        on = not all(row.star for row in rows)
        self._each(rows, lambda takes, key: takes.star(key, on), "")

    @Slot()
    def remove(self) -> None:
        """Move what is selected to the bin."""
        if not self.in_bin:
            rows = self.selected
            self._go_on(rows)
            said = plural("%n take(s) moved to the bin", len(rows))
            self._each(rows, lambda takes, key: takes.remove(key), said)

    @Slot()
    def restore(self) -> None:
        """Bring what is selected back from the bin."""
        if self.in_bin:
            rows = self.selected
            self._go_on(rows)
            self._back += [row.key for row in rows]
            self._each(rows, lambda takes, key: takes.restore(key), plural("%n take(s) brought back", len(rows)))

    @Slot()
    def empty_bin(self) -> None:
        """Remove what is in the bin for ever, if that is what the artist wants."""
        if not self.binned:
            return
        choices = (Choice("cancel", tr("Cancel"), primary=True), Choice("empty", tr("Empty")))
        question = plural("Remove %n take(s) for ever?", self.binned)
        if self.ask.question(question, what_goes(), choices, kind="warning") == "empty":
            self.reader.run(lambda takes: takes.empty_bin(), tr("The bin is empty"))

    @Slot()
    def copy_prompt(self) -> None:
        """Put the prompts of what is selected on the clipboard, one a line."""
        if self.selected:
            QGuiApplication.clipboard().setText("\n".join(row.prompt for row in self.selected))
            self.hint.emit(plural("%n prompt(s) copied", len(self.selected)))

    @Slot()
    def show_folder(self) -> None:
        """Open the folder of the take that was selected last."""
        if self.selected:
            self.ask.show_file(self.model.folder(self.selected[-1].key))

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, 0, GRID, GRID)
        column.setSpacing(GRID)
        column.addWidget(self.filter)
        self.nothing.setWordWrap(True)
        self.nothing.setProperty("role", "muted")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._stack.addWidget(self.nothing)
        self._stack.addWidget(self.grid)
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self._stack)
        split.addWidget(self.details)
        split.setHandleWidth(GRID // 2)
        split.setStretchFactor(0, 1)  # the details are as high as they say; the grid has what is left
        split.setStretchFactor(1, 0)
        split.setChildrenCollapsible(True)
        column.addWidget(split, 1)
        self.count.setProperty("role", "muted")
        self.empty_button.setToolTip(tr("Remove what is in the bin for ever. You are asked first."))
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.count, 1)
        row.addWidget(self.empty_button)
        column.addLayout(row)

    def _each(self, rows: Sequence[Row], change: Callable[[Takes, str], object], said: str) -> None:
        keys = [row.key for row in rows]

        def work(takes: Takes) -> None:
            for key in keys:
                change(takes, key)

        if keys:
            self.reader.run(work, said)

    def _go_on(self, leaving: Sequence[Row]) -> None:
        """What comes after takes that leave is current then, so that the keyboard goes on there."""
        going = {row.key for row in leaving}
        places = [place for place, row in enumerate(self.model.rows) if row.key in going]
        if places:
            after = [row.key for row in self.model.rows[places[-1] :] if row.key not in going]
            before = [row.key for row in self.model.rows[: places[0]]]
            self._order = after[:1] or before[-1:]

    @Slot(object)
    def _listed(self, listing: Listing) -> None:
        self._listing = listing
        self.filter.offer(listing.media, listing.tags)
        sought = (self.filter.seen, listing.kept, listing.binned)
        if sought[0] and sought != self._sought:
            self._sought = sought
            self.looker.search(listing.root, sought[0])
        self._show()

    def _show(self) -> None:
        listing = self._listing
        if listing is not None:
            fits = self._seen.fits if self._seen is not None else None
            self._put(listing, fits)
            self.filter.sorted_by_likeness(fits is not None)
        shown = len(self.model.rows)
        self._stack.setCurrentWidget(self.grid if shown else self.nothing)
        self.empty_button.setVisible(self.in_bin and shown > 0)
        keeping = self._context.settings.flag(KEEP, True)
        self.nothing.setText(why_nothing(listing, all_wanted=self.filter.empty, keeping=keeping))
        every = 0 if listing is None else listing.binned if self.in_bin else listing.kept
        all_said = plural("%n take(s)", every)
        self.count.setText(all_said if shown == every else tr("{shown} of {all}", shown=shown, all=all_said))
        self.count.setVisible(bool(every))

    def _put(self, listing: Listing, fits: Mapping[str, float] | None) -> None:
        """Show rows; what is selected stays selected, and what is seen stays in its place."""
        grid, bar = self.grid, self.grid.verticalScrollBar()
        top = grid.take_at(grid.indexAt(QPoint(GRID, GRID))) if bar.value() else None
        offset = 0
        if top is not None:
            offset = grid.visualRect(self.model.index(self.model.place(top.key) or 0)).y()
        wanted = list(self._order)
        if not listing.wanted.binned and self._back:
            wanted, self._back = self._back, []
        with_focus = grid.hasFocus()
        place = "bin" if listing.wanted.binned else "kept"
        if not self.model.put(listing.rows, listing.root / place, fits):
            self._tell()
            return
        self._order = [key for key in wanted if self.model.place(key) is not None]
        chosen = QItemSelection()
        rows = sorted(self.model.place(key) or 0 for key in self._order)
        for first, last in runs(rows):
            chosen.select(self.model.index(first), self.model.index(last))
        self.grid.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if self._order:
            latest = self.model.index(self.model.place(self._order[-1]) or 0)
            if grid.currentIndex() != latest:
                grid.selectionModel().setCurrentIndex(latest, QItemSelectionModel.SelectionFlag.NoUpdate)
        at = None if top is None else self.model.place(top.key)
        if at is not None:
            bar.setValue(bar.value() + grid.visualRect(self.model.index(at)).y() - offset)
        if with_focus:
            grid.setFocus()
        self._tell()

    @Slot()
    def _selected(self) -> None:
        """Keep track of the order in which takes were selected."""
        places = sorted(index.row() for index in self.grid.selectionModel().selectedIndexes())
        now = dict.fromkeys(self.model.rows[place].key for place in places)
        known = set(self._order)
        self._order = [key for key in self._order if key in now] + [key for key in now if key not in known]
        self._calm.start()

    @Slot()
    def _tell(self) -> None:
        self._calm.stop()
        rows = self.selected
        self.details.show_rows(rows)
        if len(rows) == 1:
            self.reader.tell(rows[0].key)
        self.selection_changed.emit()

    @Slot(object)
    def _told(self, kept: Kept) -> None:
        self.details.show_take(kept)

    @Slot(object)
    def _failed(self, error: StudioError) -> None:
        self._show()
        self._context.tasks.failed.emit(error)

    @Slot(object)
    def _found(self, seen: Seen) -> None:
        self.filter.looked(None)
        if seen.text == self.filter.seen:
            self._seen = seen
            self._show()
            self.grid.scrollToTop()

    @Slot(object)
    def _progressed(self, progress: Progress) -> None:
        self.filter.looked(progress if self.filter.seen and progress.total else None)

    @Slot(object)
    def _look_failed(self, error: StudioError) -> None:
        self.filter.looked(None)
        self._context.tasks.failed.emit(error)

    @Slot()
    def _stop_looking(self) -> None:
        self.looker.stop()
        self.filter.looked(None)

    @Slot()
    def _enter(self) -> None:
        if self.model.rows:
            self.grid.setFocus(Qt.FocusReason.TabFocusReason)

    @Slot(str)
    def _setting(self, name: str) -> None:
        if name == KEEP:
            self._show()

    @Slot(str, bool)
    def _star_one(self, key: str, on: bool) -> None:
        self.reader.run(lambda takes: takes.star(key, on))

    @Slot(object, object)
    def _tag(self, add: Sequence[str], remove: Sequence[str]) -> None:
        self._each(self.selected, lambda takes, key: takes.tag(key, add, remove), "")

    @Slot(object)
    def _menu(self, where: QPoint) -> None:
        if self.selected:
            menu_of(self, self._context.player.frame).popup(where)
