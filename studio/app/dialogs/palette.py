"""The command palette: find any action by some of its letters, and Enter does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Slot,
)
from PySide6.QtGui import QColor, QFont, QKeyEvent, QKeySequence, QPainter, QPalette, QTextCharFormat, QTextLayout
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from studio.app.context import Context
from studio.app.dialogs.fuzzy import begun, match
from studio.app.reasons import reason
from studio.app.table import MENUS, SPECS
from studio.app.texts import tr
from studio.app.theme import GRID, faded, theme

RECENT: Final = 8
"""How many actions that were used last come first."""

_SETTING = "palette/recent"
_WIDTH, _ROW, _ROWS = 70 * GRID, 4 * GRID, 10
_ENTRY = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class Entry:
    """An action that was found.

    Attributes:
        id: of the action.
        title: its name.
        menu: the menu it stands in.
        keys: its shortcut, as the system spells it.
        places: of the letters in the title that were searched for.
        on: whether it is switched on; None for what cannot be.
        usable: whether it can be used now.
    """

    id: str
    title: str
    menu: str
    keys: str
    places: tuple[int, ...] = ()
    on: bool | None = None
    usable: bool = True

    @property
    def state(self) -> str:
        """ "on" or "off", where it can be switched."""
        return "" if self.on is None else tr("on") if self.on else tr("off")


class CommandPalette(QFrame):
    """A field and a list over the window. It goes when something else is clicked."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._window = parent
        self._before: QWidget | None = None
        self.setObjectName("palette")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAutoFillBackground(True)
        self.field = QLineEdit()
        self.field.setPlaceholderText(tr("What do you want to do?"))
        self.field.setAccessibleName(tr("Search for an action"))
        self.field.setToolTip(tr("Some letters of an action's name, its menu or its shortcut. Enter does it."))
        self.field.textChanged.connect(self._fill)
        self.field.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Actions"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setItemDelegate(_Row(self.list))
        self.list.itemClicked.connect(self._use)
        self.list.currentItemChanged.connect(self._tell)
        self.help = QLabel()
        self.help.setProperty("role", "muted")
        self.help.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, GRID, GRID, GRID)
        column.setSpacing(GRID)
        column.addWidget(self.field)
        column.addWidget(self.list)
        column.addWidget(self.help)
        theme().changed.connect(self._colour)
        self._colour()

    @Slot()
    def present(self) -> None:
        """Appear at the top of the window, with the actions that were used last."""
        self._before = QApplication.focusWidget()
        self._context.actions.refresh()
        window = self._window
        width = min(_WIDTH, window.width() - 4 * GRID)
        self.field.clear()
        self._fill()
        self.setFixedWidth(width)
        self.move((window.width() - width) // 2, 6 * GRID)
        self.show()
        self.raise_()
        self.field.setFocus()
        application = QApplication.instance()
        if application is not None:
            application.installEventFilter(self)

    @Slot()
    def dismiss(self) -> None:
        """Go, and give the focus back to where it was."""
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)
        had = self.isAncestorOf(QApplication.focusWidget() or self)
        self.hide()
        if had and self._before is not None:
            self._before.setFocus()
        self._before = None
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Keys move in the list; a click elsewhere dismisses."""
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(watched, QWidget) and self.isVisible():
            if watched is not self and not self.isAncestorOf(watched):
                QTimer.singleShot(0, self, self.dismiss)
            return False
        if watched is not self.field or not isinstance(event, QKeyEvent):
            return False
        if event.type() == QEvent.Type.ShortcutOverride and event.key() in _KEYS:
            event.accept()
            return True
        return event.type() == QEvent.Type.KeyPress and self._key(event.key())

    def _key(self, key: int) -> bool:
        if key == Qt.Key.Key_Escape:
            self.dismiss()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            item = self.list.currentItem()
            if item is not None:
                self._use(item)
        elif key in _MOVES:
            row = self.list.currentRow() + _MOVES[key]
            last = self.list.count() - 1
            if abs(_MOVES[key]) == 1:
                row = row % (last + 1) if last >= 0 else -1
            self.list.setCurrentRow(min(max(row, 0), last))
        else:
            return False
        return True

    @Slot(QListWidgetItem)
    def _use(self, item: QListWidgetItem) -> None:
        entry: Entry = item.data(_ENTRY)
        action = self._context.actions[entry.id]
        if not action.isEnabled():
            why = tr("{name} cannot be used now. {reason}", name=entry.title, reason=reason(SPECS[entry.id].when))
            self._say(why, "warning")
            return
        others = [each for each in self._used() if each != entry.id]
        self._context.settings.set(_SETTING, " ".join([entry.id, *others][:RECENT]))
        self.dismiss()
        action.trigger()

    @Slot()
    def _fill(self) -> None:
        self.list.clear()
        for entry in self._found(self.field.text()):
            item = QListWidgetItem(entry.title)
            item.setData(_ENTRY, entry)
            why = "" if entry.usable else reason(SPECS[entry.id].when)
            said = ", ".join(filter(None, (entry.title, entry.state, entry.menu, entry.keys, why)))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, said)
            item.setSizeHint(QSize(0, _ROW))
            item.setIcon(self._context.actions[entry.id].icon())
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        room = max(1, (self._window.height() - 16 * GRID) // _ROW)
        self.list.setFixedHeight(_ROW * min(_ROWS, room, max(1, self.list.count())))
        self.adjustSize()
        if not self.list.count():
            self._say(tr("No action is called like that."))

    def _found(self, query: str) -> list[Entry]:
        entries = [self._entry(name) for name in self._context.actions if name != "view.palette"]
        if not query.strip():
            used = self._used()
            return sorted(entries, key=lambda each: used.index(each.id) if each.id in used else len(used))
        found = []
        for entry in entries:
            title = match(query, entry.title)
            if title is not None:
                found.append((title.score + 20, replace(entry, places=title.places)))
            elif (other := begun(query, _also(entry))) is not None:
                found.append((other, entry))
            elif all(word in _all_of(entry) for word in query.lower().split()):
                found.append((0.0, entry))
        return [entry for _, entry in sorted(found, key=lambda each: -each[0])]

    def _entry(self, name: str) -> Entry:
        action = self._context.actions[name]
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        on = action.isChecked() if action.isCheckable() else None
        menu = _plain(tr(MENUS[SPECS[name].menu]))
        return Entry(name, _plain(action.text()), menu, keys, on=on, usable=action.isEnabled())

    def _used(self) -> list[str]:
        return [name for name in self._context.settings.text(_SETTING).split() if name in SPECS]

    @Slot()
    def _tell(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            entry: Entry = item.data(_ENTRY)
            spec = SPECS[entry.id]
            if entry.usable:
                self._say(tr(spec.help))
            else:
                self._say(f"{reason(spec.when)} {tr(spec.help)}", "warning")

    def _say(self, text: str, role: str = "muted") -> None:
        self.help.setText(text)
        if self.help.property("role") != role:
            self.help.setProperty("role", role)
            self.help.style().polish(self.help)

    @Slot()
    def _colour(self) -> None:
        colours = theme().colours
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.Window, colours.raised)
        self.setPalette(palette)
        self.setStyleSheet(
            f"#palette {{ background: {colours.raised.name()}; border: 1px solid {colours.line.name()};"
            f" border-radius: {GRID}px; }} #palette QListView {{ background: transparent; }}"
        )


class _Row(QStyledItemDelegate):
    """Paints an entry: icon, title with the letters that were found, menu, shortcut."""

    def __init__(self, view: QListWidget) -> None:
        super().__init__(view)
        self._view = view

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        view = self._view
        item = view.item(index.row())
        entry: Entry = item.data(_ENTRY)
        enabled, current = entry.usable, view.currentRow() == index.row()
        colours = theme().colours
        area: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if current and enabled:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(faded(colours.accent, 0.28))
            painter.drawRoundedRect(QRectF(area), GRID // 2, GRID // 2)
        elif current:  # grey letters could not be read on the accent
            painter.setPen(colours.muted)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(area).adjusted(0.5, 0.5, -0.5, -0.5), GRID // 2, GRID // 2)
        inside = area.adjusted(GRID, 0, -GRID, 0)
        square = QRect(inside.left(), inside.center().y() - GRID + 1, 2 * GRID, 2 * GRID)
        item.icon().paint(painter, square, mode=item.icon().Mode.Normal if enabled else item.icon().Mode.Disabled)
        inside.setLeft(square.right() + GRID + 1)
        middle = Qt.AlignmentFlag.AlignVCenter
        quiet = colours.muted if enabled or current else colours.disabled
        painter.setPen(quiet)
        painter.drawText(inside, middle | Qt.AlignmentFlag.AlignRight, entry.keys)
        title = self._title(entry, painter, colours.text if enabled else colours.muted)
        line = title.lineAt(0)
        title.draw(painter, QPointF(inside.left(), inside.center().y() + 1 - line.height() / 2))
        inside.setLeft(inside.left() + round(line.naturalTextWidth()) + GRID)
        painter.setPen(quiet)
        painter.drawText(inside, middle, entry.menu)
        inside.setLeft(inside.left() + painter.fontMetrics().horizontalAdvance(entry.menu) + GRID)
        painter.setPen(colours.focus if entry.on and enabled else quiet)
        painter.drawText(inside, middle, entry.state)
        painter.restore()

    def _title(self, entry: Entry, painter: QPainter, colour: QColor) -> QTextLayout:
        """The title laid out as a whole, so that scripts whose letters join stay whole."""
        layout = QTextLayout(entry.title, painter.font())
        ranges = []
        for place in range(len(entry.title)):
            look, part = QTextCharFormat(), QTextLayout.FormatRange()
            found = place in entry.places
            look.setForeground(theme().colours.focus if found and entry.usable else colour)
            if found:
                look.setFontWeight(QFont.Weight.Bold)
            part.start, part.length, part.format = place, 1, look
            ranges.append(part)
        layout.setFormats(ranges)
        layout.beginLayout()
        layout.createLine()
        layout.endLayout()
        return layout


def _plain(text: str) -> str:
    return text.replace("&", "").removesuffix("…")


_MOVES: Final[Mapping[int, int]] = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_PageUp: -_ROWS,
    Qt.Key.Key_PageDown: _ROWS,
}
_KEYS: Final[frozenset[int]] = frozenset({*_MOVES, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape})


def _also(entry: Entry) -> str:
    """Other words for it, with those that may stand beside them in a search."""
    return f"{tr(SPECS[entry.id].also)} {entry.title} {entry.menu}" if SPECS[entry.id].also else ""


def _all_of(entry: Entry) -> str:
    """All in which whole words are searched for, in lower case."""
    return f"{entry.title} {entry.menu} {entry.keys} {tr(SPECS[entry.id].help)}".lower()
