from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from studio.app.clip.answers import SIDE, Finds, export_index, heat, lines, search, table
from studio.app.clip.perceptors import Perceptors, Source
from studio.base.cancel import Cancelled, CancelToken, never
from studio.base.errors import AssetError, InputError
from studio.base.progress import Progress, silent
from studio.score.similarity import similarity


def test_texts_are_lines_with_commas_and_quotes() -> None:
    assert lines(' a "red", apple \n\n\nb\na "red", apple\n') == ('a "red", apple', "b")
    assert lines(" \n ") == ()


def test_a_table_has_the_numbers_of_the_core(perceptors: Perceptors, loader: Any, sources: tuple[Source, ...]) -> None:
    found = table(perceptors, "", sources, ("red", "blue"), never(), silent)
    assert found.model == "starter-clip"
    assert found.cosine.shape == found.probability.shape == (3, 2)
    assert found.cosine.argmax(1).tolist()[0] == 0
    assert found.cosine.argmax(1).tolist()[2] == 1
    assert np.allclose(found.probability.sum(1), 1)
    from studio.library.reading import read

    images = [read(source.path) for source in sources]
    straight = similarity(loader.made[0], images, ("red", "blue"))
    assert np.abs(found.cosine - straight.cosine.numpy()).max() < 1e-6
    assert np.abs(found.probability - straight.probability.numpy()).max() < 1e-6


def test_labels_go_into_sentences(perceptors: Perceptors, sources: tuple[Source, ...]) -> None:
    found = table(perceptors, "", sources[:1], ("red", "blue"), never(), silent, ("a {} thing", "the {}"))
    assert found.templates == ("a {} thing", "the {}")
    assert found.probability[0].argmax() == 0
    with pytest.raises(InputError, match="no place for a label"):
        table(perceptors, "", sources[:1], ("red",), never(), silent, ("a thing",))
    with pytest.raises(InputError):
        table(perceptors, "", sources[:1], ("purple",), never(), silent)


def test_without_any_picture_it_is_said_why(perceptors: Perceptors, pictures: Path) -> None:
    with pytest.raises(InputError, match="no PNG"):
        table(perceptors, "", (Source(pictures / "broken.png", "x"),), ("red",), never(), silent)


def test_a_search_tells_what_it_knows_and_then_what_is_new(
    perceptors: Perceptors, pictures: Path, paint: Callable[..., Path]
) -> None:
    told: list[Finds] = []
    first = search(perceptors, "", pictures, "blue", never(), silent, told.append)
    assert told == []
    assert first.hits[0].path == "below/blue.png"
    assert first.complete
    assert first.update is not None
    assert (first.known, first.update.added, len(first.update.broken)) == (3, 4, 1)
    paint(pictures / "sky.png", (0, 0, 255))
    second = search(perceptors, "", pictures, "blue", never(), silent, told.append)
    assert [each.known for each in told] == [3]
    assert not told[0].complete
    assert {hit.path for hit in second.hits[:2]} == {"sky.png", "below/blue.png"}


def test_a_search_by_a_picture(
    perceptors: Perceptors, pictures: Path, paint: Callable[..., Path], tmp_path: Path
) -> None:
    like = paint(tmp_path / "like.png", (10, 220, 20))
    found = search(perceptors, "", pictures, like, never(), silent, lambda _: None)
    assert found.hits[0].path == "green.png"
    with pytest.raises(AssetError, match="no PNG"):
        search(perceptors, "", pictures, pictures / "broken.png", never(), silent, lambda _: None)


def test_each_perceptor_has_its_own_index(perceptors: Perceptors, pictures: Path) -> None:
    search(perceptors, "", pictures, "red", never(), silent, lambda _: None)
    told: list[Finds] = []
    other = search(perceptors, "starter-evaluator", pictures, "red", never(), silent, told.append)
    assert told == []  # nothing of another's index is taken
    assert other.update is not None
    assert other.update.added == 4
    assert export_index(perceptors, "", pictures, silent)[1].rows == 3


def test_a_stopped_search_answers_with_what_it_has(
    perceptors: Perceptors, pictures: Path, paint: Callable[..., Path]
) -> None:
    token = CancelToken()
    with pytest.raises(Cancelled):
        search(perceptors, "", pictures, "red", token, lambda _: token.cancel(), lambda _: None)
    search(perceptors, "", pictures, "red", never(), silent, lambda _: None)
    paint(pictures / "more.png", (255, 0, 0))
    token = CancelToken()

    def stop(progress: Progress) -> None:
        token.cancel()

    found = search(perceptors, "", pictures, "red", token, stop, lambda _: None)
    assert not found.complete
    assert found.known == 3


@pytest.mark.skipif(os.name == "nt", reason="names are UTF-16 there")
def test_names_that_are_no_text_are_found(perceptors: Perceptors, tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    name = os.fsdecode(b"r\xe9d.png")
    Image.new("RGB", (9, 9), (255, 0, 0)).save(tmp_path / "plain.png")
    (folder / name).write_bytes((tmp_path / "plain.png").read_bytes())
    found = search(perceptors, "", folder, "red", never(), silent, lambda _: None)
    assert [hit.path for hit in found.hits] == [name]


def test_a_heat_map_lies_where_the_colour_is(perceptors: Perceptors, tmp_path: Path) -> None:
    picture = Image.new("RGB", (2 * SIDE, SIDE), (90, 90, 90))
    picture.paste((255, 0, 0), (0, 0, SIDE, SIDE))
    picture.save(tmp_path / "half.png")
    found = heat(perceptors, "", tmp_path / "half.png", "red", 4, never(), silent)
    assert found.size == (SIDE, SIDE // 2)
    assert len(found.picture) == len(found.hot) == 3 * SIDE * SIDE // 2
    hot = np.frombuffer(found.hot, np.uint8).reshape(SIDE // 2, SIDE, 3).astype(int)
    left, right = hot[:, : SIDE // 2 - 100], hot[:, SIDE // 2 + 100 :]
    assert (left[..., 0] - left[..., 2]).mean() > (right[..., 0] - right[..., 2]).mean() + 10
    with pytest.raises(AssetError):
        heat(perceptors, "", tmp_path / "gone.png", "red", 4, never(), silent)
