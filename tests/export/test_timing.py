"""Rounding to a format's ticks never adds up."""

from __future__ import annotations

from fractions import Fraction
from itertools import accumulate

from hypothesis import given, settings
from hypothesis import strategies as st

from studio.export import timing

counts = st.integers(1, 100)
rates = st.fractions(Fraction(1, 100), 1000, max_denominator=2000)


@settings(deadline=None)
@given(counts, rates, st.sampled_from([100, 1000, 10_000]))
def test_every_picture_starts_within_half_a_tick_of_its_time(count, rate, unit):
    starts = accumulate(timing.spread(count, rate, unit))
    for number, start in enumerate(starts, start=1):
        assert abs(start - Fraction(number * unit) / rate) <= Fraction(1, 2)


@settings(deadline=None)
@given(counts, rates)
def test_a_gif_keeps_its_duration_and_never_shows_a_picture_too_briefly(count, rate):
    schedule = timing.gif_schedule(count, rate)
    total = sum(shown.ticks for shown in schedule)
    assert all(shown.ticks >= 2 for shown in schedule)
    assert abs(total - count * 100 / rate) <= Fraction(1, 2) or total == 2
    indices = [shown.index for shown in schedule]
    assert indices == sorted(set(indices))
    assert 0 == indices[0] <= indices[-1] < count


@settings(deadline=None)
@given(counts, st.fractions(Fraction(1, 100), 50, max_denominator=2000))
def test_a_gif_of_up_to_50_frames_per_second_shows_them_all(count, rate):
    assert [shown.index for shown in timing.gif_schedule(count, rate)] == list(range(count))


def test_24_frames_per_second_alternate_between_4_and_5_hundredths():
    assert [shown.ticks for shown in timing.gif_schedule(24, Fraction(24))].count(4) == 20
    assert sum(shown.ticks for shown in timing.gif_schedule(24, Fraction(24))) == 100


def test_100_frames_per_second_lose_every_other_frame_in_a_gif():
    assert [shown.index for shown in timing.gif_schedule(10, Fraction(100))] == [0, 2, 4, 6, 8]


@settings(deadline=None)
@given(counts, rates)
def test_apng_delays_fit_16_bits(count, rate):
    delays, unit = timing.fine_delay(rate, count)
    assert len(delays) == count
    assert all(0 < delay < 1 << 16 for delay in delays)
    assert 0 < unit < 1 << 16
    assert abs(Fraction(sum(delays), unit) - count / rate) <= Fraction(1, 2 * unit)


def test_apng_holds_ntsc_exactly():
    assert timing.fine_delay(Fraction(30000, 1001), 2) == ((1001, 1001), 30000)


def test_apng_spreads_a_rate_whose_fraction_needs_more_than_16_bits():
    delays, unit = timing.fine_delay(Fraction(120000, 1001), 1000)
    assert unit == 10_000
    assert set(delays) == {83, 84}
