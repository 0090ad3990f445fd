"""Every text that the window shows goes through `tr` or `plural`, so that it can be translated."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import studio

APP = Path(studio.__file__).parent / "app"
SHOWN = {
    "setText",
    "setToolTip",
    "setStatusTip",
    "setWindowTitle",
    "setPlaceholderText",
    "setAccessibleName",
    "setAccessibleDescription",
    "setTitle",
    "setSpecialValueText",
    "setPrefix",
    "setSuffix",
    "showMessage",
    "addItem",
    "addTab",
    "QLabel",
    "QPushButton",
    "QCheckBox",
    "QRadioButton",
    "QGroupBox",
}
"""Calls whose first argument is seen or read aloud."""

WORDS = re.compile(r"[A-Za-z]{2,}")


def untranslated(source: str) -> Iterator[tuple[int, str]]:
    """Lines and texts of literals, also within f-strings, that reach the screen as they are."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        first = node.args[0]
        parts = first.values if isinstance(first, ast.JoinedStr) else [first]
        for part in parts:
            text = part.value if isinstance(part, ast.Constant) else ""
            plain = re.sub(r"<[^>]*>|&\w+;", "", text) if isinstance(text, str) else ""
            if name in SHOWN and WORDS.search(plain):
                yield node.lineno, plain


@pytest.mark.parametrize("path", sorted(APP.rglob("*.py")), ids=lambda path: path.relative_to(APP).as_posix())
def test_no_text_reaches_the_screen_as_it_is(path):
    assert list(untranslated(path.read_text("utf-8"))) == []


def test_the_rule_sees_what_breaks_it():
    assert list(untranslated("label.setText('Hello')")) == [(1, "Hello")]
    assert list(untranslated("QLabel(f'{n} frames')")) == [(1, " frames")]
    assert not list(untranslated("label.setText(tr('Hello'))\nlabel.setText('·')\nwidget.setObjectName('name')"))
