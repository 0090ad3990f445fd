from __future__ import annotations

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from studio.app.theme import CHOICES, colours, faded, mixed, theme


def contrast(one: QColor, other: QColor) -> float:
    """WCAG 2.2, "contrast ratio"."""

    def luminance(colour: QColor) -> float:
        parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.getRgbF()[:3]]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", ["dark", "light"])
def test_text_can_be_read_and_the_picture_is_framed_by_grey(name: str) -> None:
    palette = colours(name)
    for ground in (palette.panel, palette.raised, palette.input):
        assert contrast(palette.text, ground) >= 7
    for ground in (palette.panel, palette.input):
        assert contrast(palette.muted, ground) >= 4.5
    assert contrast(palette.focus, palette.panel) >= 3
    assert palette.window.saturation() == 0
    assert len({colour.name() for colour in palette.prompts}) == len(palette.prompts) >= 8
    assert palette.prompt(8) == palette.prompt(0)


def test_choosing_a_theme_dresses_the_application(qapp: QApplication) -> None:
    for choice in CHOICES:
        theme().choose(choice)
        assert theme().colours == colours(theme().name)
        assert theme().colours.accent.name() in qapp.styleSheet()
    theme().choose("dark")
    with pytest.raises(ValueError, match="pink"):
        theme().choose("pink")


def test_colours_are_mixed_and_faded() -> None:
    assert mixed(QColor(0, 0, 0), QColor(255, 255, 255), 0.5).red() in (127, 128)
    assert faded(QColor(1, 2, 3), 0.5).alpha() in (127, 128)
    assert colours("dark").shadow.alpha() == 128
