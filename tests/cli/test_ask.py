"""`score` with the shipped perceptor."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.cli import run


def test_a_red_picture_is_red(red: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = ["a red background", "a blue background", "a starry night sky"]
    arguments = [part for text in texts for part in ("--prompt", text)]
    assert run(["score", str(red), *arguments, "--json"]) == 0
    [row] = json.loads(capsys.readouterr().out)["scores"]
    assert max(row["cosine"], key=row["cosine"].get) == texts[0]
    assert sum(row["probability"].values()) == pytest.approx(1)


def test_a_table_for_people(red: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["score", str(red), "--prompt", "a red background"]) == 0
    assert "100.0%" in capsys.readouterr().out


def test_a_missing_and_a_broken_picture_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["score", str(tmp_path / "none.png"), "--prompt", "a dog"]) == 1
    assert "none.png" in capsys.readouterr().err.replace("\n", "")
    (tmp_path / "bad.png").write_bytes(b"\x89PNG\r\n\x1a\n and then nothing")
    assert run(["score", str(tmp_path / "bad.png"), "--prompt", "a dog"]) == 1
    assert "bad.png" in capsys.readouterr().err.replace("\n", "")


@pytest.fixture
def blue(tmp_path: Path) -> Path:
    path = tmp_path / "blue.png"
    Image.new("RGB", (80, 80), (30, 40, 220)).save(path)
    return path


def test_several_pictures_and_texts_make_a_matrix(red: Path, blue: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = ["a red background", "a blue background"]
    arguments = ["score", str(red), str(blue), "-p", texts[0], "-p", texts[1]]
    assert run([*arguments, "--json"]) == 0
    first, second = json.loads(capsys.readouterr().out)["scores"]
    assert first["cosine"][texts[0]] > first["cosine"][texts[1]]
    assert second["cosine"][texts[1]] > second["cosine"][texts[0]]
    assert run(arguments) == 0
    told = capsys.readouterr().out
    for cosine in (*first["cosine"].values(), *second["cosine"].values()):
        assert f"{cosine:+.3f}" in told


def test_texts_may_come_from_a_file_and_count_once(
    red: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "texts.txt").write_text("a red background\na dog, brown\n")
    assert run(["score", str(red), "-p", "a red background", "--texts", str(tmp_path / "texts.txt"), "--json"]) == 0
    told = capsys.readouterr()
    [row] = json.loads(told.out)["scores"]
    assert list(row["cosine"]) == ["a red background", "a dog, brown"]
    assert "given twice" in told.err


def test_no_text_is_an_error(red: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["score", str(red)]) == 1
    assert "no text to compare" in capsys.readouterr().err


def test_a_broken_picture_among_others_is_left_out_and_named(
    red: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.png").write_bytes(b"\x89PNG\r\n\x1a\n and then nothing")
    assert run(["score", str(red), str(tmp_path / "bad.png"), "-p", "a red background", "--json"]) == 0
    told = capsys.readouterr()
    found = json.loads(told.out)
    assert [row["image"] for row in found["scores"]] == [str(red)]
    assert [skipped["path"] for skipped in found["skipped"]] == [str(tmp_path / "bad.png")]
    assert "bad.png" in told.err


def test_embeddings_can_be_exported(red: Path, blue: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.npz"
    texts = ["a red background", "a blue background", "a dog"]
    arguments = ["score", str(red), str(blue), *(part for text in texts for part in ("-p", text)), "--npz", str(out)]
    assert run([*arguments, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    with np.load(out, allow_pickle=False) as data:
        assert data["image_paths"].tolist() == [str(red), str(blue)]
        assert data["text_names"].tolist() == texts
        np.testing.assert_allclose(data["images"] @ data["texts"].T, data["cosine"], atol=1e-6)
        np.testing.assert_allclose(data["cosine"][0], list(told["scores"][0]["cosine"].values()), atol=1e-6)
        np.testing.assert_allclose(data["probability"].sum(1), 1, atol=1e-5)
        assert str(data["model"]) == "starter-clip"
    assert run(arguments) == 1  # it is there already
    assert run([*arguments, "--force"]) == 0


def test_labels_are_ranked(red: Path, blue: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labels = 'red background,blue background,"dog, brown"'
    arguments = ["classify", str(red), str(blue), "--labels", labels, "--template", "a {}", "--template", "a plain {}"]
    assert run([*arguments, "--json", "--top", "2"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [row["label"] for row in told["pictures"]] == ["red background", "blue background"]
    assert told["templates"] == ["a {}", "a plain {}"]
    assert [len(row["labels"]) for row in told["pictures"]] == [2, 2]
    best, second = told["pictures"][0]["labels"]
    assert best["probability"] > second["probability"]
    assert run(arguments) == 0
    assert "dog, brown" in capsys.readouterr().out


def test_a_template_without_a_place_is_refused(red: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["classify", str(red), "--labels", "a,b", "--template", "a picture"]) == 1
    assert "no place for a label" in capsys.readouterr().err


def test_another_perceptor_may_be_asked(red: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["score", str(red), "-p", "a dog", "--perceptor", "starter-evaluator", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["model"] == "starter-evaluator"
    assert run(["score", str(red), "-p", "a dog", "--perceptor", "nobody"]) == 1
