"""A model of an artist's own pictures: it learns them, is listed, and is made again to the byte."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import Image

from studio.base.cancel import Cancelled, CancelToken
from studio.base.errors import InputError
from studio.base.progress import silent
from studio.models import catalogue
from studio.models.loading import read_weights
from studio.starter.clip_training import ClipSettings
from studio.starter.making_own import make_own_clip

TINY = ClipSettings(
    steps=150, batch=6, clean=1.0, rate=5e-3, side=32, embedding=16, text_width=40, text_layers=1, context=24, bank=2
)
SHADES = {"crimson": (200, 10, 40), "azure": (10, 90, 230), "olive": (110, 120, 20)}


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch):
    monkeypatch.setenv("KEYDREAM_HOME", str(tmp_path / "home"))


@pytest.fixture
def images(tmp_path):
    folder = tmp_path / "shades"
    folder.mkdir()
    for name, colour in SHADES.items():
        Image.new("RGB", (40, 40), colour).save(folder / f"{name}.png")
    return folder


def make(tmp_path, images, name="mine", **options):
    options = {"begin": None, "drawn": None, "settings": TINY} | options
    token = options.pop("token", CancelToken())
    return make_own_clip(tmp_path / f"{name}.safetensors", tmp_path / f"run-{name}", images, token, silent, **options)


def test_it_learns_the_pictures_and_is_listed_among_the_models(tmp_path, images):
    figures = make(tmp_path, images)
    assert figures["pictures"] == 3
    assert figures["first_before"] is None
    assert figures["first"] == 1
    entry = catalogue.find("mine", "clip")
    assert entry.sha256 == figures["sha256"]
    assert entry.about == "Trained on 3 pictures of the folder shades"
    read_weights(entry.path, name="mine", expect_kind="clip", expect_sha256=entry.sha256)
    again = make(tmp_path, images)  # the training is over, and taken up
    assert again["sha256"] == figures["sha256"]


def test_it_goes_on_from_a_model_with_that_ones_words(tmp_path, images, pictures):
    make(tmp_path, images)
    begin = read_weights(tmp_path / "mine.safetensors", name="mine", expect_kind="clip")
    figures = make(tmp_path, images, "more", begin=begin, drawn=pictures, settings=replace(TINY, steps=2, rate=1e-5))
    assert figures["first_before"] == figures["first"] == 1
    more = read_weights(tmp_path / "more.safetensors", name="more", expect_kind="clip")
    assert more.config == begin.config
    assert more.sha256 != begin.sha256


def test_another_folder_or_beginning_is_another_training(tmp_path, images):
    make(tmp_path, images, settings=replace(TINY, steps=1))
    Image.new("RGB", (40, 40)).save(images / "black.png")
    with pytest.raises(InputError, match="begun with another data"):
        make(tmp_path, images, settings=replace(TINY, steps=1))


def test_cancelling_lists_nothing_and_leaves_a_checkpoint(tmp_path, images):
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        make(tmp_path, images, token=token)
    assert (tmp_path / "run-mine" / "state.json").is_file()
    assert [entry for entry in catalogue.entries() if entry.name == "mine"] == []


def test_a_folder_that_cannot_be_used_begins_nothing(tmp_path, images):
    (images / "IMG_1.png").write_bytes((images / "olive.png").read_bytes())
    with pytest.raises(InputError, match=r"IMG_1\.png"):
        make(tmp_path, images)
    assert not (tmp_path / "run-mine").exists()
