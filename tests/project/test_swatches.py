from __future__ import annotations

import pytest
from PIL import Image, ImageDraw

from studio.project.swatches import MOST_COLOURS, Colours, colours_of, read_colours, shares


def test_colours_are_checked():
    assert Colours(("#102040",), "#000000").palette == ("#102040",)
    for bad in ("red", "#FF0000", "#12345", "102040"):
        with pytest.raises(ValueError, match="#rrggbb"):
            Colours((bad,))
        with pytest.raises(ValueError, match="#rrggbb"):
            Colours((), bad)
    with pytest.raises(ValueError, match="at most"):
        Colours(("#102040",) * (MOST_COLOURS + 1))


def test_shares_are_red_green_and_blue():
    assert shares("#ff0033") == (1.0, 0.0, 0.2)


@pytest.mark.parametrize(
    ("text", "colours"),
    [
        ("", ()),
        ("  ", ()),
        ("#102040 #ff8800", ("#102040", "#ff8800")),
        ("FF8800, #102040;f80", ("#ff8800", "#102040")),
    ],
)
def test_colours_are_read_as_people_write_them(text, colours):
    assert read_colours(text) == colours


def test_a_word_that_is_no_colour_is_named():
    with pytest.raises(ValueError, match="red is no colour"):
        read_colours("#102040 red")


def test_the_main_colours_of_a_picture_the_most_frequent_first():
    picture = Image.new("RGB", (300, 200), (200, 30, 30))
    ImageDraw.Draw(picture).rectangle((0, 0, 99, 199), fill=(30, 30, 200))
    first, second = colours_of(picture, 2)
    assert max(abs(a - b) for a, b in zip(shares(first), (200 / 255, 30 / 255, 30 / 255), strict=True)) < 0.05
    assert max(abs(a - b) for a, b in zip(shares(second), (30 / 255, 30 / 255, 200 / 255), strict=True)) < 0.05
    assert colours_of(Image.new("L", (8, 8), 255)) == ("#ffffff",)
