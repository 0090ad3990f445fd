from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.recent import Recent


def test_names_keep_their_ampersands_and_ten_have_keys(context: Context, tmp_path: Path, qtbot: QtBot) -> None:
    opened: list[Path] = []
    paths = [tmp_path / f"salt & pepper {number}.keydream" for number in range(11)]
    for path in paths:
        path.write_text("")
        context.settings.opened(path)
    menu = QMenu()
    qtbot.addWidget(menu)
    Recent(context.settings, context.tasks, opened.append).fill(menu)
    texts = [action.text() for action in menu.actions()]
    assert texts[0] == "&1  salt && pepper 10.keydream"
    assert texts[9] == "salt && pepper 1.keydream"
    menu.actions()[0].trigger()
    assert opened == [paths[-1]]
    qtbot.waitUntil(lambda: not context.tasks.busy, timeout=3000)
    assert all(action.isEnabled() for action in menu.actions()[:11])


def test_a_menu_that_is_gone_meanwhile_does_no_harm(context: Context, tmp_path: Path, qtbot: QtBot) -> None:
    context.settings.opened(tmp_path / "gone.keydream")
    menu = QMenu()
    Recent(context.settings, context.tasks, lambda path: None).fill(menu)
    menu.deleteLater()
    del menu
    qtbot.waitUntil(lambda: not context.tasks.busy, timeout=3000)
