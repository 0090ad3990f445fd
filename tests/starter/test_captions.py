"""Captions are English: articles, numbers, and sentences that say what there is."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.starter.captions import NUMBERS, Words, many, plural, sentence, with_article
from studio.starter.objects import read_kinds

NOUNS = [noun for kind in read_kinds() for noun in kind.nouns]

MASS = (
    "coral bacon bread broccoli butter candy cheese corn garlic popcorn sushi spaghetti beer coffee wine fire soap "
    "yarn ginger ham salad lettuce rice curry custard honey champagne whisky paella stew ice salt luggage thread "
    "dna lotion badminton bowling"
)


def sane(noun: str) -> bool:
    """Whether `with_article` says it as English does, judged by other rules than its own."""
    said = with_article(noun)
    head = re.split(r" (?:of|with|and) ", noun)[0]
    if said == noun:
        return noun in MASS.split() or noun == "dice" or (head.endswith("s") and not head.endswith("ss"))
    vowel = (noun[0] in "aeiou" and not re.match(r"uni|ufo|eu", noun)) or re.match(r"hour|honest", noun)
    return said == (f"an {noun}" if vowel else f"a {noun}")


@pytest.mark.parametrize(
    ("noun", "said"),
    [
        ("apple", "an apple"),
        ("unicorn", "a unicorn"),
        ("ufo", "a ufo"),
        ("umbrella", "an umbrella"),
        ("glasses", "glasses"),
        ("dice", "dice"),
        ("bread", "bread"),
        ("loaf of bread", "a loaf of bread"),
        ("french fries", "french fries"),
        ("crossed swords", "crossed swords"),
        ("orange heart", "an orange heart"),
        ("t-shirt", "a t-shirt"),
        ("hourglass", "an hourglass"),
        ("pile of books", "a pile of books"),
        ("face with sunglasses", "a face with sunglasses"),
    ],
)
def test_articles(noun, said):
    assert with_article(noun) == said


def test_every_noun_has_the_article_it_wants():
    assert [with_article(noun) for noun in NOUNS if not sane(noun)] == []


@pytest.mark.parametrize(
    ("noun", "three"),
    [
        ("apple", "three apples"),
        ("fox", "three foxes"),
        ("peach", "three peaches"),
        ("paintbrush", "three paintbrushes"),
        ("cactus", "three cactuses"),
        ("butterfly", "three butterflies"),
        ("monkey", "three monkeys"),
        ("mouse", "three mice"),
        ("wolf", "three wolves"),
        ("fish", "three fish"),
        ("sheep", "three sheep"),
        ("glasses", "three glasses"),
        ("glass of milk", "three glasses of milk"),
        ("loaf of bread", "three loaves of bread"),
        ("slice of pizza", "three slices of pizza"),
        ("alarm clock", "three alarm clocks"),
        ("wine", "three wine"),
        ("tomato", "three tomatoes"),
        ("maple leaf", "three maple leaves"),
        ("snowman", "three snowmen"),
        ("red wolf", "three red wolves"),
        ("face with sunglasses", "three faces with sunglasses"),
        ("pile of books", "three piles of books"),
    ],
)
def test_numbers(noun, three):
    assert many(noun, 3) == three


def test_every_noun_can_be_counted():
    for noun in NOUNS:
        for count, word in NUMBERS.items():
            said = many(noun, count)
            assert said.startswith(f"{word} ")
            assert said.split()[1][0] == noun[0], said


def test_plurals_are_known():
    assert [noun for noun in ("glasses", "french fries", "crossed swords", "red jeans") if not plural(noun)] == []
    assert [noun for noun in ("apple", "glass", "glass of milk", "bus") if plural(noun)] == []


def words(things=(), relation="", place="", background="", alone="", style="") -> Words:
    return Words(tuple(things), relation, place, background, alone, style)


def said(scene: Words, times: int = 200) -> set[str]:
    return {sentence(np.random.default_rng(seed), scene) for seed in range(times)}


def test_a_thing_alone():
    assert {"a cat", "a picture of a cat", "a painting of a cat"} <= said(words(["a cat"]))


def test_a_background_alone():
    assert {"a green meadow", "a drawing of a green meadow"} <= said(words(alone="a green meadow", background="x"))


def test_two_things_in_a_relation_and_without_one():
    assert "a cat above a dog" in said(words(["a cat", "a dog"], relation="above"))
    assert "a cat and a dog" in said(words(["a cat", "a dog"]))


def test_the_order_of_place_and_background_varies():
    texts = said(words(["a cat"], place="on the left", background="in the snow"))
    assert {"a cat on the left in the snow", "a cat in the snow on the left"} <= texts


def test_a_background_may_come_first():
    assert "in the snow, a cat" in said(words(["a cat"], background="in the snow"))


def test_the_style_comes_last():
    assert all(text.endswith(", noto style") for text in said(words(["a cat"], style="noto")))


def test_articles_of_the_words_between_are_put_right():
    texts = said(words(["a cat"], background="on a orange background"))
    assert all("on an orange background" in text for text in texts)
    assert all("a unicorn" in text for text in said(words(["a unicorn"])))


@given(
    seed=st.integers(0, 2**32),
    things=st.lists(st.sampled_from([with_article(noun) for noun in NOUNS]), max_size=2),
    relation=st.sampled_from(["", "above", "to the left of"]),
    place=st.sampled_from(["", "at the top"]),
    background=st.sampled_from(["", "in the grass", "on red and blue stripes"]),
    style=st.sampled_from(["", "fluent"]),
)
def test_everything_is_said_and_nothing_twice(seed, things, relation, place, background, style):
    scene = words(things, relation if len(things) == 2 else "", place, background, "a green meadow", style)
    text = sentence(np.random.default_rng(seed), scene)
    assert text == " ".join(text.split())
    if not things:
        assert text.endswith("a green meadow")
        return
    for part in (*things, scene.relation, place, background, style):
        assert part in text
    extra = len(text.split()) - sum(len(part.split()) for part in (*things, scene.relation, place, background, style))
    joined = len(things) == 2 and not scene.relation
    assert extra - joined - bool(style) in (0, 3)  # "style", "and", and in front "a picture of" or nothing


def test_the_same_randomness_says_the_same():
    scene = words(["a cat"], place="on the left", background="in the snow")
    assert sentence(np.random.default_rng(4), scene) == sentence(np.random.default_rng(4), scene)
