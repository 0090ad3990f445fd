"""Memory over a long run: what is flat, what is not, and a short one of each kind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from studio.base.errors import InputError
from studio.bench import lasting
from studio.bench.lasting import Lasted
from studio.render.toolbox import LocalToolbox

MIB = 1 << 20


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def toolbox() -> LocalToolbox:
    return LocalToolbox(Path(), torch.device("cpu"))


def ran(*held: int) -> Lasted:
    return Lasted("a dream", "steps", tuple(range(100, 100 * len(held) + 1, 100)), tuple(each * MIB for each in held))


def test_growth_is_from_the_first_tenth_to_the_last() -> None:
    found = ran(500, *[900] * 18, 902)
    assert (found.early, found.late, found.growth) == (900 * MIB, 901 * MIB, MIB)
    assert found.flat
    assert "flat: +1.0 MiB" in lasting.lines(found)[1]


def test_what_goes_on_growing_is_not_flat() -> None:
    found = ran(*range(900, 1000, 5))
    assert not found.flat
    assert found.bound == pytest.approx(17 * MIB, rel=0.01)
    assert "NOT flat" in lasting.lines(found)[1]


def test_a_dream_and_a_follow_are_watched(toolbox: LocalToolbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lasting, "_SIDE_DREAMED", 32)
    monkeypatch.setattr(lasting, "_SIDE", 32)
    said: list[str] = []
    dream = lasting.steps(toolbox, count=20, report=said.append)
    assert dream.counts == tuple(range(1, 21))
    assert len(said) == 20
    follow = lasting.frames(toolbox, "fourier", 23)
    assert follow.counts == tuple(range(1, 24))
    assert all(held > 10 * MIB for held in (*dream.held, *follow.held))


def test_where_nobody_can_tell_there_is_nothing_to_measure(
    toolbox: LocalToolbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lasting, "resident", lambda: None)
    monkeypatch.setattr(lasting, "_SIDE_DREAMED", 32)
    with pytest.raises(InputError, match="cannot be measured"):
        lasting.steps(toolbox, count=2)
