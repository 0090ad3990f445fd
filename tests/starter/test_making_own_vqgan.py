"""A VQGAN of own pictures: it learns them, is tested on others, is listed, and is made again to the byte."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from PIL import Image

from studio.base.cancel import Cancelled, CancelToken
from studio.base.errors import InputError, ModelError
from studio.base.progress import silent
from studio.models import catalogue
from studio.models.loading import read_weights
from studio.starter import making_own_vqgan
from studio.starter.making_own_vqgan import make_own_vqgan
from studio.starter.vqgan_training import VqganSettings

TINY = VqganSettings(
    steps=3, batch=2, views=1, side=32, crop=16, zoom=0.5, begin=0.5, free=0.4, perceptual=0, revive=2, critic=4,
    shuffle=2, channels=8, multipliers=(1, 2, 4), codes=16, code_width=4, half=False,
)  # fmt: skip


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch):
    monkeypatch.setenv("KEYDREAM_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(making_own_vqgan, "vqgan_figures", partial(making_own_vqgan.vqgan_figures, count=6))


@pytest.fixture
def images(tmp_path):
    """Stripes, of many sizes, whose names say nothing."""
    folder = tmp_path / "stripes"
    folder.mkdir()
    for number in range(6):
        wave = np.sin(np.arange(40 + 9 * number) / (2 + number)) * 100 + 127
        pixels = np.stack([np.tile(wave, (50, 1)), np.full((50, len(wave)), 40 * number), np.zeros((50, len(wave)))], 2)
        Image.fromarray(pixels.astype(np.uint8)).save(folder / f"IMG_{number}.png")
    return folder


def make(tmp_path, images, name="mine", **options):
    options = {"begin": None, "settings": TINY, "token": CancelToken(), "report": silent} | options
    return make_own_vqgan(tmp_path / f"{name}.safetensors", tmp_path / f"run-{name}", images, **options)


def begun(tmp_path, name="mine"):
    return read_weights(tmp_path / f"{name}.safetensors", name=name, expect_kind="vqgan")


def test_it_is_made_listed_and_made_again_to_the_byte(tmp_path, images):
    figures = make(tmp_path, images)
    assert (figures["learnt"], figures["held_out"], figures["psnr_before"]) == (5, 1, None)
    assert 0 < figures["psnr"] < 40
    entry = catalogue.find("mine", "vqgan")
    assert entry.sha256 == figures["sha256"] == begun(tmp_path).sha256
    assert entry.about == "Trained on 5 pictures of the folder stripes"
    assert make(tmp_path, images)["sha256"] == figures["sha256"]  # the training is over, and taken up


def test_it_learns_on_from_a_model_of_another_architecture_than_the_settings(tmp_path, images):
    make(tmp_path, images, settings=replace(TINY, codes=24, multipliers=(1, 2)))
    before = begun(tmp_path)
    # seventy steps on stripes are much better than three
    settings = replace(TINY, steps=70, rate=5e-3, begin=1.0)
    figures = make(tmp_path, images, "more", begin=before, settings=settings)
    assert figures["psnr"] > figures["psnr_before"] + 2
    after = begun(tmp_path, "more")
    assert after.config == before.config
    assert (figures["settings"]["codes"], figures["settings"]["multipliers"]) == (24, (1, 2))


def test_left_and_taken_up_it_is_the_same_to_the_byte(tmp_path, images):
    make(tmp_path, images)
    whole = make(tmp_path, images, "whole", begin=begun(tmp_path), settings=replace(TINY, steps=20))
    token = CancelToken()
    with pytest.raises(Cancelled):
        # the report of the tenth step comes, and it is stopped there
        make(
            tmp_path, images, "left", begin=begun(tmp_path), settings=replace(TINY, steps=20), token=token,
            report=lambda at: token.cancel() if at.label.startswith("error") else None,
        )  # fmt: skip
    assert [entry for entry in catalogue.entries() if entry.name == "left"] == []
    again = make(tmp_path, images, "left", begin=begun(tmp_path), settings=replace(TINY, steps=20))
    assert again["sha256"] == whole["sha256"]


def test_what_was_begun_from_it_keeps_its_codes_in_use(tmp_path, images):
    """Training that goes on has a codebook from its first step, and does not spread it anew."""
    make(tmp_path, images, settings=replace(TINY, steps=40, rate=5e-3))
    settings = replace(TINY, steps=1, rate=0.0, revive=100)
    figures = make(tmp_path, images, "still", begin=begun(tmp_path), settings=settings)
    assert figures["psnr"] == pytest.approx(figures["psnr_before"], abs=1)


def test_other_pictures_are_another_training(tmp_path, images):
    make(tmp_path, images)
    Image.new("RGB", (40, 40)).save(images / "black.png")
    with pytest.raises(InputError, match="begun with another data"):
        make(tmp_path, images)


def test_folders_and_models_that_cannot_be_used_begin_nothing(tmp_path, images):
    alone, empty = tmp_path / "alone", tmp_path / "empty"
    alone.mkdir()
    empty.mkdir()
    Image.new("RGB", (40, 40)).save(alone / "a.png")
    with pytest.raises(InputError, match="There is one alone"):
        make(tmp_path, alone)
    with pytest.raises(InputError, match="There is no picture in it"):
        make(tmp_path, empty)
    (images / "a text.png").write_text("no picture")
    with pytest.raises(InputError, match=r"a text\.png"):
        make(tmp_path, images)
    assert not (tmp_path / "run-mine").exists()


def test_a_model_to_go_on_from_that_does_not_fit_is_refused(tmp_path, images):
    make(tmp_path, images)
    with pytest.raises(ModelError, match="do not fit"):
        make(tmp_path, images, "more", begin=replace(begun(tmp_path), tensors={}))
    assert not (tmp_path / "run-more").exists()
