"""The page of drafts, used as an artist uses it: typed into, clicked, walked by keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.dialogs.explore import ExploreDialog
from studio.app.exploring import Growth
from studio.project.assets import resolve
from studio.timeline.prompt import format_prompt


@pytest.fixture
def dialog(context: Context, qtbot: QtBot, tmp_path: Path) -> Iterator[ExploreDialog]:
    folder = tmp_path / "project"
    folder.mkdir()
    context.document.open(context.document.project, None, folder)
    context.frames.wait()
    made = ExploreDialog(context)
    qtbot.addWidget(made)
    made.present()
    qtbot.waitExposed(made)
    yield made
    made.hide()


def click(qtbot: QtBot, widget: QWidget) -> None:
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)


def grow(dialog: ExploreDialog, context: Context, qtbot: QtBot) -> None:
    click(qtbot, dialog.explore_button)
    qtbot.waitUntil(lambda: not context.exploring.busy, timeout=10000)


def press(dialog: ExploreDialog, qtbot: QtBot, number: int, *, twice: bool = False) -> None:
    grid = dialog.grid
    at = grid.visualRect(grid.model().index(number, 0)).center()
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=at)
    if twice:
        qtbot.mouseDClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=at)


def settle(context: Context, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: context.tasks.busy == 0, timeout=5000)


def labels(context: Context) -> list[str]:
    return [cell.draft.label for cell in context.exploring.cells]


def test_it_opens_with_the_prompt_at_the_playhead(dialog: ExploreDialog, context: Context) -> None:
    assert dialog.prompt.text() == "a red apple in the grass"
    context.player.seek(32)
    dialog.present()
    assert dialog.prompt.text() == "a purple heart on a starry night"
    assert not dialog.use_button.isEnabled()


def test_sixteen_drafts_grow_in_four_rows_and_four_columns(
    dialog: ExploreDialog, context: Context, qtbot: QtBot
) -> None:
    grow(dialog, context, qtbot)
    assert labels(context) == [f"seed {seed}" for seed in range(16)]
    assert all(cell.growth is Growth.DONE for cell in context.exploring.cells)
    model = dialog.grid.model()
    places = [dialog.grid.visualRect(model.index(number, 0)) for number in range(16)]
    assert len({place.x() for place in places}) == len({place.y() for place in places}) == 4
    assert all(dialog.grid.viewport().rect().contains(place) for place in places), "nothing has to be scrolled"
    assert [model.index(number, 0).data() for number in range(16)] == labels(context)


def test_others_go_on_where_the_first_stopped(dialog: ExploreDialog, context: Context, qtbot: QtBot) -> None:
    grow(dialog, context, qtbot)
    assert dialog.explore_button.text() == "Sixteen More"
    grow(dialog, context, qtbot)
    assert labels(context) == [f"seed {seed}" for seed in range(16, 32)]


def test_what_is_varied_can_be_chosen_and_begins_anew(dialog: ExploreDialog, context: Context, qtbot: QtBot) -> None:
    grow(dialog, context, qtbot)
    click(qtbot, dialog.kinds["weights"])
    assert dialog.explore_button.text() == "Explore"
    grow(dialog, context, qtbot)
    assert labels(context)[0] == "as it is"
    assert all("step" in label for label in labels(context)[1:])


def test_own_words_are_tried_in_turn(dialog: ExploreDialog, context: Context, qtbot: QtBot) -> None:
    dialog.prompt.selectAll()
    qtbot.keyClicks(dialog.prompt, "a {red|blue} fox")
    click(qtbot, dialog.kinds["words"])
    grow(dialog, context, qtbot)
    assert [format_prompt(cell.draft.prompt) for cell in context.exploring.cells][:2] == ["a red fox", "a blue fox"]


def test_a_prompt_that_cannot_be_read_is_told_and_nothing_begins(
    dialog: ExploreDialog, context: Context, qtbot: QtBot, explore: Any
) -> None:
    dialog.prompt.selectAll()
    qtbot.keyClicks(dialog.prompt, "a {red|blue fox")
    click(qtbot, dialog.explore_button)
    assert "alternatives" in dialog.state.text()
    assert dialog.state.property("role") == "error"
    assert explore.orders == []


def test_enter_makes_the_draft_a_keyframe_at_the_playhead(
    dialog: ExploreDialog, context: Context, qtbot: QtBot
) -> None:
    grow(dialog, context, qtbot)
    context.player.seek(40)
    press(dialog, qtbot, 5)
    assert dialog.use_button.isEnabled()
    assert "seed 5" in dialog.state.text()
    with qtbot.waitSignal(dialog.said) as said:
        qtbot.keyClick(dialog.grid, Qt.Key.Key_Return)
    assert "frame 40" in said.args[0]
    project = context.document.project
    (asset,) = project.assets
    key = project.timeline.prompts[0].track.key(40)
    assert key is not None
    assert (format_prompt(key.value), key.value.begin) == ("a red apple in the grass", asset.id)
    path = context.exploring.cells[5].path
    assert path is not None
    assert resolve(context.document.folder, asset).read_bytes() == path.read_bytes()
    context.document.undo()
    assert context.document.project.assets == ()


def test_the_button_does_the_same(dialog: ExploreDialog, context: Context, qtbot: QtBot) -> None:
    grow(dialog, context, qtbot)
    context.player.seek(20)
    press(dialog, qtbot, 2)
    with qtbot.waitSignal(dialog.said):
        click(qtbot, dialog.use_button)
    assert context.document.timeline.prompts[0].track.key(20) is not None


def test_arrow_keys_walk(dialog: ExploreDialog, context: Context, qtbot: QtBot) -> None:
    grow(dialog, context, qtbot)
    press(dialog, qtbot, 0)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down):
        qtbot.keyClick(dialog.grid, key)
    assert dialog.grid.current == 5


def test_a_double_click_makes_it_a_keyframe_and_asks_for_the_full_size(
    dialog: ExploreDialog, context: Context, qtbot: QtBot
) -> None:
    grow(dialog, context, qtbot)
    context.player.seek(64)
    with qtbot.waitSignal(dialog.continued) as continued:
        press(dialog, qtbot, 3, twice=True)
    assert continued.args == [64]
    key = context.document.timeline.prompts[0].track.key(64)
    assert key is not None
    assert key.value.begin == "a-red-apple-in-the-grass", "its picture is called as its prompt"
    assert len(context.document.labels) == 1, "a double click is one keyframe"
    said = "The draft seed 3 is the keyframe at frame 64 now, and is dreamed on in full size"
    assert dialog.state.text() == said, "it stands where the artist looks"
    context.exploring.changed.emit()
    assert dialog.state.text() == said
    press(dialog, qtbot, 4)
    assert "seed 4" in dialog.state.text()


def test_drafts_can_be_used_while_they_grow_and_after_a_stop(
    dialog: ExploreDialog, context: Context, qtbot: QtBot, explore: Any
) -> None:
    explore.hold.clear()
    click(qtbot, dialog.explore_button)
    qtbot.waitUntil(lambda: all(c.growth is Growth.GROWING for c in context.exploring.cells), timeout=10000)
    assert dialog.bar.isVisible()
    press(dialog, qtbot, 1)
    assert dialog.use_button.isEnabled()
    click(qtbot, dialog.stop_button)
    qtbot.waitUntil(lambda: not context.exploring.busy, timeout=10000)
    assert not dialog.bar.isVisible()
    with qtbot.waitSignal(dialog.said):
        click(qtbot, dialog.use_button)
    settle(context, qtbot)
    assert context.document.project.assets


def test_what_cannot_be_used_is_not_used_and_says_why(
    dialog: ExploreDialog, context: Context, qtbot: QtBot, explore: Any
) -> None:
    explore.fails = {4}
    click(qtbot, dialog.explore_button)
    qtbot.waitUntil(lambda: not context.exploring.busy, timeout=10000)
    press(dialog, qtbot, 4)
    assert "too long" in dialog.state.text()
    assert not dialog.use_button.isEnabled()
    qtbot.keyClick(dialog.grid, Qt.Key.Key_Return)
    press(dialog, qtbot, 4, twice=True)
    settle(context, qtbot)
    assert context.document.project.assets == ()


def test_while_a_render_runs_it_says_that_it_waits(
    dialog: ExploreDialog, context: Context, qtbot: QtBot, session: Any
) -> None:
    session.hold.clear()
    context.rendering.submit(context.document.project, context.document.folder)
    qtbot.waitUntil(lambda: context.rendering.live is not None, timeout=10000)
    click(qtbot, dialog.explore_button)
    assert "A render is running" in dialog.state.text()
    click(qtbot, dialog.stop_button)
    context.rendering.cancel_all()
    session.hold.set()
    qtbot.waitUntil(lambda: not context.rendering.busy, timeout=10000)


def test_escape_hides_it_and_drafts_go_on(dialog: ExploreDialog, context: Context, qtbot: QtBot, explore: Any) -> None:
    explore.hold.clear()
    click(qtbot, dialog.explore_button)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert context.exploring.busy
    explore.hold.set()
    qtbot.waitUntil(lambda: not context.exploring.busy, timeout=10000)
    dialog.present()
    assert dialog.grid.model().rowCount() == 16, "they are still there"


def test_every_control_says_what_it_is(dialog: ExploreDialog) -> None:
    for widget in (dialog.prompt, dialog.grid, dialog.bar):
        assert widget.accessibleName()
    for button in (*dialog.kinds.values(), dialog.explore_button, dialog.stop_button, dialog.use_button):
        assert button.toolTip()


def test_what_a_screen_reader_says_of_a_draft(
    dialog: ExploreDialog, context: Context, qtbot: QtBot, explore: Any
) -> None:
    explore.fails = {0}
    click(qtbot, dialog.explore_button)
    qtbot.waitUntil(lambda: not context.exploring.busy, timeout=10000)
    first, second = (dialog.grid.model().index(number, 0) for number in (0, 1))
    role = Qt.ItemDataRole
    assert "seed 0" in first.data(role.AccessibleTextRole)
    assert "too long" in first.data(role.AccessibleTextRole)
    assert second.data(role.AccessibleTextRole) == "seed 1"
    assert second.data(role.AccessibleDescriptionRole) == "a red apple in the grass"


def test_a_draft_that_cannot_be_used_is_told_on_the_page(
    dialog: ExploreDialog, context: Context, qtbot: QtBot, tmp_path: Path
) -> None:
    grow(dialog, context, qtbot)
    press(dialog, qtbot, 2)
    path = context.exploring.cells[2].path
    assert path is not None
    path.unlink()
    with qtbot.waitSignal(context.tasks.failed):
        click(qtbot, dialog.use_button)
    assert "cannot be used" in dialog.state.text()
    assert dialog.state.property("role") == "error"
