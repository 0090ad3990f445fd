from __future__ import annotations

import mmap
import time
from pathlib import Path

import pytest
import torch

from studio.bench import timing


def test_seconds_are_those_of_the_work() -> None:
    assert timing.seconds(lambda: time.sleep(0.02), torch.device("cpu")) >= 0.02


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="only Linux tells")
def test_the_peak_is_what_was_held_at_most() -> None:
    # fresh pages, which no earlier work has left behind
    with timing.peak(torch.device("cpu")) as found, mmap.mmap(-1, 64 << 20) as held:
        held.write(b"x" * len(held))
        time.sleep(0.1)
    assert found.bytes is not None
    assert 60 << 20 < found.bytes < 256 << 20


def test_where_nobody_can_tell_memory_is_unknown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(timing, "_STATUS", tmp_path / "none")
    with timing.peak(torch.device("cpu")) as found:
        pass
    assert found.bytes is None


def test_a_clock_adds_up_blocks_alone() -> None:
    clock = timing.Clock(torch.device("cpu"))
    for _ in range(2):
        with clock:
            time.sleep(0.01)
    before = clock.seconds
    time.sleep(0.01)
    assert clock.seconds == before >= 0.02


def test_what_is_held_is_told_where_it_is_known(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if Path("/proc/self/statm").exists():
        held = timing.resident()
        assert held is not None
        assert held > 1 << 20
    monkeypatch.setattr(timing, "_STATUS", tmp_path / "none")
    assert timing.resident() is None
