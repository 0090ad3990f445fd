"""Selecting keys by clicks, moving and copying them by drags."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from studio.timeline.model import KeyRef
from studio.timeline.track import Keyframe, Track


def test_a_click_selects_one_key(hand, context):
    hand.click(hand.key(hand.prompts, 32))
    assert context.choice.keys == {KeyRef(hand.prompts, 32)}
    hand.click(hand.key(hand.prompts, 80))  # on the card of the key at 64
    assert context.choice.keys == {KeyRef(hand.prompts, 64)}
    assert context.document.labels == ()


def test_shift_extends_and_ctrl_toggles(hand, context):
    hand.click(hand.key(hand.prompts, 32))
    hand.click(hand.key(hand.zoom, 0), hand.shift)
    assert context.choice.keys == {KeyRef(hand.prompts, 32), KeyRef(hand.zoom, 0)}
    hand.click(hand.key(hand.prompts, 32), hand.ctrl)
    assert context.choice.keys == {KeyRef(hand.zoom, 0)}
    hand.click(hand.key(hand.prompts, 32), hand.ctrl)
    assert context.choice.keys == {KeyRef(hand.prompts, 32), KeyRef(hand.zoom, 0)}


def test_a_plain_click_on_one_of_several_selects_it_alone(hand, context):
    context.choice.select([KeyRef(hand.prompts, 32), KeyRef(hand.zoom, 0)])
    hand.click(hand.key(hand.zoom, 0))
    assert context.choice.keys == {KeyRef(hand.zoom, 0)}


def test_a_drag_moves_all_selected_keys_as_one_edit(hand, context, frames_of):
    context.choice.select([KeyRef(hand.prompts, 32), KeyRef(hand.zoom, 32)])
    eases = [key.ease for key in context.document.timeline.prompt("Prompt").track.keys]
    hand.drag(hand.key(hand.prompts, 32), hand.key(hand.prompts, 44))
    assert frames_of(hand.prompts) == (0, 44, 64)
    assert frames_of(hand.zoom) == (0, 44, 96)
    assert [key.ease for key in context.document.timeline.prompt("Prompt").track.keys] == eases
    assert context.choice.keys == {KeyRef(hand.prompts, 44), KeyRef(hand.zoom, 44)}
    assert context.document.labels == ("Move 2 keys",)


def test_two_drags_are_two_edits(hand, context, frames_of):
    hand.drag(hand.key(hand.prompts, 32), hand.key(hand.prompts, 40))
    hand.drag(hand.key(hand.prompts, 40), hand.key(hand.prompts, 44))
    assert context.document.labels == ("Move key", "Move key")
    context.document.undo()
    assert frames_of(hand.prompts) == (0, 40, 64)


def test_the_tip_says_how_far(hand, editor):
    hand.press(hand.key(hand.prompts, 32))
    hand.move(hand.key(hand.prompts, 44))
    assert editor.stage.overlay.tip == "+12 frames → 44"
    hand.move(hand.key(hand.prompts, 31))
    assert editor.stage.overlay.tip == "−1 frame → 31"
    hand.release()
    assert editor.stage.overlay.tip == ""


def test_escape_restores_and_leaves_no_trace(hand, context, frames_of, editor):
    context.choice.select([KeyRef(hand.zoom, 0)])
    hand.press(hand.key(hand.prompts, 32))
    hand.move(hand.key(hand.prompts, 50))
    assert frames_of(hand.prompts) == (0, 50, 64)
    hand.escape()
    assert frames_of(hand.prompts) == (0, 32, 64)
    assert context.document.labels == ()
    assert context.choice.keys == {KeyRef(hand.zoom, 0)}
    assert editor.lanes.gesture is None
    hand.move(hand.key(hand.prompts, 60))
    hand.release()
    assert frames_of(hand.prompts) == (0, 32, 64)


def test_nothing_can_be_dragged_below_frame_0_or_past_the_end(hand, context, frames_of, editor):
    refused = []
    context.document.refused.connect(refused.append)
    context.choice.select([KeyRef(hand.prompts, 32), KeyRef(hand.prompts, 64)])
    hand.press(hand.key(hand.prompts, 64))
    hand.move(hand.key(hand.prompts, 64) - hand.key(hand.prompts, 96) + hand.key(hand.prompts, 0))
    assert frames_of(hand.prompts)[0] == 0
    assert len(frames_of(hand.prompts)) == 3
    assert editor.stage.overlay.tip.endswith("no further")
    hand.move(hand.key(hand.prompts, 96) * 3)
    assert max(frames_of(hand.prompts)) == 96
    hand.release()
    assert not refused


def test_a_key_cannot_land_on_another(hand, frames_of):
    hand.drag(hand.key(hand.prompts, 32), hand.key(hand.prompts, 64))
    assert frames_of(hand.prompts) == (0, 63, 64)


def test_keys_pass_over_others(hand, frames_of, context):
    hand.drag(hand.key(hand.prompts, 32), hand.key(hand.prompts, 80))
    assert frames_of(hand.prompts) == (0, 64, 80)
    assert "heart" in context.document.timeline.prompt("Prompt").track.key(80).value.terms[0].content.text


def test_a_drag_that_comes_back_makes_no_edit(hand, context):
    hand.press(hand.key(hand.prompts, 32))
    hand.move(hand.key(hand.prompts, 50))
    hand.move(hand.key(hand.prompts, 32))
    hand.release()
    assert context.document.labels == ()
    assert context.choice.keys == {KeyRef(hand.prompts, 32)}


def test_ctrl_drag_copies(hand, context, frames_of):
    hand.drag(hand.key(hand.prompts, 32), hand.key(hand.prompts, 48), hand.ctrl)
    assert frames_of(hand.prompts) == (0, 32, 48, 64)
    assert context.choice.keys == {KeyRef(hand.prompts, 48)}
    assert context.document.labels == ("Duplicate key",)


def test_ctrl_can_be_pressed_and_let_go_on_the_way(hand, frames_of, context):
    hand.press(hand.key(hand.prompts, 32))
    hand.move(hand.key(hand.prompts, 48))
    hand.move(hand.key(hand.prompts, 49), hand.ctrl)
    assert frames_of(hand.prompts) == (0, 32, 49, 64)
    hand.move(hand.key(hand.prompts, 50), hand.none)
    assert frames_of(hand.prompts) == (0, 50, 64)
    hand.release()
    assert context.document.labels == ("Move key",)


def test_a_copy_that_has_no_place_is_not_made_and_not_refused(hand, context, frames_of):
    refused = []
    context.document.refused.connect(refused.append)
    hand.press(hand.key(hand.prompts, 32), hand.ctrl)
    hand.move(hand.key(hand.prompts, 48))
    hand.move(hand.key(hand.prompts, 32))
    hand.release()
    assert frames_of(hand.prompts) == (0, 32, 64)
    assert not refused


def test_dragging_a_diamond_up_and_down_changes_no_value(hand, context):
    before = context.document.timeline
    at = hand.key(hand.zoom, 32)
    hand.press(at)
    hand.move(at + hand.editor.lanes.rect().bottomLeft() / 2)
    hand.release()
    assert context.document.timeline == before


def test_drags_snap_and_draw_a_line(hand, context, editor, frames_of):
    context.settings.set("snap", True)
    context.player.seek(48)
    hand.press(hand.key(hand.prompts, 32))
    near = hand.key(hand.prompts, 48)
    near.setX(near.x() + 7)
    hand.move(near)
    assert frames_of(hand.prompts) == (0, 48, 64)
    assert editor.stage.overlay.line == 48
    far = hand.key(hand.prompts, 54)
    hand.move(far)
    assert editor.stage.overlay.line is None
    hand.release()
    assert editor.stage.overlay.line is None


def test_shift_turns_snapping_round(hand, context, editor):
    context.settings.set("snap", True)
    context.player.seek(48)
    hand.press(hand.key(hand.prompts, 32))
    near = hand.key(hand.prompts, 48)
    near.setX(near.x() + 7)
    hand.move(near, hand.shift)
    assert editor.stage.overlay.line is None
    hand.release()


def test_the_hint_says_what_shift_does_now(hand, editor):
    said = []
    editor.hint.connect(said.append)
    hand.drag(hand.key(hand.prompts, 32), hand.key(hand.prompts, 40))
    assert "Ctrl copies · Shift: snap · Esc to cancel" in said


def test_two_hundred_keys_move_together(hand, context, frames_of):
    keys = tuple(Keyframe(frame, float(frame % 7)) for frame in range(200))
    timeline = context.document.timeline
    zoom = replace(timeline.parameter("zoom"), track=Track(keys))
    context.document.open(
        replace(context.document.project, timeline=replace(timeline.with_parameter(zoom), length=400)), None, Path()
    )
    hand.editor.select_all()
    hand.drag(hand.key(hand.zoom, 100), hand.key(hand.zoom, 140))
    assert frames_of(hand.zoom) == tuple(range(40, 240))
    assert len(context.choice.keys) == 205
