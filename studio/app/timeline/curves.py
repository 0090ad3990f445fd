"""The curve editor: a track's values over time, with keys and Bezier handles that can be dragged."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.app.context import Context
from studio.app.texts import tr
from studio.app.theme import GRID
from studio.app.timeline.curve_plot import CurvePlot
from studio.app.timeline.header import WIDTH
from studio.app.timeline.scale import Scale
from studio.timeline.model import TrackRef
from studio.timeline.parameters import PARAMETERS


class CurveEditor(QWidget):
    """A column that chooses the track, and the plot beside it, on the same frames as the lanes above."""

    def __init__(self, context: Context, scale: Scale, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._refs: list[TrackRef] = []
        self.setMinimumHeight(120)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        side = QWidget()
        side.setFixedWidth(WIDTH)
        column = QVBoxLayout(side)
        column.setContentsMargins(GRID, GRID, GRID, GRID)
        self.choice = QComboBox()
        self.choice.setAccessibleName(tr("Track of the curve"))
        self.choice.setToolTip(tr("Whose curve is shown. It follows the selection."))
        self.choice.activated.connect(self._chosen)
        column.addWidget(self.choice)
        self.note = QLabel()
        self.note.setWordWrap(True)
        self.note.setProperty("role", "muted")
        column.addWidget(self.note)
        column.addStretch(1)
        row.addWidget(side)
        self.plot = CurvePlot(context, scale)
        row.addWidget(self.plot, 1)
        context.document.changed.connect(self._list)
        context.choice.changed.connect(self._follow)
        self._list()

    @property
    def track(self) -> TrackRef | None:
        """The track that is shown."""
        return self.plot.ref

    def set_track(self, ref: TrackRef | None) -> None:
        """Show another track."""
        self.plot.show_track(ref)
        with QSignalBlocker(self.choice):
            self.choice.setCurrentIndex(self._refs.index(ref) if ref in self._refs else -1)
        self._describe()

    @Slot()
    def _list(self) -> None:
        timeline = self._context.document.timeline
        parameters, prompts = timeline.parameters, timeline.prompts
        found = [*(track.ref for track in parameters), *(track.ref for track in prompts)]
        self._refs = found
        with QSignalBlocker(self.choice):
            self.choice.clear()
            for ref in found:
                spec = PARAMETERS.get(ref.name)
                name = tr(spec.label) if ref.kind == "parameter" and spec else ref.name
                self.choice.addItem(name)
        self.set_track(self.track if self.track in found else found[0] if found else None)

    @Slot()
    def _follow(self) -> None:
        tracks = {key.track for key in self._context.choice.keys}
        if len(tracks) == 1:
            self.set_track(next(iter(tracks)))

    @Slot(int)
    def _chosen(self, place: int) -> None:
        self.set_track(self._refs[place])
        self.plot.setFocus(Qt.FocusReason.OtherFocusReason)

    def _describe(self) -> None:
        ref = self.track
        if ref is None:
            self.note.setText(tr("Add a parameter track to see its curve."))
        elif ref.kind == "prompt":
            self.note.setText(tr("How one prompt becomes the next: 0 to 1 and back. Select a key to see its handles."))
        else:
            spec = PARAMETERS.get(ref.name)
            self.note.setText(tr(spec.unit) if spec else "")
