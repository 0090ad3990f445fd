"""What is rendered, joined to runs."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject, Signal

from studio.app.frames import Status
from studio.app.timeline.scale import Scale
from studio.app.timeline.statuses import Statuses


class Frames(QObject):
    changed = Signal()
    frame_changed = Signal(int)

    def __init__(self, statuses):
        super().__init__()
        self.statuses = statuses
        self.asked = 0

    def status(self, frame):
        self.asked += 1
        return self.statuses[frame]


def scale_of(length, width=1000):
    scale = Scale()
    scale.resize(width, length)
    scale.fit()
    return scale


def test_equal_neighbours_are_one_run(qapp):
    frames = Frames([Status.FINAL] * 30 + [Status.STALE] * 20 + [Status.NONE] * 50)
    scale = scale_of(100)
    runs = Statuses(frames).runs(scale)
    assert [run.status for run in runs] == [Status.FINAL, Status.STALE, Status.NONE]
    assert runs[0].start == pytest.approx(scale.x(0))
    assert runs[1].start == runs[0].stop == pytest.approx(scale.x(30))
    assert runs[2].stop == pytest.approx(scale.x(100))


def test_a_pixel_of_many_frames_shows_the_worst(qapp):
    statuses = [Status.FINAL] * 10_000
    statuses[5000] = Status.STALE
    runs = Statuses(Frames(statuses)).runs(scale_of(10_000))
    assert [run.status for run in runs] == [Status.FINAL, Status.STALE, Status.FINAL]
    assert runs[1].stop - runs[1].start < 2


def test_nothing_is_looked_up_twice_until_it_changes(qapp):
    frames = Frames([Status.NONE] * 1000)
    statuses, scale = Statuses(frames), scale_of(1000)
    statuses.runs(scale)
    assert frames.asked == 1000
    statuses.runs(scale)
    scale.zoom(4, 300)
    statuses.runs(scale)
    assert frames.asked == 1000
    frames.statuses[300] = Status.FINAL
    frames.frame_changed.emit(300)
    assert Status.FINAL in [run.status for run in statuses.runs(scale)]
    assert frames.asked == 1001
    frames.changed.emit()
    scale.fit()
    statuses.runs(scale)
    assert frames.asked == 2001


def test_changes_are_told(qapp, qtbot):
    frames = Frames([Status.NONE] * 10)
    statuses = Statuses(frames)
    for signal in (frames.changed.emit, lambda: frames.frame_changed.emit(3)):
        with qtbot.waitSignal(statuses.changed, timeout=100):
            signal()


def test_a_very_long_timeline_is_sampled(qapp):
    frames = Frames([Status.FINAL] * 1_000_000)
    Statuses(frames).runs(scale_of(1_000_000))
    assert frames.asked < 70_000
