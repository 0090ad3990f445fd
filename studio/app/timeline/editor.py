"""The timeline editor: header, ruler and lanes with their scroll bars, and what the window's actions call."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QMenu, QScrollBar, QWidget

from studio.app.context import Context
from studio.app.texts import tr
from studio.app.timeline.commands_keys import KeyCommands
from studio.app.timeline.commands_places import PlaceCommands
from studio.app.timeline.geometry import Hit
from studio.app.timeline.header import Header
from studio.app.timeline.lanes import Lanes
from studio.app.timeline.menus import fill_add_menu, menu_of, open_menu, track_menu
from studio.app.timeline.scale import Scale
from studio.app.timeline.score_head import ScoreHead
from studio.app.timeline.score_lane import ScoreLane
from studio.app.timeline.stage import Stage
from studio.timeline.model import TrackRef


class TimelineEditor(QWidget, KeyCommands, PlaceCommands):
    """All of the timeline below its transport row.

    Attributes:
        stage: what its parts share.
        lanes: ruler and lanes.
        header: the column at their left; `studio.app.timeline.header.WIDTH` pixels wide.
        scores: the score lane below them; hidden at first.
    """

    hint = Signal(str)
    """What the pointer can do now, for the status bar."""

    clip_changed = Signal()
    """`can_paste` may be another now."""

    fold_wanted = Signal()
    """Hide the score lane."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.stage = Stage(context, self)
        self.header = Header(self.stage, self)
        self.lanes = Lanes(self.stage, self)
        self.scores = ScoreLane(self.stage, context.scoring, self.lanes.statuses, self.lanes.wheelEvent, self)
        self._score_head = ScoreHead(self.stage, context.scoring, self)
        self._score_head.fold_wanted.connect(self.fold_wanted)
        self.show_scores(False)
        self._time = QScrollBar(Qt.Orientation.Horizontal)
        self._time.setAccessibleName(tr("Scroll in time"))
        self._rows = QScrollBar(Qt.Orientation.Vertical)
        self._rows.setAccessibleName(tr("Scroll the tracks"))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addWidget(self.header, 0, 0)
        grid.addWidget(self.lanes, 0, 1)
        grid.addWidget(self._rows, 0, 2)
        grid.addWidget(self._score_head, 1, 0)
        grid.addWidget(self.scores, 1, 1)
        grid.addWidget(self._time, 2, 1)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(0, 1)
        self.stage.hint.connect(self.hint)
        self.stage.scale.changed.connect(self._show_time)
        self.stage.rows_changed.connect(self._show_rows)
        self._time.valueChanged.connect(self.stage.scale.scroll_to)
        self._rows.valueChanged.connect(self.stage.scroll_to)
        self.lanes.add_wanted.connect(self.write_key)
        self.lanes.menu_wanted.connect(self._open_menu)
        self.lanes.enter_pressed.connect(self.edit_prompt)
        self.header.toggle_wanted.connect(self.toggle_key)
        self.header.menu_wanted.connect(self._open_track_menu)
        self.header.adding.connect(self._fill)
        self.setFocusProxy(self.lanes)

    @property
    def scale(self) -> Scale:
        """Where frames lie: the curve editor and the transport share it."""
        return self.stage.scale

    def show_scores(self, shown: bool) -> None:
        """Show or hide the score lane."""
        self.scores.setVisible(shown)
        self._score_head.setVisible(shown)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Room for the usual tracks."""
        return QSize(960, self.stage.layout.ruler + min(self.stage.layout.height, 320) + 10)

    def clip_kept(self) -> None:
        """Keys were copied."""
        self.clip_changed.emit()

    @Slot()
    def _show_time(self) -> None:
        scale = self.stage.scale
        self._set(self._time, scale.start, scale.total - scale.width, scale.width)

    @Slot()
    def _show_rows(self) -> None:
        self._set(self._rows, self.stage.scrolled, self.stage.most, self.stage.room)

    def _set(self, bar: QScrollBar, value: float, most: float, page: float) -> None:
        bar.blockSignals(True)
        bar.setRange(0, max(0, round(most)))
        bar.setPageStep(round(page))
        bar.setSingleStep(40)
        bar.setValue(round(value))
        bar.blockSignals(False)

    @Slot(object, QPoint)
    def _open_menu(self, hit: Hit, at: QPoint) -> None:
        open_menu(menu_of(self, hit), at)

    @Slot(object, QPoint)
    def _open_track_menu(self, ref: TrackRef, at: QPoint) -> None:
        self.stage.set_current(ref)
        open_menu(track_menu(self, ref), at)

    @Slot(object)
    def _fill(self, menu: QMenu) -> None:
        fill_add_menu(menu, self)
