"""The window as a whole, and that every action of `studio.app.commands` does something."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QSlider,
    QWidget,
)
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.dialogs.hand_over import HandOverDialog
from studio.app.frames import Status
from studio.app.table import SPECS
from studio.app.window import Window
from studio.models.gathering import Gathered
from studio.project import changes, samples, store
from studio.timeline import edits
from studio.timeline.model import KeyRef, TrackRef
from studio.timeline.prompt import parse_prompt
from studio.timeline.time import FrameRange

PROMPT = TrackRef("prompt", "Prompt")


@pytest.fixture
def window(context: Context, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    made = Window(context)
    made.resize(1280, 800)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.documents.close()
    made.exporting.close()
    made.takes_commands.close()
    made.hide()
    made.deleteLater()


def press(window: Window, keys: str) -> None:
    window.timeline.lanes.setFocus()
    QTest.keySequence(window.timeline.lanes, QKeySequence(keys))


def drag_to(widget: QWidget, at: QPoint, held: Qt.KeyboardModifier) -> None:
    """Move the mouse with the left button down and keys held."""
    there = QPointF(widget.mapToGlobal(at))
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    QApplication.sendEvent(widget, QMouseEvent(QEvent.Type.MouseMove, QPointF(at), there, none, left, held))
    QApplication.processEvents()


def test_every_action_has_a_handler(window: Window) -> None:
    assert set(SPECS) - window.context.actions.handled == {"render.draft"}  # a switch, read when a render begins


def test_a_model_that_is_dropped_anywhere_is_offered_and_its_page_shows_how_it_goes(
    window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    taken: list[Gathered] = []
    monkeypatch.setattr(window.fetching, "add", taken.append)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "eyes.pt"))])
    left, copy, none = Qt.MouseButton.LeftButton, Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Qt 6.12 wants a QPointF, which older ones do not take
        enter = QDragEnterEvent(QPoint(9, 9), copy, data, left, none)
    QApplication.sendEvent(window.timeline, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(window.timeline, QDropEvent(QPointF(9, 9), copy, data, left, none))
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu), timeout=5000)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    (action,) = menu.actions()
    assert action.text() == "Add eyes.pt to Your Models"
    qtbot.mouseClick(menu, left, pos=menu.actionGeometry(action).center())
    qtbot.waitUntil(window.models.isVisible, timeout=5000)
    assert taken == [Gathered(tmp_path / "eyes.pt")]
    window.models.close()


def test_keys_play_and_step_and_go(window: Window, context: Context) -> None:
    player = context.player
    press(window, "Right")
    press(window, "Shift+Right")
    assert player.frame == 11
    press(window, "End")
    assert player.frame == 96
    press(window, "Home")
    press(window, "]")
    assert player.frame == 32
    press(window, "Space")
    assert player.playing
    press(window, "Space")
    assert not player.playing
    press(window, "L")
    press(window, "L")
    assert player.speed == 2
    press(window, "Shift+K")
    press(window, "J")
    assert player.speed == -1
    player.stop()


def test_undo_and_redo_are_named(window: Window, context: Context) -> None:
    context.document.apply(changes.set_seed(4))
    assert context.actions["edit.undo"].text() == "Undo Change seed"
    press(window, "Ctrl+Z")
    assert context.document.project.seed == 0
    assert context.actions["edit.redo"].text() == "Redo Change seed"
    press(window, "Ctrl+Shift+Z")
    assert context.document.project.seed == 4
    assert window.isWindowModified()


def test_typing_a_prompt_is_not_taken_for_shortcuts(window: Window, context: Context, qtbot: QtBot) -> None:
    window.inspector.focus_prompt()
    words = window.inspector.prompt.rows[0].words
    assert words.hasFocus()
    words.selectAll()
    qtbot.keyClicks(words, "jkl 0123 is")
    qtbot.keyClick(words, Qt.Key.Key_Left)
    assert words.toPlainText() == "jkl 0123 is"
    assert (context.player.frame, context.player.playing) == (0, False)
    term = context.document.timeline.prompt("Prompt").track.key(0).value.terms[0]
    assert term.content.text == "jkl 0123 is"  # type: ignore[union-attr]
    assert context.document.labels == ("Change key",)


def test_a_button_with_the_focus_keeps_space(window: Window, context: Context) -> None:
    button = window.findChild(QAbstractButton, "button-timeline.snap")
    assert isinstance(button, QAbstractButton)
    before = context.actions["timeline.snap"].isChecked()
    button.setFocus()
    QTest.keySequence(button, QKeySequence("Space"))
    assert context.actions["timeline.snap"].isChecked() is not before
    assert not context.player.playing


def test_a_render_fills_the_range_and_the_title_says_how_far_it_is(
    window: Window, context: Context, qtbot: QtBot, session: Any
) -> None:
    context.player.seek(2)
    press(window, "I")
    context.player.seek(5)
    press(window, "O")
    assert context.document.timeline.range == FrameRange(2, 6)
    session.hold.clear()
    press(window, "Ctrl+Return")
    qtbot.waitUntil(lambda: context.rendering.live is not None, timeout=10000)
    assert "%" in window.windowTitle()
    assert context.actions["render.cancel"].isEnabled()
    session.hold.set()
    qtbot.waitUntil(lambda: not context.rendering.busy, timeout=20000)
    assert [context.frames.status(frame) for frame in range(1, 7)] == [
        Status.NONE,
        *[Status.FINAL] * 4,
        Status.NONE,
    ]
    assert "%" not in window.windowTitle()
    press(window, "Ctrl+Return")
    assert "already" in window.statusBar().currentMessage()
    assert len(session.orders) == 1


def test_only_what_went_stale_is_rendered_again(window: Window, context: Context, qtbot: QtBot, session: Any) -> None:
    press(window, "Ctrl+Return")
    qtbot.waitUntil(lambda: context.frames.finals(range(97)) is not None, timeout=30000)
    context.choice.select([KeyRef(PROMPT, 64)])
    row = window.inspector.prompt.rows[0]
    row.words.setPlainText("a green pear")
    context.frames.wait()
    qtbot.waitUntil(lambda: not context.rendering.busy, timeout=10000)
    press(window, "Ctrl+Return")
    qtbot.waitUntil(lambda: not context.rendering.busy and len(session.orders) == 2, timeout=30000)
    assert session.orders[1].frames == FrameRange(33, 97)


def test_pause_resume_and_cancel_by_keys(window: Window, context: Context, qtbot: QtBot, session: Any) -> None:
    session.hold.clear()
    press(window, "Ctrl+R")
    qtbot.waitUntil(lambda: context.rendering.live is not None, timeout=10000)
    press(window, "Ctrl+P")
    qtbot.waitUntil(lambda: context.rendering.running is None, timeout=10000)
    assert context.actions["render.resume"].isEnabled()
    press(window, "Ctrl+Shift+R")
    qtbot.waitUntil(lambda: context.rendering.live is not None, timeout=10000)
    press(window, "Ctrl+Alt+Return")
    qtbot.waitUntil(lambda: not context.rendering.busy, timeout=10000)
    session.hold.set()
    assert context.frames.status(0) is Status.NONE


def test_panels_hide_and_the_layout_comes_back(window: Window, context: Context) -> None:
    context.actions["view.panels"].trigger()
    assert not window.inspector.isVisible()
    assert window.timeline.isVisible()
    context.actions["view.panels"].trigger()
    assert window.inspector.isVisible()
    window.docks["library"].setFloating(True)
    context.actions["view.reset"].trigger()
    assert not window.docks["library"].isFloating()


def test_everything_can_be_named_and_reached(window: Window) -> None:
    """Every control that can be used has a name for screen readers, and can get the focus by Tab or belongs to one."""
    kinds = (QAbstractButton, QLineEdit, QPlainTextEdit, QComboBox, QSlider, QAbstractSpinBox)
    for widget in window.findChildren(QWidget):
        inside = isinstance(widget.parent(), QAbstractSpinBox | QComboBox) or widget.objectName().startswith("qt_")
        if not isinstance(widget, kinds) or inside or not widget.isVisibleTo(window):
            continue
        text = widget.text() if isinstance(widget, QAbstractButton) else ""
        assert text or widget.accessibleName() or widget.toolTip(), f"{widget} in {widget.parent()} has no name"
        assert widget.toolTip() or text, f"{widget} in {widget.parent()} has no help"
        if widget.isEnabled():
            assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus, (
                f"{widget} in {widget.parent()} is not reached by Tab"
            )


def test_the_first_start_plays_the_sample(window: Window, context: Context, qtbot: QtBot) -> None:
    window.begin()
    qtbot.waitUntil(lambda: context.frames.status(47) is Status.FINAL, timeout=20000)
    assert context.player.playing
    qtbot.waitUntil(lambda: context.player.frame > 1, timeout=5000)
    context.player.stop()
    qtbot.waitUntil(lambda: window.viewer.current_image() is not None, timeout=10000)
    assert "First walk" in window.windowTitle() or "first-walk" in window.windowTitle()


def test_what_played_stops_when_another_project_is_opened(window: Window, context: Context, qtbot: QtBot) -> None:
    context.player.play(1)
    context.actions["file.new"].trigger()
    assert not context.player.playing
    assert context.player.frame == 0


def test_the_inspector_does_not_end_a_drag_that_it_watches(window: Window, context: Context) -> None:
    lanes, stage = window.timeline.lanes, window.timeline.stage
    top, row = stage.top(PROMPT), stage.layout.of(PROMPT)
    assert top is not None
    assert row is not None
    start = QPoint(round(stage.scale.x(64)), round(top + row.height / 2))
    QTest.mousePress(lanes, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 9):
        QTest.mouseMove(lanes, start - QPoint(round(step * 2 * stage.scale.frame_width), 0))
    QTest.mouseRelease(lanes, Qt.MouseButton.LeftButton, pos=start - QPoint(round(16 * stage.scale.frame_width), 0))
    assert context.document.labels == ("Move key",)
    assert context.document.timeline.prompt("Prompt").track.frames == (0, 32, 48)
    context.document.undo()
    assert context.document.timeline.prompt("Prompt").track.frames == (0, 32, 64)


def test_what_has_no_picture_is_not_handed_over(
    window: Window, context: Context, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    said: list[str] = []
    monkeypatch.setattr(window.status, "say", said.append)
    monkeypatch.setattr(HandOverDialog, "exec", lambda dialog: asked.append(dialog._shown.frame))
    assert not context.actions["render.hand_over"].isEnabled()
    with qtbot.waitSignal(context.rendering.job_over, timeout=20000):
        context.rendering.submit(context.document.project, context.document.folder, FrameRange(0, 1))
    qtbot.waitUntil(lambda: context.actions["render.hand_over"].isEnabled(), timeout=5000)
    context.actions["render.hand_over"].trigger()
    assert asked == [0]
    context.player.seek(20)
    context.actions["render.hand_over"].trigger()
    assert asked == [0]
    assert "Frame 20 has no picture yet" in said[-1]


def test_render_goes_on_with_what_was_paused(window: Window, context: Context, qtbot: QtBot, session: Any) -> None:
    session.hold.clear()
    press(window, "Ctrl+Return")
    qtbot.waitUntil(lambda: context.rendering.live is not None, timeout=10000)
    press(window, "Ctrl+P")
    qtbot.waitUntil(lambda: context.rendering.running is None, timeout=10000)
    assert "1 paused" in window.status.queue.text()
    session.hold.set()
    press(window, "Ctrl+Return")
    qtbot.waitUntil(lambda: not context.rendering.busy, timeout=30000)
    assert len(context.rendering.queue) == 1
    assert context.frames.finals(range(97)) is not None


def test_stale_pictures_come_back_with_the_project(
    window: Window, context: Context, qtbot: QtBot, tmp_path: Path
) -> None:
    file = tmp_path / "mine.keydream"
    store.save(context.document.project, file)
    window.documents.open(file)
    press(window, "Ctrl+Return")
    qtbot.waitUntil(lambda: context.frames.finals(range(97)) is not None, timeout=30000)
    context.document.apply(changes.set_seed(77))
    context.frames.wait()
    assert context.frames.status(5) is Status.STALE
    assert window.documents.save()
    window.documents.open("four-seasons")
    window.documents.open(file)
    context.frames.wait()
    assert context.frames.status(5) is Status.STALE
    qtbot.waitUntil(lambda: window.viewer.current_image() is not None, timeout=10000)
    assert context.actions["file.save_frame"].isEnabled()


def test_a_click_does_not_take_the_focus(window: Window) -> None:
    window.timeline.lanes.setFocus()
    button = window.findChild(QAbstractButton, "button-timeline.snap")
    assert isinstance(button, QAbstractButton)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.timeline.lanes.hasFocus()


@pytest.mark.parametrize("grip", ["card", "key"])
@pytest.mark.parametrize(
    ("chosen", "held", "label", "frames"),
    [
        ((), Qt.KeyboardModifier.NoModifier, "Move key", (0, 32, 48)),
        ((32, 64), Qt.KeyboardModifier.NoModifier, "Move 2 keys", (0, 16, 48)),
        ((), Qt.KeyboardModifier.ControlModifier, "Duplicate key", (0, 32, 48, 64)),
        ((32, 64), Qt.KeyboardModifier.ControlModifier, "Duplicate 2 keys", (0, 16, 32, 48, 64)),
    ],
)
def test_a_slow_drag_of_prompts_is_one_edit(
    window: Window,
    context: Context,
    grip: str,
    chosen: tuple[int, ...],
    held: Qt.KeyboardModifier,
    label: str,
    frames: tuple[int, ...],
) -> None:
    """A few pixels at a time, the inspector following, in the whole window: beyond frame 48 and back to it."""
    lanes, stage = window.timeline.lanes, window.timeline.stage
    context.choice.select(KeyRef(PROMPT, frame) for frame in chosen)
    top, row = stage.top(PROMPT), stage.layout.of(PROMPT)
    assert top is not None
    assert row is not None
    start = QPoint(round(stage.scale.x(64)) + (20 if grip == "card" else 0), round(top + row.height / 2))
    way = round(-16 * stage.scale.frame_width)
    QTest.mousePress(lanes, Qt.MouseButton.LeftButton, held, start)
    for x in (*range(-2, way - 24, -4), *range(way - 24, way + 1, 4), way):
        drag_to(lanes, start + QPoint(x, 0), held)
    QTest.mouseRelease(lanes, Qt.MouseButton.LeftButton, held, start + QPoint(way, 0))
    track = context.document.timeline.prompt("Prompt").track
    assert context.document.labels == (label,)
    assert track.frames == frames
    expected = {48} if not chosen else {16, 48}
    assert context.choice.keys == {KeyRef(PROMPT, frame) for frame in expected}
    context.document.undo()
    assert context.document.timeline.prompt("Prompt").track.frames == (0, 32, 64)


def test_a_wish_is_added_from_anywhere(window: Window, context: Context, qtbot: QtBot) -> None:
    window.docks["queue"].raise_()
    window.activateWindow()
    context.actions["edit.add_wish"].trigger()
    rows = window.inspector.prompt.rows
    assert len(rows) == 2
    qtbot.waitUntil(rows[1].words.isVisible)
    qtbot.waitUntil(rows[1].words.hasFocus)
    qtbot.keyClicks(rows[1].words, "blur")
    key = window.inspector.prompt.key
    assert key is not None
    assert str(context.document.timeline.key(key).value).count("blur") == 1
    context.document.edit(edits.remove_track(key.track))
    assert not context.actions["edit.add_wish"].isEnabled(), "there is no prompt to add it to"


def test_undo_follows_enter_in_the_inspector(window: Window, context: Context, qtbot: QtBot) -> None:
    window.activateWindow()
    steps = window.inspector.picture.parameters["steps"].box
    steps.setFocus()
    steps.selectAll()
    before = steps.value()
    qtbot.keyClicks(steps, "33")
    qtbot.keyClick(steps, Qt.Key.Key_Return)
    assert len(context.document.labels) == context.document.position == 1
    qtbot.keyClick(steps, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert context.document.position == 0
    assert steps.value() == before
    words = window.inspector.prompt.rows[0].words
    said = words.toPlainText()
    words.setFocus()
    qtbot.keyClicks(words, "s")
    qtbot.keyClick(words, Qt.Key.Key_Return)
    qtbot.keyClick(words, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert context.document.position == 0
    assert words.toPlainText() == said


def test_a_sample_s_pictures_that_come_late_are_not_shown_for_another_project(
    window: Window, context: Context, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    whole = samples.frames

    def slow(name: str) -> tuple[Path, ...]:
        gate.wait(10)
        return whole(name)

    monkeypatch.setattr(samples, "frames", slow)
    window.documents.open("first-walk")
    file = tmp_path / "mine.keydream"
    store.save(context.document.project, file)
    window.documents.open(file)
    gate.set()
    qtbot.waitUntil(lambda: context.tasks.busy == 0, timeout=20000)
    context.frames.wait()
    assert context.frames.status(5) is Status.NONE


def test_render_right_after_an_edit_renders_what_the_edit_changed(
    window: Window, context: Context, qtbot: QtBot, session: Any
) -> None:
    press(window, "Ctrl+Return")
    qtbot.waitUntil(lambda: context.frames.finals(range(97)) is not None, timeout=30000)
    context.document.edit(edits.set_value([KeyRef(PROMPT, 64)], parse_prompt("a green pear")))
    assert not context.frames.fresh
    press(window, "Ctrl+Return")
    assert "already" not in window.status.currentMessage()
    qtbot.waitUntil(lambda: len(session.orders) == 2 and not context.rendering.busy, timeout=30000)
    assert session.orders[1].frames == FrameRange(33, 97)
    assert context.frames.finals(range(97)) is not None


def test_the_page_that_asks_clip_opens_by_key_and_ends_with_the_window(window: Window, qtbot: QtBot) -> None:
    press(window, "A")
    page = window.ask_clip.page
    assert page is not None
    assert page.isVisible()
    assert page.windowTitle() == "Ask CLIP"
    page.close()
    assert window.ask_clip.close()


def test_a_sample_is_outlined_while_it_is_open(window: Window) -> None:
    samples_page = window.library.pages["samples"]
    name = samples.names()[0]
    assert window.documents.open(name)
    chosen = [samples_page.grid.item_at(index) for index in samples_page.grid.selectedIndexes()]
    assert [item.id for item in chosen if item is not None] == [name]
    assert window.documents.new()
    assert samples_page.grid.selectedIndexes() == []


def test_a_draft_is_dreamed_on_in_full_size(
    window: Window, context: Context, qtbot: QtBot, session: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    context.document.open(context.document.project, None, folder)
    context.frames.wait()
    press(window, "E")
    assert window.explore.isVisible()
    QTest.mouseClick(window.explore.explore_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(context.exploring.cells) and not context.exploring.busy, timeout=10000)
    context.player.seek(50)
    grid = window.explore.grid
    at = grid.visualRect(grid.model().index(7, 0)).center()
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=at)
    with qtbot.waitSignal(context.rendering.job_over, timeout=10000) as over:
        QTest.mouseDClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert over.args[0].range == FrameRange(50, 51)
    (order,) = session.orders
    key = order.project.timeline.prompts[0].track.key(50)
    assert key is not None and key.value.begin == order.project.assets[0].id
    window.explore.hide()


def test_the_score_lane_comes_and_goes_by_its_shortcut_and_is_remembered(
    window: Window, context: Context, qtbot: QtBot
) -> None:
    lanes, lane = window.timeline.lanes, window.timeline.scores
    before = lanes.height()
    assert not lane.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.ShiftModifier)
    assert lane.isVisible()
    assert context.settings.flag("scores/shown")
    qtbot.waitUntil(lambda: lanes.height() >= before - 2)  # the dock made room for it
    window.timeline.fold_wanted.emit()
    assert not lane.isVisible()
    assert not context.actions["view.scores"].isChecked()
    assert not context.settings.flag("scores/shown")
