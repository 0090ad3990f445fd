"""How Keydream behaves. Every change counts at once, and every one can be taken back to what it was at first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.app.cache import LIMIT, FrameCache
from studio.app.context import KEEP, Context
from studio.app.dialogs.ask import Ask
from studio.app.dialogs.expectation import spelled
from studio.app.dialogs.message import Choice
from studio.app.icons import icon
from studio.app.panels.fields import Box, Combo
from studio.app.recovering import CALM
from studio.app.settings import Settings
from studio.app.texts import tr
from studio.app.theme import GRID, theme
from studio.app.viewer.onion import MOST, STEP, STRENGTH

_CONTROL: Final = 22 * GRID


@dataclass(frozen=True, slots=True)
class Preference:
    """A setting that an artist may change.

    Attributes:
        key: its name among the settings.
        section: the heading it stands under.
        text: its name on screen.
        help: what it does.
        default: its value at first; its type says what it is: a flag, a number, or one of `choices`.
        choices: values and what they are called, of a text.
        least: the smallest number.
        most: the largest.
        unit: of the number.
        decimals: of the number.
    """

    key: str
    section: str
    text: str
    help: str
    default: bool | float | str
    choices: tuple[tuple[str, str], ...] = ()
    least: float = 0
    most: float = 100
    unit: str = ""
    decimals: int = 0

    def value(self, settings: Settings) -> bool | float | str:
        """What it is now."""
        if isinstance(self.default, bool):
            return settings.flag(self.key, self.default)
        if isinstance(self.default, str):
            return settings.text(self.key, self.default)
        return settings.number(self.key, self.default)


def preferences() -> tuple[Preference, ...]:
    """All of them, in their order on screen."""
    looks, work, onion, files = tr("Appearance"), tr("Working"), tr("Onion skin"), tr("Files")
    return (
        Preference(
            "theme",
            looks,
            tr("Theme"),
            tr("Neutral greys around the picture, dark or light."),
            "dark",
            (("dark", tr("Dark")), ("light", tr("Light")), ("system", tr("As the system"))),
        ),
        Preference(
            "reduced_motion",
            looks,
            tr("Less motion"),
            tr("Nothing plays or moves unless you let it."),
            False,
        ),
        Preference(
            "snap",
            work,
            tr("Snap"),
            tr(
                "Dragged things snap to keys, markers and seconds. Shift (Ctrl on curves) does the opposite for a drag."
            ),
            True,
        ),
        Preference(
            "timeline/wheel_rows",
            work,
            tr("The wheel scrolls rows"),
            tr("On the timeline, the wheel goes through rows and Shift through time; otherwise the other way round."),
            False,
        ),
        Preference(
            "onion/before", onion, tr("Layers before"), tr("How many earlier frames show through."), 1.0, most=MOST
        ),
        Preference("onion/after", onion, tr("Layers after"), tr("How many later frames show through."), 1.0, most=MOST),
        Preference(
            "onion/step",
            onion,
            tr("Distance"),
            tr("Frames from one layer to the next."),
            float(STEP),
            least=1,
            most=120,
            unit=tr("frames"),
        ),
        Preference(
            "onion/strength",
            onion,
            tr("Opacity"),
            tr("How much of the nearest layer shows through; of one further away, half of it."),
            float(STRENGTH),
            least=5,
            most=100,
            unit=tr("%"),
        ),
        Preference(
            "autosave",
            files,
            tr("Autosave after"),
            tr("How long after the last edit a recovery copy is written; it is offered after a crash."),
            CALM,
            least=1,
            most=60,
            unit=tr("s"),
        ),
        Preference(
            KEEP,
            files,
            tr("Keep takes"),
            tr("Every keyframe that is dreamed is kept with all that made it; the Takes panel has them."),
            True,
        ),
        Preference(
            "cache/limit",
            files,
            tr("Room for frames"),
            tr("Most that kept frames take; those not used for the longest time go first. 0: no limit."),
            LIMIT,
            most=10_000,
            unit=tr("GB"),
        ),
    )


class PreferencesDialog(QDialog):
    """A page of preferences that can be searched."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._cache = FrameCache(context)
        self.ask = Ask(self, context.settings)
        self.rows: dict[str, PreferenceRow] = {}
        self._headings: dict[str, QLabel] = {}
        self.setWindowTitle(tr("Preferences"))
        self.resize(QSize(80 * GRID, 92 * GRID))
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search preferences"))
        self.search.setAccessibleName(tr("Search preferences"))
        self.search.setToolTip(tr("Shows the preferences in whose name or help this stands."))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, GRID, 0)
        self._column.setSpacing(GRID)
        for preference in preferences():
            if preference.section not in self._headings:
                self._head(preference.section)
            row = self.rows[preference.key] = PreferenceRow(preference, context.settings)
            self._column.addWidget(row)
        self._column.addWidget(self._make_cache())
        self._column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(inside)
        close = QPushButton(tr("Close"))
        close.setAutoDefault(False)
        close.clicked.connect(self.accept)
        last = QHBoxLayout()
        last.addStretch(1)
        last.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
        column.setSpacing(2 * GRID)
        column.addWidget(self.search)
        column.addWidget(area, 1)
        column.addLayout(last)
        context.settings.changed.connect(self._apply)
        context.rendering.queue_changed.connect(self._enable_cache)
        self._cache.measure(self._measured)
        self._enable_cache()
        self.search.setFocus()

    def _head(self, section: str) -> None:
        label = self._headings[section] = QLabel(section)
        label.setProperty("role", "heading")
        label.setContentsMargins(0, GRID if self._headings else 0, 0, 0)
        self._column.addWidget(label)

    def _make_cache(self) -> QWidget:
        self.kept = QLabel(tr("Measuring…"))
        self.kept.setProperty("role", "muted")
        self.empty_button = QPushButton(tr("Empty Now…"))
        self.empty_button.setToolTip(tr("Remove every kept frame. Projects stay; their frames must be dreamed again."))
        self.empty_button.setAutoDefault(False)
        self.empty_button.clicked.connect(self._empty)
        self.cache_row = QWidget()
        row = QHBoxLayout(self.cache_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.kept, 1)
        row.addWidget(self.empty_button)
        return self.cache_row

    @Slot(str)
    def _apply(self, key: str) -> None:
        if key == "theme":
            theme().choose(str(self.rows["theme"].preference.value(self._context.settings)))
        elif key == "snap":
            self._context.actions["timeline.snap"].setChecked(self._context.settings.flag("snap", True))
        elif key == "cache/limit":
            self._cache.trim()
        if key in self.rows:
            self.rows[key].show_value()

    @Slot()
    def _enable_cache(self) -> None:
        self.empty_button.setEnabled(not self._context.rendering.busy)

    @Slot()
    def _empty(self) -> None:
        choices = (Choice("cancel", tr("Cancel")), Choice("empty", tr("Empty"), primary=True))
        text = tr("Projects and exports stay. Every frame must be dreamed again before it can be seen.")
        if self.ask.question(tr("Remove every kept frame?"), text, choices, kind="warning") == "empty":
            self.kept.setText(tr("Emptying…"))
            self._cache.empty(lambda _freed: self._cache.measure(self._measured))

    def _measured(self, size: int) -> None:
        self.kept.setText(tr("Kept frames take {size} now.", size=spelled(size)))

    @Slot(str)
    def _filter(self, text: str) -> None:
        words = text.lower().split()
        shown = set()
        for row in self.rows.values():
            said = f"{row.preference.section} {row.preference.text} {row.preference.help}".lower()
            row.setVisible(all(word in said for word in words))
            if not row.isHidden():
                shown.add(row.preference.section)
        for section, heading in self._headings.items():
            heading.setVisible(section in shown)
        self.cache_row.setVisible(not self.rows["cache/limit"].isHidden())


