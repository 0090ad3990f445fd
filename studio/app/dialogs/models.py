"""The models page: those that ship, those that can be fetched, and the artist's own."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QSize, Qt, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from studio.app.context import Context
from studio.app.dialogs.ask import Ask
from studio.app.fetching import Fetching
from studio.app.texts import tr
from studio.app.theme import GRID
from studio.base.errors import StudioError
from studio.base.progress import Progress
from studio.models import own, store
from studio.models.catalogue import Entry, everything
from studio.models.gathering import CHECKPOINTS, Gathered, gather

KINDS = {"clip": "Perceptors: who judge how well a picture fits", "vqgan": "VQGANs", "biggan": "BigGANs"}
"""The kinds in their order, with untranslated headings."""


def megabytes(size: float) -> str:
    """A size for people."""
    return tr("{size} GB", size=f"{size / 1e9:.1f}") if size >= 1e9 else tr("{size} MB", size=f"{size / 1e6:.0f}")


class ModelsDialog(QDialog):
    """One row a model, under its kind. Files dropped here become the artist's own models."""

    def __init__(self, context: Context, fetching: Fetching, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._fetching = fetching
        self.ask = Ask(self, context.settings)
        self.rows: dict[str, ModelRow] = {}
        self.setWindowTitle(tr("Models"))
        self.setModal(False)
        self.setAcceptDrops(True)
        self.resize(QSize(88 * GRID, 76 * GRID))
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
        column.setSpacing(2 * GRID)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search by name or purpose"))
        self.search.setAccessibleName(tr("Search models"))
        self.search.setToolTip(tr("Shows the models whose name or description has these words."))
        self.search.textChanged.connect(self._filter)
        column.addWidget(self.search)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._inside = QWidget()
        self._list = QVBoxLayout(self._inside)
        self._list.setContentsMargins(0, 0, GRID, 0)
        self._list.setSpacing(2 * GRID)
        area.setWidget(self._inside)
        column.addWidget(area, 1)
        self.told = QLabel(
            tr(
                "Models are fetched from where they were published. Drop a checkpoint to add your own, together with "
                "its yaml or json."
            )
        )
        self.told.setWordWrap(True)
        self.told.setProperty("role", "muted")
        column.addWidget(self.told)
        column.addLayout(self._make_buttons())
        fetching.changed.connect(self.refresh)
        fetching.progressed.connect(self._progress)
        fetching.noticed.connect(self._notice)
        fetching.arrived.connect(self._arrived)
        fetching.failed.connect(self._failed)

    @Slot()
    def present(self) -> None:
        """Show the page with what there is now."""
        self.fill()
        self.show()
        self.raise_()
        self.activateWindow()
        self.search.setFocus()

    @Slot(object)
    def receive(self, models: tuple[Gathered, ...]) -> None:
        """Add models that were dropped somewhere, and show how that goes."""
        self.present()
        for model in models:
            self._read(model)

    def fill(self) -> None:
        """List the models anew."""
        for row in self.rows.values():
            row.deleteLater()
        self.rows = {}
        while (item := self._list.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        known = everything()
        for kind, title in KINDS.items():
            heading = QLabel(tr(title))
            heading.setProperty("role", "heading")
            self._list.addWidget(heading)
            for entry in known:
                if entry.kind == kind:
                    row = ModelRow(entry)
                    row.fetch.clicked.connect(lambda _=False, each=entry: self._fetching.fetch(each))
                    row.stop.clicked.connect(lambda _=False, name=entry.name: self._fetching.cancel(name))
                    row.remove.clicked.connect(lambda _=False, each=entry: self._remove(each))
                    self.rows[entry.name] = row
                    self._list.addWidget(row)
        self._list.addStretch(1)
        self._filter(self.search.text())
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show which comes now and which waits."""
        for name, row in self.rows.items():
            row.show_state(running=name == self._fetching.running, waiting=self._fetching.waits(name))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Take files that may be models."""
        if gather(_files(event.mimeData())):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """Add them."""
        for model in gather(_files(event.mimeData())):
            self._read(model)
        event.acceptProposedAction()

    def _make_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GRID)
        self.add = QPushButton(tr("Add File…"))
        self.add.setToolTip(
            tr("A checkpoint of open_clip, taming-transformers or BigGAN, or safetensors of Keydream's.")
        )
        self.add.setAutoDefault(False)
        self.add.clicked.connect(self._add)
        close = QPushButton(tr("Close"))
        close.setAutoDefault(False)
        close.clicked.connect(self.close)
        row.addWidget(self.add)
        row.addStretch(1)
        row.addWidget(close)
        return row

    @Slot(str)
    def _filter(self, text: str) -> None:
        words = text.casefold().split()
        for row in self.rows.values():
            row.setVisible(all(word in row.words for word in words))

    @Slot()
    def _add(self) -> None:
        suffixes = " ".join(f"*{suffix}" for suffix in CHECKPOINTS)
        file = self.ask.choose_file(tr("Add Model"), tr("Checkpoints ({suffixes})", suffixes=suffixes))
        if file is not None:
            self._read(Gathered(file))

    def _read(self, model: Gathered) -> None:
        self._tell(tr("Reading {name}…", name=" + ".join(path.name for path in model.files)), "muted")
        self._fetching.add(model)

    def _remove(self, entry: Entry) -> None:
        try:
            if entry.offer is not None:
                store.remove(entry.name)
            else:
                own.remove(entry.name)
        except StudioError as error:
            self._failed(entry.name, error)
            return
        self._changed_models()
        self._tell(tr("{name} was removed from this machine", name=entry.name), "muted")

    @Slot(str, object)
    def _progress(self, name: str, progress: Progress) -> None:
        if name in self.rows:
            self.rows[name].show_progress(progress)
        elif progress.total:  # one that is added has no row yet
            done, total = megabytes(progress.done), megabytes(progress.total)
            self._tell(tr("{name}: {done} of {total}", name=name, done=done, total=total), "muted")

    @Slot(str, str)
    def _notice(self, name: str, text: str) -> None:
        self._tell(f"{name}: {text}", "muted")

    @Slot(str)
    def _arrived(self, name: str) -> None:
        self._changed_models()
        self._tell(tr("{name} is here; choose it in the inspector", name=name), "muted")

    @Slot(str, object)
    def _failed(self, name: str, error: StudioError) -> None:
        self._tell(str(error), "error")
        if name in self.rows:
            self.rows[name].show_state(running=False, waiting=False)

    def _changed_models(self) -> None:
        """The inspector's lists and what can be rendered may be others now."""
        self.fill()
        project = self._context.document.project
        self._context.document.changed.emit(project, project)
        self._context.frames.refresh()

    def _tell(self, text: str, role: str) -> None:
        self.told.setText(text)
        if self.told.property("role") != role:
            self.told.setProperty("role", role)
            self.told.style().polish(self.told)


def _files(data: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


class ModelRow(QFrame):
    """A model: name, what for, licence, size, and what can be done about it."""

    def __init__(self, entry: Entry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entry = entry
        self.words = f"{entry.name} {entry.about} {entry.licence}".casefold()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        top = QHBoxLayout()
        top.setSpacing(GRID)
        self.name = QLabel(entry.name)
        self.state = QLabel()
        self.state.setProperty("role", "muted")
        self.fetch = QPushButton(tr("Fetch"))
        self.fetch.setToolTip(
            tr("Bring it here: {size}. It can be stopped and goes on later.", size=megabytes(entry.size))
        )
        self.stop = QPushButton(tr("Stop"))
        self.stop.setToolTip(tr("Stop; what has come is kept."))
        self.remove = QPushButton(tr("Remove"))
        self.remove.setToolTip(tr("Delete it from this machine."))
        top.addWidget(self.name)
        top.addStretch(1)
        top.addWidget(self.state)
        for button in (self.fetch, self.stop, self.remove):
            button.setAutoDefault(False)
            button.setAccessibleName(f"{button.text()} {entry.name}")
            top.addWidget(button)
        column.addLayout(top)
        self.about = QLabel(" · ".join(filter(None, (entry.about, entry.licence))))
        self.about.setWordWrap(True)
        self.about.setProperty("role", "muted")
        column.addWidget(self.about)
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Progress of {name}", name=entry.name))
        column.addWidget(self.bar)
        self.show_state(running=False, waiting=False)

    def show_state(self, *, running: bool, waiting: bool) -> None:
        """Show whether it is here, comes, or waits."""
        entry = self._entry
        ships = entry.here and entry.offer is None and bool(entry.licence)
        if running:
            text = tr("coming…")
        elif waiting:
            text = tr("waiting")
        elif ships:
            text = tr("ships with Keydream")
        elif entry.here:
            text = tr("here · {size}", size=megabytes(entry.size))
        else:
            text = megabytes(entry.size)
        self.state.setText(text)
        self.fetch.setVisible(not entry.here and not running and not waiting)
        self.stop.setVisible(running or waiting)
        self.remove.setVisible(entry.here and not ships and not running)
        self.bar.setVisible(running)
        if not running:
            self.bar.setValue(0)

    def show_progress(self, progress: Progress) -> None:
        """Show how much of it has come."""
        self.bar.setValue(round(progress.fraction * 1000))
        if progress.total:
            done, total = megabytes(progress.done), megabytes(progress.total)
            self.state.setText(tr("{label} {done} of {total}", label=progress.label, done=done, total=total).strip())
