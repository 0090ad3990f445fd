"""Real pictures show the prompt's own object and context, and another seed shows them otherwise."""

from __future__ import annotations

import pytest
import torch
from PIL import Image

from studio.base.errors import InputError
from studio.canvas.pack import read_pack
from studio.evaluation.prompts import Prompt
from studio.evaluation.reals import drawable, real_pictures


@pytest.fixture
def pack(tmp_path):
    for name, colour in (("cat", "red"), ("ink", "blue")):
        Image.new("RGBA", (30, 30), colour).save(tmp_path / f"{name}.png")
    return read_pack(tmp_path)


def test_an_object_stands_before_its_context(pack):
    prompts = [Prompt("a cat", "on a white background"), Prompt("an ink", "on a white background")]
    red, blue = real_pictures(prompts, pack, 32, 1)
    assert float((red[0] - red[2]).mean()) > 0.2
    assert float((blue[2] - blue[0]).mean()) > 0.2
    assert float(red.amin((1, 2))[0]) > 0.8  # white and red are both full of red


def test_seeds_differ_and_repeat(pack):
    prompts = [Prompt("a cat", "in the snow")]
    one, again, other = (real_pictures(prompts, pack, 24, seed) for seed in (1, 1, 2))
    assert torch.equal(one, again)
    assert not torch.equal(one, other)


@pytest.mark.parametrize(
    ("prompt", "part"), [(Prompt("a dog", "in the snow"), "object"), (Prompt("a cat", "in a bottle"), "context")]
)
def test_what_cannot_be_drawn_is_named(pack, prompt, part):
    with pytest.raises(InputError, match=prompt.text) as caught:
        real_pictures([prompt], pack, 24, 1)
    assert part in caught.value.why


def test_what_can_be_drawn_has_articles(pack):
    assert drawable(pack) == ("a cat", "an ink")
