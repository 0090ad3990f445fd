from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.panels.prompt_section import PromptSection
from studio.app.panels.tokens import TokenCounter
from studio.app.theme import theme
from studio.project.model import Project
from studio.timeline import edits
from studio.timeline.easing import Ease
from studio.timeline.model import KeyRef, TrackRef
from studio.timeline.prompt import Image, Noise, Prompt, Term, Text, format_prompt, parse_prompt

PROMPT, ZOOM = TrackRef("prompt", "Prompt"), TrackRef("parameter", "zoom")
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def section(context: Context, counter: TokenCounter, qtbot: QtBot) -> PromptSection:
    made = PromptSection(context, None, counter)
    counter.setParent(made)
    qtbot.addWidget(made)
    made.resize(290, 500)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def prompt(context: Context, frame: int = 0) -> str:
    value = context.document.timeline.prompt("Prompt").track.key(frame).value
    assert isinstance(value, Prompt)
    return format_prompt(value)


def test_it_shows_the_selected_key_or_that_at_the_playhead(section: PromptSection, context: Context) -> None:
    assert section.heading.text() == "Prompt at frame 0"
    context.player.seek(40)
    assert section.heading.text() == "Prompt at frame 32"
    assert section.rows[0].words.toPlainText() == "a purple heart on a starry night"
    assert theme().colours.prompt(1).name() in section.dot.styleSheet()
    context.choice.select([KeyRef(PROMPT, 64)])
    assert section.heading.text() == "Prompt at frame 64"
    context.choice.select([KeyRef(ZOOM, 0)])
    assert section.heading.text() == "Prompt at frame 32"
    context.document.edit(edits.add_prompt_track("Second"))
    context.choice.select([KeyRef(PROMPT, 64)])
    assert section.heading.text() == "Prompt at frame 64"
    context.document.edit(edits.rename_track(PROMPT, "First"))
    assert section.heading.text() == "First at frame 32"


def test_without_prompts_it_says_how_to_begin(section: PromptSection, context: Context) -> None:
    context.document.edit(edits.remove_track(PROMPT))
    assert section.key is None
    assert section.empty.isVisible()
    assert not section.ease.isVisible()
    assert section.rows == []
    context.document.undo()
    assert not section.empty.isVisible()
    assert len(section.rows) == 1


def test_typing_is_one_entry_until_the_focus_leaves(section: PromptSection, context: Context, qtbot: QtBot) -> None:
    section.focus_words()
    words = section.rows[0].words
    words.selectAll()
    qtbot.keyClicks(words, "a moon")
    assert prompt(context) == "a moon"
    assert context.document.labels == ("Change key",)
    qtbot.keyClick(words, Qt.Key.Key_Return)
    qtbot.keyClicks(words, "s")
    assert len(context.document.labels) == 2
    context.document.undo()
    assert prompt(context) == "a moon"
    assert words.toPlainText() == "a moon"
    context.document.undo()
    assert words.toPlainText() == "a red apple in the grass"


def test_escape_takes_typing_back(section: PromptSection, context: Context, qtbot: QtBot) -> None:
    section.focus_words()
    words = section.rows[0].words
    qtbot.keyClicks(words, "xyz")
    assert prompt(context) != "a red apple in the grass"
    qtbot.keyClick(words, Qt.Key.Key_Escape)
    assert prompt(context) == words.toPlainText() == "a red apple in the grass"
    assert context.document.labels == ()
    words.selectAll()
    qtbot.keyClick(words, Qt.Key.Key_Delete)
    qtbot.keyClick(words, Qt.Key.Key_Escape)
    assert words.toPlainText() == "a red apple in the grass"


def test_while_one_types_the_playhead_may_go_on(section: PromptSection, context: Context, qtbot: QtBot) -> None:
    section.focus_words()
    words = section.rows[0].words
    words.selectAll()
    qtbot.keyClicks(words, "a mo")
    context.player.seek(70)
    qtbot.keyClicks(words, "on")
    assert prompt(context) == "a moon"
    assert prompt(context, 64) == "an octopus in the sea"
    section.ease.buttons["both"].setFocus()
    assert section.key == KeyRef(PROMPT, 64)
    assert section.rows[0].words.toPlainText() == "an octopus in the sea"


