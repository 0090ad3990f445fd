"""A collage for a prompt: what it names is there, as often and in the colour that it says."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
import torch
from PIL import Image, ImageDraw
from torch.nn import functional

from studio.base.cancel import Cancelled, CancelToken, never
from studio.canvas.collage import CollageCanvas
from studio.canvas.pack import read_pack
from studio.dream.arrange import QUIET, Wish, arrange

SHADES = {"rose": "red", "leaf": "lime", "sea shell": "blue"}


class Shades:
    """Finds a text's primary colour in a picture: "red", "green" and "blue", and what `SHADES` have them."""

    name, image_size, dimensions, context_length, identity, logit_scale = "shades", 16, 4, 77, "shades", 1.0
    device = torch.device("cpu")
    words = ({"red", "rose", "love"}, {"green", "leaf"}, {"blue", "shell"})

    def embed_text(self, texts: Sequence[str]) -> torch.Tensor:
        rows = []
        for text in texts:
            said = set(text.replace(",", "").split())
            said = said & {"red", "green", "blue"} or said  # a colour outdoes the thing that has it
            rows.append([float(bool(known & said)) for known in self.words] + [0.1])
        return functional.normalize(torch.tensor(rows), dim=1)

    def embed_image(self, images: torch.Tensor) -> torch.Tensor:
        pure = torch.relu(images - images.roll(1, 1)) * torch.relu(images - images.roll(2, 1))
        return functional.normalize(torch.cat([pure.mean((2, 3)), torch.full((len(images), 1), 0.01)], 1), dim=1)


@pytest.fixture(scope="module")
def pack(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pack")
    for name, colour in SHADES.items():
        picture = Image.new("RGBA", (40, 40))
        ImageDraw.Draw(picture).ellipse((2, 2, 37, 37), fill=colour)
        picture.save(folder / f"{name}.png")
    return read_pack(folder)


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch):
    monkeypatch.setenv("KEYDREAM_HOME", str(tmp_path))


def arranged(pack, *texts: str, seed: int = 1, size=(48, 48), token=None) -> CollageCanvas:
    canvas = CollageCanvas(pack, *size)
    wishes = [Wish(text) for text in texts]
    arrange(canvas, wishes, [(Shades(), 1.0)], torch.Generator().manual_seed(seed), token or never())
    return canvas


def test_what_is_named_is_there_before_what_is_named(pack):
    canvas = arranged(pack, "a leaf in the snow")
    assert canvas.names == ("leaf",)
    assert canvas.scene.kind == "snow"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("two roses in the grass", ("rose", "rose")),
        ("three leafs and a rose", ("leaf",) * 3 + ("rose",)),
        ("a rose and a sea shell on the beach", ("rose", "sea shell")),
        ("A Sea Shell", ("sea shell",)),
        ("a pair of blue leaves", ("leaf",) * 2),
        ("several roses", ("rose",) * 4),
        ("roses on the beach", ("rose",) * 3),
        ("a starry night", ()),
    ],
)
def test_names_and_numbers_are_read(pack, text, names):
    assert arranged(pack, text).names == names


def test_a_colour_that_is_asked_for_is_given_and_no_other(pack):
    tinted = arranged(pack, "a blue leaf in the snow")
    assert tinted.names == ("leaf",)
    assert float(tinted.places().detach()[0, -1]) > 0.5
    plain = arranged(pack, "a leaf in the snow")
    assert float(plain.places().detach()[0, -1]) == 0


def test_a_relation_places_the_pieces(pack):
    above = arranged(pack, "a rose above a leaf").places().detach()
    assert float(above[0, 1]) < float(above[1, 1]) - 0.2
    sunk = arranged(pack, "a rose and a leaf under water").places().detach()
    assert abs(float(sunk[0, 1]) - float(sunk[1, 1])) < 0.2  # what comes after both says where both are
    beside = arranged(pack, "a rose to the right of a leaf").places().detach()
    assert float(beside[0, 0]) > float(beside[1, 0]) + 0.2


