"""Every shortcut: to read, to search, to change. Two actions never have the same one."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QSignalBlocker, QSize, Qt, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.app.context import Context
from studio.app.table import MENUS, SPECS
from studio.app.texts import tr
from studio.app.theme import GRID

_ID: Final = Qt.ItemDataRole.UserRole


class ShortcutsDialog(QDialog):
    """A table of actions; below it, the shortcuts of the one that is selected."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = context.actions
        self._wanted: tuple[str, int, str] | None = None
        self._items: dict[str, QTreeWidgetItem] = {}
        self._menus: dict[str, QTreeWidgetItem] = {}
        self.setWindowTitle(tr("Keyboard Shortcuts"))
        self.setMinimumSize(QSize(80 * GRID, 72 * GRID))
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search by name, help or key"))
        self.search.setAccessibleName(tr("Search shortcuts"))
        self.search.setToolTip(tr("Shows the actions in whose name, help or shortcut this stands."))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self._make_tree()
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
        column.setSpacing(GRID)
        column.addWidget(self.search)
        column.addWidget(self.tree, 1)
        self._make_editor(column)
        self._make_buttons(column)
        self.tree.setCurrentItem(self._items[next(iter(self._actions))])
        self.search.setFocus()

    def _make_tree(self) -> None:
        self.tree = QTreeWidget()
        self.tree.setHeaderLabels([tr("Action"), tr("Shortcut"), tr("What it does")])
        self.tree.setAccessibleName(tr("Actions and their shortcuts"))
        self.tree.setToolTip(tr("Select an action to change its shortcut below."))
        self.tree.setRootIsDecorated(False)
        self.tree.setUniformRowHeights(True)
        self.tree.setIndentation(2 * GRID)
        self.tree.setStyleSheet(
            "QTreeView { show-decoration-selected: 1; }"
            "QTreeView::item, QTreeView::item:selected { border: none; border-radius: 0; }"
        )
        menus = self._menus
        for name, title in MENUS.items():
            menus[name] = QTreeWidgetItem(self.tree, [tr(title).replace("&", "")])
            menus[name].setFlags(Qt.ItemFlag.ItemIsEnabled)
            font = menus[name].font(0)
            font.setBold(True)
            menus[name].setFont(0, font)
        for name in self._actions:
            item = self._items[name] = QTreeWidgetItem(menus[SPECS[name].menu])
            item.setData(0, _ID, name)
            item.setText(0, self._title(name))
            item.setText(2, tr(SPECS[name].help))
            item.setToolTip(2, tr(SPECS[name].help))
            self._show_keys(name)
        self.tree.expandAll()
        header = self.tree.header()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.tree.currentItemChanged.connect(self._selected)

    def _make_editor(self, column: QVBoxLayout) -> None:
        self.name = QLabel()
        self.name.setProperty("role", "heading")
        self.edits: list[KeysEdit] = []
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.name, 1)
        for slot, text in enumerate((tr("Shortcut"), tr("Another shortcut"))):
            edit = KeysEdit()
            edit.setMaximumSequenceLength(1)
            edit.setClearButtonEnabled(True)
            edit.setFixedWidth(20 * GRID)
            edit.setAccessibleName(text)
            edit.setToolTip(tr("{what}: press the keys. Tab goes on without changing it.", what=text))
            edit.editingFinished.connect(lambda slot=slot: self._typed(slot))
            edit.keySequenceChanged.connect(lambda keys, slot=slot: self._cleared(slot, keys))
            self.edits.append(edit)
            row.addWidget(edit)
        self.reset = QPushButton(tr("Reset"))
        self.reset.setToolTip(tr("Give the selected action the shortcut that it came with."))
        self.reset.setAutoDefault(False)
        self.reset.clicked.connect(self._reset)
        row.addWidget(self.reset)
        column.addLayout(row)
        self.conflict = QLabel()
        self.conflict.setProperty("role", "warning")
        self.conflict.setWordWrap(True)
        self.take = QPushButton(tr("Take It"))
        self.take.setToolTip(tr("Give the shortcut to the selected action; the other one loses it."))
        self.take.setAutoDefault(False)
        self.take.clicked.connect(self._take)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.conflict, 1)
        row.addWidget(self.take)
        column.addLayout(row)
        self._settle()

    def _make_buttons(self, column: QVBoxLayout) -> None:
        reset_all = QPushButton(tr("Reset All"))
        reset_all.setToolTip(tr("Give every action the shortcuts that it came with."))
        reset_all.clicked.connect(self._reset_all)
        copy = QPushButton(tr("Copy List"))
        copy.setToolTip(tr("Put the list on the clipboard as text, to print it or to keep it at hand."))
        copy.clicked.connect(self._copy)
        close = QPushButton(tr("Close"))
        close.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        for button in (reset_all, copy, close):
            button.setAutoDefault(False)
            row.addWidget(button)
        row.insertStretch(2, 1)
        self.reset_all, self.copy = reset_all, copy
        column.addLayout(row)

    @property
    def selected(self) -> str:
        """The id of the action that is selected; "" for none."""
        item = self.tree.currentItem()
        return str(item.data(0, _ID) or "") if item is not None else ""

    def select(self, name: str) -> None:
        """Select an action."""
        self.tree.setCurrentItem(self._items[name])

    def text(self) -> str:
        """The whole list, a line an action, by menu."""
        lines = []
        for menu, title in MENUS.items():
            lines += ["", tr(title).replace("&", "")]
            for name in self._actions:
                if SPECS[name].menu == menu:
                    lines.append(f"  {self._title(name):28} {self._shown(name)}".rstrip())
        return "\n".join(lines[1:]) + "\n"

    def _title(self, name: str) -> str:
        return tr(SPECS[name].text).replace("&", "").removesuffix("…")

    def _shown(self, name: str) -> str:
        native = QKeySequence.SequenceFormat.NativeText
        return "  ".join(QKeySequence(keys).toString(native) for keys in self._actions.keys(name))

    def _show_keys(self, name: str) -> None:
        item = self._items[name]
        item.setText(1, self._shown(name))
        font = item.font(1)
        font.setBold(self._actions.keys(name) != SPECS[name].keys)
        item.setFont(1, font)

    @Slot()
    def _selected(self) -> None:
        self._settle()
        name = self.selected
        self.name.setText(self._title(name) if name else "")
        keys = self._actions.keys(name) if name else ()
        for slot, edit in enumerate(self.edits):
            self._show_edit(slot)
            edit.setEnabled(bool(name))
        self.reset.setEnabled(bool(name) and keys != SPECS[name].keys)

    def _show_edit(self, slot: int) -> None:
        """Show what the selected action has there, whatever was pressed."""
        keys = self._actions.keys(self.selected) if self.selected else ()
        with QSignalBlocker(self.edits[slot]):
            self.edits[slot].setKeySequence(QKeySequence(keys[slot] if slot < len(keys) else ""))

    def _typed(self, slot: int) -> None:
        name, keys = self.selected, self.edits[slot].keySequence().toString()
        self.edits[slot].recording = False
        if not name or not keys:
            self._show_edit(slot)
            return
        own = self._actions.keys(name)
        if slot < len(own) and QKeySequence(own[slot]).toString() == keys:
            self._settle()
            return
        owner = self._actions.owner(keys, but=name)
        if owner is None:
            self._set(name, slot, keys)
            return
        self._wanted = (name, slot, keys)
        shown = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
        self.conflict.setText(tr("{keys} belongs to {name}.", keys=shown, name=self._title(owner)))
        self.take.setVisible(True)

    def _cleared(self, slot: int, keys: QKeySequence) -> None:
        name = self.selected
        if not name or not keys.isEmpty() or self.edits[slot].recording:
            return
        if self._wanted is not None and self._wanted[1] == slot:
            self._settle()  # what was pressed is given up, not what was there before
            self._show_edit(slot)
        elif slot < len(self._actions.keys(name)):
            self._set(name, slot, "")

    def _set(self, name: str, slot: int, keys: str) -> None:
        own = list(self._actions.keys(name))
        if slot < len(own):
            own[slot] = keys
        else:
            own.append(keys)
        kept = dict.fromkeys(QKeySequence(each).toString() for each in own if each)
        self._actions.set_keys(name, tuple(kept))
        self._show_keys(name)
        self._selected()

    @Slot()
    def _take(self) -> None:
        if self._wanted is None:
            return
        name, slot, keys = self._wanted
        owner = self._actions.owner(keys, but=name)
        if owner is not None:
            rest = [each for each in self._actions.keys(owner) if QKeySequence(each).toString() != keys]
            self._actions.set_keys(owner, tuple(rest))
            self._show_keys(owner)
        self._set(name, slot, keys)

    @Slot()
    def _reset(self) -> None:
        name = self.selected
        for keys in SPECS[name].keys:
            owner = self._actions.owner(keys, but=name)
            if owner is not None:
                self._wanted = None
                shown = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
                self.conflict.setText(tr("{keys} belongs to {name} now.", keys=shown, name=self._title(owner)))
                return
        self._actions.set_keys(name, SPECS[name].keys)
        self._show_keys(name)
        self._selected()

    @Slot()
    def _reset_all(self) -> None:
        for name in self._actions:
            self._actions.set_keys(name, SPECS[name].keys)
            self._show_keys(name)
        self._selected()

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text())

    def _settle(self) -> None:
        self._wanted = None
        self.conflict.clear()
        self.take.setVisible(False)

    @Slot(str)
    def _filter(self, text: str) -> None:
        words = text.lower().split()
        for name, item in self._items.items():
            said = f"{item.text(0)} {item.text(1)} {item.text(2)} {' '.join(self._actions.keys(name))}".lower()
            item.setHidden(not all(word in said for word in words))
        for menu, item in self._menus.items():
            item.setHidden(all(each.isHidden() for name, each in self._items.items() if SPECS[name].menu == menu))
        self._keep_visible()

    def _keep_visible(self) -> None:
        """What the editor changes is always to be seen: of hidden actions, the first that is found takes the place."""
        current = self.tree.currentItem()
        if current is not None and not current.isHidden():
            return
        first = next((item for item in self._items.values() if not item.isHidden()), None)
        if first is not None:
            self.tree.setCurrentItem(first)
        else:
            self.tree.setCurrentIndex(QModelIndex())


class KeysEdit(QKeySequenceEdit):
    """Where a shortcut is pressed.

    Attributes:
        recording: whether keys are being pressed. Qt empties the field at the first of them, which clears nothing yet.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.recording = False

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Keys are taken down until they are let go."""
        self.recording = True
        super().keyPressEvent(event)
