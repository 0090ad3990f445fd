"""`keydream train`: what it refuses before anything is begun, and what it leaves when it succeeds."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial

import pytest
import torch

from studio.cli import run
from studio.models.loading import read_weights
from studio.starter import making, vqgan_training
from studio.starter.vqgan_training import VqganSettings

TINY = VqganSettings(steps=2, batch=2, side=32, crop=16, revive=1, channels=8, codes=16, code_width=4)


@pytest.fixture
def train(tmp_path, artwork):
    """Runs the command in a folder of the test's own; gives its exit status."""

    def trained(*arguments: str, out: str = "w.safetensors", art=artwork) -> int:
        where = ["-o", str(tmp_path / out), "--folder", str(tmp_path / "run"), "--artwork", str(art)]
        return run(["train", *arguments, *where])

    return trained


@pytest.mark.parametrize(
    ("arguments", "out", "said"),
    [
        (["biggan"], "w.safetensors", ["There is no model 'biggan' to train", "clip and vqgan"]),
        (["clip"], "w.ckpt", ["w.ckpt cannot be written", ".safetensors"]),
    ],
)
def test_what_cannot_be_trained_or_written_is_refused_at_once(train, tmp_path, capfd, arguments, out, said):
    assert train(*arguments, out=out) != 0
    error = " ".join(capfd.readouterr().err.split())
    assert [words for words in said if words not in error] == []
    assert list(tmp_path.glob("*")) == []


def test_without_artwork_the_way_to_it_is_said(train, tmp_path, capfd):
    (tmp_path / "empty").mkdir()
    assert train("vqgan", art=tmp_path / "empty") != 0
    error = " ".join(capfd.readouterr().err.split())
    assert "No artwork was found" in error
    assert "npm pack @iconify-json/noto" in error
    assert not (tmp_path / "run").exists()


def test_a_model_is_trained_and_its_figures_told(train, tmp_path, capfd, monkeypatch, kinds):
    monkeypatch.setattr(making, "read_kinds", lambda: kinds)
    monkeypatch.setattr(making, "vqgan_figures", partial(making.vqgan_figures, count=4))
    monkeypatch.setattr(vqgan_training, "VqganSettings", lambda: TINY)
    assert train("vqgan", "--steps", "3", "--seed", "5", "--threads", "1", "--json") == 0
    figures = json.loads(capfd.readouterr().out)
    assert figures["settings"] == making.asdict(replace(TINY, steps=3, seed=5))
    assert read_weights(tmp_path / "w.safetensors", name="w", expect_kind="vqgan").sha256 == figures["sha256"]
    assert json.loads((tmp_path / "run" / "state.json").read_text())["step"] == 3
    assert torch.get_num_threads() == 1
