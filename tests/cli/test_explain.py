"""`explain` with the shipped perceptor: the heat lies on what the prompt names."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.cli import explain as module
from studio.cli import run
from studio.project import samples
from studio.score.heat import COPIES


@pytest.fixture
def apple() -> Path:
    """The first keyframe of the first sample: a red apple in the grass, blue sky above."""
    return samples.frames("first-walk")[0]


def test_the_default_is_that_of_the_function() -> None:
    assert module._COPIES == COPIES


def test_an_apple_is_where_the_red_is_and_grass_where_the_green_is(
    apple: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, npz = tmp_path / "heat.png", tmp_path / "heat.npz"
    shares = {}
    with Image.open(apple) as picture:
        size = picture.size
        red, green, _ = np.asarray(picture.convert("RGB").resize((64, 64)), float).transpose(2, 0, 1)
    for text in ("a red apple", "in the grass"):
        assert run(["explain", str(apple), text, "-o", str(out), "--npz", str(npz), "--force", "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert told["cosine"] > told["plain"]
        with np.load(npz, allow_pickle=False) as data:
            warm = data["values"].clip(0)
        assert warm.shape == (64, 64)
        fruit = (red > 150) & (green < 120)
        shares[text] = warm[fruit].sum() / warm.sum()
        row, column = divmod(int(warm.argmax()), 64)
        assert told["peak"] == [(column + 0.5) / 64, (row + 0.5) / 64]
        assert fruit[row, column] == (text == "a red apple")
    assert shares["a red apple"] > 2 * shares["in the grass"]
    with Image.open(out) as picture:
        assert picture.size == size


def test_words_for_people_and_nothing_replaced(apple: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "heat.png"
    arguments = ["explain", str(apple), "a red apple", "-o", str(out), "--copies", "2"]
    assert run(arguments) == 0
    assert "most speaks for it" in capsys.readouterr().out
    first = out.read_bytes()
    assert run(arguments) == 1
    assert run([*arguments, "--force"]) == 0
    assert out.read_bytes() == first  # the same seed, the same noise


def test_a_broken_picture_and_an_empty_prompt_are_named(
    apple: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.png").write_bytes(b"no picture")
    assert run(["explain", str(tmp_path / "bad.png"), "a dog", "-o", str(tmp_path / "o.png")]) == 1
    assert "bad.png" in capsys.readouterr().err
    assert run(["explain", str(apple), " ", "-o", str(tmp_path / "o.png")]) == 1
    assert "empty" in capsys.readouterr().err
