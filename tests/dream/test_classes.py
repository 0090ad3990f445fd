"""Classes of a prompt: those that it names, or those that a perceptor finds."""

from __future__ import annotations

import pytest
import torch

from studio.base.errors import InputError
from studio.dream.classes import embedded, likely, names


class Letters:
    """A perceptor that knows texts by their letters, and reads twelve of them."""

    identity = "letters"
    dimensions = 26
    logit_scale = 20.0

    def __init__(self) -> None:
        self.asked = 0

    def embed_text(self, texts):
        self.asked += len(texts)
        counts = torch.tensor([[float(text.count(chr(97 + n))) for n in range(26)] for text in texts])
        return torch.nn.functional.normalize(counts, dim=-1)

    def check_text(self, text: str) -> None:
        if len(text) > 12:
            raise InputError("too long")


def test_the_names_are_imagenets():
    assert len(names()) == 1000
    assert (names()[0], names()[1], names()[999]) == ("tench", "goldfish", "toilet paper")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("a goldfish in a bowl", [1]), ("two Hens", [8]), ("a hen and a goldfish", [8, 1])],
)
def test_what_is_named_is_meant(text, wanted):
    perceptor = Letters()
    classes, weights = likely(text, perceptor, 50, 4)
    assert classes.tolist() == wanted
    assert float(weights.sum()) == pytest.approx(1)
    assert perceptor.asked == 0


def test_what_is_not_named_is_compared():
    perceptor = Letters()
    classes, weights = likely("nehs", perceptor, 50, 3)
    assert int(classes[0]) == 8
    assert len(classes) == 3
    assert weights.tolist() == sorted(weights.tolist(), reverse=True)
    asked = perceptor.asked
    likely("nehs", perceptor, 50, 3)
    assert perceptor.asked == asked + 1  # names are read once
    unreadable = [number for number, name in enumerate(names()[:50]) if len(name) > 12]
    assert unreadable
    assert float(embedded(perceptor, 50)[unreadable].abs().sum()) == 0


def test_no_text_means_a_bit_of_all():
    classes, weights = likely(" ", Letters(), 50, 5)
    assert classes.tolist() == [0, 10, 20, 30, 40]
    assert weights.tolist() == pytest.approx([0.2] * 5)
