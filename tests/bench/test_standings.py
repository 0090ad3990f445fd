"""Medians count what never came as infinite, and what is kept is gone on with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.base.errors import FileError, InputError
from studio.bench.quality import Case, Look
from studio.bench.standings import Kept, lines, summary, told

ABOUT = {"medium": "vqgan", "plain_steps": 100}


def case(prompt: str, *ours: float, plain: tuple[float, ...] = (0.1, 0.5, 0.4), rank: int = 0) -> Case:
    looks = [tuple(Look(float(n + 1), score) for n, score in enumerate(scores)) for scores in (plain, ours)]
    return Case(prompt, 0, looks[0], looks[1], 3, rank)


def test_times_are_those_of_the_first_picture_that_is_as_good() -> None:
    found = case("a cat", 0.2, 0.6, 0.4, 0.5, 0.7)
    assert (found.wanted, found.plain_best, found.reached, found.stayed) == (0.5, 2.0, 2.0, 4.0)
    assert found.beaten == 2.0


def test_what_is_worse_in_the_end_was_never_as_good() -> None:
    found = case("a cat", 0.2, 0.6, 0.4)
    assert (found.reached, found.stayed) == (float("inf"), float("inf"))
    assert "as good after never" in told(found)


def test_a_summary_is_of_medians() -> None:
    figures = summary([case("a", 0.6), case("b", 0.2, 0.3, 0.4, 0.7, rank=2), case("c", 0.1)])
    assert figures["plain"]["seconds_to_score"] == 2.0
    assert figures["keydream"]["seconds_to_equal"] == 4.0
    assert figures["ratio"] == 2.0
    assert (figures["plain"]["last_score"], figures["keydream"]["seconds_to_equal_last"]) == (0.4, 3.0)
    assert figures["ratio_of_last"] == 1.0
    assert figures["never"] == 1
    assert figures["higher"] == 2
    assert figures["keydream"]["object_first"] == pytest.approx(2 / 3)
    assert figures["plain"]["object_first"] == 0
    assert "NOT reached" in "\n".join(lines(figures))


def test_where_most_were_never_as_good_there_is_no_ratio() -> None:
    figures = summary([case("a", 0.6), case("b", 0.2), case("c", 0.1)])
    assert figures["ratio"] is None
    assert figures["keydream"]["seconds_to_equal"] is None
    text = "\n".join(lines(figures))
    assert "as good      after never" in text
    assert "LOWER" in text
    json.dumps(figures, allow_nan=False)


def test_a_fifth_of_the_time_is_what_was_asked_for() -> None:
    fast = Case("a", 0, (Look(5.0, 0.1), Look(10.0, 0.5)), (Look(1.0, 0.6),), 0, 0)
    text = "\n".join(lines(summary([fast])))
    assert "0.100 of the plain loop's time" in text
    assert ", reached)" in text
    assert "not lower" in text


def test_cases_are_kept_and_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "kept.jsonl"
    kept = Kept(path, ABOUT)
    kept.add(case("a", 0.6))
    kept.add(case("b", 0.2, rank=4))
    again = Kept(path, ABOUT)
    assert again.cases == kept.cases
    assert again.has("b", 0)
    assert not again.has("b", 1)
    with pytest.raises(InputError, match="another plain_steps"):
        Kept(path, ABOUT | {"plain_steps": 20})


@pytest.mark.parametrize("content", ["", "no json", "{}", '{"keydream_quality": {}}\n{"prompt": "a"}'])
def test_another_file_is_not_gone_on_with(tmp_path: Path, content: str) -> None:
    path = tmp_path / "kept.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match="cannot be gone on with"):
        Kept(path, ABOUT)


def test_a_folder_is_not_gone_on_with(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot be gone on with"):
        Kept(tmp_path, ABOUT)
