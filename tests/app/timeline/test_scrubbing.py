"""Scrubbing and panning."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt


def test_a_press_on_the_ruler_goes_there_and_a_drag_follows(hand, context):
    hand.press(hand.ruler(20))
    assert context.player.frame == 20
    hand.move(hand.ruler(53))
    assert context.player.frame == 53
    hand.release()
    assert context.document.labels == ()


def test_the_strip_scrubs_too(hand, context, editor):
    hand.click(QPoint(round(editor.scale.x(40)), round(editor.stage.top(None)) + 20))
    assert context.player.frame == 40


def test_scrubbing_stops_playing(hand, context):
    context.player.play(1)
    hand.click(hand.ruler(20))
    assert not context.player.playing


def test_scrubbing_beyond_the_ends_stays_within(hand, context):
    hand.press(hand.ruler(50))
    hand.move(QPoint(-400, 5))
    assert context.player.frame == 0
    hand.move(QPoint(5000, 5))
    assert context.player.frame == 96
    hand.release()


def test_scrubbing_snaps_to_keys_and_ctrl_inverts(hand, context, editor):
    context.settings.set("snap", True)
    near = hand.ruler(64) + QPoint(7, 0)
    away = editor.scale.frame(near.x())
    hand.press(hand.ruler(50))
    hand.move(near)
    assert context.player.frame == 64
    assert editor.stage.overlay.line == 64
    hand.move(near, hand.ctrl)
    assert context.player.frame == away != 64
    hand.release()


def test_shift_inverts_snapping_as_in_other_drags(hand, context, editor):
    context.settings.set("snap", True)
    said = []
    editor.hint.connect(said.append)
    near = hand.ruler(64) + QPoint(7, 0)
    hand.press(hand.ruler(50))
    hand.move(near, hand.shift)
    assert context.player.frame != 64
    hand.release()
    assert "Drag to scrub · Shift: no snapping · Esc to go back" in said


def test_ctrl_snaps_when_snapping_is_off(hand, context):
    hand.press(hand.ruler(50), hand.ctrl)
    hand.move(hand.ruler(64) + QPoint(7, 0))
    assert context.player.frame == 64
    hand.release()


def test_escape_goes_back(hand, context):
    context.player.seek(7)
    hand.press(hand.ruler(50))
    hand.move(hand.ruler(60))
    hand.escape()
    assert context.player.frame == 7


def test_the_middle_button_pans(hand, editor):
    editor.scale.zoom(4, 500)
    before = editor.scale.start
    hand.drag(QPoint(500, 200), QPoint(420, 200), button=Qt.MouseButton.MiddleButton)
    assert editor.scale.start == before + 80
    hand.press(QPoint(500, 200), button=Qt.MouseButton.MiddleButton)
    hand.move(QPoint(300, 200))
    hand.escape()
    assert editor.scale.start == before + 80
