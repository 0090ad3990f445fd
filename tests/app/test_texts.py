from __future__ import annotations

from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import QApplication

from studio.app.texts import CONTEXT, plural, tr


class Dutch(QTranslator):
    def translate(self, context: str, text: str, comment: str | None = None, number: int = -1) -> str:
        if context != CONTEXT:
            return ""
        return {"Save {name}": "{name} opslaan", "%n frame(s)": "%n beelden" if number != 1 else "%n beeld"}.get(
            text, ""
        )

    def isEmpty(self) -> bool:  # noqa: N802
        return False


def test_texts_take_values_and_numbers(qapp: QApplication) -> None:
    assert tr("Save {name}", name="a") == "Save a"
    assert tr("100 %") == "100 %"
    assert (plural("%n frame(s)", 1), plural("%n frame(s)", 3)) == ("1 frame", "3 frames")


def test_texts_are_translated(qapp: QApplication) -> None:
    dutch = Dutch()
    qapp.installTranslator(dutch)
    try:
        assert tr("Save {name}", name="a") == "a opslaan"
        assert (plural("%n frame(s)", 1), plural("%n frame(s)", 3)) == ("1 beeld", "3 beelden")
    finally:
        qapp.removeTranslator(dutch)
