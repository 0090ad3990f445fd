"""Where pictures to ask about are put: a list of several, and a place for one."""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QShortcut,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from studio.app.clip.choosing import Chooser
from studio.app.clip.perceptors import Source, is_folder
from studio.app.clip.shared import Shared
from studio.app.icons import draw, icon
from studio.app.panels.library_grid import Grid
from studio.app.panels.library_items import Item, Items
from studio.app.texts import plural, tr
from studio.app.theme import GRID, faded, theme
from studio.app.viewer.intake import is_offer
from studio.library.scan import shown

_NARROW: Final = 60
_LOW: Final = 136


class Droppable(QWidget):
    """Takes pictures that are dropped on it, or pasted while something in it has the focus."""

    def __init__(self, chooser: Chooser | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chooser = chooser
        self.dropping = False
        self.setAcceptDrops(True)

    def paste(self) -> None:
        """Take what the clipboard holds."""
        if self._chooser is not None:
            self._chooser.take_data(QGuiApplication.clipboard().mimeData())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Show that a picture may be dropped here."""
        if is_offer(event.mimeData()):
            event.acceptProposedAction()
            self._set_dropping(True)

    def dragLeaveEvent(self, _event: object) -> None:  # noqa: N802
        """It is gone."""
        self._set_dropping(False)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """Take it."""
        self._set_dropping(False)
        if self._chooser is not None and self._chooser.take_data(event.mimeData()):
            event.acceptProposedAction()

    def _set_dropping(self, dropping: bool) -> None:
        self.dropping = dropping
        self.update()


class PictureList(Droppable):
    """Several pictures, and folders of them, each once."""

    changed = Signal()
    """Others are there now."""

    def __init__(self, shared: Shared, parent: QWidget | None = None) -> None:
        super().__init__(None, parent)
        self._chooser = self.chooser = Chooser(shared, self, many=True)
        self.sources: tuple[Source, ...] = ()
        row, self.buttons = self.chooser.buttons()
        self.remove = QToolButton()
        self.remove.setIcon(icon("trash-2"))
        self.remove.setIconSize(QSize(14, 14))
        self.remove.setAccessibleName(tr("Remove pictures"))
        self.remove.setToolTip(tr("Take the selected pictures out of the list, or all when none is (Del)"))
        self.remove.clicked.connect(self.take_out)
        top = QHBoxLayout()
        top.addWidget(heading(tr("Pictures")), 1)
        top.addWidget(self.remove)
        self.items = Items(shared.context.pictures, self)
        self.grid = Grid(shared.context.pictures, _NARROW, tr("Pictures to compare"))
        self.grid.setModel(self.items)
        self.grid.setSelectionMode(Grid.SelectionMode.ExtendedSelection)
        self.grid.setToolTip(tr("The pictures that are compared. Drop or paste more; Del takes the selected ones out."))
        self.empty = QLabel(
            tr("Drop pictures or a folder here, paste one, or press a button above. Without any, the frame is taken.")
        )
        self.empty.setWordWrap(True)
        self.empty.setProperty("role", "muted")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.grid)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addLayout(top)
        column.addLayout(row)
        column.addWidget(self.stack, 1)
        self.chooser.chosen.connect(self.add)
        for keys, handler in (
            (QKeySequence(QKeySequence.StandardKey.Delete), self.take_out),
            (QKeySequence(QKeySequence.StandardKey.Paste), self.paste),
        ):
            shortcut = QShortcut(keys, self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(handler)
        self._show()

    @Slot(object)
    def add(self, sources: tuple[Source, ...]) -> None:
        """Add these, but for those that are there already."""
        there = {each.path: each for each in (*self.sources, *sources)}
        if len(there) > len(self.sources):
            self.sources = tuple(there.values())
            self._show()
            self.changed.emit()

    @Slot()
    def take_out(self) -> None:
        """Take out the selected ones, or all when none is."""
        rows = {index.row() for index in self.grid.selectedIndexes()} or set(range(len(self.sources)))
        kept = tuple(each for row, each in enumerate(self.sources) if row not in rows)
        if kept != self.sources:
            self.sources = kept
            self._show()
            self.changed.emit()

    def _show(self) -> None:
        folder = tr("folder")
        self.items.put(
            [
                Item(
                    str(each.path),
                    each.name,
                    shown(each.path),
                    None if (below := is_folder(each.path)) else each.path,
                    folder if below else "",
                    asset=True,
                    dragged=not below,
                )
                for each in self.sources
            ]
        )
        self.stack.setCurrentWidget(self.grid if self.sources else self.empty)
        self.remove.setEnabled(bool(self.sources))
        self.setAccessibleName(plural("%n picture(s) to compare", len(self.sources)))


class PictureWell(Droppable):
    """A place for one picture, which it shows, with the ways to another."""

    changed = Signal()
    """Another picture is here."""

    def __init__(self, shared: Shared, parent: QWidget | None = None) -> None:
        super().__init__(None, parent)
        self._chooser = self.chooser = Chooser(shared, self, many=False)
        self.source: Source | None = None
        row, self.buttons = self.chooser.buttons()
        self.picture = _Picture(shared, self)
        self.name = QLabel()
        self.name.setProperty("role", "muted")
        self.name.setTextFormat(Qt.TextFormat.PlainText)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addLayout(row)
        column.addWidget(self.picture)
        column.addWidget(self.name)
        self.chooser.chosen.connect(lambda found: self.put(found[0]))
        shortcut = QShortcut(QKeySequence(QKeySequence.StandardKey.Paste), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.paste)
        self.put(None)

    def put(self, source: Source | None) -> None:
        """Put a picture here; None takes the old one away."""
        before, self.source = self.source, source
        name = "" if source is None else source.name
        self.name.setText(self.name.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, 28 * GRID))
        self.name.setToolTip("" if source is None else shown(source.path))
        said = tr("Drop a picture here, paste one, or press a button above.") if source is None else name
        self.picture.setToolTip(said)
        self.picture.setAccessibleName(said)
        self.picture.update()
        if source != before:
            self.changed.emit()

    def _set_dropping(self, dropping: bool) -> None:
        super()._set_dropping(dropping)
        self.picture.update()


class _Picture(QWidget):
    """Paints a well's picture whole, or what to do while there is none. A click or Enter asks for a file."""

    def __init__(self, shared: Shared, well: PictureWell) -> None:
        super().__init__(well)
        self._pictures = shared.context.pictures
        self._well = well
        self._asked = ""
        self.setMinimumHeight(_LOW)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._pictures.loaded.connect(self._loaded)
        theme().changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        """A little wider than high."""
        return QSize(28 * GRID, 24 * GRID)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Ask for a file where there is no picture yet."""
        if self._well.source is None and event.button() == Qt.MouseButton.LeftButton:
            self._well.chooser.take_files()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter or Space asks for a file."""
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._well.chooser.take_files()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw it."""
        colours, painter = theme().colours, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        outline = QPainterPath()
        outline.addRoundedRect(area, GRID / 2, GRID / 2)
        painter.fillPath(outline, colours.input)
        image = self._image()
        if image is not None:
            painter.drawImage(fitted(QSize(image.width(), image.height()), area.adjusted(3, 3, -3, -3)), image)
        else:
            painter.setPen(colours.muted)
            text = self.toolTip() if self._well.source is None else tr("The picture is being read, or cannot be.")
            if self._well.source is None:
                glyph = QRectF(area.center().x() - 12, area.center().y() - 36, 24, 24)
                draw(painter, "image-plus", glyph, colours.muted)
            flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
            painter.drawText(area.adjusted(2 * GRID, area.height() / 2, -2 * GRID, 0), int(flags), text)
        if self._well.dropping:
            painter.fillPath(outline, faded(colours.accent, 0.12))
        ringed = self._well.dropping or self.hasFocus()
        painter.setPen(QPen((colours.accent if self._well.dropping else colours.focus) if ringed else colours.line, 1))
        painter.drawPath(outline)
        painter.end()

    def _image(self) -> QImage | None:
        source = self._well.source
        if source is None:
            return None
        self._asked = str(source.path)
        return self._pictures.image(source.path, math.ceil((self.height() - 8) * self.devicePixelRatioF()))

    @Slot(str, int)
    def _loaded(self, path: str, _height: int) -> None:
        if path == self._asked:
            self.update()


def fitted(size: QSize, area: QRectF) -> QRectF:
    """Where a picture of that size lies in an area when it is shown whole, in the middle."""
    if size.isEmpty():
        return QRectF(area.center().x(), area.center().y(), 0, 0)
    scale = min(area.width() / size.width(), area.height() / size.height())
    place = QRectF(0, 0, size.width() * scale, size.height() * scale)
    place.moveCenter(area.center())
    return place


def heading(text: str) -> QLabel:
    """A heading over a field."""
    made = QLabel(text)
    made.setProperty("role", "heading")
    return made


def introduction(text: str) -> QLabel:
    """What stands where answers will be: what may be asked, and how."""
    made = QLabel(text)
    made.setWordWrap(True)
    made.setProperty("role", "muted")
    made.setAlignment(Qt.AlignmentFlag.AlignCenter)
    made.setContentsMargins(8 * GRID, 0, 8 * GRID, 0)
    return made