class PreferenceRow(QWidget):
    """A preference: name, control, reset, and what it does."""

    def __init__(self, preference: Preference, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.preference = preference
        self._settings = settings
        name = QLabel(preference.text)
        told = QLabel(preference.help)
        told.setProperty("role", "muted")
        told.setWordWrap(True)
        self.control = self._make_control()
        self.control.setToolTip(self._tip())
        self.control.setAccessibleName(preference.text)
        self.control.setAccessibleDescription(preference.help)
        self.control.setFixedWidth(_CONTROL)
        name.setBuddy(self.control)
        self.reset = QToolButton()
        self.reset.setIcon(icon("rotate-ccw"))
        self.reset.setToolTip(tr("Back to {value}, as at first.", value=self._spelled(preference.default)))
        self.reset.setAccessibleName(tr("Reset {name}", name=preference.text))
        self.reset.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.reset.clicked.connect(lambda: settings.forget(preference.key))
        policy = self.reset.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.reset.setSizePolicy(policy)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(0, 1)
        grid.addWidget(name, 0, 0)
        grid.addWidget(told, 1, 0)
        grid.addWidget(self.control, 0, 1, 2, 1)
        grid.addWidget(self.reset, 0, 2, 2, 1)
        self.show_value()

    def show_value(self) -> None:
        """Show what the setting is now."""
        value, control = self.preference.value(self._settings), self.control
        with QSignalBlocker(control):
            if isinstance(control, QCheckBox):
                control.setChecked(bool(value))
            elif isinstance(control, QComboBox):
                control.setCurrentIndex(max(0, control.findData(value)))
            elif isinstance(control, QDoubleSpinBox):
                control.setValue(float(value))
        self.reset.setVisible(value != self.preference.default)

    def _make_control(self) -> QWidget:
        preference, store = self.preference, self._store
        if isinstance(preference.default, bool):
            box = QCheckBox(tr("On"))
            box.toggled.connect(store)
            return box
        if preference.choices:
            choice = Combo()
            for value, text in preference.choices:
                choice.addItem(text, value)
            choice.currentIndexChanged.connect(lambda: store(choice.currentData()))
            return choice
        number = Box()
        number.setDecimals(preference.decimals)
        number.setRange(preference.least, preference.most)
        number.setSuffix(f" {preference.unit}" if preference.unit else "")
        number.setKeyboardTracking(False)
        number.valueChanged.connect(store)
        return number

    @property
    def _store(self) -> Callable[[object], None]:
        return lambda value: self._settings.set(self.preference.key, value)

    def _tip(self) -> str:
        preference = self.preference
        if isinstance(preference.default, bool | str):
            return preference.help
        least, most = f"{preference.least:g}", f"{preference.most:g}"
        unit = f" {preference.unit}" if preference.unit else ""
        return tr("{help} From {least} to {most}{unit}.", help=preference.help, least=least, most=most, unit=unit)

    def _spelled(self, value: bool | float | str) -> str:
        if isinstance(value, bool):
            return tr("on") if value else tr("off")
        if isinstance(value, str):
            return dict(self.preference.choices).get(value, value)
        return f"{value:g} {self.preference.unit}".strip()
