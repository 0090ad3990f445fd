"""What actions do to keys."""

from __future__ import annotations

from dataclasses import replace

import pytest

from studio.app.timeline.commands_keys import weighed
from studio.timeline.curve import value_at
from studio.timeline.easing import Ease
from studio.timeline.edits import add_parameter_track, add_prompt_track
from studio.timeline.model import KeyRef, TrackRef
from studio.timeline.prompt import format_prompt, parse_prompt


@pytest.fixture
def select(context):
    return lambda *keys: context.choice.select(KeyRef(ref, frame) for ref, frame in keys)


def test_a_key_is_added_at_the_playhead_to_the_prompts(editor, context, frames_of, hand):
    context.player.seek(40)
    editor.add_key_at_playhead()
    assert frames_of(hand.prompts) == (0, 32, 40, 64)
    assert context.choice.keys == {KeyRef(hand.prompts, 40)}
    assert "heart" in format_prompt(context.document.timeline.prompt("Prompt").track.key(40).value)


def test_a_key_is_added_to_the_current_track_and_changes_no_value(editor, context, frames_of, hand):
    before = context.document.timeline.parameter("zoom").track
    editor.stage.set_current(hand.zoom)
    context.player.seek(17)
    editor.add_key_at_playhead()
    after = context.document.timeline.parameter("zoom").track
    assert after.frames == (0, 17, 32, 96)
    for frame in range(97):
        assert value_at(after, frame, 97, False) == pytest.approx(value_at(before, frame, 97, False), abs=1e-7)


def test_a_key_that_is_there_is_selected(editor, context, hand):
    refused = []
    context.document.refused.connect(refused.append)
    context.player.seek(32)
    editor.add_key_at_playhead()
    assert context.choice.keys == {KeyRef(hand.prompts, 32)}
    assert not refused
    assert context.document.labels == ()


def test_the_first_key_of_a_parameter_has_its_default(editor, context):
    context.document.edit(add_parameter_track("steps"))
    editor.add_key(TrackRef("parameter", "steps"), 5)
    assert context.document.timeline.parameter("steps").track.key(5).value == 150


def test_the_first_key_of_a_prompt_track_asks_for_its_words(editor, context):
    context.document.edit(add_prompt_track("Style"))
    editor.add_key(TrackRef("prompt", "Style"), 5)
    assert editor.lanes.line.text() == ""
    editor.lanes.line.leave()


def test_a_key_is_toggled(editor, context, frames_of, hand):
    context.player.seek(10)
    editor.toggle_key(hand.zoom)
    assert 10 in frames_of(hand.zoom)
    editor.toggle_key(hand.zoom)
    assert 10 not in frames_of(hand.zoom)


def test_copied_keys_land_at_the_playhead_on_all_their_tracks(editor, context, select, frames_of, hand, qtbot):
    assert not editor.can_paste
    select((hand.prompts, 32), (hand.zoom, 32), (hand.rotate, 64))
    with qtbot.waitSignal(editor.clip_changed, timeout=100):
        editor.copy()
    assert editor.can_paste
    context.player.seek(50)
    editor.paste()
    assert frames_of(hand.prompts) == (0, 32, 50, 64)
    assert frames_of(hand.zoom) == (0, 32, 50, 96)
    assert frames_of(hand.rotate) == (0, 64, 82)
    assert context.choice.keys == {KeyRef(hand.prompts, 50), KeyRef(hand.zoom, 50), KeyRef(hand.rotate, 82)}
    assert context.document.labels == ("Paste 3 keys",)


def test_a_paste_beyond_the_end_is_refused_in_words(editor, context, select, hand):
    refused = []
    context.document.refused.connect(refused.append)
    select((hand.prompts, 32), (hand.rotate, 64))
    editor.copy()
    context.player.seek(90)
    editor.paste()
    assert "outside" in str(refused[0])
    assert context.document.labels == ()


def test_cut_keys_can_be_pasted(editor, context, select, frames_of, hand):
    select((hand.prompts, 32))
    editor.cut()
    assert frames_of(hand.prompts) == (0, 64)
    assert context.document.undo_name == "Cut key"
    context.player.seek(20)
    editor.paste()
    assert frames_of(hand.prompts) == (0, 20, 64)


def test_deleting_keeps_the_easing(editor, context, select, frames_of, hand):
    select((hand.prompts, 32))
    editor.delete()
    assert frames_of(hand.prompts) == (0, 64)
    assert context.document.timeline.prompt("Prompt").track.key(0).ease == Ease.BOTH
    editor.delete()
    assert len(context.document.labels) == 1


