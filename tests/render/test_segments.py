"""Where a walk's frames lie between its keyframes."""

from __future__ import annotations

import pytest

from studio.render.segments import places, stations
from studio.timeline.easing import Ease


def test_stations_are_those_of_all_tracks_that_sound(fakes):
    tracks = [
        fakes.prompt_track({0: "a", 8: "b"}),
        fakes.prompt_track({3: "c", 40: "beyond the end"}, name="second"),
        fakes.prompt_track({5: "d"}, name="muted", muted=True),
    ]
    assert stations(fakes.project(tracks=tracks).timeline) == (0, 3, 8)
    assert stations(fakes.project(tracks=tracks, loop=True).timeline) == (0, 3, 8)
    assert stations(fakes.project(tracks=tracks[2:], loop=True).timeline) == (0,)


def mixes(project):
    return [place.mix for place in places(project.timeline, range(project.timeline.length))]


def test_the_ease_shapes_the_way(fakes):
    eased = mixes(fakes.project({0: "red", 8: "blue"}, ease=Ease.BOTH))
    assert eased == pytest.approx([Ease.BOTH.at(frame / 8) for frame in range(8)] + [0])


def test_overshoot_is_clamped_to_the_solve(fakes):
    made = fakes.lay_out(fakes.project({0: "red", 8: "blue"}, ease=Ease.OVERSHOOT, refine=3))
    levels = [Ease.OVERSHOOT.at(frame / 8) for frame in range(8)]
    beyond = [frame for frame, level in enumerate(levels) if level > 1]
    assert beyond, "the ease is meant to overshoot"
    for frame in beyond:
        assert made.jobs[frame].key == made.jobs[8].key


def test_a_station_of_another_track_cuts_an_ease_and_keeps_its_course(fakes):
    """The first track goes from 0 to 8 in one eased course; the second one's key at 2 makes a solve on the way."""
    tracks = [fakes.prompt_track({0: "red", 8: "blue"}, ease=Ease.IN), fakes.prompt_track({2: "x"}, name="second")]
    level = [Ease.IN.at(frame / 8) for frame in range(9)]
    expected = [0, level[1] / level[2]] + [(level[frame] - level[2]) / (1 - level[2]) for frame in range(2, 8)] + [0]
    assert mixes(fakes.project(tracks=tracks)) == pytest.approx(expected)


def test_where_the_first_track_rests_the_second_leads(fakes):
    tracks = [
        fakes.prompt_track({0: "red", 4: "red", 8: "blue"}, ease=Ease.HOLD),
        fakes.prompt_track({0: "x", 4: "y"}, name="second", ease=Ease.OUT),
    ]
    assert mixes(fakes.project(tracks=tracks)) == pytest.approx(
        [Ease.OUT.at(frame / 4) for frame in range(4)] + [0] * 5
    )


def test_where_no_prompt_changes_the_way_is_straight(fakes):
    project = fakes.project({4: "red"}, parameters={"step_size": {0: 1, 8: 2}})
    assert mixes(project) == [0, 0.25, 0.5, 0.75, 0, 0.25, 0.5, 0.75, 0]