def test_what_was_not_finished_does_not_go_to_another_key(
    section: PromptSection, context: Context, qtbot: QtBot
) -> None:
    context.document.edit(edits.set_value([KeyRef(PROMPT, 32)], parse_prompt("a red apple in the grass")))
    section.rows[0].words.setFocus()
    section.rows[0].words.selectAll()
    qtbot.keyClick(section.rows[0].words, Qt.Key.Key_Delete)
    context.choice.select([KeyRef(PROMPT, 32)])
    assert section.rows[0].words.toPlainText() == "a red apple in the grass"


def test_a_term_is_added_when_it_is_written(section: PromptSection, context: Context, qtbot: QtBot) -> None:
    assert not section.rows[0].remove.isVisible()
    qtbot.mouseClick(section.add, LEFT)
    assert len(section.rows) == 2
    assert context.document.labels == ()
    assert section.rows[1].words.hasFocus()
    qtbot.keyClicks(section.rows[1].words, "blur")
    section.rows[1].weight.box.selectAll()
    qtbot.keyClicks(section.rows[1].weight.box, "-0.5")
    qtbot.keyClick(section.rows[1].weight.box, Qt.Key.Key_Return)
    assert prompt(context) == "a red apple in the grass | blur:-0.5"
    qtbot.mouseClick(section.rows[0].remove, LEFT)
    assert prompt(context) == "blur:-0.5"
    assert [row.words.toPlainText() for row in section.rows] == ["blur"]


def test_an_unwritten_term_goes_without_a_trace(section: PromptSection, context: Context, qtbot: QtBot) -> None:
    qtbot.mouseClick(section.add, LEFT)
    qtbot.mouseClick(section.rows[1].remove, LEFT)
    assert len(section.rows) == 1
    qtbot.mouseClick(section.add, LEFT)
    qtbot.keyClick(section.rows[1].words, Qt.Key.Key_Escape)
    assert len(section.rows) == 1
    qtbot.mouseClick(section.add, LEFT)
    context.choice.select([KeyRef(PROMPT, 64)])
    assert len(section.rows) == 1
    assert context.document.labels == ()


def test_pictures_of_the_project_become_terms(
    section: PromptSection, context: Context, with_pictures: Callable[..., Project], qtbot: QtBot
) -> None:
    assert not section.add_picture.isVisible()
    with_pictures()
    assert section.add_picture.isVisible()
    section._fill_pictures()
    actions = section.add_picture.menu().actions()
    assert [action.text() for action in actions] == ["sea", "sand"]
    actions[0].trigger()
    assert context.document.timeline.prompt("Prompt").track.key(0).value == Prompt(
        (Term(Text("a red apple in the grass")), Term(Image("sea")))
    )
    qtbot.waitUntil(section.rows[1].picture.isVisible)


def test_the_ease_of_the_key(section: PromptSection, context: Context, qtbot: QtBot) -> None:
    assert section.ease.buttons["both"].isChecked()
    qtbot.mouseClick(section.ease.buttons["hold"], LEFT)
    assert context.document.timeline.prompt("Prompt").track.key(0).ease == Ease.HOLD
    qtbot.mouseClick(section.ease.back, LEFT)
    assert context.document.timeline.prompt("Prompt").track.key(0).ease == Ease.LINEAR
    assert not section.ease.back.isVisible()
    context.document.edit(edits.set_ease([KeyRef(PROMPT, 0)], Ease.bezier(0.1, 0.2, 0.3, 0.4)))
    assert not any(button.isChecked() for button in section.ease.buttons.values())
    assert section.ease.custom.isVisible()


def test_what_is_shared_by_several_keys_goes_to_all_in_one_entry(
    section: PromptSection, context: Context, qtbot: QtBot
) -> None:
    assert not section.shared.isVisible()
    context.choice.select([KeyRef(PROMPT, 32), KeyRef(PROMPT, 64), KeyRef(ZOOM, 0)])
    assert section.heading.text() == "3 keys"
    assert section.shared.isVisible()
    assert "the first weight go to all of them, words to the prompt at frame 32 only" in section.shared.text()
    qtbot.mouseClick(section.ease.buttons["hold"], LEFT)
    timeline = context.document.timeline
    assert [timeline.key(KeyRef(PROMPT, frame)).ease for frame in (0, 32, 64)] == [Ease.BOTH, Ease.HOLD, Ease.HOLD]
    assert timeline.parameter("zoom").track.key(0).ease == Ease.HOLD
    assert len(context.document.labels) == 1
    box = section.rows[0].weight.box
    box.selectAll()
    qtbot.keyClicks(box, "0.5")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert [prompt(context, frame) for frame in (0, 32, 64)] == [
        "a red apple in the grass",
        "a purple heart on a starry night:0.5",
        "an octopus in the sea:0.5",
    ]
    assert context.document.labels[1:] == ("Weigh 2 prompts",)
    section.rows[0].words.setFocus()
    section.rows[0].words.selectAll()
    qtbot.keyClicks(section.rows[0].words, "moon")
    assert (prompt(context, 32), prompt(context, 64)) == ("moon:0.5", "an octopus in the sea:0.5")
    context.choice.select([KeyRef(PROMPT, 64), KeyRef(ZOOM, 0)])
    assert section.heading.text() == "2 keys"
    assert "the rest to the prompt at frame 64 only" in section.shared.text()


