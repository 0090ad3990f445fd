from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from studio.app.settings import RECENT, Settings


def test_values_outlive_the_program(qtbot: QtBot, tmp_path: Path) -> None:
    settings = Settings(file=tmp_path / "s.ini")
    with qtbot.waitSignal(settings.changed) as told:
        settings.set("theme", "light")
    assert told.args == ["theme"]
    settings.set("snap", False)
    settings.set("onion/before", 3)
    settings.save()
    again = Settings(file=tmp_path / "s.ini")
    assert (again.text("theme"), again.flag("snap", True), again.number("onion/before")) == ("light", False, 3.0)
    again.forget("theme")
    assert again.text("theme", "dark") == "dark"


def test_recent_files_come_latest_first_once_each_and_not_for_ever(qtbot: QtBot, tmp_path: Path) -> None:
    settings = Settings(file=tmp_path / "s.ini")
    for number in range(RECENT + 3):
        settings.opened(tmp_path / str(number))
    settings.opened(tmp_path / "5")
    assert len(settings.recent) == RECENT
    assert settings.recent[:2] == (tmp_path / "5", tmp_path / str(RECENT + 2))


def test_a_damaged_file_counts_as_empty(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "s.ini").write_bytes(b"\x00\xff[[[=")
    settings = Settings(file=tmp_path / "s.ini")
    assert (settings.recent, settings.number("x", 2.0)) == ((), 2.0)
    settings.set("x", "not a number")
    assert settings.number("x", 2.0) == 2.0
