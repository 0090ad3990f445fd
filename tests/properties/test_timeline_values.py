"""What holds for every prompt, frame rate, range and ease."""

from __future__ import annotations

import math
from fractions import Fraction

from hypothesis import assume, example, given
from hypothesis import strategies as st

from studio.base.errors import InputError
from studio.timeline.easing import Ease
from studio.timeline.prompt import MAXIMUM_SEED, Image, Noise, Prompt, Term, Text, format_prompt, parse_prompt
from studio.timeline.region import NAMED, Area, Mask
from studio.timeline.time import FrameRange, FrameRate

numbers = st.floats(-1e9, 1e9)
words = (
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
    | st.text(st.sampled_from("a:|\\ 1.-einfimage@,()"), min_size=1)
    | st.sampled_from(["image", "image:x", "a:1", "a:1:2", "a:-inf", "nan:nan", ":", "1", "\\", "a\\", "a\\|b"])
    | st.sampled_from(["noise", "noise:5", "noise:5:2", "a @left", "a @mask(b)", "a @0,0,1,1", "a @9,0,1,1", "@top"])
).filter(str.strip)
contents = st.builds(Text, words) | st.builds(Image, words) | st.builds(Noise, st.integers(0, MAXIMUM_SEED))
areas = st.builds(Area, st.floats(0, 0.4), st.floats(0, 0.4), st.floats(0.5, 1), st.floats(0.5, 1))
regions = st.none() | st.sampled_from([*NAMED.values()]) | areas | st.builds(Mask, words)
terms = st.builds(Term, contents, numbers, st.just(-math.inf) | numbers, regions)
prompts = st.builds(Prompt, st.lists(terms, min_size=1, max_size=4).map(tuple))


@given(prompts)
@example(Prompt((Term(Text("image"), 2.0), Term(Image("1:2"), 1.0, 0.0))))
def test_a_prompt_reads_back_as_it_was_written(prompt):
    assert parse_prompt(format_prompt(prompt)) == prompt


@given(st.text(max_size=40) | st.text(st.sampled_from("ab:|\\ 0.-enimage@,()"), max_size=20))
def test_any_line_is_a_prompt_or_a_clear_refusal(line):
    try:
        prompt = parse_prompt(line)
    except InputError as error:
        assert error.what
        assert error.fix or error.why
    else:
        assert all(math.isfinite(term.weight) and not math.isnan(term.stop) for term in prompt.terms)
        assert parse_prompt(format_prompt(prompt)) == prompt


rates = st.builds(FrameRate, st.integers(1, 1000), st.integers(1, 10)) | st.sampled_from(
    [FrameRate(n * 1000, 1001) for n in (24, 30, 48, 60, 120, 240)]
)


@given(rates, st.integers(0, 1_000_000))
def test_a_frame_begins_when_it_is_shown(rate, frame):
    begin = rate.seconds(frame)
    assert begin == Fraction(frame) / rate.fraction
    assert rate.frame_at(begin) == frame
    assert rate.frame_at(float(begin)) == frame
    assert rate.frame_at(begin - Fraction(1, 10**9)) == frame - 1


@given(rates, st.integers(0, 1_000_000))
def test_a_timecode_counts_every_frame_once(rate, frame):
    hours, minutes, seconds, rest = (int(part) for part in rate.timecode(frame).split(":"))
    assert ((hours * 60 + minutes) * 60 + seconds) * rate.nominal + rest == frame
    assert minutes < 60
    assert seconds < 60
    assert rest < rate.nominal


@given(rates)
def test_a_rate_reads_back(rate):
    assert FrameRate.parse(str(rate)) == rate
    assert FrameRate.parse(float(rate.fraction)) == rate


@given(st.integers(0, 100), st.integers(1, 100), st.integers(1, 250))
def test_a_range_reads_back_when_it_fits(start, count, length):
    frames = FrameRange(start, start + count)
    try:
        assert FrameRange.parse(str(frames), length) == frames
        assert frames.stop <= length
    except InputError:
        assert frames.stop > length


@given(st.text(max_size=20))
def test_any_text_is_a_rate_a_range_an_ease_or_a_clear_refusal(text):
    for parse in (FrameRate.parse, lambda each: FrameRange.parse(each, 100), Ease.parse):
        try:
            parse(text)
        except InputError as error:
            assert error.fix


unit = st.floats(0, 1) | st.sampled_from([0.0, 0.25, 0.5, 1.0])
levels = st.floats(-3, 4) | st.sampled_from([0.0, 1.0, 4 / 3])
eases = st.builds(Ease, unit, levels, unit, levels) | st.sampled_from(
    [Ease.HOLD, Ease.LINEAR, Ease.IN, Ease.OUT, Ease.BOTH, Ease.OVERSHOOT]
)


@given(eases)
def test_an_ease_reads_back(ease):
    assert Ease.parse(ease.name) == ease


@given(eases, st.floats(0, 1))
def test_an_ease_is_finite_and_keeps_to_its_reach(ease, t):
    assert ease.at(0) == 0
    assert ease.at(1) == 1
    level = ease.at(t)
    assert min(0, ease.y1, ease.y2) - 1e-9 <= level <= max(1, ease.y1, ease.y2) + 1e-9


@given(st.builds(Ease, unit, st.floats(0, 1), unit, st.floats(0, 1)), st.floats(0, 1), st.floats(0, 1))
def test_without_overshoot_an_ease_never_turns_back(ease, one, other):
    assert ease.at(min(one, other)) <= ease.at(max(one, other)) + 1e-9


@given(eases, st.integers(1, 99))
def test_two_halves_draw_the_whole(ease, percent):
    cut = percent / 100
    try:
        first, second = ease.split(cut)
    except ValueError:
        assert ease.x1 > ease.x2 or ease.reach > 1
        return
    middle = ease.at(cut)
    # Where the curve stands upright in time a rounding error in time is a large one in level: that is not the halves'.
    steep = max(abs(ease.at(k / 100 + 1e-9) - ease.at(k / 100 - 1e-9)) for k in range(101)) > 1e-6
    assume(not steep)
    for k in range(101):
        t = k / 100
        drawn = middle * first.at(t / cut) if t <= cut else middle + (1 - middle) * second.at((t - cut) / (1 - cut))
        assert abs(drawn - ease.at(t)) < 1e-6


@given(eases.filter(lambda ease: not ease.hold), st.integers(0, 100))
def test_backwards_is_the_mirror_image(ease, percent):
    t = percent / 100
    assume(abs(ease.at(1 - t + 1e-9) - ease.at(1 - t - 1e-9)) < 1e-6)
    assert abs(ease.reversed().at(t) - (1 - ease.at(1 - t))) < 1e-6
