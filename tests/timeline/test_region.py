from __future__ import annotations

import pytest

from studio.base.errors import InputError
from studio.timeline.region import NAMED, WHOLE, Area, Mask, between, format_region, meet, parse_region, sides


def test_every_name_is_read_back_and_lies_in_the_picture():
    for name, area in NAMED.items():
        assert parse_region(name) == area
        assert format_region(area) == name
    assert parse_region("center") == NAMED["centre"]


@pytest.mark.parametrize(
    ("word", "region"),
    [
        ("0.1,0.2,0.3,0.4", Area(0.1, 0.2, 0.3, 0.4)),
        (" 0, .5 ,1,1e0 ", Area(0, 0.5, 1, 1)),
        ("0,0,0.5,1", NAMED["left"]),
        ("mask(sky)", Mask("sky")),
        ("mask( a (b) )", Mask("a (b)")),
    ],
)
def test_what_is_a_region(word, region):
    assert parse_region(word) == region
    assert parse_region(format_region(region)) == region


@pytest.mark.parametrize(
    "word", ["", "home", "Left", "mask()", "mask( )", "0,0,1", "0,0,1,1,1", "1,e,1,1", "left half"]
)
def test_what_is_none(word):
    assert parse_region(word) is None


@pytest.mark.parametrize(
    ("numbers", "why"), [((0, 0, 1.5, 1), "between 0 and 1"), ((-0.1, 0, 1, 1), "between 0 and 1")]
)
def test_an_area_lies_within_the_picture(numbers, why):
    with pytest.raises(InputError) as caught:
        Area(*numbers)
    assert why in caught.value.why


@pytest.mark.parametrize("numbers", [(0.5, 0, 0.5, 1), (0.6, 0, 0.5, 1), (0, 0.5, 1, 0.51), (0, 0, 0, 1)])
def test_an_area_has_room(numbers):
    with pytest.raises(InputError, match="too narrow"):
        Area(*numbers)


def test_a_mask_has_a_picture():
    with pytest.raises(InputError, match="is empty"):
        Mask("  ")


def test_areas_move_into_one_another_and_the_whole_picture_is_one():
    left, right = NAMED["left"], NAMED["right"]
    assert between(left, right, 0) == left
    assert between(left, right, 1) == right
    assert between(left, right, 0.5) == Area(0.25, 0, 0.75, 1)
    assert between(None, left, 0.5) == Area(0, 0, 0.75, 1)
    assert between(left, None, 1) is None
    assert between(None, None, 0.3) is None


def test_a_mask_has_no_way_to_anything_but_itself():
    mask = Mask("sky")
    assert meet(mask, Mask("sky"))
    assert between(mask, mask, 0.4) == mask
    for other in (None, NAMED["left"], Mask("sea")):
        assert not meet(mask, other)
        assert not meet(other, mask)
        with pytest.raises(ValueError, match="mask"):
            between(mask, other, 0.5)


def test_sides_hold_what_is_not_an_area_too():
    assert sides(NAMED["top"]) == (0, 0, 1, 0.5)
    assert sides(None) == sides(Mask("sky")) == WHOLE.sides
