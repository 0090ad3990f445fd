"""Editing a prompt on its card, and a marker on its flag."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from studio.app.timeline.card_editor import edit_card
from studio.timeline.beginnings import begin_from
from studio.timeline.edits import add_marker, add_prompt_track
from studio.timeline.model import KeyRef, Marker, TrackRef
from studio.timeline.prompt import format_prompt, parse_prompt


@pytest.fixture
def written(context):
    return lambda frame: format_prompt(context.document.timeline.prompt("Prompt").track.key(frame).value)


def test_a_double_click_edits_the_text_where_it_stands(hand, qtbot, written, context):
    hand.double(hand.key(hand.prompts, 45))
    line = hand.lanes.line
    assert line.text() == "a purple heart on a starry night"
    assert hand.lanes.rect().contains(line.geometry())
    qtbot.keyClicks(line, "a green heart:0.5")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert written(32) == "a green heart:0.5"
    assert context.document.labels == ("Write prompt",)
    assert context.choice.keys == {KeyRef(hand.prompts, 32)}
    assert hand.lanes.line is None
    assert hand.lanes.hasFocus()


def test_the_ease_stays(hand, qtbot, context):
    before = context.document.timeline.prompt("Prompt").track.key(32).ease
    hand.double(hand.key(hand.prompts, 32))
    qtbot.keyClicks(hand.lanes.line, "x")
    qtbot.keyClick(hand.lanes.line, Qt.Key.Key_Return)
    assert context.document.timeline.prompt("Prompt").track.key(32).ease == before


def test_escape_restores(hand, qtbot, written, context):
    hand.double(hand.key(hand.prompts, 45))
    qtbot.keyClicks(hand.lanes.line, "nonsense")
    qtbot.keyClick(hand.lanes.line, Qt.Key.Key_Escape)
    assert written(32) == "a purple heart on a starry night"
    assert context.document.labels == ()


def test_a_prompt_that_cannot_be_read_stays_to_be_mended(hand, qtbot, written):
    hand.double(hand.key(hand.prompts, 45))
    line = hand.lanes.line
    qtbot.keyClicks(line, "a heart | | blur")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert "empty" in line.problem
    hand.click(hand.ruler(10))  # elsewhere: it stays open and nothing else happens
    assert hand.lanes.line is line
    assert line.text() == "a heart | | blur"
    assert written(32) == "a purple heart on a starry night"


def test_a_click_elsewhere_takes_it(hand, qtbot, written):
    hand.double(hand.key(hand.prompts, 45))
    qtbot.keyClicks(hand.lanes.line, "a heart")
    hand.click(hand.ruler(10))
    assert written(32) == "a heart"
    assert hand.lanes.line is None


def test_letters_are_typed_and_are_no_shortcuts(hand, qtbot, context):
    used = []
    context.actions.on("timeline.key", lambda: used.append("K"))
    hand.editor.addAction(context.actions["timeline.key"])
    hand.double(hand.key(hand.prompts, 45))
    qtbot.keyClicks(hand.lanes.line, "kkk")
    assert hand.lanes.line.text() == "kkk"
    assert not used


def test_the_first_prompt_of_a_track_is_written_where_it_was_clicked(hand, qtbot, context, editor):
    context.document.edit(add_prompt_track("Style"))
    style = TrackRef("prompt", "Style")
    hand.double(hand.key(style, 20))
    qtbot.keyClicks(hand.lanes.line, "in oil")
    qtbot.keyClick(hand.lanes.line, Qt.Key.Key_Return)
    assert context.document.timeline.prompt("Style").track.key(20).value == parse_prompt("in oil")


def test_a_new_prompt_that_is_left_is_not_made(hand, qtbot, context):
    context.document.edit(add_prompt_track("Style"))
    hand.double(hand.key(TrackRef("prompt", "Style"), 20))
    qtbot.keyClick(hand.lanes.line, Qt.Key.Key_Escape)
    assert context.document.timeline.prompt("Style").track.keys == ()


def test_a_card_that_is_scrolled_away_is_brought_in(hand, editor):
    editor.scale.zoom(10, 0)
    editor.scale.scroll_to(0)
    editor.lanes.edit_card(KeyRef(hand.prompts, 64))
    assert editor.lanes.rect().contains(editor.lanes.line.geometry())
    editor.lanes.line.leave()


def test_parameters_have_no_prompt(hand, editor):
    assert edit_card(editor.lanes, editor.stage, KeyRef(hand.zoom, 0)) is None


def test_a_marker_is_renamed_on_its_flag(hand, qtbot, context):
    context.document.edit(add_marker(Marker(20, "wind", "#3f9fd0")))
    hand.double(hand.band(20))
    line = hand.lanes.line
    assert line.text() == "wind"
    qtbot.keyClicks(line, "storm ")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert context.document.timeline.markers == (replace(Marker(20, "storm"), colour="#3f9fd0"),)


def test_other_words_leave_what_the_key_begins_from(hand, qtbot, context):
    context.document.edit(begin_from([KeyRef(hand.prompts, 32)], "sea"))
    hand.double(hand.key(hand.prompts, 45))
    qtbot.keyClicks(hand.lanes.line, "a moon")
    qtbot.keyClick(hand.lanes.line, Qt.Key.Key_Return)
    value = context.document.timeline.prompt("Prompt").track.key(32).value
    assert (format_prompt(value), value.begin) == ("a moon", "sea")
