"""The main window: a viewer, docks around it, a timeline below, and what ties them together."""

from __future__ import annotations

import functools
from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, QObject, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QCloseEvent, QDragEnterEvent, QDropEvent, QIcon, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDockWidget,
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.app import shown
from studio.app.cache import FrameCache
from studio.app.clip.page import AskClip
from studio.app.commands import Commands
from studio.app.context import Context
from studio.app.dialogs.explore import ExploreDialog
from studio.app.dialogs.export import ExportDialog
from studio.app.dialogs.models import ModelsDialog
from studio.app.documents import Documents
from studio.app.exporting import Exporting
from studio.app.fetching import Fetching
from studio.app.panels.history import HistoryPanel
from studio.app.panels.inspector import Inspector
from studio.app.panels.library import Library
from studio.app.panels.queue import QueuePanel
from studio.app.panels.takes import TakesPanel
from studio.app.status import Status
from studio.app.table import MENUS, SPECS
from studio.app.takes_commands import TakesCommands
from studio.app.texts import tr
from studio.app.theme import CHOICES, GRID, theme
from studio.app.timeline.curves import CurveEditor
from studio.app.timeline.editor import TimelineEditor
from studio.app.timeline.score_lane import HEIGHT as SCORES
from studio.app.transport import Transport
from studio.app.viewer.intake import ASSET, is_offer
from studio.app.viewer.viewer import Viewer
from studio.base import paths
from studio.project import samples

LAYOUT = 2
"""Version of the saved layout: raise it when docks come or go."""

_BARE, _WITH_CURVES = 284, 440  # pixels of the timeline's dock
_SMALLEST = QSize(960, 600)


