"""`keydream train`: what it refuses before anything is begun, and what it leaves when it succeeds."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial

import pytest
import torch
from PIL import Image

from studio.cli import run
from studio.cli.render import single
from studio.models import catalogue
from studio.models.loading import read_weights
from studio.render.toolbox import LocalToolbox
from studio.starter import clip_training, making, making_own, making_own_vqgan, vqgan_training
from studio.starter.clip_training import ClipSettings
from studio.starter.vqgan_training import VqganSettings

CLIP = ClipSettings(batch=4, side=32, embedding=16, text_width=40, text_layers=1, context=24, bank=2)
TINY = VqganSettings(
    steps=2, batch=2, views=1, side=32, crop=16, perceptual=0, revive=1, shuffle=2, channels=8, multipliers=(1, 2, 4),
    codes=16, code_width=4, critic=4, half=False,
)  # fmt: skip


@pytest.fixture
def train(tmp_path, artwork, tmp_path_factory, monkeypatch):
    """Runs the command in a folder of the test's own; gives its exit status."""

    monkeypatch.setenv("KEYDREAM_HOME", str(tmp_path_factory.mktemp("home")))

    def trained(*arguments: str, out: str = "w.safetensors", art=artwork) -> int:
        where = ["-o", str(tmp_path / out), "--folder", str(tmp_path / "run"), "--artwork", str(art)]
        return run(["train", *arguments, *where])

    return trained


@pytest.mark.parametrize(
    ("arguments", "out", "said"),
    [
        (["gan"], "w.safetensors", ["There is no model 'gan' to train", "There are clip"]),
        (["clip"], "w.ckpt", ["w.ckpt cannot be written", ".safetensors"]),
        (["clip", "--from", "mine"], "w.safetensors", ["--from and --fresh need --images"]),
        (["biggan", "--images", "."], "w.safetensors", ["cannot be made from your own pictures"]),
        (["vqgan", "--clean"], "w.safetensors", ["A vqgan has no attacks to do without"]),
        (["clip"], "..safetensors", ["A model cannot be called"]),
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
    assert figures["settings"] == json.loads(json.dumps(making.asdict(replace(TINY, steps=3, seed=5))))
    assert read_weights(tmp_path / "w.safetensors", name="w", expect_kind="vqgan").sha256 == figures["sha256"]
    assert json.loads((tmp_path / "run" / "state.json").read_text())["step"] == 3
    assert torch.get_num_threads() == 1
    entry = catalogue.find("w", "vqgan")
    assert (entry.sha256, entry.about) == (figures["sha256"], "Trained by keydream train vqgan, 3 steps")


def test_clean_means_no_step_under_attack(train, capfd, monkeypatch, kinds):
    monkeypatch.setattr(making, "read_kinds", lambda: kinds)
    monkeypatch.setattr(making, "vocabulary", partial(making.vocabulary, samples=20))
    monkeypatch.setattr(making, "clip_figures", partial(making.clip_figures, count=4))
    monkeypatch.setattr(clip_training, "ClipSettings", lambda: replace(CLIP, context=40))
    assert train("clip", "--clean", "--steps", "1", "--json") == 0
    assert json.loads(capfd.readouterr().out)["settings"]["clean"] == 1


def test_the_weights_need_a_place(artwork, capfd):
    assert run(["train", "vqgan", "--artwork", str(artwork)]) != 0
    assert "--out is missing" in " ".join(capfd.readouterr().err.split())


def test_own_pictures_become_a_model_among_the_others(tmp_path, capfd, monkeypatch):
    monkeypatch.setenv("KEYDREAM_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(making_own, "FRESH", CLIP)
    folder = tmp_path / "shades"
    folder.mkdir()
    for name in ("red", "blue"):
        Image.new("RGB", (40, 40), name).save(folder / f"{name}.png")
    assert run(["train", "clip", "--images", str(folder), "--fresh", "--steps", "2", "--json"]) == 0
    figures = json.loads(capfd.readouterr().out)
    assert figures["name"] == "shades clip"
    assert (figures["pictures"], figures["settings"]["steps"]) == (2, 2)
    assert catalogue.find("shades clip", "clip").sha256 == figures["sha256"]


def test_own_pictures_become_a_vqgan_without_captions(tmp_path, capfd, monkeypatch):
    monkeypatch.setenv("KEYDREAM_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(making_own_vqgan, "FRESH_VQGAN", TINY)
    monkeypatch.setattr(making_own_vqgan, "vqgan_figures", partial(making_own_vqgan.vqgan_figures, count=4))
    folder = tmp_path / "shades"
    folder.mkdir()
    for name in ("red", "blue"):
        Image.new("RGB", (40, 40), name).save(folder / f"IMG {len(name)}.png")
    assert run(["train", "vqgan", "--images", str(folder), "--fresh", "--steps", "2", "--json"]) == 0
    figures = json.loads(capfd.readouterr().out)
    assert (figures["name"], figures["learnt"], figures["held_out"]) == ("shades vqgan", 1, 1)
    project = single("a red apple", "vqgan", "", 1, (32, 32), 0, model=figures["name"])
    canvas = LocalToolbox(tmp_path, torch.device("cpu")).canvas(project, 32, 32)
    assert canvas.image().shape == (1, 3, 32, 32)
    assert run(["train", "vqgan", "--images", str(folder), "--from", "nobody"]) == 1
    assert "no vqgan model called 'nobody'" in " ".join(capfd.readouterr().err.split())


def test_own_pictures_without_captions_are_named(tmp_path, capfd, monkeypatch):
    monkeypatch.setenv("KEYDREAM_HOME", str(tmp_path / "home"))
    Image.new("RGB", (40, 40)).save(tmp_path / "IMG_7.png")
    assert run(["train", "clip", "--images", str(tmp_path), "--fresh"]) == 1
    error = " ".join(capfd.readouterr().err.split())
    assert "IMG_7.png" in error
    assert "captions.csv" in error
    assert not (tmp_path / "home").exists()


def test_the_pack_of_cutouts_is_made_by_the_same_command(train, tmp_path, monkeypatch, kinds):
    from studio.canvas.pack import read_pack
    from studio.starter import pack

    monkeypatch.setattr(pack, "read_kinds", lambda: kinds)
    assert train("pack", out="p.zip") == 0
    assert "red-apple" in read_pack(tmp_path / "p.zip").cutouts
