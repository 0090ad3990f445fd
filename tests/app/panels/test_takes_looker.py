"""CLIP looks at takes in a thread of its own; the starter model, on pictures of one colour."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from studio.app.panels import takes_looker
from studio.app.panels.takes_looker import Seen, TakesLooker
from studio.base import paths
from studio.base.errors import ModelError
from studio.takes.store import Takes
from studio.takes.take import Kept


@pytest.fixture
def looker(qtbot: QtBot) -> Iterator[TakesLooker]:
    made = TakesLooker()
    yield made
    made.close()


def test_every_take_is_looked_at_once_in_the_bin_too(
    looker: TakesLooker, keep: Callable[..., Kept], qtbot: QtBot
) -> None:
    keys = [keep(number).take.key for number in range(3)]
    with Takes() as library:
        library.remove(keys[0])
    root = paths.data_dir() / "takes"
    looked: list[int] = []
    looker.progressed.connect(lambda progress: looked.append(progress.total))
    with qtbot.waitSignal(looker.found, timeout=60000) as got:
        looker.search(root, "a plain colour")
    seen: Seen = got.args[0]
    assert seen.text == "a plain colour"
    assert set(seen.fits) == set(keys)
    assert all(-1 <= fit <= 1 for fit in seen.fits.values())
    assert max(looked) == 3
    looked.clear()
    keys.append(keep(4).take.key)
    with qtbot.waitSignal(looker.found, timeout=60000) as got:
        looker.search(root, "a plain colour")
    assert max(looked) == 1, "the others were looked at before"
    assert {key: got.args[0].fits[key] for key in keys[:3]} == pytest.approx(seen.fits)


def test_the_latest_search_wins_and_stopping_is_quiet(
    looker: TakesLooker, keep: Callable[..., Kept], qtbot: QtBot
) -> None:
    for number in range(3):
        keep(number)
    found: list[str] = []
    looker.found.connect(lambda seen: found.append(seen.text))
    root = paths.data_dir() / "takes"
    for text in ("one", "two", "three"):
        looker.search(root, text)
    qtbot.waitUntil(lambda: "three" in found, timeout=60000)
    assert found[-1] == "three"
    looker.search(root, "four")
    looker.stop()
    with qtbot.waitSignal(looker.found, timeout=60000):
        looker.search(root, "five")
    assert found[-1] == "five"


def test_what_cannot_look_says_so(
    looker: TakesLooker, keep: Callable[..., Kept], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> None:
        raise ModelError("The starter is missing", "", "")

    keep(1)
    monkeypatch.setattr(takes_looker, "_starter", missing)
    with qtbot.waitSignal(looker.failed) as got:
        looker.search(paths.data_dir() / "takes", "x")
    assert "starter" in str(got.args[0])
    monkeypatch.setattr(takes_looker, "_starter", lambda: 1 / 0)
    with qtbot.waitSignal(looker.failed) as got:
        looker.search(paths.data_dir() / "takes", "x")
    assert "ZeroDivisionError" in str(got.args[0])
