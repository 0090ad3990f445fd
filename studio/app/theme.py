"""Dark, light, or as the system has it: colours from one palette file, and the style sheet that they fill."""

from __future__ import annotations

import functools
import string
import tomllib
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from studio.base import paths

CHOICES: Final = ("dark", "light", "system")
"""What an artist may choose."""

GRID: Final = 8
"""Pixels: spacing and heights are multiples of it, or halves."""

_FAMILIES: Final = ("Inter", "SF Pro Text", "Segoe UI", "Noto Sans", "Cantarell", "Ubuntu", "DejaVu Sans")


@dataclass(frozen=True)
class Colours:
    """The palette of one theme; what each is for is said in `resources/themes/palette.toml`."""

    window: QColor
    panel: QColor
    raised: QColor
    hover: QColor
    input: QColor
    border: QColor
    line: QColor
    lane: QColor
    text: QColor
    muted: QColor
    disabled: QColor
    accent: QColor
    accent_text: QColor
    focus: QColor
    selection: QColor
    rendered: QColor
    draft: QColor
    stale: QColor
    rendering: QColor
    warning: QColor
    error: QColor
    shadow: QColor
    prompts: tuple[QColor, ...]

    def prompt(self, place: int) -> QColor:
        """The colour of the prompt at that place in the order of prompts; they repeat after the last."""
        return self.prompts[place % len(self.prompts)]


@functools.cache
def colours(name: str) -> Colours:
    """The palette of "dark" or "light"; `KeyError` for another."""
    made: dict[str, Any] = {
        key: tuple(map(_colour, value)) if isinstance(value, list) else _colour(value)
        for key, value in _palettes()[name].items()
    }
    return Colours(**made)


class Theme(QObject):
    """The theme of the application. There is one; `theme()` gives it."""

    changed = Signal()
    """The colours are others now: whoever paints paints again."""

    def __init__(self) -> None:
        super().__init__()
        self.choice = "dark"
        self.colours = colours("dark")

    @property
    def name(self) -> str:
        """ "dark" or "light": what is shown."""
        if self.choice != "system":
            return self.choice
        hints = QGuiApplication.styleHints()
        return "light" if hints is not None and hints.colorScheme() == Qt.ColorScheme.Light else "dark"

    def choose(self, choice: str) -> None:
        """Show "dark", "light", or what the system shows ("system"); `ValueError` for another."""
        if choice not in CHOICES:
            raise ValueError(f"a theme is one of {', '.join(CHOICES)}, not {choice!r}")
        self.choice = choice
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Fill the style sheet with the colours of now: at the start, and when the system's scheme changes."""
        self.colours = colours(self.name)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.setFont(_font())
            application.setPalette(_palette(self.colours))
            application.setStyleSheet(_sheet(self.colours))
        self.changed.emit()


@functools.cache
def theme() -> Theme:
    """The application's theme."""
    return Theme()


def mixed(one: QColor, other: QColor, share: float) -> QColor:
    """A colour between two: `share` 0 is the first, 1 the second."""
    return QColor.fromRgbF(
        *(
            a + (b - a) * share
            for a, b in zip(one.getRgbF()[:3], other.getRgbF()[:3], strict=True)  # type: ignore[index]
        )
    )


def faded(colour: QColor, alpha: float) -> QColor:
    """The colour with that alpha, 0 to 1."""
    made = QColor(colour)
    made.setAlphaF(alpha)
    return made


@functools.cache
def _palettes() -> dict[str, dict[str, str | list[str]]]:
    with (paths.resources() / "themes" / "palette.toml").open("rb") as file:
        return tomllib.load(file)


def _colour(text: str) -> QColor:
    if len(text) == 9:  # the palette has #RRGGBBAA, as the web does; Qt reads #AARRGGBB
        text = f"#{text[7:]}{text[1:7]}"
    colour = QColor(text)
    if not colour.isValid():
        raise ValueError(f"{text!r} in palette.toml is no colour")
    return colour


def _font() -> QFont:
    known = set(QFontDatabase.families())
    font = QApplication.font()
    for family in _FAMILIES:
        if family in known:
            font.setFamily(family)
            break
    font.setPixelSize(13)
    return font


def _palette(c: Colours) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for which, colour in (
        (role.Window, c.panel),
        (role.WindowText, c.text),
        (role.Base, c.input),
        (role.AlternateBase, c.lane),
        (role.Text, c.text),
        (role.Button, c.raised),
        (role.ButtonText, c.text),
        (role.BrightText, c.accent_text),
        (role.Highlight, c.accent),
        (role.HighlightedText, c.accent_text),
        (role.ToolTipBase, c.raised),
        (role.ToolTipText, c.text),
        (role.PlaceholderText, c.muted),
        (role.Link, c.accent),
        (role.Mid, c.line),
        (role.Dark, c.border),
        (role.Accent, c.accent),
    ):
        palette.setColor(which, colour)
    for which in (role.Text, role.WindowText, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, c.disabled)
    return palette


def _sheet(c: Colours) -> str:
    text = (paths.resources() / "themes" / "style.qss").read_text(encoding="utf-8")
    named = {key: value.name() for key, value in vars(c).items() if isinstance(value, QColor)}
    return string.Template(text).substitute(named, icons=(paths.resources() / "icons").as_posix())
