"""How far work has come."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from studio.base.progress import Progress, silent


@pytest.mark.parametrize(("done", "total", "fraction"), [(0, 10, 0.0), (5, 10, 0.5), (10, 10, 1.0), (3, 0, 0.0)])
def test_the_share_done(done, total, fraction):
    assert Progress(done, total).fraction == fraction


def test_a_report_is_a_value():
    assert Progress(1, 2, "frame 1") == Progress(1, 2, "frame 1")
    with pytest.raises(FrozenInstanceError):
        Progress(1, 2).done = 3  # type: ignore[misc]


def test_silence():
    assert silent(Progress(1, 2)) is None
