"""The collage as a canvas: exact states, sharp at any size, on a leash, and walks without ghosts."""

from __future__ import annotations

import pytest
import torch
from PIL import Image

from studio.base.errors import AssetError
from studio.canvas.collage import PIECES, CollageCanvas, Piece
from studio.canvas.pack import read_pack
from studio.scenery.scenes import Scene


@pytest.fixture
def pack(tmp_path):
    for name, colour in (("rose", "red"), ("leaf", "lime")):
        picture = Image.new("RGBA", (40, 40))
        picture.paste(colour, (4, 4, 36, 36))
        picture.save(tmp_path / f"{name}.png")
    return read_pack(tmp_path)


@pytest.fixture
def collage(pack):
    canvas = CollageCanvas(pack, 48, 32)
    canvas.arrange([Piece("rose", 0.3, 0.5, 0.5), Piece("leaf", 0.7, 0.5, 0.4, tint=(0, 0, 1))], Scene("snow", 3))
    return canvas


def picture(canvas) -> torch.Tensor:
    return canvas.image().detach()


def moved(canvas, steps: int = 5) -> CollageCanvas:
    optimiser = torch.optim.Adam(canvas.parameters(), lr=canvas.rate)
    weights = torch.rand(1, 3, 32, 48, generator=torch.Generator().manual_seed(2))
    for _ in range(steps):
        optimiser.zero_grad()
        (canvas.image() * weights).sum().backward()
        optimiser.step()
        canvas.constrain()
    return canvas


def test_pieces_lie_on_the_scene(collage, pack):
    image = picture(collage)
    assert image.shape == (1, 3, 32, 48)
    red, _, blue = image[0, :, 16, 14].tolist()
    assert red > 0.9 > 0.2 > blue
    assert image[0, 2, 16, 34] > image[0, 0, 16, 34]
    bare = CollageCanvas(pack, 48, 32)
    bare.arrange([], Scene("snow", 3))
    assert torch.equal(picture(bare)[..., 0, :], image[..., 0, :])


def test_a_state_is_exact_and_shares_nothing(collage, pack):
    moved(collage)
    state, before = collage.state(), picture(collage)
    other = CollageCanvas(pack, 10, 10)
    other.restore(state)
    assert torch.equal(picture(other), before)
    assert other.size == (48, 32)
    moved(collage)
    assert not torch.equal(picture(collage), before)
    collage.restore(state)
    assert torch.equal(picture(collage), before)


def test_a_state_survives_safetensors(collage):
    from safetensors.torch import load, save

    state = load(save(collage.state()))
    before = picture(collage)
    collage.restore(state)
    assert torch.equal(picture(collage), before)


def test_a_larger_canvas_is_drawn_anew_and_sharp(collage):
    small = picture(collage)
    collage.resize(480, 320)
    large = picture(collage)
    assert large.shape == (1, 3, 320, 480)
    shrunk = torch.nn.functional.interpolate(large, size=(32, 48), mode="area")
    assert float((shrunk - small).abs().mean()) < 0.05
    edges = (large[0, 0, 160, :240] - large[0, 2, 160, :240]).diff().abs()
    assert float(edges.max()) > 0.3  # an edge within a pixel, which no enlarged picture has


def test_pieces_stay_near_where_they_were_put(collage):
    before = collage.places().detach().clone()
    with torch.no_grad():
        collage.parameters()[-1].add_(100.0)
    collage.constrain()
    change = (collage.places().detach() - before).abs()
    assert float(change[:, :2].max()) < 0.1
    assert float(change.max()) < 0.3
    assert float(collage.places().detach()[0, -1]) == 0  # what had its own colours keeps them


def test_every_parameter_has_a_gradient(collage):
    collage.image().square().sum().backward()
    assert all(bool((parameter.grad != 0).any()) for parameter in collage.parameters())


def test_a_picture_becomes_the_background(collage):
    given = torch.rand(1, 3, 32, 48, generator=torch.Generator().manual_seed(5))
    collage.encode(given)
    assert collage.names == ()
    assert float((picture(collage) - given).abs().max()) < 1e-5


def test_a_start_is_the_seeds_own(pack):
    pictures = []
    for seed in (1, 1, 2):
        canvas = CollageCanvas(pack, 24, 24)
        canvas.start(torch.Generator().manual_seed(seed))
        pictures.append(picture(canvas))
    assert torch.equal(pictures[0], pictures[1])
    assert not torch.equal(pictures[0], pictures[2])


def test_a_walk_has_its_ends_exactly_and_pictures_between(collage, pack):
    other = CollageCanvas(pack, 48, 32)
    other.arrange([Piece("leaf", 0.5, 0.5, 0.6)], Scene("night", 1))
    a, b = collage.state(), other.state()
    ends = picture(collage), picture(other)
    canvas = CollageCanvas(pack, 48, 32)
    for t, end in zip((0.0, 1.0), ends, strict=True):
        canvas.restore(canvas.blend(a, b, t))
        assert torch.equal(picture(canvas), end)
    canvas.restore(canvas.blend(a, b, 0.5))
    half = picture(canvas)
    ghost = (ends[0] + ends[1]) / 2
    assert float((half - ghost).abs().mean()) > 0.1
    nearest = torch.minimum((half - ends[0]).abs().amax(1), (half - ends[1]).abs().amax(1))
    assert float((nearest < 0.1).float().mean()) > 0.4  # where no piece is passing, one picture or the other


def test_what_cannot_be_blended_or_restored_is_refused(collage, pack, tmp_path):
    state = collage.state()
    with pytest.raises(ValueError, match="between 0 and 1"):
        collage.blend(state, state, 1.5)
    small = CollageCanvas(pack, 10, 10)
    with pytest.raises(ValueError, match="cannot be blended"):
        collage.blend(state, small.state(), 0.5)
    with pytest.raises(ValueError, match="no state of a collage"):
        collage.restore({"size": torch.tensor([4, 4])})
    (tmp_path / "other").mkdir()
    Image.new("RGBA", (9, 9), "red").save(tmp_path / "other" / "rose.png")
    with pytest.raises(ValueError, match="another pack"):
        CollageCanvas(read_pack(tmp_path / "other"), 48, 32).restore(state)


def test_pieces_that_there_are_not_or_too_many_are_refused(collage):
    with pytest.raises(AssetError, match="no cutout called dragon"):
        collage.arrange([Piece("dragon")], Scene("snow", 1))
    with pytest.raises(ValueError, match="pieces at most"):
        collage.arrange([Piece("rose")] * (PIECES + 1), Scene("snow", 1))


def test_a_background_that_is_remembered_is_that_of_the_state(collage, pack):
    states = []
    for name in ("sky", "grass", "night"):
        collage.arrange([], Scene(name, 1))
        states.append(collage.state())
    fresh = CollageCanvas(pack, *collage.size)
    for one, other in ((0, 1), (1, 2), (2, 0), (0, 1), (1, 0)):
        found = collage.blend(states[one], states[other], 0.4)
        wanted = CollageCanvas(pack, *collage.size).blend(dict(states[one]), dict(states[other]), 0.4)
        assert torch.equal(found["base"], wanted["base"])
    assert torch.equal(fresh.blend(states[0], states[1], 0.4)["base"], collage.blend(states[0], states[1], 0.4)["base"])
