"""An index follows its folder: what is new, changed, gone, broken or hidden; and being killed costs nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio.base.cancel import Cancelled, CancelToken
from studio.base.presence import Presence
from studio.base.progress import Progress
from studio.library.index import Index
from studio.library.indexing import BATCH, LOCK, Update, update
from studio.library.scan import Trouble

RED, GREEN, BLUE = (230, 20, 30), (20, 200, 40), (30, 40, 220)


def index_of(pictures: Path, identity: str = "c0ffee") -> Index:
    return Index(pictures, identity, 3)


def test_all_pictures_are_looked_at_once(pictures: Path, colours: Any) -> None:
    index = index_of(pictures)
    assert update(index, colours) == Update(3, added=3)
    paths, embeddings = index.export()
    assert paths == ("a.png", "b.JPG", "below/c.webp")
    assert embeddings.argmax(1).tolist() == [0, 1, 2]
    assert colours.seen == 3
    assert update(index_of(pictures), colours) == Update(3)
    assert colours.seen == 3


def test_new_changed_and_removed_pictures_are_noticed(pictures: Path, colours: Any, paint: Callable[..., Path]) -> None:
    update(index_of(pictures), colours)
    paint(pictures / "new.png", GREEN)
    paint(pictures / "a.png", BLUE)
    os.utime(pictures / "a.png", ns=(5, 5))
    (pictures / "below" / "c.webp").unlink()
    index = index_of(pictures)
    assert update(index, colours) == Update(3, added=1, changed=1, removed=1)
    paths, embeddings = index.export()
    assert paths == ("a.png", "b.JPG", "new.png")
    assert embeddings.argmax(1).tolist() == [2, 1, 1]
    assert colours.seen == 5


def test_a_renamed_folder_is_looked_at_again(pictures: Path, colours: Any) -> None:
    update(index_of(pictures), colours)
    (pictures / "below").rename(pictures / "elsewhere")
    assert update(index_of(pictures), colours) == Update(3, added=1, removed=1)


def test_broken_pictures_are_named_every_time_and_tried_once(pictures: Path, colours: Any) -> None:
    (pictures / "bad.png").write_bytes(b"no picture at all")
    (pictures / "empty.jpg").write_bytes(b"")
    for added in (5, 0):
        found = update(index_of(pictures), colours)
        assert (found.pictures, found.added) == (3, added)
        assert [trouble.path for trouble in found.broken] == ["bad.png", "empty.jpg"]
        assert "no PNG, JPEG" in found.broken[0].why


def test_a_broken_picture_that_is_mended_is_found(pictures: Path, colours: Any, paint: Callable[..., Path]) -> None:
    (pictures / "bad.png").write_bytes(b"no picture at all")
    update(index_of(pictures), colours)
    paint(pictures / "bad.png", RED)
    assert update(index_of(pictures), colours) == Update(4, changed=1)


def test_a_folder_of_broken_pictures_alone(tmp_path: Path, colours: Any) -> None:
    (tmp_path / "bad.png").write_bytes(b"no picture at all")
    assert update(index_of(tmp_path), colours).broken[0].path == "bad.png"
    assert update(index_of(tmp_path), colours).pictures == 0


def test_what_cannot_be_looked_into_is_kept(
    pictures: Path, colours: Any, monkeypatch: pytest.MonkeyPatch, paint: Callable[..., Path]
) -> None:
    update(index_of(pictures), colours)
    (pictures / "a.png").unlink()
    scandir = os.scandir

    def denied(path: Any) -> Any:
        if Path(path).name == "below":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", denied)
    index = index_of(pictures)
    found = update(index, colours)
    assert found == Update(2, removed=1, hidden=(Trouble("below", "Permission denied"),))
    assert index.export()[0] == ("b.JPG", "below/c.webp")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_names_that_are_no_utf8_are_found_again(pictures: Path, colours: Any, paint: Callable[..., Path]) -> None:
    raw = os.fsencode(pictures) + b"/\xff\xfe.png"
    paint(pictures / "d.png", RED).rename(os.fsdecode(raw))
    index = index_of(pictures)
    update(index, colours)
    assert raw in [os.fsencode(pictures / path) for path in index.export()[0]]
    assert update(index_of(pictures), colours) == Update(4)


def test_another_model_has_an_index_of_its_own(pictures: Path, colours: Any) -> None:
    update(index_of(pictures), colours)
    assert update(index_of(pictures, "another"), colours).added == 3
    assert update(index_of(pictures), colours).added == 0


def test_what_was_lost_is_looked_at_again_and_said(pictures: Path, colours: Any) -> None:
    index = index_of(pictures)
    update(index, colours)
    (index.place / f"{index.parts[0].segment.name}.npy").unlink()
    found = update(index_of(pictures), colours)
    assert found.added == 3
    assert "damaged" in found.lost
    assert update(index_of(pictures), colours) == Update(3)


def test_while_another_is_at_work_the_index_is_taken_as_it_is(
    pictures: Path, colours: Any, paint: Callable[..., Path]
) -> None:
    index = index_of(pictures)
    update(index, colours)
    paint(pictures / "new.png", GREEN)
    presence = Presence.take(index.place / LOCK)
    assert presence is not None
    assert update(index_of(pictures), colours) == Update(3, busy=True)
    presence.leave()
    assert update(index_of(pictures), colours) == Update(4, added=1)


def many(folder: Path, count: int, paint: Callable[..., Path]) -> None:
    for number in range(count):
        paint(folder / f"{number:04}.png", (number % 256, number * 7 % 256, number * 31 % 256))
    (folder / "0040.png").write_bytes(b"broken")


def test_progress_is_told_and_whole_batches_survive_cancelling(
    tmp_path: Path, colours: Any, paint: Callable[..., Path]
) -> None:
    many(tmp_path, 3 * BATCH, paint)
    token, told = CancelToken(), []

    def report(at: Progress) -> None:
        told.append((at.done, at.total))
        if at.done == BATCH:
            token.cancel()

    with pytest.raises(Cancelled):
        update(index_of(tmp_path), colours, token, report)
    assert told[-1] == (BATCH, 3 * BATCH)
    kept = len(list(index_of(tmp_path).records()))
    assert kept
    assert kept % BATCH == 0
    assert update(index_of(tmp_path), colours).added == 3 * BATCH - kept


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no such signal there")
def test_killed_five_times_the_index_is_the_same(tmp_path: Path, paint: Callable[..., Path]) -> None:
    folder = tmp_path / "pictures"
    many(folder, 45 * BATCH - 9, paint)
    command = [sys.executable, str(Path(__file__).with_name("index_and_die.py")), str(folder)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(Path(__file__).parents[2])}

    def start(place: Path) -> subprocess.Popen[str]:
        return subprocess.Popen([*command, str(place)], env=environment, stdout=subprocess.PIPE, text=True)

    whole, broken = tmp_path / "whole", tmp_path / "broken"
    with start(whole) as process:
        process.communicate(timeout=120)
        assert process.returncode == 0
    chance = np.random.default_rng(7)
    kept = []
    for batches in chance.integers(2, 7, 5):
        with start(broken) as process:
            assert process.stdout is not None
            for _ in range(batches):
                assert process.stdout.readline()
            time.sleep(chance.uniform(0, 0.02))
            process.send_signal(signal.SIGKILL)
        assert process.returncode == -signal.SIGKILL
        kept.append(len(list(Index(folder, "slow", 3, place=broken).records())))
    assert kept == sorted(kept)
    assert 0 < kept[0] < kept[-1] < 44 * BATCH
    with start(broken) as process:
        process.communicate(timeout=120)
        assert process.returncode == 0
    first, second = (Index(folder, "slow", 3, place=place) for place in (whole, broken))
    assert first.export()[0] == second.export()[0]
    assert len(first.export()[0]) == 45 * BATCH - 10
    assert np.array_equal(first.export()[1], second.export()[1])
    assert sorted(first.records(), key=str) == sorted(second.records(), key=str)
    assert len(list(broken.iterdir())) == 2 * len(second.parts) + 1
