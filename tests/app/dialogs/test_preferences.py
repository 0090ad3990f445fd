from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox
from pytestqt.qtbot import QtBot

from studio.app.cache import store
from studio.app.context import Context
from studio.app.dialogs.preferences import PreferencesDialog, preferences
from studio.app.theme import theme
from studio.timeline.time import FrameRange


class FakeAsk:
    answer = "empty"

    def question(self, *told: Any, **options: Any) -> str:
        return self.answer


@pytest.fixture
def dialog(context: Context, qtbot: QtBot) -> Iterator[PreferencesDialog]:
    made = PreferencesDialog(context)
    made.ask = FakeAsk()  # type: ignore[assignment]
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: not context.tasks.busy, timeout=3000)
    yield made
    theme().choose("dark")


def test_the_theme_is_shown_at_once_and_can_be_reset(dialog: PreferencesDialog, context: Context, qtbot: QtBot) -> None:
    row = dialog.rows["theme"]
    row.control.setCurrentIndex(1)  # type: ignore[attr-defined]
    assert (theme().name, context.settings.text("theme")) == ("light", "light")
    assert row.reset.isVisible()
    qtbot.mouseClick(row.reset, Qt.MouseButton.LeftButton)
    assert theme().name == "dark"
    assert not row.reset.isVisible()
    assert row.control.currentData() == "dark"  # type: ignore[attr-defined]


@pytest.mark.parametrize("preference", preferences(), ids=lambda each: each.key)
def test_every_preference_is_remembered_explained_and_reset(
    dialog: PreferencesDialog, context: Context, qtbot: QtBot, preference: Any
) -> None:
    row = dialog.rows[preference.key]
    control: Any = row.control
    assert control.toolTip()
    assert control.accessibleName() == preference.text
    assert preference.value(context.settings) == preference.default
    if isinstance(preference.default, bool):
        control.click()
    elif isinstance(preference.default, str):
        control.setCurrentIndex(2)
    else:
        control.setValue(preference.least + 1 if preference.default != preference.least + 1 else preference.most)
    assert preference.value(context.settings) != preference.default
    qtbot.mouseClick(row.reset, Qt.MouseButton.LeftButton)
    assert preference.value(context.settings) == preference.default
    qtbot.waitUntil(lambda: not context.tasks.busy, timeout=3000)


def test_snapping_is_the_same_as_on_the_timeline(dialog: PreferencesDialog, context: Context, qtbot: QtBot) -> None:
    action = context.actions["timeline.snap"]
    action.setChecked(True)
    control = dialog.rows["snap"].control
    assert isinstance(control, QCheckBox)
    control.setFocus()
    qtbot.keyClick(control, Qt.Key.Key_Space)
    assert not action.isChecked()
    context.settings.set("snap", True)
    assert control.isChecked(), "changed elsewhere"


def test_searching_shows_what_fits(dialog: PreferencesDialog, qtbot: QtBot) -> None:
    qtbot.keyClicks(dialog.search, "autosave")
    assert [key for key, row in dialog.rows.items() if row.isVisible()] == ["autosave"]
    assert [section for section, head in dialog._headings.items() if head.isVisible()] == ["Files"]
    assert not dialog.cache_row.isVisible()
    dialog.search.clear()
    assert not any(row.isHidden() for row in dialog.rows.values())


@pytest.mark.parametrize("answer", ["empty", "cancel"])
def test_the_cache_is_emptied_when_that_is_confirmed(
    dialog: PreferencesDialog, context: Context, qtbot: QtBot, session: Any, answer: str
) -> None:
    assert dialog.kept.text() == "Kept frames take 0 B now."
    session.hold.clear()
    with qtbot.waitSignal(context.rendering.job_over, timeout=20000):
        context.rendering.submit(context.document.project, context.document.folder, FrameRange(0, 2))
        assert not dialog.empty_button.isEnabled(), "not while frames are made"
        session.hold.set()
    qtbot.waitUntil(dialog.empty_button.isEnabled, timeout=3000)
    dialog.ask.answer = answer  # type: ignore[attr-defined]
    qtbot.mouseClick(dialog.empty_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not context.tasks.busy, timeout=3000)
    assert (list(store().keys()) == []) is (answer == "empty")
    context.frames.wait()