def test_duplicates_come_after_and_are_selected(editor, context, select, frames_of, hand):
    select((hand.prompts, 32))
    editor.duplicate()
    assert frames_of(hand.prompts) == (0, 32, 56, 64)
    assert context.choice.keys == {KeyRef(hand.prompts, 56)}
    select((hand.zoom, 0), (hand.zoom, 32))
    editor.duplicate()
    assert frames_of(hand.zoom) == (0, 32, 33, 65, 96)


def test_everything_is_selected(editor, context):
    editor.select_all()
    assert len(context.choice.keys) == 8


def test_nudges_in_a_row_are_one_edit_and_stop_at_the_end(editor, context, select, frames_of, hand):
    select((hand.prompts, 32), (hand.zoom, 32))
    for frames in (1, 1, 10, -1):
        editor.nudge(frames)
    assert frames_of(hand.prompts) == (0, 43, 64)
    assert frames_of(hand.zoom) == (0, 43, 96)
    assert context.document.labels == ("Nudge 2 keys",)
    editor.nudge(1000)
    assert frames_of(hand.prompts) == (0, 64, 96) or max(frames_of(hand.zoom)) == 96
    context.document.undo()
    assert frames_of(hand.prompts) == (0, 32, 64)
    select((hand.prompts, 32))
    editor.nudge(1)
    select((hand.prompts, 64))
    editor.nudge(1)
    assert len(context.document.labels) == 2


def test_a_nudge_that_cannot_be_made_says_so(editor, context, select, hand):
    said = []
    editor.hint.connect(said.append)
    select((hand.prompts, 0))
    editor.nudge(-1)
    assert said
    assert context.document.labels == ()


@pytest.mark.parametrize("name", ["hold", "linear", "in", "out", "both", "overshoot"])
def test_eases(editor, context, select, hand, name):
    select((hand.prompts, 0), (hand.zoom, 32))
    editor.set_ease(name)
    timeline = context.document.timeline
    assert timeline.prompt("Prompt").track.key(0).ease.name == name
    assert timeline.parameter("zoom").track.key(32).ease.name == name


def test_reversed_keys_stay_selected(editor, context, select, frames_of, hand):
    select((hand.prompts, 0), (hand.prompts, 32))
    editor.reverse()
    first = context.document.timeline.prompt("Prompt").track.key(0)
    assert "heart" in format_prompt(first.value)
    assert context.choice.keys == {KeyRef(hand.prompts, 0), KeyRef(hand.prompts, 32)}


def test_a_card_is_split(editor, frames_of, hand):
    editor.split(hand.prompts, 50)
    assert frames_of(hand.prompts) == (0, 32, 50, 64)


def test_weights_change_on_all_selected_prompts_as_one_edit(editor, context, select, hand):
    select((hand.prompts, 0), (hand.prompts, 32), (hand.zoom, 0))
    editor.change_weight(2)
    editor.change_weight(2)
    track = context.document.timeline.prompt("Prompt").track
    assert [key.value.terms[0].weight for key in track.keys] == [4, 4, 1]
    assert context.document.labels == ("Change weight",)
    select((hand.zoom, 0))
    editor.change_weight(2)
    assert context.document.labels == ("Change weight",)


def test_weights_that_become_too_large_stay():
    prompt = parse_prompt("a:0.5 | b:-1")
    assert format_prompt(weighed(prompt, 1.1)) == "a:0.55 | b:-1.1"
    assert weighed(prompt, 1e12) == prompt
    assert weighed(replace(prompt, begin="sea"), 2).begin == "sea"


def test_enter_edits_the_selected_key_or_the_prompt_at_the_playhead(editor, context, select, hand):
    context.player.seek(50)
    editor.edit_prompt()
    assert editor.lanes.line.text() == "a purple heart on a starry night"
    editor.lanes.line.leave()
    select((hand.prompts, 64))
    editor.edit_prompt()
    assert editor.lanes.line.text() == "an octopus in the sea"
    editor.lanes.line.leave()


def test_without_a_selection_nothing_happens(editor, context):
    for do in (editor.copy, editor.cut, editor.paste, editor.duplicate, editor.delete, editor.reverse):
        do()
    editor.nudge(1)
    editor.set_ease("hold")
    assert context.document.labels == ()
    assert not editor.can_paste


def test_entries_say_what_was_done(editor, context, hand):
    editor.add_key(hand.zoom, 50)
    editor.split(hand.zoom, 60)
    context.document.edit(add_parameter_track("steps"))
    editor.add_key(TrackRef("parameter", "steps"), 5)
    assert [label for label in context.document.labels if "track" not in label.lower()] == [
        "Add key",
        "Split curve",
        "Add key",
    ]