class Window(QMainWindow):
    """Keydream's window. Closing it ends everything in order."""

    closed = Signal()
    """Everything has ended; the program may."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.setObjectName("window")
        self.setMinimumSize(_SMALLEST)
        self.setAcceptDrops(True)
        self.setWindowIcon(QIcon(str(paths.resources() / "icons" / "keydream.svg")))
        # not animated: an animation that is cut short leaves its tab bar behind
        self.setDockOptions(QMainWindow.DockOption.AllowNestedDocks | QMainWindow.DockOption.AllowTabbedDocks)
        self.documents = Documents(context, self)
        self.exporting = Exporting(context, self)
        self.export_dialog = ExportDialog(context, self.exporting, self)
        self.fetching = Fetching(self)
        self.models = ModelsDialog(context, self.fetching, self)
        self.ask_clip = AskClip(context, self)
        self.explore = ExploreDialog(context, self)
        self.viewer = Viewer(context)
        self.setCentralWidget(self.viewer)
        self.timeline = TimelineEditor(context)
        self.transport = Transport(context, self.timeline.scale)
        self.curves = CurveEditor(context, self.timeline.scale)
        self.inspector = Inspector(context)
        self.library = Library(context)
        self.docks: dict[str, QDockWidget] = {}
        self._openings = 0
        self._make_docks()
        self.commands = Commands(context, self)
        self._make_menus()
        self._make_corner()
        self.status = Status(context, self.documents, self.exporting)
        self.setStatusBar(self.status)
        self._keep_focus()
        for part in (self.viewer, self.timeline, self.library, self.curves, self.takes):
            part.hint.connect(self.status.hint)
        laid = self.timeline.lanes.pictures.intake
        for opener in (self.viewer.project_dropped, self.library.open_requested, laid.project_found):
            opener.connect(self.documents.open)
        for dropped in (self.viewer.models_dropped, self.library.models_dropped, laid.models_found):
            dropped.connect(self.models.receive)
        self.documents.opened.connect(self._opened)
        for changed in (context.document.history_changed, context.rendering.job_over):
            changed.connect(self.show_title)
            changed.connect(self._keep_shown)
        context.rendering.progressed.connect(self.show_title)
        self.documents.also_lost(self.exporting.loss)
        self._tie_takes()
        for name in ("view.curves", "view.scores"):
            context.actions.switched(name, self._make_room)
        self._default = self.saveState(LAYOUT)
        geometry = context.settings.data("geometry")
        if not (isinstance(geometry, QByteArray) and self.restoreGeometry(geometry)):
            self.resize(1440, 900)
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self)
        self.show_title()

    def begin(self, wanted: str = "") -> None:
        """Open what the artist named, or what was open last, or the first sample; offer what a crash left.

        The first time ever, the sample plays.
        """
        self._restore_layout()  # in a window that is shown: before, Qt leaves old tab bars behind
        settings = self.context.settings
        first = not settings.flag("started")
        settings.set("started", True)
        last = settings.text("last")
        if wanted:
            self.documents.open(wanted)
        elif not first and last and Path(last).is_file() and self.documents.safe(Path(last)):
            self.documents.open(last)
        else:
            self.documents.open(samples.names()[0])
        self.context.rendering.find_device()
        FrameCache(self.context).trim()
        if self.documents.left_over():
            QTimer.singleShot(0, self.documents.recover)
        elif first and not settings.flag("reduced_motion"):
            self.context.player.play(1)

    @Slot()
    def _keep_shown(self) -> None:
        """Note which pictures stand for the frames now, for the day when the project is opened again."""
        document = self.context.document
        if document.path is not None and not document.dirty and (pictures := self.context.frames.pictures()):
            tasks = self.context.tasks
            tasks.start(tasks.in_thread(shown.keep, document.path, pictures))

    @Slot(bool)
    def _make_room(self, more: bool) -> None:
        """The dock of the timeline grows where curves or scores come in, so that the lanes stay to be seen."""
        height = self.docks["timeline"].height()
        wanted = max(height, self._room()) if more else min(height, self._room())
        self.resizeDocks([self.docks["timeline"]], [wanted], Qt.Orientation.Vertical)

    def _room(self) -> int:
        """Pixels of the timeline's dock, for what is shown there."""
        actions = self.context.actions
        height = _WITH_CURVES if actions["view.curves"].isChecked() else _BARE
        return height + (SCORES if actions["view.scores"].isChecked() else 0)

    @Slot()
    def show_title(self) -> None:
        """The title says what is open, whether it is saved, and how far the render is."""
        document = self.context.document
        name = document.path.name if document.path else document.project.name
        job = self.context.rendering.running
        progress = f"{round(job.share * 100)} % · " if job is not None else ""
        self.setWindowTitle(tr("{progress}{name}[*] · Keydream", progress=progress, name=name))
        self.setWindowModified(document.dirty)

    def reset_layout(self) -> None:
        """Put every dock back where it was on the first day."""
        for dock in self.docks.values():
            dock.setVisible(True)
        self.restoreState(self._default, LAYOUT)
        self._share_out()
        self._sweep_tabs()

    def hide_panels(self, hidden: bool) -> None:
        """Show the picture and the timeline alone, or everything again."""
        for name, dock in self.docks.items():
            if name != "timeline":
                dock.setVisible(not hidden)
        if not hidden:
            self.docks["inspector"].raise_()
            self.docks["library"].raise_()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Ask about what would be lost, then end everything."""
        if not self.documents.may_close():
            event.ignore()
            return
        event.accept()
        self.shut_down()

    def shut_down(self) -> bool:
        """End renders, exports, tasks and threads, in this order. Whether all ended in time."""
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)
        settings = self.context.settings
        settings.set("layout", self.saveState(LAYOUT))
        settings.set("geometry", self.saveGeometry())
        document = self.context.document
        settings.set("last", str(document.path or ""))
        if document.path is not None and not document.dirty and (pictures := self.context.frames.pictures()):
            shown.keep(document.path, pictures)
        self.exporting.close()
        self.fetching.close()
        self.ask_clip.close()
        self.documents.close()
        self.takes_commands.close()
        ended = self.context.close()
        self.closed.emit()
        return ended

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Files may be dropped anywhere; what is the project's already only where it has a use."""
        if is_offer(event.mimeData()) and not event.mimeData().hasFormat(ASSET):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """Ask what it should become, as the viewer does."""
        if self.viewer.offer(event.mimeData(), self.mapToGlobal(event.position().toPoint())):
            event.acceptProposedAction()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Controls that live by keys keep them: an action's shortcut comes second where one of these has the focus."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _keeps(watched, event):
            event.accept()
            return True
        return super().eventFilter(watched, event)

    def _make_docks(self) -> None:
        bottom = QWidget()
        column = QVBoxLayout(bottom)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.transport)
        column.addWidget(self.timeline, 1)
        column.addWidget(self.curves, 1)
        self.curves.setVisible(False)
        for corner in (Qt.Corner.BottomLeftCorner, Qt.Corner.BottomRightCorner):
            self.setCorner(corner, Qt.DockWidgetArea.BottomDockWidgetArea)
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        self._dock("library", tr("Library"), self.library, left)
        self.takes = TakesPanel(self.context)
        self._dock("takes", tr("Takes"), self.takes, left)
        self._dock("history", tr("History"), HistoryPanel(self.context), left)
        self._dock("inspector", tr("Inspector"), self.inspector, right)
        self._dock("queue", tr("Queue"), QueuePanel(self.context), right)
        timeline = self._dock("timeline", tr("Timeline"), bottom, Qt.DockWidgetArea.BottomDockWidgetArea)
        timeline.setTitleBarWidget(QWidget())
        self.tabifyDockWidget(self.docks["library"], self.docks["takes"])
        self.tabifyDockWidget(self.docks["takes"], self.docks["history"])
        self.tabifyDockWidget(self.docks["inspector"], self.docks["queue"])
        self.docks["library"].raise_()
        self.docks["inspector"].raise_()
        self._share_out()

    def _dock(self, name: str, title: str, widget: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(f"dock-{name}")
        dock.setWidget(widget)
        self.addDockWidget(area, dock)
        self.docks[name] = dock
        return dock

    def _share_out(self) -> None:
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        self.resizeDocks([self.docks["library"], self.docks["inspector"]], [232, 312], across)
        self.resizeDocks([self.docks["timeline"]], [self._room()], down)

    def _tie_takes(self) -> None:
        self.takes_commands = TakesCommands(self.context, self)
        self.documents.also_lost(self.takes_commands.walking.loss)

    def _keep_focus(self) -> None:
        """A click on a button of the window leaves the focus where it was; Tab still reaches it."""
        for button in self.findChildren(QAbstractButton):
            if button.focusPolicy() & Qt.FocusPolicy.ClickFocus:
                button.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def _make_menus(self) -> None:
        menus = {name: self.menuBar().addMenu(tr(title)) for name, title in MENUS.items()}
        for spec in SPECS.values():
            menu = menus[spec.menu]
            if spec.separated:
                menu.addSeparator()
            menu.addAction(self.context.actions[spec.id])
            if spec.id == "file.open":
                self._add_files(menu)
        view = menus["view"]
        view.addSeparator()
        for dock in self.docks.values():
            view.addAction(dock.toggleViewAction())
        themes = view.addMenu(tr("Theme"))
        group = QActionGroup(themes)
        for choice, text in zip(CHOICES, (tr("Dark"), tr("Light"), tr("As the System")), strict=True):
            action = QAction(text, group)
            action.setCheckable(True)
            action.setChecked(theme().choice == choice)
            action.setData(choice)
            themes.addAction(action)
        group.triggered.connect(self._choose_theme)
        for name in self.context.actions:
            self.addAction(self.context.actions[name])

    def _add_files(self, menu: QMenu) -> None:
        recent = menu.addMenu(tr("Open Recent"))
        recent.aboutToShow.connect(lambda: self.documents.fill_recent_menu(recent))
        shipped = menu.addMenu(tr("New from Sample"))
        for name in samples.names():
            shipped.addAction(name.replace("-", " ").capitalize()).setData(name)
        shipped.triggered.connect(self._open_sample)

    def _make_corner(self) -> None:
        corner = QWidget(self.menuBar())
        self._corner = corner  # PySide does not hand it over
        row = QHBoxLayout(corner)
        row.setContentsMargins(0, GRID // 2, GRID, GRID // 2)
        row.setSpacing(GRID)
        for name, role in (("render.draft", "toggle"), ("render.range", "primary")):
            button = QToolButton()
            button.setDefaultAction(self.context.actions[name])
            button.setObjectName(f"corner-{name}")
            button.setProperty("role", role)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(button)
        self.menuBar().setCornerWidget(corner, Qt.Corner.TopRightCorner)

    def _restore_layout(self) -> None:
        layout = self.context.settings.data("layout")
        if not (isinstance(layout, QByteArray) and self.restoreState(layout, LAYOUT)):
            self._share_out()
        self._sweep_tabs()

    def _sweep_tabs(self) -> None:
        """Hide the tab bars of docks that Qt has replaced and forgotten: of equal ones, the youngest is in use."""
        youngest: dict[tuple[str, ...], QTabBar] = {}
        for bar in self.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly):
            tabs = tuple(bar.tabText(place) for place in range(bar.count()))
            if tabs in youngest:
                youngest[tabs].hide()
            youngest[tabs] = bar

    @Slot(QAction)
    def _choose_theme(self, action: QAction) -> None:
        self.context.settings.set("theme", action.data())
        theme().choose(action.data())

    @Slot(QAction)
    def _open_sample(self, action: QAction) -> None:
        self.documents.open(action.data())

    @Slot(str)
    def _opened(self, name: str) -> None:
        self.library.mark_opened(name)
        self.timeline.fit()
        self.viewer.fit()
        self.context.player.stop()
        self.context.player.seek(self.context.document.timeline.frames.start)
        if (path := self.context.document.path) is not None:
            self.context.frames.recall(shown.recall(path))
        self._openings += 1
        if name in samples.names():
            ship = functools.partial(self._ship, self._openings)
            self.context.tasks.start(self.context.tasks.in_thread(samples.frames, name), ship)
        self.show_title()

    def _ship(self, opening: int, pictures: tuple[Path, ...]) -> None:
        """Show a sample's own pictures, unless something else was opened while they were unpacked."""
        if opening == self._openings:
            self.context.frames.ship(pictures)


def _keeps(watched: QObject, event: QKeyEvent) -> bool:
    key, plain = event.key(), event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
    arrows = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
    ends = (Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
    if not plain:
        return False
    if isinstance(watched, QAbstractButton) and watched.focusPolicy() != Qt.FocusPolicy.NoFocus:
        return key == Qt.Key.Key_Space
    if isinstance(watched, QAbstractSlider):
        return key in (*arrows, *ends)
    if isinstance(watched, QComboBox | QAbstractItemView | QAbstractSpinBox):
        return key in (*arrows, *ends, Qt.Key.Key_Space)
    return False
