from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from studio.app.player import Player
from studio.timeline.time import FrameRange, FrameRate


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def player(qtbot: QtBot, clock: Clock) -> Player:
    made = Player(clock=clock)
    made.fit(FrameRate(24), 100, FrameRange(10, 34))
    made.seek(10)
    return made


def test_the_frame_follows_the_clock_and_not_the_number_of_ticks(player: Player, clock: Clock) -> None:
    player.play(1)
    seen = []
    player.frame_changed.connect(seen.append)
    for seconds in (0.01, 0.02, 0.05, 0.26, 0.5):
        clock.now = 100.0 + seconds
        player.tick()
    assert seen == [11, 16, 22]  # frames are dropped, never delayed
    player.stop()


def test_a_loop_goes_round_the_range_and_else_playback_ends_there(player: Player, clock: Clock) -> None:
    player.play(1)
    clock.now += 1.25
    player.tick()
    assert player.frame == 16
    player.set_loop(False)
    clock.now += 5
    player.tick()
    assert (player.frame, player.playing) == (33, False)


def test_play_from_outside_the_range_begins_at_its_start(player: Player) -> None:
    player.seek(80)
    player.toggle()
    assert (player.frame, player.playing) == (10, True)
    player.toggle()
    assert not player.playing


def test_shuttling_goes_faster_and_turns_round(player: Player, clock: Clock) -> None:
    player.seek(20)
    player.shuttle(1)
    player.shuttle(1)
    assert player.speed == 2
    player.shuttle(-1)
    assert player.speed == -1
    clock.now += 0.26
    player.tick()
    assert player.frame == 14
    player.stop()


def test_the_playhead_stays_on_the_timeline(player: Player) -> None:
    player.seek(-5)
    assert player.frame == 0
    player.step(1000)
    assert player.frame == 99
    player.fit(FrameRate(24), 40, FrameRange(0, 40))
    assert player.frame == 39


def test_it_ticks_by_itself(qtbot: QtBot) -> None:
    player = Player()
    player.fit(FrameRate(100), 1000, FrameRange(0, 1000))
    player.play(1)
    with qtbot.waitSignal(player.frame_changed, timeout=5000):
        pass
    player.stop()
    assert not player.playing
