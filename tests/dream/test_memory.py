from __future__ import annotations

from pathlib import Path

import pytest
import torch

from studio.base.errors import InputError
from studio.dream import confinement, memory

CPU = torch.device("cpu")


def test_what_is_free_is_the_least_of_what_the_system_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "meminfo").write_text("MemTotal: 9000 kB\nMemAvailable: 5000 kB\n")
    monkeypatch.setattr(memory, "_MEMINFO", tmp_path / "meminfo")
    for left, free in (([], 5000 * 1024), ([2000, 9_000_000], 2000), ([-5], 0)):
        monkeypatch.setattr(confinement, "left", lambda left=left: list(left))
        assert memory.free() == free


def test_a_system_that_does_not_say_is_not_watched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(memory, "_MEMINFO", tmp_path / "none")
    monkeypatch.setattr(confinement, "left", list)
    assert memory.free() is None
    with memory.watched(CPU):
        torch.ones(100, requires_grad=True).square().sum().backward()


def test_a_step_that_keeps_too_much_is_stopped_while_it_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "free", lambda: 100_000)  # of which 70,000 may be kept
    x = torch.ones(1000, requires_grad=True)  # 4,000 bytes each
    with memory.watched(CPU):
        y = x
        for _ in range(10):
            y = y.square()  # keeps what goes in
    with pytest.raises(torch.OutOfMemoryError, match="not enough memory"), memory.watched(CPU):
        for _ in range(10):
            y = y.square()
        for _ in range(10):
            y = y.square()


def test_one_tensor_kept_twice_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "free", lambda: 10_000)
    x = torch.ones(1000, requires_grad=True)
    with memory.watched(CPU):
        sum(x.square().sum() for _ in range(5)).backward()


def test_what_is_granted_counts_from_what_is_held_now(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "meminfo").write_text("MemAvailable: 5000 kB\n")
    monkeypatch.setattr(memory, "_MEMINFO", tmp_path / "meminfo")
    monkeypatch.setattr(confinement, "left", list)
    held = iter([1_000_000, 1_000_000, 1_250_000, 9_000_000])
    monkeypatch.setattr(memory, "resident", lambda: next(held))
    with memory.granted(300_000):
        assert [memory.free() for _ in range(3)] == [300_000, 50_000, 0]
    assert memory.free() == memory.free_on(CPU) == 5000 * 1024


def test_this_process_holds_something() -> None:
    assert memory.resident() > 1 << 20 or not memory._STATUS.exists()


def test_the_artist_says_how_much_there_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "meminfo").write_text("MemAvailable: 90000000 kB\n")
    monkeypatch.setattr(memory, "_MEMINFO", tmp_path / "meminfo")
    monkeypatch.setattr(confinement, "left", list)
    monkeypatch.setattr(memory, "resident", lambda: 1 << 30)
    monkeypatch.setenv(memory.LIMIT, "1.5")
    assert memory.free() == 1 << 29
    monkeypatch.setenv(memory.LIMIT, "0.5")
    assert memory.free() == 0


@pytest.mark.parametrize("wrong", ["much", "-1", "0", "nan", "inf"])
def test_a_limit_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv(memory.LIMIT, wrong)
    with pytest.raises(InputError, match="KEYDREAM_MEMORY"):
        memory._most()
