"""Segments come back as they were laid down, and damage is noticed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.library.scan import Found
from studio.library.segments import SUFFIXES, DamagedError, Record, Segment, write

RECORDS = [
    Record(Found("a b.png", 10, 111)),
    Record(Found("caf\udce9/ü.png", 2**40, -5)),
    Record(Found("broken.png", 0, 0), "It is broken, “so”"),
]
EMBEDDINGS = np.array([[1, 0, 0.5], [0.25, -1, 0]], np.float16)


def test_comes_back_as_it_was(tmp_path: Path) -> None:
    segment = Segment(tmp_path, write(tmp_path, EMBEDDINGS, RECORDS), 3)
    assert (segment.rows, len(segment)) == (2, 3)
    assert np.array_equal(segment.embeddings, EMBEDDINGS)
    assert [segment.record(number) for number in range(3)] == RECORDS
    assert [segment.path(number) for number in range(3)] == [record.file.path for record in RECORDS]


def test_embeddings_are_mapped_and_cannot_be_changed(tmp_path: Path) -> None:
    segment = Segment(tmp_path, write(tmp_path, EMBEDDINGS, RECORDS), 3)
    assert isinstance(segment.embeddings, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        segment.embeddings[0] = 0


def test_what_is_equal_has_the_same_name(tmp_path: Path) -> None:
    assert write(tmp_path, EMBEDDINGS, RECORDS) == write(tmp_path, EMBEDDINGS, RECORDS)
    assert write(tmp_path, EMBEDDINGS, RECORDS) != write(tmp_path, EMBEDDINGS[::-1], RECORDS)
    assert len(list(tmp_path.iterdir())) == 4


def test_a_segment_of_broken_pictures_alone(tmp_path: Path) -> None:
    segment = Segment(tmp_path, write(tmp_path, np.empty((0, 3), np.float16), RECORDS[2:]), 3)
    assert (segment.rows, len(segment)) == (0, 1)
    assert segment.record(0) == RECORDS[2]


def test_records_must_fit(tmp_path: Path) -> None:
    for records in (RECORDS[:1], RECORDS[1:], [RECORDS[2], *RECORDS[:2]]):
        with pytest.raises(ValueError, match="do not fit"):
            write(tmp_path, EMBEDDINGS, records)


def test_other_dimensions_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DamagedError, match="float16"):
        Segment(tmp_path, write(tmp_path, EMBEDDINGS, RECORDS), 4)


def test_a_name_leads_to_no_other_folder(tmp_path: Path) -> None:
    name = write(tmp_path, EMBEDDINGS, RECORDS)
    (tmp_path / "below").mkdir()
    with pytest.raises(DamagedError, match="no segment"):
        Segment(tmp_path / "below", f"../{name}", 3)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("left", [0, 5, 60, 130, 200])
def test_what_is_cut_short_or_missing_is_noticed(tmp_path: Path, suffix: str, left: int) -> None:
    name = write(tmp_path, EMBEDDINGS, RECORDS)
    path = tmp_path / f"{name}{suffix}"
    data = path.read_bytes()
    if left >= len(data):
        return
    path.write_bytes(data[:left])
    with pytest.raises(DamagedError):
        len(Segment(tmp_path, name, 3))
    path.unlink()
    with pytest.raises(DamagedError):
        len(Segment(tmp_path, name, 3))


def test_records_of_another_segment_are_noticed(tmp_path: Path) -> None:
    name, other = write(tmp_path, EMBEDDINGS, RECORDS), write(tmp_path, EMBEDDINGS[:1], RECORDS[:1])
    (tmp_path / f"{name}.npz").write_bytes((tmp_path / f"{other}.npz").read_bytes())
    with pytest.raises(DamagedError, match="do not fit"):
        len(Segment(tmp_path, name, 3))
