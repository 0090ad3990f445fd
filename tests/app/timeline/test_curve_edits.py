from __future__ import annotations

import pytest

from studio.app.timeline.curve_edits import clamp_change, raised, reshape
from studio.project.model import Project
from studio.timeline.model import TrackRef
from studio.timeline.parameters import PARAMETERS

ZOOM = TrackRef("parameter", "zoom")


def test_values_go_together_as_far_as_the_range_allows() -> None:
    spec = PARAMETERS["zoom"]
    assert clamp_change({0: 1.0, 9: 1.8}, 0.5, spec) == pytest.approx(0.2)
    assert clamp_change({0: 1.0, 9: 0.6}, -0.5, spec) == pytest.approx(-0.1)
    assert clamp_change({0: 1.0}, 0.3, spec) == 0.3
    assert clamp_change({0: 5.0}, 99, None) == 99


def test_what_is_outside_may_come_back_but_not_go_further() -> None:
    spec = PARAMETERS["zoom"]
    assert clamp_change({0: 3.0}, 0.5, spec) == 0
    assert clamp_change({0: 3.0}, -0.5, spec) == -0.5


def test_whole_parameters_stay_whole() -> None:
    assert raised({0: 40.0}, 2.7, PARAMETERS["steps"]) == {0: 43.0}
    assert raised({0: 1.0}, 0.1 + 0.2, PARAMETERS["zoom"]) == {0: 1.3}


def test_keys_move_in_time_and_value_as_one_edit(project: Project) -> None:
    edit = reshape(ZOOM, frozenset({32}), 8, {32: 1.5})
    assert edit.label == "Move key"
    keys = edit.apply(project.timeline).parameter("zoom").track.keys
    assert [(key.frame, key.value) for key in keys] == [(0, 1.0), (40, 1.5), (96, 1.0)]


def test_without_an_offset_only_values_change(project: Project) -> None:
    edit = reshape(ZOOM, frozenset({0, 32}), 0, {0: 1.1, 32: 1.2})
    assert edit.label == "Change zoom"
    assert [key.value for key in edit.apply(project.timeline).parameter("zoom").track.keys] == [1.1, 1.2, 1.0]
