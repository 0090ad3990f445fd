"""From packages of artwork to shipped weights that read back, with figures; and the same bytes when taken up again."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from studio.base.cancel import Cancelled, CancelToken
from studio.base.errors import InputError
from studio.base.progress import silent
from studio.models.loading import read_weights
from studio.models.towers import SmoothResNet
from studio.score.clip import build as build_clip
from studio.starter import making
from studio.starter.clip_training import ClipSettings
from studio.starter.perceptual import PerceptualLoss
from studio.starter.vqgan_training import VqganSettings

CLIP = ClipSettings(
    steps=2, batch=4, clean=0.5, side=32, embedding=16, text_width=40, text_layers=1, context=40, bank=4
)
VQGAN = VqganSettings(
    steps=2, batch=2, views=1, side=32, crop=16, perceptual=0, revive=1, shuffle=2, channels=8, multipliers=(1, 2, 4),
    codes=16, code_width=4, critic=4, half=False,
)  # fmt: skip


@pytest.fixture(autouse=True)
def _small(monkeypatch, kinds):
    """Few things to draw, and figures of few pictures."""
    monkeypatch.setattr(making, "read_kinds", lambda: kinds)
    monkeypatch.setattr(making, "vocabulary", partial(making.vocabulary, samples=20))
    monkeypatch.setattr(making, "clip_figures", partial(making.clip_figures, count=12))
    monkeypatch.setattr(making, "vqgan_figures", partial(making.vqgan_figures, count=4))


def test_a_clip_is_made_measured_and_made_again_to_the_byte(tmp_path, artwork, kinds):
    out, told = tmp_path / "clip.safetensors", []
    make = partial(making.make_clip, artwork=artwork, settings=CLIP)
    figures = make(out, tmp_path / "run", CancelToken(), told.append)
    weights = read_weights(out, name="new", expect_kind="clip", expect_sha256=figures["sha256"])
    perceptor = build_clip(weights, "cpu")
    assert (perceptor.image_size, perceptor.dimensions, perceptor.context_length) == (32, 16, 40)
    assert perceptor.count_tokens("a kitten") == 4
    assert figures["bytes"] == out.stat().st_size
    assert figures["minutes"] >= 0
    assert figures["settings"]["steps"] == 2
    assert figures["drawings"] == 3 * sum(len(kind.artwork) for kind in kinds)
    assert figures["pictures"] == 12
    assert all(0 <= figures[name] <= 1 for name in ("first", "attacked", "unseen", "named", "named20"))
    assert told[0].label == "drawing artwork"

    again = make(tmp_path / "again.safetensors", tmp_path / "run", CancelToken(), told.append)
    assert again["sha256"] == figures["sha256"]
    assert {key: again[key] for key in ("first", "attacked", "named")} == {
        key: figures[key] for key in ("first", "attacked", "named")
    }


def test_a_vqgan_is_made_and_measured(tmp_path, artwork):
    out = tmp_path / "vqgan.safetensors"
    figures = making.make_vqgan(out, tmp_path / "run", CancelToken(), silent, artwork=artwork, settings=VQGAN)
    weights = read_weights(out, name="new", expect_kind="vqgan", expect_sha256=figures["sha256"])
    model = making.vqgan.build(weights, "cpu")
    assert model.codebook.shape == (16, 4)
    assert 0 < figures["psnr"] < 40
    assert 0 < figures["error"] < 1
    assert 0 < figures["used"] <= 1
    assert (figures["pictures"], figures["side"]) == (4, 32)


def test_pictures_are_compared_by_the_starter_clip(tmp_path, artwork, monkeypatch):
    path = tmp_path / "clip.safetensors"
    made = making.make_clip(path, tmp_path / "clip", CancelToken(), silent, artwork=artwork, settings=CLIP)
    found = replace(making.catalogue.find("", "clip"), path=path, sha256=made["sha256"])
    monkeypatch.setattr(making.catalogue, "find", lambda name, kind: found)
    settings = replace(VQGAN, perceptual=1.0)
    out, folder = tmp_path / "vqgan.safetensors", tmp_path / "run"
    figures = making.make_vqgan(out, folder, CancelToken(), silent, artwork=artwork, settings=settings)
    assert figures["perceptor"] == made["sha256"]
    plain = making.make_vqgan(out, tmp_path / "plain", CancelToken(), silent, artwork=artwork, settings=VQGAN)
    assert plain["perceptor"] == ""
    assert plain["sha256"] != figures["sha256"]
    with pytest.raises(InputError, match="another perceptor"):
        monkeypatch.setattr(making, "perceptual_of", lambda settings: PerceptualLoss(Other()))
        making.make_vqgan(out, folder, CancelToken(), silent, artwork=artwork, settings=settings)


class Other:
    """Another perceptor."""

    name, image_size, identity, tower = "other", 32, "other", SmoothResNet((8,), (1,))


def test_cancelling_leaves_a_checkpoint_and_no_weights(tmp_path, artwork):
    token = CancelToken()
    token.cancel()
    out = tmp_path / "clip.safetensors"
    with pytest.raises(Cancelled):
        making.make_clip(out, tmp_path / "run", token, silent, artwork=artwork, settings=CLIP)
    assert not out.exists()
    assert (tmp_path / "run" / "state.json").is_file()


def test_progress_is_told_in_the_artists_words(tmp_path, artwork):
    told = []
    settings = replace(VQGAN, steps=20, batch=1)
    making.make_vqgan(
        tmp_path / "v.safetensors", tmp_path / "run", CancelToken(), told.append, artwork=artwork, settings=settings
    )
    last = told[-1]
    assert (last.done, last.total) == (20, 20)
    assert "dB" in last.label
    assert "codes used" in last.label


@pytest.mark.parametrize("make", [making.make_clip, making.make_vqgan])
def test_without_artwork_nothing_is_begun(tmp_path, make):
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="No artwork was found"):
        make(tmp_path / "x.safetensors", tmp_path / "run", CancelToken(), silent, artwork=tmp_path / "empty")
    assert not (tmp_path / "run").exists()
    assert not (tmp_path / "x.safetensors").exists()
