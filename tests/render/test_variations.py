from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from studio.base.errors import InputError
from studio.project.limits import SEED
from studio.project.model import Medium, Motion, Project
from studio.render.variations import (
    BY,
    Draft,
    by_seeds,
    by_weights,
    by_words,
    draft_size,
    drawn,
    prompt_at,
    prompt_of,
    small,
    varied,
)
from studio.timeline.parameters import PARAMETERS
from studio.timeline.prompt import format_prompt, parse_prompt
from studio.timeline.sample import sample


@pytest.fixture
def whole(fakes) -> Project:
    return fakes.project(
        {0: "a fox", 8: "a hare:2 | fog"},
        parameters={"saturation": {0: 1.0, 8: 3.0}, "zoom": {0: 1.5}},
        refine=4,
        seed=7,
    )


@pytest.fixture
def base(whole) -> Project:
    return small(whole, 8, prompt_at(whole, 8))


def values(draft: Draft) -> dict[str, float]:
    return dict(sample(draft.project.timeline, 0).parameters)


def test_the_prompt_of_a_frame_is_the_nearer_keyframes(whole):
    assert format_prompt(prompt_at(whole, 0)) == "a fox"
    assert [term.content.text for term in prompt_at(whole, 5).terms] == ["a hare", "fog"]
    assert format_prompt(prompt_at(whole, 8)) == "a hare:2 | fog"


def test_a_frame_that_asks_for_nothing_cannot_be_explored(fakes):
    with pytest.raises(InputError, match="nothing to explore at frame 3"):
        prompt_at(fakes.project({}), 3)


def test_a_draft_is_one_frame_with_the_parameters_there(whole, base):
    assert base.timeline.length == 1
    assert base.motion == Motion()
    found = dict(sample(base.timeline, 0).parameters)
    assert found["saturation"] == 3.0
    assert found["cutouts"] == 2
    assert found["steps"] == 24
    assert (base.medium, base.assets, base.seed) == (whole.medium, whole.assets, 7)


@pytest.mark.parametrize(
    ("size", "wanted"),
    [
        ((256, 256), (96, 96)),
        ((512, 288), (168, 96)),
        ((1080, 1920), (96, 168)),
        ((64, 64), (64, 64)),
        ((90, 200), (90, 200)),
        ((4096, 256), (384, 24)),
        ((4096, 16), (384, 16)),
    ],
)
def test_drafts_are_small_and_of_the_same_proportions(size, wanted):
    assert draft_size(*size) == wanted


def test_seeds_go_up_from_the_projects_own(base):
    found = by_seeds(base, 3)
    assert [(draft.label, draft.project.seed) for draft in found] == [("seed 7", 7), ("seed 8", 8), ("seed 9", 9)]
    assert all(replace(draft.project, seed=7) == base for draft in found)
    assert [draft.project.seed for draft in by_seeds(base, 2, SEED)] == [SEED, 0]


def test_few_alternatives_come_again_with_other_seeds(base):
    found = by_words(base, "a {red|blue} fox", 5)
    assert [(format_prompt(draft.prompt), draft.project.seed) for draft in found] == [
        ("a red fox", 7),
        ("a blue fox", 7),
        ("a red fox", 8),
        ("a blue fox", 8),
        ("a red fox", 9),
    ]
    assert [draft.label for draft in found][:3] == ["red", "blue", "red · seed 8"]


def test_words_without_alternatives_are_those_of_the_craft(base):
    found = by_words(base, "a fox", 16)
    assert found[0].label == "as it is"
    assert len({format_prompt(draft.prompt) for draft in found}) == 16
    assert {draft.project.seed for draft in found} == {7}


def test_weights_stay_in_their_ranges_and_are_what_is_written(base):
    found = by_weights(base, 40)
    assert found[0] == Draft("as it is", base)
    for draft in found[1:]:
        one, two = draft.prompt.terms
        now = values(draft)
        assert 1 <= one.weight <= 4
        assert 0.5 <= two.weight <= 2
        assert 0.25 <= now["step_size"] <= 4
        assert 0.25 <= now["smoothness"] <= 4
        assert 1 <= now["saturation"] <= 5
        for told in (f"{one.weight:g} : {two.weight:g} · ", f"step {now['step_size']:g}"):
            assert told in draft.label
        assert f"smooth {now['smoothness']:g} · colour {now['saturation']:+g}" in draft.label
    assert len({draft.label for draft in found}) == 40


def test_what_a_parameter_cannot_be_is_clamped(whole):
    wild = small(replace(whole), 0, parse_prompt("a fox"))
    top = by_weights(
        replace(wild, timeline=replace(wild.timeline, parameters=())), 64
    )  # from the defaults, then from the largest
    assert all(values(draft)["step_size"] <= PARAMETERS["step_size"].maximum for draft in top)


@pytest.mark.parametrize("by", BY)
def test_others_are_others_and_the_same_again(base, by):
    first, again, other = (varied(base, by, "a red fox | fog", 16, number) for number in (0, 0, 16))
    assert first == again
    assert len(first) == 16
    assert not {draft.label for draft in first} & {draft.label for draft in other} or by == "words"
    assert first != other


def test_what_is_varied_has_a_name(base):
    with pytest.raises(InputError, match="'sizes'"):
        varied(base, "sizes", "a fox")


def test_alternatives_are_for_words_alone(base):
    assert format_prompt(prompt_of("a {red|blue} fox")) == "a red fox"
    assert {format_prompt(draft.prompt) for draft in varied(base, "seeds", "a {red|blue} fox", 4)} == {"a red fox"}


def test_no_prompt_is_told(base):
    with pytest.raises(InputError, match="empty"):
        varied(base, "words", " ")


def test_numbers_are_drawn_evenly_from_minus_one_to_one():
    found = sorted(drawn(0, number, "x") for number in range(1000))
    assert -1 <= found[0] < -0.98
    assert 0.98 < found[-1] < 1
    assert max(after - before for before, after in pairwise(found)) < 0.03
    assert drawn(1, "x") != drawn("1", "x")


def test_regions_stay_and_beginnings_of_keyframes_do_not(fakes):
    project = fakes.project({0: "a frog @left | a sun @right"})
    key = project.timeline.prompts[0].track.keys[0]
    assert prompt_at(project, 0) == key.value
    begun = fakes.project({0: "a frog"})
    track = begun.timeline.prompts[0]
    (key,) = track.track.keys
    keys = (replace(key, value=replace(key.value, begin="flower")),)
    begun = replace(
        begun, timeline=replace(begun.timeline, prompts=(replace(track, track=replace(track.track, keys=keys)),))
    )
    assert prompt_at(begun, 0).begin == ""


def test_drafts_of_a_biggan_follow_the_gradient(fakes):
    project = replace(fakes.project(), medium=Medium("biggan", options={"search": "cmaes", "truncation": 0.5}))
    assert small(project, 0, prompt_at(project, 0)).medium == Medium("biggan", options={"truncation": 0.5})
