"""Cutouts as tensors: trimmed, centred, premultiplied, sharp at any size; and broken or treacherous ones named."""

from __future__ import annotations

import re

import pytest
import torch
from PIL import Image

from studio.base.errors import AssetError
from studio.canvas.pack import read_pack
from studio.canvas.sprites import Sprites, cover, draw, sprite_of

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">{}</svg>'
DISC = SVG.format('<circle cx="20" cy="20" r="10" fill="#00f"/>')


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "disc.svg").write_text(DISC)
    picture = Image.new("RGBA", (100, 60))
    picture.paste((255, 0, 0, 128), (10, 10, 50, 30))
    picture.save(tmp_path / "bar.png")
    return tmp_path


def test_a_drawing_is_trimmed_and_centred(folder):
    disc = draw(read_pack(folder), "disc", 64)
    assert disc.shape == (4, 64, 64)
    assert disc[:, 32, 32].tolist() == [0, 0, 1, 1]
    rows = (disc[3] > 0.5).any(1).nonzero().flatten()
    assert len(rows) >= 58
    assert abs(int(rows[0]) - (63 - int(rows[-1]))) <= 1


def test_a_drawing_is_sharp_at_any_size(folder):
    pack = read_pack(folder)
    for side in (64, 512):
        alpha = draw(pack, "disc", side)[3]
        soft = ((alpha > 0.02) & (alpha < 0.98)).float().mean()
        assert float(soft) < 5 / side  # an edge a pixel or two wide


def test_pixels_are_premultiplied_and_keep_their_proportions(folder):
    bar = draw(read_pack(folder), "bar", 48)
    assert bar[:, 24, 24].tolist() == pytest.approx([128 / 255, 0, 0, 128 / 255], abs=0.02)
    shown = bar[3] > 0.1
    assert shown.any(0).sum() == pytest.approx(2 * int(shown.any(1).sum()), abs=3)


def test_smaller_copies_halve_to_one_pixel(folder):
    sprite = sprite_of(draw(read_pack(folder), "disc", 64))
    assert [level.shape[-1] for level in sprite.levels] == [64, 32, 16, 8, 4, 2, 1]
    assert sprite.side == 64
    assert sprite.light == pytest.approx(0.114, abs=0.01)


def test_what_was_drawn_last_is_kept(folder):
    sprites = Sprites(read_pack(folder), keep=1)
    first = sprites.get("disc", 32)
    assert sprites.get("disc", 32) is first
    sprites.get("bar", 32)
    assert sprites.get("disc", 32) is not first


@pytest.mark.parametrize(("sides", "wanted"), [([10], 64), ([64], 64), ([65], 128), ([5000], 2048), ([30, 300], 512)])
def test_a_drawing_covers_what_is_shown(sides, wanted):
    assert cover(sides) == wanted


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("torn.png", b"\x89PNG\r\n\x1a\nbroken", "cannot be used"),
        ("torn.svg", b"<svg", "cannot be used"),
        ("text.webp", b"hello", "cannot be used"),
        ("empty.svg", SVG.format("").encode(), "shows nothing"),
        (
            "spy.svg",
            SVG.format('<image href="file:///etc/hostname" width="9" height="9"/>').encode(),
            "outside of itself",
        ),
    ],
)
def test_what_cannot_be_drawn_is_named(tmp_path, name, data, said):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(AssetError, match=re.escape(name)) as caught:
        draw(read_pack(tmp_path), name.split(".")[0], 32)
    assert said in f"{caught.value.what} {caught.value.why}"


def test_a_transparent_picture_shows_nothing(tmp_path):
    Image.new("RGBA", (9, 9)).save(tmp_path / "air.png")
    with pytest.raises(AssetError, match="transparent"):
        draw(read_pack(tmp_path), "air", 32)


def test_values_are_in_range(folder):
    for name in ("disc", "bar"):
        drawn = draw(read_pack(folder), name, 40)
        assert 0 <= float(drawn.min()) <= float(drawn.max()) <= 1
        assert bool((drawn[:3] <= drawn[3:] + 0.02).all())
        assert torch.isfinite(drawn).all()
