from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio.app.fetching import Fetching
from studio.base.cancel import CancelToken
from studio.base.errors import ModelError
from studio.base.progress import Progress
from studio.models.catalogue import Entry
from studio.models.gathering import Gathered


@pytest.fixture
def fetching(qtbot: QtBot) -> Iterator[Fetching]:
    made = Fetching()
    yield made
    assert made.close()


def entry(name: str) -> Entry:
    return Entry(name, "clip", Path(name), "00", 1, "MIT", "about", False)


def brought(name: str, gate: threading.Event | None = None) -> Callable[..., Entry]:
    def work(token: CancelToken, report: Callable[[Progress], None], notice: Callable[[str], None]) -> Entry:
        report(Progress(1, 2, "fetching"))
        notice("trying again")
        while gate is not None and not gate.wait(0.01):
            token.check()
        return entry(name)

    return work


def test_one_comes_after_the_other_and_tells(fetching: Fetching, qtbot: QtBot) -> None:
    gate = threading.Event()
    arrived: list[str] = []
    fetching.arrived.connect(arrived.append)
    with qtbot.waitSignals([fetching.progressed, fetching.noticed], timeout=5000):
        fetching.submit("a", brought("a", gate))
    fetching.submit("b", brought("b"))
    fetching.submit("b", brought("b"))
    assert (fetching.running, fetching.waits("b")) == ("a", True)
    assert fetching.progress.fraction == 0.5
    gate.set()
    qtbot.waitUntil(lambda: arrived == ["a", "b"], timeout=5000)
    assert fetching.running == ""


def test_one_can_be_stopped_and_the_next_goes_on(fetching: Fetching, qtbot: QtBot) -> None:
    never = threading.Event()
    arrived: list[str] = []
    fetching.arrived.connect(arrived.append)
    fetching.submit("a", brought("a", never))
    fetching.submit("b", brought("b", never))
    fetching.submit("c", brought("c"))
    fetching.cancel("b")
    assert not fetching.waits("b")
    fetching.cancel("a")
    qtbot.waitUntil(lambda: arrived == ["c"], timeout=5000)


@pytest.mark.parametrize("error", [ModelError("No mirror gave it", "all refused", "try later"), ValueError("odd")])
def test_what_goes_wrong_is_told(fetching: Fetching, qtbot: QtBot, error: Exception) -> None:
    def work(*_: object) -> Entry:
        raise error

    with qtbot.waitSignal(fetching.failed, timeout=5000) as told:
        fetching.submit("a", work)
    assert str(error.args[0]) in str(told.args[1])


def test_a_checkpoint_that_is_none_is_refused(fetching: Fetching, qtbot: QtBot, home: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.pt").write_bytes(b"no model")
    with qtbot.waitSignal(fetching.failed, timeout=30000) as told:
        fetching.add(Gathered(tmp_path / "mine.pt"))
    assert told.args[0] == "mine"
    assert "mine" in str(told.args[1])


def test_closing_stops_what_runs(qtbot: QtBot) -> None:
    made = Fetching()
    made.submit("a", brought("a", threading.Event()))
    assert made.close()
