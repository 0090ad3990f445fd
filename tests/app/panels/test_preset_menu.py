from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QInputDialog, QMenu
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.panels.preset_menu import PresetButton
from studio.base.errors import InputError
from studio.project import changes, presets
from studio.project.model import Medium


def texts(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions() if not action.isSeparator()]


def button(context: Context, qtbot: QtBot, name: str | None) -> PresetButton:
    made = PresetButton(context, None, lambda: name)
    qtbot.addWidget(made)
    made.fill()
    return made


def press(made: PresetButton, text: str) -> None:
    made.fill()
    next(action for action in made.menu().actions() if action.text() == text).trigger()


def test_a_preset_is_saved_used_and_removed(context: Context, qtbot: QtBot) -> None:
    made = button(context, qtbot, "Soft")
    assert texts(made.menu()) == ["No presets yet", "Save as Preset…"]
    context.document.apply(changes.set_size(128, 96))
    press(made, "Save as Preset…")
    context.document.apply(changes.set_size(64, 64))
    context.document.apply(changes.set_medium(Medium("fourier")))
    press(made, "Soft")
    assert (context.document.project.width, context.document.project.medium.kind) == (128, "pixels")
    assert context.document.labels[-1] == "Use preset Soft"
    made.fill()
    assert texts(made.menu()) == ["Soft", "Save as Preset…", "Remove"]
    gone = made.menu().findChildren(QMenu)[-1]
    assert texts(gone) == ["Soft"]
    gone.actions()[0].trigger()
    assert presets.listed() == ()


def test_no_name_saves_nothing_and_a_bad_one_is_told(context: Context, qtbot: QtBot) -> None:
    press(button(context, qtbot, None), "Save as Preset…")
    assert presets.listed() == ()
    with qtbot.waitSignal(context.document.refused) as caught:
        press(button(context, qtbot, "a/b"), "Save as Preset…")
    assert isinstance(caught.args[0], InputError)


@pytest.mark.parametrize("agrees", [True, False])
def test_it_asks_for_a_name(context: Context, qtbot: QtBot, agrees: bool) -> None:
    made = PresetButton(context)
    qtbot.addWidget(made)
    context.document.open(replace(context.document.project, name="x"), None, context.document.folder)

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QInputDialog)
        dialog.setTextValue("Mine")
        (dialog.accept if agrees else dialog.reject)()

    QTimer.singleShot(50, answer)
    press(made, "Save as Preset…")
    assert [each.name for each in presets.listed()] == (["Mine"] if agrees else [])
