from __future__ import annotations

import math
from dataclasses import replace

import pytest

from studio.timeline.easing import Ease
from studio.timeline.model import ParameterTrack, PromptTrack, Timeline
from studio.timeline.parameters import PARAMETERS
from studio.timeline.prompt import Image, Text, parse_prompt
from studio.timeline.region import NAMED, Area, Mask
from studio.timeline.sample import TermState, sample
from studio.timeline.time import FrameRate
from studio.timeline.track import Keyframe, Track

NEVER = -math.inf


def between(before: str, after: str, ease: Ease = Ease.LINEAR, weight: float = 1.0, loop: bool = False) -> Timeline:
    keys = (Keyframe(0, parse_prompt(before), ease), Keyframe(10, parse_prompt(after), ease))
    return Timeline(FrameRate(10), 20, (PromptTrack("main", Track(keys), weight),), loop=loop)


def terms(timeline: Timeline, frame: int) -> list[tuple[str, str, float, float, float]]:
    def name(content: Text | Image) -> str:
        return content.text if isinstance(content, Text) else f"image:{content.asset}"

    return [
        (name(term.start), name(term.end), pytest.approx(term.mix), pytest.approx(term.weight), term.stop)
        for term in sample(timeline, frame).terms
    ]


def test_on_a_key_its_terms_stand_as_they_are():
    timeline = between("sea:2:-0.5 | image:a:-1", "sky")
    assert terms(timeline, 0) == [("sea", "sea", 0, 2, -0.5), ("image:a", "image:a", 0, -1, NEVER)]
    assert terms(timeline, 10) == terms(timeline, 19) == [("sky", "sky", 0, 1, NEVER)]


def test_between_keys_terms_are_paired_in_order():
    timeline = between("sea:2:-0.5 | blur:-1", "sky:4:0.5 | noise:-3")
    assert terms(timeline, 5) == [("sea", "sky", 0.5, 3, 0.0), ("blur", "noise", 0.5, -2, NEVER)]


def test_terms_without_partner_fade():
    timeline = between("sea", "sky | sun:2 | moon:4")
    assert terms(timeline, 5) == [
        ("sea", "sky", 0.5, 1, NEVER),
        ("sun", "sun", 0, 1, NEVER),
        ("moon", "moon", 0, 2, NEVER),
    ]
    assert terms(between("sea | sun:2", "sky"), 4) == [("sea", "sky", 0.4, 1, NEVER), ("sun", "sun", 0, 1.2, NEVER)]


def test_terms_of_opposite_sign_are_not_paired():
    timeline = between("sea | blur:-1:-0.5", "sky | sun:2")
    assert terms(timeline, 5) == [
        ("sea", "sky", 0.5, 1, NEVER),
        ("blur", "blur", 0, -0.5, -0.5),
        ("sun", "sun", 0, 1, NEVER),
    ]


def test_a_term_may_come_from_the_weight_0():
    assert terms(between("sea:0", "sky"), 0) == []
    assert terms(between("sea:0", "sky"), 5) == [("sea", "sky", 0.5, 0.5, NEVER)]


def test_what_stays_the_same_does_not_mix():
    assert sample(between("sea", "sea:3"), 5).terms == (TermState(Text("sea"), Text("sea"), 0.0, 2.0, NEVER),)


def test_a_hold_stays_until_the_next_key():
    timeline = between("sea", "sky", Ease.HOLD)
    assert terms(timeline, 9) == [("sea", "sea", 0, 1, NEVER)]
    assert terms(timeline, 10) == [("sky", "sky", 0, 1, NEVER)]


def test_a_stop_and_no_stop_meet_half_way():
    timeline = between("sea:1:-0.5", "sky")
    assert [sample(timeline, frame).terms[0].stop for frame in (0, 4, 5, 10)] == [-0.5, -0.5, NEVER, NEVER]


def test_an_overshoot_passes_the_content_and_no_weight():
    timeline = between("sea:1:1 | sun:1", "sky:3:2", Ease.OVERSHOOT)
    state = sample(timeline, 6).terms
    assert len(state) == 1
    assert state[0].mix > 1
    assert (state[0].weight, state[0].stop) == (3, 2)


