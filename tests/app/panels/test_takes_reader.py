"""The thread that has the library of takes open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio.app.panels.takes_reader import Listing, TakesReader
from studio.base import paths
from studio.takes.index import Wanted
from studio.takes.store import Takes
from studio.takes.take import Kept


@pytest.fixture
def reader(qtbot: QtBot) -> Iterator[TakesReader]:
    made = TakesReader()
    yield made
    made.close()


def test_it_lists_what_is_wanted(reader: TakesReader, keep: Callable[..., Kept], qtbot: QtBot) -> None:
    keep(1, "first", tags=("night",))
    second = keep(2, "second")
    with qtbot.waitSignal(reader.listed) as got:
        reader.ask(Wanted(words="second"))
    listing: Listing = got.args[0]
    assert [row.prompt for row in listing.rows] == ["second"]
    assert (listing.tags, listing.media, listing.kept, listing.binned) == (("night",), ("pixels",), 2, 0)
    assert listing.place(second.take.key) == second.place


def test_a_look_tells_only_of_changes(reader: TakesReader, keep: Callable[..., Kept], qtbot: QtBot) -> None:
    with qtbot.waitSignal(reader.listed):
        reader.ask(Wanted())
    with qtbot.assertNotEmitted(reader.listed, wait=200):
        reader.look()
    keep(1)
    with qtbot.waitSignal(reader.listed) as got:
        reader.look()
    assert got.args[0].kept == 1


def test_folders_that_no_index_was_told_of_are_found(
    reader: TakesReader, keep: Callable[..., Kept], qtbot: QtBot, tmp_path: Path
) -> None:
    kept = keep(1)
    place = paths.data_dir() / "takes"
    aside = kept.place.rename(tmp_path / kept.take.key)
    with Takes() as library:
        assert library.count() == (0, 0)
    with qtbot.waitSignal(reader.listed):
        reader.ask(Wanted())
    aside.rename(place / "kept" / kept.take.key)
    with qtbot.waitSignal(reader.listed) as got:
        reader.look()
    assert got.args[0].kept == 1


def test_jobs_are_done_in_turn_and_listed(reader: TakesReader, keep: Callable[..., Kept], qtbot: QtBot) -> None:
    key = keep(1).take.key
    said: list[str] = []
    reader.done.connect(said.append)
    with qtbot.waitSignal(reader.listed, check_params_cb=lambda listing: listing.binned == 1):
        reader.run(lambda takes: takes.star(key))
        reader.run(lambda takes: takes.remove(key), "gone")
    assert said == ["gone"]
    with qtbot.waitSignal(reader.told) as got:
        reader.tell(key)
    assert got.args[0].take.star


def test_errors_are_told_and_the_thread_goes_on(reader: TakesReader, keep: Callable[..., Kept], qtbot: QtBot) -> None:
    keep(1)
    with qtbot.waitSignal(reader.failed) as got:
        reader.tell("ffff")
    assert "no take" in str(got.args[0])

    def broken(_takes: Takes) -> None:
        raise ZeroDivisionError

    with qtbot.waitSignal(reader.failed) as got:
        reader.run(broken)
    assert "ZeroDivisionError" in str(got.args[0])
    with qtbot.waitSignal(reader.listed):
        reader.ask(Wanted())


def test_a_library_that_cannot_be_opened_is_told(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    reader = TakesReader(tmp_path / "file")
    with qtbot.waitSignal(reader.failed):
        reader.ask(Wanted())
    reader.close()
    reader.ask(Wanted())
    reader.close()
