"""Looking for even speed on real canvases: where more changes, more is looked at."""

from __future__ import annotations

from itertools import pairwise

import torch

from studio.base.progress import silent
from studio.takes.course import Timing, eased
from studio.takes.evening import MEASURED, even, small
from studio.timeline.easing import Ease


def test_frames_rise_and_their_number_stays(way_over, fakes):
    timing = Timing(frames=5, even=True, loop=True)
    mixes = even(way_over(), fakes.Perceptor(), timing, report=silent)
    assert len(mixes) == 3
    assert sum(map(len, mixes)) == 3 * 5
    for each in mixes:
        assert all(0 < one < two < 1 for one, two in pairwise(each))


def test_between_a_take_and_itself_nothing_is_looked_for(way_over, fakes):
    perceptor, timing = fakes.Perceptor(), Timing(frames=4, even=True, ease=Ease.LINEAR)
    assert even(way_over(1, 1), perceptor, timing, report=silent) == [eased(timing)]
    assert perceptor.looks == 0
    still, moving = even(way_over(1, 1, 2), perceptor, timing, report=silent)
    assert still == eased(timing)
    assert len(moving) == 4


def test_without_frames_between_there_is_nothing_to_time(way_over, fakes):
    assert even(way_over(0, 1), fakes.Perceptor(), Timing(frames=0), report=silent) == [()]


def test_progress_is_told(way_over, fakes):
    told = []
    even(way_over(0, 1), fakes.Perceptor(), Timing(frames=3, even=True), report=told.append)
    assert told
    assert all(0 < at.done <= at.total for at in told)


def test_small_pictures_stay_as_they_are():
    picture = torch.rand(1, 3, 20, MEASURED, generator=torch.Generator().manual_seed(1))
    assert small(picture) is picture
    assert small(torch.zeros(1, 3, 100, 4 * MEASURED)).shape == (1, 3, 25, MEASURED)
