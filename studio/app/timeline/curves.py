"""The curve editor: a track's values over time, with keys and Bezier handles that can be dragged."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from studio.app.context import Context
from studio.app.panels.fields import Combo
from studio.app.texts import tr
from studio.app.theme import GRID, theme
from studio.app.timeline.curve_board import Board, tracks_of
from studio.app.timeline.curve_paint import paint_numbers
from studio.app.timeline.curve_plot import CurvePlot
from studio.app.timeline.describing import track_name
from studio.app.timeline.header import WIDTH
from studio.app.timeline.scale import Scale
from studio.timeline.model import TrackRef

_NUMBERS = 56  # pixels of the axis' numbers


class CurveNumbers(QWidget):
    """The numbers left of the plot, on the same heights."""

    def __init__(self, board: Board, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._board = board
        self.setFixedWidth(_NUMBERS)
        board.repaint.connect(self.update)
        theme().changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint the numbers."""
        painter = QPainter(self)
        painter.setFont(self.font())
        paint_numbers(painter, self._board, QRectF(self.rect()))
        painter.end()


class CurveEditor(QWidget):
    """A column that chooses the track, and the plot beside it, on the same frames as the lanes above.

    Attributes:
        board: what its parts share.
        plot: where the curve is drawn.
        choice: the list of tracks.
    """

    hint = Signal(str)
    """What the pointer can do now, for the status bar."""

    def __init__(self, context: Context, scale: Scale, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.board = Board(context, scale, self)
        self._refs: list[TrackRef] = []
        self.setMinimumHeight(120)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 1, 0, 0)
        row.setSpacing(0)
        side = QWidget()
        side.setFixedWidth(WIDTH - _NUMBERS)
        column = QVBoxLayout(side)
        column.setContentsMargins(GRID, GRID, GRID, GRID)
        column.setSpacing(GRID)
        self.choice = Combo()
        self.choice.setAccessibleName(tr("Track of the curve"))
        self.choice.setToolTip(tr("Whose curve is shown. It follows the selection."))
        self.choice.activated.connect(self._chosen)
        column.addWidget(self.choice)
        self.fit = QToolButton()
        self.fit.setText(tr("Fit"))  # a small icon alone in the corner looks like a speck
        self.fit.setProperty("role", "button")
        self.fit.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.fit.setToolTip(tr("Fit: show all values. Alt+wheel on the curve shows fewer, larger."))
        self.fit.setAccessibleName(tr("Fit values"))
        self.fit.clicked.connect(self.board.fit)
        self.note = QLabel()
        self.note.setWordWrap(True)
        self.note.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.note.setProperty("role", "muted")
        column.addWidget(self.note, 1)
        column.addWidget(self.fit, 0, Qt.AlignmentFlag.AlignLeft)
        row.addWidget(side)
        row.addWidget(CurveNumbers(self.board))
        self.plot = CurvePlot(self.board)
        self.plot.hint.connect(self.hint)
        row.addWidget(self.plot, 1)
        self.setFocusProxy(self.plot)
        self.board.track_changed.connect(self._describe)
        context.document.changed.connect(self._list)
        self._list()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """A line above, towards the lanes."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), theme().colours.panel)
        painter.fillRect(0, 0, self.width(), 1, theme().colours.border)
        painter.end()

    @property
    def track(self) -> TrackRef | None:
        """The track that is shown; None when there is none."""
        return self.board.ref

    def set_track(self, ref: TrackRef | None) -> None:
        """Show another track; one that does not exist means the first."""
        self.board.show(ref)

    @Slot()
    def _list(self) -> None:
        timeline = self.board.timeline
        refs = list(tracks_of(timeline))
        names = [track_name(timeline.find(ref)) for ref in refs]
        if refs != self._refs:
            self._refs = refs
            with QSignalBlocker(self.choice):
                self.choice.clear()
                self.choice.addItems(names)
                if timeline.parameters and timeline.prompts:
                    self.choice.insertSeparator(len(timeline.parameters))
        self._describe()

    @Slot(int)
    def _chosen(self, place: int) -> None:
        parameters = len(self.board.timeline.parameters)
        self.set_track(self._refs[place - 1 if 0 < parameters < place else place])
        self.plot.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _describe(self) -> None:
        ref, spec = self.track, self.board.spec
        parameters = sum(each.kind == "parameter" for each in self._refs)
        place = self._refs.index(ref) if ref in self._refs else -1
        with QSignalBlocker(self.choice):
            self.choice.setCurrentIndex(place + 1 if 0 < parameters <= place else place)
        self.choice.setEnabled(bool(self._refs))
        if ref is None:
            text = tr("Add a parameter track to see its curve.")
        elif ref.kind == "prompt":
            text = tr("How a prompt becomes the next one, from 0 to 100 %. Select a key to see its handles.")
        elif spec is None:
            text = ""
        else:
            limits = tr("{low} to {high} {unit}", low=f"{spec.minimum:g}", high=f"{spec.maximum:g}", unit=tr(spec.unit))
            text = f"{tr(spec.help)}\n{limits.strip()}"
        self.note.setText(text)
