from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from studio.app import pictures
from studio.app.pictures import Pictures


@pytest.fixture
def cache(qtbot: QtBot) -> Iterator[Pictures]:
    made = Pictures()
    yield made
    made.close()


def picture(folder: Path, name: str = "a.png", size: tuple[int, int] = (64, 32)) -> Path:
    Image.new("RGB", size, (10, 200, 30)).save(folder / name)
    return folder / name


def test_a_picture_comes_a_moment_later_and_then_at_once(cache: Pictures, qtbot: QtBot, tmp_path: Path) -> None:
    path = picture(tmp_path)
    with qtbot.waitSignal(cache.loaded, timeout=5000) as told:
        assert cache.image(path, 16) is None
    assert told.args == [str(path), 16]
    found = cache.image(path, 16)
    assert found is not None
    assert (found.width(), found.height()) == (32, 16)
    assert found.pixelColor(5, 5).green() == 200


def test_what_cannot_be_read_is_told_once_and_stays_none(cache: Pictures, qtbot: QtBot, tmp_path: Path) -> None:
    with qtbot.waitSignal(cache.loaded, timeout=5000):
        cache.image(tmp_path / "missing.png")
    with qtbot.assertNotEmitted(cache.loaded, wait=50):
        assert cache.image(tmp_path / "missing.png") is None
    assert cache.now(tmp_path / "missing.png") is None


def test_now_does_not_wait(cache: Pictures, tmp_path: Path) -> None:
    found = cache.now(picture(tmp_path))
    assert found is not None
    assert found.width() == 64


def test_the_longest_unused_is_forgotten(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "FULL_BYTES", 3 * 64 * 32 * 4)
    cache = Pictures()
    found = [picture(tmp_path, f"{number}.png") for number in range(5)]
    for path in found:
        cache.now(path)
    assert cache.bytes <= 3 * 64 * 32 * 4
    with qtbot.waitSignal(cache.loaded, timeout=5000):
        assert cache.image(found[0]) is None
    assert cache.image(found[4]) is not None
    cache.close()