def test_tracks_add_up_and_their_weights_multiply(timeline):
    state = sample(timeline, 24)
    assert [(term.start, term.weight) for term in state.terms] == [(Text("sky"), 1.0), (Text("calm"), 0.5)]
    assert sample(between("sea", "sky", weight=-2.0), 0).terms[0].weight == -2.0
    assert sample(between("sea", "sky", weight=0.0), 0).terms == ()


def test_muted_and_empty_tracks_count_for_nothing(timeline):
    muted = replace(
        timeline,
        prompts=tuple(replace(track, muted=True) for track in timeline.prompts),
        parameters=(replace(timeline.parameters[0], muted=True), ParameterTrack("rotate", Track())),
    )
    state = sample(muted, 30)
    assert state.terms == ()
    assert state.parameter("zoom") == 1.0
    assert state.parameter("rotate") == 0.0
    assert sample(replace(timeline, prompts=(PromptTrack("main", Track()),)), 0).terms == ()


def test_every_parameter_has_a_value_and_unknown_ones_are_passed_on(timeline):
    grown = replace(timeline, parameters=(*timeline.parameters, ParameterTrack("wobble", Track((Keyframe(0, 1e6),)))))
    state = sample(grown, 15)
    assert [name for name, _ in state.parameters] == sorted([*PARAMETERS, "wobble"])
    assert state.parameter("zoom") == pytest.approx(1.1)
    assert state.parameter("rotate") == 5.0
    assert state.parameter("steps") == 150
    assert state.parameter("wobble") == 1e6
    with pytest.raises(KeyError):
        state.parameter("nothing")


def test_parameters_reach_the_renderer_within_their_range():
    keys = Track((Keyframe(0, 1, Ease.OVERSHOOT), Keyframe(20, 256)))
    timeline = Timeline(FrameRate(10), 21, (), (ParameterTrack("cutouts", keys),))
    values = [sample(timeline, frame).parameter("cutouts") for frame in range(21)]
    assert max(values) == 256
    assert values == [round(value) for value in values]


def test_a_frame_outside_is_a_mistake():
    for frame in (-1, 20):
        with pytest.raises(ValueError, match=r"not in 0\.\.19"):
            sample(between("sea", "sky"), frame)


def test_a_loop_comes_back_without_a_seam():
    timeline = between("sea", "sky", loop=True)
    assert terms(timeline, 15) == [("sky", "sea", 0.5, 1, NEVER)]
    assert terms(timeline, 19) == [("sky", "sea", 0.9, 1, NEVER)]
    assert sample(timeline, 20) == sample(timeline, 0)
    assert sample(timeline, -1) == sample(timeline, 19)


def regions(before: str, after: str, frame: int) -> list[tuple[str, object, float]]:
    return [
        (term.end.text, term.region, pytest.approx(term.weight)) for term in sample(between(before, after), frame).terms
    ]


def test_a_region_moves_with_its_term():
    assert regions("frog @left", "frog @right", 0) == [("frog", NAMED["left"], 1)]
    assert regions("frog @left", "frog @right", 5) == [("frog", Area(0.25, 0, 0.75, 1), 1)]
    assert regions("frog @left", "frog", 5) == [("frog", Area(0, 0, 0.75, 1), 1)]
    assert regions("frog @left", "frog", 10) == [("frog", None, 1)]


def test_an_overshooting_ease_leaves_regions_in_the_picture():
    timeline = between("frog @left", "frog @right", ease=Ease.OVERSHOOT)
    for frame in range(11):
        sample(timeline, frame)


def test_terms_of_different_masks_fade_where_they_are():
    assert regions("frog @mask(a)", "fox @mask(b)", 5) == [("frog", Mask("a"), 0.5), ("fox", Mask("b"), 0.5)]
    assert regions("frog @mask(a)", "fox @mask(a)", 5) == [("fox", Mask("a"), 1)]
