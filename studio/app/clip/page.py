"""The page that asks CLIP, a window of its own beside the studio's: four tabs, and who is asked."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Slot
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QTabWidget, QVBoxLayout, QWidget

from studio.app.clip.classify import ClassifyTab
from studio.app.clip.compare import CompareTab
from studio.app.clip.explain import ExplainTab
from studio.app.clip.perceptors import Perceptors, Source
from studio.app.clip.search import SearchTab
from studio.app.clip.shared import MODEL, Shared, installed
from studio.app.clip.tab import Tab
from studio.app.context import Context
from studio.app.panels.fields import Combo
from studio.app.texts import tr
from studio.app.theme import GRID

TABS: Final = ("compare", "classify", "search", "explain")
"""The tabs, in order."""

_TAB: Final = "clip/tab"


class AskPage(QDialog):
    """Compare, Classify, Search, Explain. Ctrl+Enter asks, Escape stops and then closes."""

    def __init__(self, context: Context, parent: QWidget | None = None, perceptors: Perceptors | None = None) -> None:
        """`perceptors` loads networks; tests bring their own."""
        super().__init__(parent)
        self.setWindowFlags(Qt.WindowType.Window)
        self.setWindowTitle(tr("Ask CLIP"))
        self.setModal(False)
        self.resize(QSize(120 * GRID, 84 * GRID))
        self._context = context
        self.shared = Shared(context, self, perceptors)
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName(tr("What to ask"))
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        self.compare = CompareTab(self.shared)
        self.classify = ClassifyTab(self.shared)
        self.search = SearchTab(self.shared)
        self.explain = ExplainTab(self.shared)
        self.pages: dict[str, Tab] = dict(
            zip(TABS, (self.compare, self.classify, self.search, self.explain), strict=True)
        )
        titles = (
            (tr("Compare"), tr("How well each of some pictures fits each of some texts")),
            (tr("Classify"), tr("Which of some labels a picture shows")),
            (tr("Search"), tr("The pictures of a folder that fit a text, or look like a picture")),
            (tr("Explain"), tr("What in a picture speaks for a text")),
        )
        for tab, (title, tip) in zip(self.pages.values(), titles, strict=True):
            self.tabs.setTabToolTip(self.tabs.addTab(tab, title), tip)
        self.model = Combo()
        self.model.setAccessibleName(tr("Perceptor"))
        self.model.setToolTip(tr("The CLIP that is asked. It is loaded with the first question."))
        self.model.setMinimumWidth(24 * GRID)
        self.model.activated.connect(self._choose)
        corner = QWidget()
        row = QHBoxLayout(corner)
        row.setContentsMargins(0, 0, 0, GRID // 2)
        row.setSpacing(GRID)
        label = QLabel(tr("Ask"))
        label.setProperty("role", "muted")
        label.setBuddy(self.model)
        row.addWidget(label)
        row.addWidget(self.model)
        self.tabs.setCornerWidget(corner, Qt.Corner.TopRightCorner)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID + GRID // 2)
        column.addWidget(self.tabs)
        self._fill()
        remembered = context.settings.text(_TAB, TABS[0])
        self.tabs.setCurrentIndex(TABS.index(remembered) if remembered in TABS else 0)
        self.tabs.currentChanged.connect(self._turn)
        self.shared.shown.connect(self._go)
        self.shared.said.connect(self._say)
        context.document.changed.connect(self._fill)
        context.document.opened.connect(self._fill)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(self._ask)

    @property
    def tab(self) -> Tab:
        """The tab that is shown."""
        return self.pages[TABS[max(self.tabs.currentIndex(), 0)]]

    def present(self, tab: str = "") -> None:
        """Show the page, with the tab of that name if there is one."""
        if tab in TABS:
            self.tabs.setCurrentIndex(TABS.index(tab))
        self._fill()
        self.show()
        self.raise_()
        self.activateWindow()

    def close_down(self) -> bool:
        """End every question for good. Whether all threads ended in time."""
        ended = [tab.close_down() for tab in self.pages.values()]
        return all(ended)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Stop what is being asked: nobody looks any more."""
        super().hideEvent(event)
        if not event.spontaneous():
            for tab in self.pages.values():
                tab.rest()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Escape stops a question that is being answered; else it closes the page."""
        if event.key() == Qt.Key.Key_Escape and self.tab.lane.busy:
            self.tab.lane.stop()
        elif event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):  # a dialog would press some button
            super().keyPressEvent(event)

    @Slot()
    def _ask(self) -> None:
        self.tab.ask()

    @Slot(str)
    def _say(self, text: str) -> None:
        self.tab.working.say(text)

    @Slot(int)
    def _turn(self, place: int) -> None:
        self._context.settings.set(_TAB, TABS[place])

    @Slot(str, object, str)
    def _go(self, tab: str, source: Source, text: str) -> None:
        self.tabs.setCurrentIndex(TABS.index(tab))
        self.pages[tab].show_source(source, text)

    @Slot()
    def _fill(self) -> None:
        """List the perceptors that there are now; what was chosen stays so."""
        own = self.shared.project_model or next((each.name for each in installed() if each.starter), "")
        with QSignalBlocker(self.model):
            self.model.clear()
            self.model.addItem(tr("{name} (the project's)", name=own), "")
            for entry in installed():
                self.model.addItem(entry.name, entry.name)
                self.model.setItemData(self.model.count() - 1, entry.about, Qt.ItemDataRole.ToolTipRole)
            chosen = self._context.settings.text(MODEL)
            self.model.setCurrentIndex(max(self.model.findData(chosen), 0))

    @Slot()
    def _choose(self) -> None:
        self.shared.choose(str(self.model.currentData() or ""))


class AskClip:
    """The page of a window, made when it is first asked for."""

    def __init__(self, context: Context, window: QWidget) -> None:
        self._context, self._window = context, window
        self.page: AskPage | None = None

    def present(self) -> None:
        """Show the page."""
        if self.page is None:
            self.page = AskPage(self._context, self._window)
        self.page.present()

    def close(self) -> bool:
        """End its questions. Whether all threads ended in time."""
        return self.page is None or self.page.close_down()
