"""The best pictures are found: the same as by sorting everything."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.library import search as module
from studio.library.index import Index
from studio.library.scan import Found
from studio.library.search import search
from studio.library.segments import Record


def unit(count: int, seed: int, dimensions: int = 24) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    found = np.random.default_rng(seed).standard_normal((count, dimensions)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


@pytest.fixture
def index(tmp_path: Path) -> Index:
    """Three segments of 400, with some pictures removed and some said again."""
    index = Index(tmp_path, "c0ffee", 24)
    for part in range(3):
        rows = unit(400, part).astype(np.float16)
        index.add(rows, [Record(Found(f"{part}/{number:03}.png", 1, 1)) for number in range(400)])
    index.remove([f"1/{number:03}.png" for number in range(0, 400, 7)])
    index.add(unit(1, 9).astype(np.float16), [Record(Found("0/005.png", 2, 2)), Record(Found("x.png", 2, 2), "broken")])
    return index


@pytest.mark.parametrize("count", [1, 20, 5000])
@pytest.mark.parametrize("block", [1, 3 * 24 * 4, 1 << 20])
def test_the_same_as_by_sorting_everything(
    index: Index, count: int, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BLOCK", block)
    queries = unit(4, 33)
    paths, embeddings = index.export()
    scores = embeddings.astype(np.float32) @ queries.T
    for query, hits in enumerate(search(index, queries, count)):
        order = np.argsort(-scores[:, query], kind="stable")[:count]
        assert {hit.path for hit in hits} == {paths[n] for n in order}
        assert list(hits) == sorted(hits, key=lambda hit: (-hit.cosine, hit.path))
        np.testing.assert_allclose([hit.cosine for hit in hits], scores[order, query], atol=2e-6)


def test_removed_and_earlier_pictures_are_not_found(index: Index) -> None:
    gone = unit(400, 1)[7:8]
    [hits] = search(index, gone, 5)
    assert "1/007.png" not in [hit.path for hit in hits]
    assert hits[0].cosine < 0.9
    [now] = search(index, unit(1, 9), 1)
    assert now[0].path == "0/005.png"
    assert now[0].cosine == pytest.approx(1, abs=1e-3)


def test_equal_pictures_come_in_the_order_of_their_paths(tmp_path: Path) -> None:
    index = Index(tmp_path, "c0ffee", 24)
    row = unit(1, 5).astype(np.float16)
    for name in ("d", "b", "a", "e", "c"):
        index.add(row, [Record(Found(name, 1, 1))])
    [hits] = search(index, unit(1, 5), 3)
    assert [hit.path for hit in hits] == ["a", "b", "c"]


def test_no_cosine_is_above_one(tmp_path: Path) -> None:
    index = Index(tmp_path, "c0ffee", 24)
    index.add(unit(60, 5).astype(np.float16), [Record(Found(f"{n}", 1, 1)) for n in range(60)])
    for hits in search(index, unit(60, 5), 1):
        assert hits[0].cosine <= 1


def test_an_empty_index_has_nothing(tmp_path: Path) -> None:
    index = Index(tmp_path, "c0ffee", 24)
    assert search(index, unit(2, 1), 5) == ((), ())
    assert search(index, unit(0, 1), 5) == ()


def test_nothing_cannot_be_searched_for(index: Index) -> None:
    with pytest.raises(ValueError, match="0 pictures"):
        search(index, unit(1, 1), 0)
