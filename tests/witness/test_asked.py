"""Which prompts there are, and where each counts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from studio.project.model import Project
from studio.timeline.easing import Ease
from studio.timeline.prompt import Image, Text, parse_prompt
from studio.witness.asked import asked, counting, name_of

Make = Callable[..., Project]


def frames(project: Project, name: str) -> list[int]:
    prompts = asked(project.timeline)
    place = [prompt.name for prompt in prompts].index(name)
    found: list[int] = np.flatnonzero(counting(project.timeline, prompts)[:, place]).tolist()
    return found


def test_prompts_of_the_same_words_are_one(project: Make) -> None:
    made = project({20: "a cat", 0: "a dog", 30: "a dog:0.5"})
    assert [prompt.name for prompt in asked(made.timeline)] == ["a dog", "a cat"]


def test_muted_tracks_do_not_count(project: Make) -> None:
    made = project({0: "a dog"}, muted={0: "a cat"})
    assert [prompt.name for prompt in asked(made.timeline)] == ["a dog"]
    assert counting(made.timeline, asked(made.timeline)).shape == (48, 1)


def test_wishes_share_a_score_as_they_weigh() -> None:
    from studio.witness.asked import _shares

    assert _shares(parse_prompt("a dog:3 | image:flower:1 | fog:-2")) == (
        (Text("a dog"), 0.75),
        (Image("flower"), 0.25),
    )
    assert _shares(parse_prompt("fog:-2")) == ((Text("fog"), 1.0),)


def test_the_name_is_the_one_that_colours_go_by() -> None:
    assert name_of(parse_prompt("a dog:3 | image:flower:1 | fog:-2")) == "a dog | flower | fog"


def test_a_prompt_counts_on_the_way_to_it_and_from_it(project: Make) -> None:
    made = project({0: "a dog", 16: "a cat", 32: "a bird"})
    assert frames(made, "a dog") == list(range(16))
    assert frames(made, "a cat") == list(range(1, 32))
    assert frames(made, "a bird") == list(range(17, 48))


def test_a_keyframe_that_holds_is_no_way(project: Make) -> None:
    made = project({0: "a dog", 16: "a cat"}, ease=Ease.HOLD)
    assert frames(made, "a dog") == list(range(16))
    assert frames(made, "a cat") == list(range(16, 48))


def test_before_the_first_keyframe_it_counts_too(project: Make) -> None:
    assert frames(project({16: "a dog"}), "a dog") == list(range(48))


def test_a_loop_goes_from_the_last_to_the_first(project: Make) -> None:
    made = project({8: "a dog", 32: "a cat"}, loop=True)
    assert frames(made, "a cat") == [*range(8), *range(9, 48)]
    assert frames(made, "a dog") == [*range(32), *range(33, 48)]


def test_what_is_only_pushed_away_is_not_asked_for(project: Make) -> None:
    made = project({0: "a dog", 16: "fog:-1"})
    assert frames(made, "fog") == []


def test_no_prompts_are_no_trouble(project: Make) -> None:
    made = project({})
    assert asked(made.timeline) == ()
    assert counting(made.timeline, ()).shape == (48, 0)


@pytest.mark.parametrize("text", ["noise:7", "noise:7:2"])
def test_noise_cannot_be_seen(project: Make, text: str) -> None:
    made = project({0: "a dog", 16: text})
    assert [prompt.name for prompt in asked(made.timeline)] == ["a dog"]
    assert frames(made, "a dog") == list(range(16))