def test_eases_that_differ_press_no_button(section: PromptSection, context: Context) -> None:
    context.document.edit(edits.set_ease([KeyRef(PROMPT, 64)], Ease.IN))
    context.choice.select([KeyRef(PROMPT, 32), KeyRef(PROMPT, 64)])
    assert not any(button.isChecked() for button in section.ease.buttons.values())
    assert not section.ease.custom.isVisible()
    context.choice.select([KeyRef(PROMPT, 64)])
    assert section.ease.buttons["in"].isChecked()


def test_earlier_prompts_are_offered_and_used(section: PromptSection, context: Context, qtbot: QtBot) -> None:
    words = section.rows[0].words
    words.setFocus()
    words.selectAll()
    qtbot.keyClicks(words, "salt & pepper")
    qtbot.keyClick(words, Qt.Key.Key_Return)
    section._fill_past()
    texts = [action.text() for action in section.more.menu().actions()]
    assert texts[:2] == ["a purple heart on a starry night", "an octopus in the sea"]
    assert "a red apple in the grass" in texts
    assert "salt && pepper" not in texts, "it stands there already"
    section.more.menu().actions()[1].trigger()
    assert prompt(context) == words.toPlainText() == "an octopus in the sea"
    section._fill_past()
    assert "salt && pepper" in [action.text() for action in section.more.menu().actions()]


def test_tokens_are_estimated_then_counted_and_too_many_are_warned_of(section: PromptSection, qtbot: QtBot) -> None:
    note = section.rows[0].note
    assert "CLIP reads" in note.toolTip()
    qtbot.waitUntil(lambda: note.text() == "6 of 10 tokens")
    words = section.rows[0].words
    words.setFocus()
    words.selectAll()
    qtbot.keyClicks(words, "one two three")
    assert note.text() == "about 3 tokens"
    qtbot.waitUntil(lambda: note.text() == "3 of 10 tokens")
    words.setPlainText("word " * 11)
    qtbot.waitUntil(lambda: "11 of 10 tokens: too long" in note.text())
    assert note.property("role") == "warning"
    words.setPlainText("one two three")
    assert note.text() == "3 of 10 tokens", "what is known is told at once"
    assert note.property("role") == "muted"


def test_playing_through_a_key_changes_nothing_else(section: PromptSection, context: Context) -> None:
    row = section.rows[0]
    for frame in range(1, 32):
        context.player.seek(frame)
    assert section.rows[0] is row


def test_noise_is_added_and_counts_less_than_words(section: PromptSection, context: Context, qtbot: QtBot) -> None:
    before = prompt(context)
    qtbot.mouseClick(section.add_noise, LEFT)
    value = context.document.timeline.prompt("Prompt").track.key(0).value
    assert isinstance(value.terms[-1].content, Noise)
    assert value.terms[-1].weight == 0.3
    row = section.rows[-1]
    assert row.noise.isVisibleTo(row) and not row.words.isVisibleTo(row)
    context.document.undo()
    assert prompt(context) == before


def test_a_place_is_one_entry_of_the_history_and_masks_are_the_projects_pictures(
    section: PromptSection, context: Context, with_pictures: Callable[..., Project]
) -> None:
    with_pictures()
    before, where = prompt(context), section.rows[0].where
    for text, region in (("Upper half", "top"), ("Masked by sea", "mask(sea)")):
        where.combo.setCurrentIndex(where.combo.findText(text))
        where.combo.activated.emit(where.combo.currentIndex())
        assert prompt(context) == f"{before} @{region}"
    context.document.undo()
    assert prompt(context) == f"{before} @top"
    context.document.undo()
    assert prompt(context) == before