def test_what_is_not_named_is_what_the_perceptor_likes(pack):
    assert arranged(pack, "love").names == ("rose",)


@pytest.mark.parametrize("size", [(48, 48), (80, 40)])
def test_all_of_every_piece_is_seen(pack, size):
    canvas = arranged(pack, "five roses", size=size)
    places = canvas.places().detach()
    for column, edge in enumerate(size):
        half = places[:, 2].exp() * min(size) / edge / 2
        assert float((places[:, column] - half).min()) > -1e-4
        assert float((places[:, column] + half).max()) < 1 + 1e-4


def test_where_no_place_is_named_it_is_a_quiet_one(pack):
    assert {arranged(pack, "a rose", seed=seed).scene.kind for seed in range(4)} <= set(QUIET)


def test_several_texts_are_one_wish(pack):
    canvas = arranged(pack, "a rose", "on a starry night")
    assert canvas.names == ("rose",)
    assert canvas.scene.kind == "night"


def test_a_seed_gives_the_same_collage_again_and_another_another(pack):
    one, again, other = (arranged(pack, "a rose in the snow", seed=seed) for seed in (1, 1, 2))
    assert torch.equal(one.image(), again.image())
    assert not torch.equal(one.image(), other.image())


def test_any_proportions(pack):
    assert arranged(pack, "a rose in the snow", size=(80, 40)).image().shape == (1, 3, 40, 80)


def test_without_a_wish_there_are_clouds(pack):
    assert arranged(pack).names == ()


def test_it_can_be_cancelled(pack):
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        arranged(pack, "a rose in the snow", token=token)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("a rose under a full moon", {"moonlight"}),
        ("a rose on a snowy hill", {"snow"}),
        ("a rose in the city at night", {"city at night"}),
    ],
)
def test_a_place_that_is_said_word_for_word_is_that_place(pack, text, kinds):
    assert {arranged(pack, text, seed=seed).scene.kind for seed in (1, 2, 3)} == kinds


def placed(pack, *wishes: Wish, seed: int = 1, size=(48, 48)) -> CollageCanvas:
    canvas = CollageCanvas(pack, *size)
    arrange(canvas, wishes, [(Shades(), 1.0)], torch.Generator().manual_seed(seed), never())
    return canvas


LEFT, RIGHT, TOP = (0.0, 0.0, 0.5, 1.0), (0.5, 0.0, 1.0, 1.0), (0.0, 0.0, 1.0, 0.5)


@pytest.mark.parametrize("size", [(48, 48), (96, 48), (48, 80)])
def test_a_thing_goes_where_it_is_wished(pack, size):
    for seed in range(3):
        canvas = placed(pack, Wish("a rose", 1.0, RIGHT), Wish("a leaf", 1.0, LEFT), seed=seed, size=size)
        found = dict(zip(canvas.names, canvas.places().tolist(), strict=True))
        assert set(found) == {"rose", "leaf"}
        reach = {name: math.exp(place[2]) / 2 * min(size) / size[0] for name, place in found.items()}
        assert found["leaf"][0] + reach["leaf"] <= 0.5 + 0.02
        assert found["rose"][0] - reach["rose"] >= 0.5 - 0.02


def test_what_is_wished_anywhere_has_the_whole_picture(pack):
    canvas = placed(pack, Wish("a rose", 1.0, TOP), Wish("a leaf"))
    found = dict(zip(canvas.names, canvas.places().tolist(), strict=True))
    assert found["rose"][1] < 0.5
    assert math.exp(found["leaf"][2]) > 0.5


def test_where_everything_is_wished_anywhere_nothing_is_otherwise(pack):
    plain, explicit = arranged(pack, "a red rose", "a leaf"), placed(pack, Wish("a red rose"), Wish("a leaf"))
    assert torch.equal(plain.image(), explicit.image())
