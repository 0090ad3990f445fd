"""The column left of the lanes: names, values at the playhead, and a key and a mute button for each track."""

from __future__ import annotations

import html

from PySide6.QtCore import QPoint, QRect, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

from studio.app.icons import icon
from studio.app.texts import tr
from studio.app.theme import mixed, theme
from studio.app.timeline.describing import track_name, value_text
from studio.app.timeline.geometry import Row
from studio.app.timeline.in_place import InPlaceEdit
from studio.app.timeline.stage import Stage
from studio.timeline.edits import rename_track, set_muted
from studio.timeline.model import ParameterTrack, TrackRef
from studio.timeline.parameters import PARAMETERS
from studio.timeline.validate import label

WIDTH = 184
"""Pixels of the header: what lies below the lanes and lines up with them begins there."""


class Header(QWidget):
    """All rows' heads. They scroll with the rows."""

    toggle_wanted = Signal(object)
    """A `TrackRef`: add a key at the playhead, or remove the one there."""

    menu_wanted = Signal(object, QPoint)
    """(`TrackRef`, global position)."""

    adding = Signal(object)
    """The menu of what can be added is about to be shown: a `QMenu` to fill."""

    def __init__(self, stage: Stage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.stage = stage
        self.line: InPlaceEdit | None = None
        self.setFixedWidth(WIDTH)
        self._room = QWidget(self)
        self._heads: dict[TrackRef | None, Head] = {}
        self._add = QToolButton(self)
        self._add.setIcon(icon("plus"))
        self._add.setToolTip(tr("Add a prompt track or a parameter track"))
        self._add.setAccessibleName(tr("Add track"))
        self._add.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self._add)
        menu.aboutToShow.connect(lambda: self._fill(menu))
        self._add.setMenu(menu)
        stage.rows_changed.connect(self._arrange)
        stage.current_changed.connect(self.update)
        stage.context.document.changed.connect(self._tell)
        stage.context.player.frame_changed.connect(self._tell)
        theme().changed.connect(self.update)
        self._arrange()

    def head(self, ref: TrackRef | None) -> Head:
        """The head of a track, or with None of the strip of frames; `KeyError` when there is none."""
        return self._heads[ref]

    def edit_name(self, ref: TrackRef) -> None:
        """Edit the name of a prompt track in place."""
        head = self._heads[ref]
        line = InPlaceEdit(self, ref.name, lambda text: _free(self.stage, ref, text))
        line.setAccessibleName(tr("Name of the track"))
        line.setToolTip(tr("What the track is called. Enter takes it, Esc leaves it."))
        line.accepted.connect(lambda text: self.stage.context.document.edit(rename_track(ref, text)))
        line.closed.connect(self._line_closed)
        self.line = line
        place = QRect(head.mapTo(self, QPoint(4, 8)), head.size())
        line.open_at(QRect(place.left(), place.top(), self.width() - 8, head.height() - 16))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The ground, and a line at the right."""
        painter = QPainter(self)
        colours = theme().colours
        painter.fillRect(event.rect(), colours.panel)
        painter.fillRect(self.width() - 1, 0, 1, self.height(), colours.border)
        painter.fillRect(0, self.stage.layout.ruler - 1, self.width(), 1, colours.border)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """The heads have the room below the ruler."""
        super().resizeEvent(event)
        self._arrange()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """The wheel scrolls the rows."""
        self.stage.scroll_to(self.stage.scrolled - event.angleDelta().y() * 0.8)
        event.accept()

    @Slot()
    def _arrange(self) -> None:
        layout = self.stage.layout
        self._room.setGeometry(0, layout.ruler, self.width() - 1, max(0, self.height() - layout.ruler))
        self._add.setGeometry(self.width() - 36, (layout.ruler - 28) // 2, 28, 28)
        known = {row.ref for row in layout.rows}
        for ref in [each for each in self._heads if each not in known]:
            gone = self._heads.pop(ref)
            gone.hide()
            gone.deleteLater()
        before: QWidget = self._add
        for row in layout.rows:
            head = self._heads.get(row.ref)
            if head is None:
                head = self._heads[row.ref] = Head(self, self._room, row)
                head.show()
            head.setGeometry(0, round(row.top - self.stage.scrolled), self._room.width(), row.height)
            for button in head.buttons:
                QWidget.setTabOrder(before, button)
                before = button
        self._tell()
        self.update()  # the line below the ruler, which markers make taller

    @Slot()
    def _tell(self) -> None:
        for head in self._heads.values():
            head.tell()

    def _fill(self, menu: QMenu) -> None:
        menu.clear()
        self.adding.emit(menu)

    @Slot()
    def _line_closed(self) -> None:
        self.line = None


class Head(QWidget):
    """The head of one row."""

    def __init__(self, header: Header, parent: QWidget, row: Row) -> None:
        super().__init__(parent)
        self._header, self._stage, self._ref = header, header.stage, row.ref
        self._text = ""
        self.name = QLabel()
        self.value = QLabel()
        self.value.setProperty("role", "muted")
        self.buttons: tuple[QToolButton, ...] = ()
        self._box = layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 0, 8, 0)
        layout.setSpacing(4)
        layout.addWidget(self.name, 1)
        layout.addWidget(self.value)
        if row.ref is None:
            self.name.setText(tr("Frames"))
            return
        self.key, self.mute = self._button(self._toggle_key), self._button(self._toggle_mute)
        self.buttons = (self.key, self.mute)
        layout.addWidget(self.key)
        layout.addWidget(self.mute)

    def tell(self) -> None:
        """Show what is true now."""
        if self._ref is None:
            return
        stage, timeline = self._stage, self._stage.timeline
        if stage.layout.of(self._ref) is None:
            return
        track = timeline.find(self._ref)
        frame = stage.context.player.frame
        here = track.track.find(frame) is not None
        name = track_name(track)
        self._text = value_text(timeline, track, frame)
        if self.value.text() != self._text:
            self.value.setText(self._text)
            self._box.activate()  # at once: a value that grows is not cut off until the next event
        room = self.width() - 12 - 8 - 2 * 28 - 8 - self.value.sizeHint().width() - 4
        cut = QFontMetrics(self.name.font()).elidedText(name, Qt.TextElideMode.ElideRight, max(room, 24))
        if self.name.text() != cut:
            self.name.setText(cut)
        spec = PARAMETERS.get(track.name) if isinstance(track, ParameterTrack) else None
        about = tr("Prompts over time; right-click for more.") if spec is None else f"{tr(spec.help)} {tr(spec.unit)}"
        self.setToolTip(f"<b>{html.escape(name)}</b><br>{about}")
        self.name.setEnabled(not track.muted)
        if (self.key.isChecked(), self.key.accessibleName()) != (here, _key_words(name, here)):
            self.key.setChecked(here)
            self.key.setIcon(icon("diamond" if here else "diamond-plus"))
            self.key.setToolTip(_key_words(name, here))
            self.key.setAccessibleName(_key_words(name, here))
        words = (
            tr("Unmute {name}: let it count again", name=name)
            if track.muted
            else tr("Mute {name}: let it count for nothing", name=name)
        )
        if self.mute.accessibleName() != words:
            self.mute.setChecked(track.muted)
            self.mute.setIcon(icon("eye-off" if track.muted else "eye"))
            self.mute.setToolTip(words)
            self.mute.setAccessibleName(words)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The head of the track that is worked on is lighter, with an accent at its edge."""
        painter = QPainter(self)
        colours = theme().colours
        current = self._ref is not None and self._ref == self._stage.current
        painter.fillRect(event.rect(), mixed(colours.panel, colours.raised, 0.6) if current else colours.panel)
        if current:
            painter.fillRect(0, 0, 2, self.height() - 1, colours.accent)
        painter.fillRect(0, self.height() - 1, self.width(), 1, colours.border)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Work on this track."""
        if self._ref is not None:
            self._stage.set_current(self._ref)
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Rename a prompt track."""
        if self._ref is not None and self._ref.kind == "prompt":
            self._header.edit_name(self._ref)
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        """The menu of the track."""
        if self._ref is not None:
            self._header.menu_wanted.emit(self._ref, event.globalPos())

    def _button(self, do: object) -> QToolButton:
        button = QToolButton()
        button.setCheckable(True)
        button.setFixedSize(28, 28)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(do)
        return button

    @Slot()
    def _toggle_key(self) -> None:
        self._header.toggle_wanted.emit(self._ref)
        self.key.setAccessibleName("")
        self.tell()

    @Slot()
    def _toggle_mute(self) -> None:
        if self._ref is not None:
            muted = self._stage.timeline.find(self._ref).muted
            self._stage.context.document.edit(set_muted([self._ref], not muted))


def _key_words(name: str, here: bool) -> str:
    return (
        tr("Remove the key of {name} at the playhead", name=name)
        if here
        else tr("Add a key to {name} at the playhead", name=name)
    )


def _free(stage: Stage, ref: TrackRef, text: str) -> None:
    label(text, tr("the name of a track"))
    rename_track(ref, text).apply(stage.timeline)
