"""One colour a prompt."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QApplication

from studio.app.theme import theme
from studio.app.timeline.prompt_colours import prompt_colours, prompt_labels, prompt_text
from studio.project.model import Project
from studio.timeline.model import PromptTrack, Timeline
from studio.timeline.prompt import parse_prompt
from studio.timeline.track import Keyframe, Track


def test_weights_and_stops_do_not_count() -> None:
    assert prompt_text(parse_prompt("an apple:0.5:-1")) == prompt_text(parse_prompt("an apple"))
    assert prompt_text(parse_prompt("an apple | image:face:2")) == "an apple | face"


def test_colours_come_in_the_order_of_time_across_tracks(qapp: QApplication, project: Project) -> None:
    other = PromptTrack(
        "Style", Track((Keyframe(10, parse_prompt("in oil")), Keyframe(64, parse_prompt("an octopus in the sea:2"))))
    )
    timeline = replace(project.timeline, prompts=(*project.timeline.prompts, other))
    found = prompt_colours(timeline)
    texts = ["a red apple in the grass", "in oil", "a purple heart on a starry night", "an octopus in the sea"]
    assert list(found) == texts
    assert [found[text] for text in texts] == [theme().colours.prompt(place) for place in range(4)]


def test_colours_follow_the_theme(qapp: QApplication, project: Project) -> None:
    dark = prompt_colours(project.timeline)
    theme().choose("light")
    try:
        assert prompt_colours(project.timeline) != dark
    finally:
        theme().choose("dark")


def test_labels_have_regions_where_they_stay_the_same(project: Project) -> None:
    def prompts(*texts: str) -> Timeline:
        keys = tuple(Keyframe(10 * place, parse_prompt(text)) for place, text in enumerate(texts))
        return replace(project.timeline, prompts=(PromptTrack("Prompt", Track(keys)),))

    both = prompt_labels(prompts("an apple @left:2 | a flower @0,0,0.5,0.25", "fog"))
    assert both == {"an apple | a flower": "an apple @left | a flower @0,0,0.5,0.25", "fog": "fog"}
    assert prompt_labels(prompts("an apple @left", "an apple @right")) == {"an apple": "an apple"}
