"""What a prompt names: things with their colours, places with their looks, and words that nothing is made of."""

from __future__ import annotations

import pytest

from studio.canvas.biggan_model import Scene
from studio.dream.naming import read

CLASSES = (("cat", "kitten"), ("black cat",), ("tree",), ("forest fire",), ("cherry",), ("wolf",), ("painting",))
PLACES = (
    Scene("night", ("on a starry night",), (("on a starry night", "a starry night"), ("in moonlight", "moonlight"))),
    Scene("forest", ("in the forest",), (("in the forest", "a dark forest"),)),
    Scene("plain", ("on red", "on blue"), (("on red", "a red ground"), ("on blue", "a blue ground"))),
)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("a cat", (0,)),
        ("Two Kittens", (0,)),
        ("a black cat", (1,)),
        ("a cat under a tree", (0, 2)),
        ("cherries", (4,)),
        ("wolves and a werewolf", (5,)),
        ("a painting of a cat", (0,)),
        ("a cat before a painting", (0, 6)),
        ("a caterpillar", ()),
        ("", ()),
    ],
)
def test_things_are_found_by_whole_words_the_longest_first(text, kinds):
    assert tuple(thing.kind for thing in read(text, CLASSES, PLACES).things) == kinds


def test_a_colour_before_a_thing_is_its_own():
    [thing] = read("a red cat in the forest", CLASSES, PLACES).things
    assert thing.colour is not None
    assert thing.colour[0] > thing.colour[2]
    assert read("a cat on red", CLASSES, PLACES).things[0].colour is None


def test_places_are_found_by_their_telling_words():
    assert read("a cat on a starry night", CLASSES, PLACES).scenes[0] == (0, 0)
    assert read("in the forest, a cat", CLASSES, PLACES).scenes == ((1, 0),)
    assert read("a cat on blue", CLASSES, PLACES).scenes == ((2, 1),)
    assert read("a cat", CLASSES, PLACES).scenes == ()


def test_words_that_nothing_was_made_of_are_left():
    assert read("a beautiful picture of a cat dreaming of freedom", CLASSES, PLACES).rest == ("dreaming", "freedom")
    assert read("a cat on a starry night", CLASSES, PLACES).rest == ()


def test_the_last_thing_is_where_the_others_are_only_when_they_are_in_it():
    classes = (*CLASSES, ("forest",))
    assert len(read("a cat in a dark forest", classes, PLACES).things) == 1
    assert len(read("a cat above a forest", classes, PLACES).things) == 2


def test_a_plural_is_one_only_of_what_has_a_singular():
    classes = (("cat",), ("glasses",))
    assert [thing.plural for thing in read("cats and glasses and a cat", classes, PLACES).things] == [
        True,
        False,
        False,
    ]


def test_a_colour_that_is_a_thing_too_is_a_colour_before_a_thing():
    classes = (*CLASSES, ("orange",))
    [thing] = read("an orange cat on a starry night", classes, PLACES).things
    assert thing.kind == 0
    assert thing.colour is not None
    assert [thing.kind for thing in read("an orange and a cat", classes, PLACES).things] == [len(CLASSES), 0]
