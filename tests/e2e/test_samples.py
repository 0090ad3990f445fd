"""The shipped samples on the shipped models."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from PIL import Image

from studio.base import paths
from studio.cli import run
from studio.export import read_embedded
from studio.project.format import dumps, loads
from studio.project.store import load
from studio.timeline.check import check
from studio.timeline.prompt import Text

SAMPLES = sorted(paths.samples().glob("*.keydream"))


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> None:
    torch.set_num_threads(1)


def keyframes(sample: Path) -> dict[int, str]:
    """Frame to prompt, for samples of one prompt track."""
    [track] = load(sample).timeline.prompts
    return {
        key.frame: term.content.text
        for key in track.track.keys
        for term in key.value.terms
        if isinstance(term.content, Text)
    }


def test_there_are_the_promised_samples() -> None:
    names = {path.stem for path in SAMPLES}
    assert len(names) >= 4
    assert {"first-walk", "first-follow"} <= names


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_is_sound_and_written_as_we_write(sample: Path) -> None:
    project = load(sample)
    assert check(project.timeline) == ()
    assert dumps(project) == sample.read_text("utf-8")


def test_the_first_walk_is_a_seamless_loop_of_three_prompts() -> None:
    project = load(paths.samples() / "first-walk.keydream")
    assert project.timeline.loop
    assert project.timeline.length >= 48
    assert len(keyframes(paths.samples() / "first-walk.keydream")) == 3
    assert (project.width, project.height) == (256, 256)


@pytest.mark.slow
def test_each_keyframe_of_the_first_walk_shows_its_own_prompt(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sample = paths.samples() / "first-walk.keydream"
    folder = tmp_path / "frames"
    assert run(["render", "first-walk", "-o", str(folder), "--draft"]) == 0
    pictures = sorted(folder.glob("*.png"))
    assert len(pictures) == 48
    wanted = keyframes(sample)
    shown = [pictures[frame] for frame in wanted]
    capsys.readouterr()
    texts = [part for text in wanted.values() for part in ("--prompt", text)]
    assert run(["score", *map(str, shown), *texts, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["scores"]
    for row, text in zip(rows, wanted.values(), strict=True):
        assert max(row["cosine"], key=row["cosine"].get) == text

    changes = []
    for before, after in zip(pictures, pictures[1:] + pictures[:1], strict=True):
        with Image.open(before) as a, Image.open(after) as b:
            changes.append(_difference(a.convert("RGB"), b.convert("RGB")))
    assert max(changes) < 0.25, "the walk jumps"  # measured: 0.14 at most; keyframes differ by 0.33 to 0.39

    text = read_embedded(folder)
    assert text is not None
    assert loads(text) == load(sample)


def _difference(a: Image.Image, b: Image.Image) -> float:
    """Mean absolute difference of two pictures, 0 to 1."""
    import numpy as np

    return float(np.abs(np.asarray(a, np.float32) - np.asarray(b, np.float32)).mean() / 255)
