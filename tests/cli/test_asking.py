"""What the commands that ask CLIP share: labels as people write them, files of texts, outputs that replace nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.base.cancel import never
from studio.base.errors import InputError
from studio.base.progress import silent
from studio.cli.asking import check_out, look, note, once, open_perceptor, read_labels, read_lines, write_npz
from studio.library.scan import Trouble


@pytest.mark.parametrize(
    ("value", "labels"),
    [
        ("cat,dog,bird", ["cat", "dog", "bird"]),
        (" cat , dog ", ["cat", "dog"]),
        ('cat,"dog, brown",bird', ["cat", "dog, brown", "bird"]),
        ('a "great" cat,dog', ['a "great" cat', "dog"]),
        ('"a ""great"" cat",dog', ['a "great" cat', "dog"]),
        ("dog's,cat;bird", ["dog's", "cat;bird"]),
        ("cat,,dog,", ["cat", "dog"]),
        ("chat noir,狗", ["chat noir", "狗"]),
    ],
)
def test_labels_with_commas_and_quotes(value: str, labels: list[str]) -> None:
    assert read_labels(value) == labels


@pytest.mark.parametrize("value", ["", " , ,", '"cat', '"cat"dog"'])
def test_labels_that_are_none(value: str) -> None:
    with pytest.raises(InputError, match="labels"):
        read_labels(value)


def test_labels_from_a_file_stand_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "labels.txt"
    path.write_bytes(b'\xef\xbb\xbfcat\r\n# a comment\r\n\r\ndog, brown\r\na "great" cat\r\n')
    assert read_labels(str(path)) == ["cat", "dog, brown", 'a "great" cat']


def test_a_file_that_is_missing_empty_or_no_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.txt"):
        read_labels(str(tmp_path / "none.txt"))
    (tmp_path / "empty.txt").write_text("# nothing\n\n")
    with pytest.raises(InputError, match="There is none"):
        read_labels(str(tmp_path / "empty.txt"))
    (tmp_path / "bytes.txt").write_bytes(b"caf\xe9")
    with pytest.raises(InputError, match="UTF-8"):
        read_lines(tmp_path / "bytes.txt", "The labels")


def test_very_long_labels_are_no_file_name() -> None:
    assert len(read_labels(",".join(f"label {n}" for n in range(2000)))) == 2000


def test_what_is_said_twice_counts_once_and_is_noted(capsys: pytest.CaptureFixture[str]) -> None:
    assert once(["b", "a", "b"], "labels") == ["b", "a"]
    assert "given twice" in capsys.readouterr().err
    assert once(["b", "a"], "labels") == ["b", "a"]
    assert capsys.readouterr().err == ""


def test_nothing_is_replaced_without_force(tmp_path: Path) -> None:
    path = tmp_path / "out.png"
    check_out(None, ".png", force=False)
    check_out(path, ".png", force=False)
    path.write_bytes(b"")
    with pytest.raises(InputError, match="was not replaced"):
        check_out(path, ".png", force=False)
    check_out(path, ".png", force=True)
    with pytest.raises(InputError, match=r"out\.npz"):
        check_out(path, ".npz", force=True)


def test_arrays_come_back_without_pickles(tmp_path: Path) -> None:
    out = tmp_path / "out.npz"
    write_npz(out, {"numbers": np.arange(3), "names": np.array(["a", "caf\udce9", "狗"])})
    with np.load(out, allow_pickle=False) as data:
        assert data["numbers"].tolist() == [0, 1, 2]
        assert data["names"].tolist() == ["a", "caf\udce9", "狗"]


def test_a_note_names_a_few_and_counts_the_rest(capsys: pytest.CaptureFixture[str]) -> None:
    note("is out", "are out", [])
    assert capsys.readouterr().err == ""
    note("is out", "are out", [Trouble("caf\udce9[red].png", "broken")])
    told = capsys.readouterr().err
    assert "1 is out" in told
    assert "caf�[red].png: broken" in told
    note("is out", "are out", [Trouble(f"{n}.png", "broken") for n in range(8)])
    told = capsys.readouterr().err
    assert "8 are out" in told
    assert "and 3 more" in told


def test_pictures_of_folders_and_broken_ones(tmp_path: Path, red: Path, capsys: pytest.CaptureFixture[str]) -> None:
    below = tmp_path / "below" / "further"
    below.mkdir(parents=True)
    (below / "red.png").write_bytes(red.read_bytes())
    (below / "bad.png").write_bytes(b"no picture")
    seen = look([red, tmp_path / "below", tmp_path / "gone.png"], open_perceptor("", "cpu"), never(), silent)
    assert seen.paths == (red, below / "red.png")
    assert seen.embeddings.shape[0] == 2
    assert [Path(trouble.path).name for trouble in seen.skipped] == ["bad.png", "gone.png"]
    assert "2 could not be used" in capsys.readouterr().err


def test_without_any_picture_it_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no picture to look at"):
        look([tmp_path], open_perceptor("", "cpu"), never(), silent)
