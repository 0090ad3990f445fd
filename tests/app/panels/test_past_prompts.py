from __future__ import annotations

from studio.app.context import Context
from studio.app.panels.past_prompts import PastPrompts, texts_of
from studio.timeline import edits
from studio.timeline.model import KeyRef, TrackRef
from studio.timeline.prompt import parse_prompt

KEY = KeyRef(TrackRef("prompt", "Prompt"), 0)
THREE = ("a red apple in the grass", "a purple heart on a starry night", "an octopus in the sea")


def test_prompts_of_the_project_then_of_the_session_then_of_the_history(context: Context) -> None:
    past = PastPrompts(context.document)
    assert past.offered() == THREE
    past.remember(parse_prompt("a moon"))
    past.remember(parse_prompt("a sun:0.5"))
    past.remember(parse_prompt("a moon"))
    context.document.edit(edits.set_value([KEY], parse_prompt("a pear")))
    assert past.offered() == ("a pear", *THREE[1:], "a moon", "a sun:0.5", THREE[0])
    assert past.offered(without=parse_prompt("a pear"))[0] == THREE[1]


def test_a_prompt_is_named_once(context: Context) -> None:
    context.document.edit(edits.set_value([KeyRef(KEY.track, 64)], parse_prompt(THREE[0])))
    assert texts_of([context.document.timeline] * 2) == [THREE[0], THREE[1]]
