"""Every text on screen goes through here, so that it can be translated."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

CONTEXT = "Keydream"
"""The context of all texts in translation files."""


def tr(text: str, /, **values: object) -> str:
    """The text in the artist's language, with `{name}` replaced by the values that are given.

    Args:
        text: English, a literal, so that `lupdate` finds it.
        values: what its fields stand for.
    """
    said = QCoreApplication.translate(CONTEXT, text)
    return said.format(**values) if values else said


def plural(text: str, number: int, /, **values: object) -> str:
    """The text for a number: `%n` is the number, and "frame(s)" becomes "frame" or "frames".

    A translation knows its own plural forms; the English text is its own translation.
    """
    said = QCoreApplication.translate(CONTEXT, text, None, number)
    said = said.replace("(s)", "" if number == 1 else "s").replace("%n", str(number))
    return said.format(**values) if values else said
