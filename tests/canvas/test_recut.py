"""What was dreamed of a collage moves on with its pieces: its colours are those of the dream, its outlines its own."""

from __future__ import annotations

import pytest
import torch
from PIL import Image, ImageDraw

from studio.canvas.collage import CollageCanvas, Piece
from studio.canvas.pack import read_pack
from studio.canvas.recut import between, cut, whole


@pytest.fixture(scope="module")
def pack(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pack")
    for name, colour in {"sun": "yellow", "ball": "red"}.items():
        picture = Image.new("RGBA", (60, 60))
        ImageDraw.Draw(picture).ellipse((2, 2, 57, 57), fill=colour)
        picture.save(folder / f"{name}.png")
    return read_pack(folder)


def collage(pack, *pieces: Piece, ground: float = 0.2, size=(64, 48)):
    canvas = CollageCanvas(pack, *size)
    canvas.arrange(pieces, torch.full((1, 3, 8, 8), ground))
    return canvas, canvas.state()


def test_cut_and_put_together_again_it_is_what_was_dreamed(pack):
    canvas, state = collage(pack, Piece("sun", 0.4, 0.5, 0.6, angle=0.3))
    dreamed = canvas.image().detach().flip(1) * 0.8 + 0.1
    made = cut(canvas, state, dreamed)
    assert (between(made, made, 0.5) - dreamed).abs().mean() < 0.01


def test_nothing_of_a_piece_stays_behind_on_the_ground(pack):
    canvas, state = collage(pack, Piece("ball", 0.3, 0.5, 0.6))
    dreamed = canvas.image().detach()
    assert (cut(canvas, state, dreamed).ground - 0.2).abs().max() < 0.05
    mood = (dreamed + 0.3).clamp(0, 1)  # the whole picture has become lighter, under the piece as well
    assert (cut(canvas, state, mood).ground - 0.5).abs().max() < 0.05


def test_a_piece_takes_its_dreamed_look_along(pack):
    canvas, a = collage(pack, Piece("ball", 0.3, 0.5, 0.6))
    green = canvas.image().detach().roll(1, 1)  # what was red is green
    one = cut(canvas, a, green)
    _, b = collage(pack, Piece("ball", 0.7, 0.5, 0.6))
    canvas.restore(b)
    other = cut(canvas, b, canvas.image().detach().roll(1, 1))
    middle = between(one, other, 0.5)
    assert middle[0, :, 24, 32].tolist() == pytest.approx([0, 1, 0], abs=0.05)
    assert middle[0, :, 24, 6].tolist() == pytest.approx([0.2] * 3, abs=0.05), "where it was there is ground"


def test_what_is_covered_keeps_its_own_look(pack):
    canvas, state = collage(pack, Piece("ball", 0.5, 0.5, 0.8), Piece("sun", 0.5, 0.5, 0.4))
    made = cut(canvas, state, canvas.image().detach())
    middle = made.sprites[0].levels[0]
    side = middle.shape[-1] // 2
    assert middle[:, side, side].tolist() == pytest.approx([1, 0, 0, 1], abs=0.05)


def test_what_only_one_has_leaves_or_enters(pack):
    canvas, a = collage(pack, Piece("ball"))
    one = cut(canvas, a, canvas.image().detach())
    canvas, b = collage(pack, Piece("sun"), ground=0.8)
    other = cut(canvas, b, canvas.image().detach())
    for t, end in ((0.0, a), (1.0, b)):
        canvas.restore(end)
        assert (between(one, other, t) - canvas.image().detach()).abs().mean() < 0.02
    middle = between(one, other, 0.5)[0]
    red = (middle[0] > 0.9) & (middle[1] < 0.1)
    yellow = (middle[0] > 0.9) & (middle[1] > 0.9)
    assert bool(red[:, :32].any()) and bool(yellow[:, 32:].any()), "half-way both are there, side by side"
    assert not bool(red[:, 40:].any())


def test_without_pieces_the_ground_is_what_was_dreamed(pack):
    canvas, state = collage(pack)
    dreamed = torch.rand(1, 3, 48, 64, generator=torch.Generator().manual_seed(1))
    assert torch.equal(cut(canvas, state, dreamed).ground, dreamed)


def test_a_whole_picture_goes_along_a_front_and_pieces_go_their_way(pack):
    canvas, state = collage(pack, Piece("ball", 0.5, 0.5, 0.6))
    one, other = whole(torch.full((1, 3, 48, 64), 0.9)), cut(canvas, state, canvas.image().detach())
    assert (between(one, other, 0) - 0.9).abs().max() < 0.02
    assert (between(one, other, 1) - canvas.image().detach()).abs().mean() < 0.01
    middle = between(one, other, 0.5)
    light, dark = (middle - 0.9).abs().amax(1) < 0.02, (middle - 0.2).abs().amax(1) < 0.02
    ball = middle[:, 0] - middle[:, 1] > 0.3
    assert min(float(each.float().mean()) for each in (light, dark, ball)) > 0.02
    assert float((light | dark | ball).float().mean()) > 0.85, "hardly a place is half one thing and half another"


def test_a_picture_of_another_size_is_refused(pack):
    canvas, state = collage(pack)
    with pytest.raises(ValueError, match="64 x 48"):
        cut(canvas, state, torch.zeros(1, 3, 64, 48))
