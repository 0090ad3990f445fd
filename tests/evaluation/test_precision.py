"""The true object is ranked among others in the same context, by ranks that can be reckoned by hand."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
import torch

from studio.evaluation.precision import context_ranks, object_ranks, precision
from studio.evaluation.prompts import Prompt

spec = importlib.util.spec_from_file_location("judges", Path(__file__).with_name("judges.py"))
judges = importlib.util.module_from_spec(spec)
spec.loader.exec_module(judges)
JUDGE = judges.Colours()
PROMPTS = [Prompt(thing, place) for thing in JUDGE.objects for place in JUDGE.contexts]
TRUE = torch.cat([judges.picture(thing, place) for thing in range(3) for place in range(3)])


def test_true_pictures_rank_first():
    assert object_ranks(JUDGE, TRUE, PROMPTS, JUDGE.objects, 2, 1) == (0,) * 9
    assert context_ranks(JUDGE, TRUE, PROMPTS, JUDGE.contexts) == (0,) * 9


def test_a_picture_of_another_object_ranks_behind_it():
    wrong = torch.cat([judges.picture((thing + 1) % 3, place) for thing in range(3) for place in range(3)])
    assert all(rank >= 1 for rank in object_ranks(JUDGE, wrong, PROMPTS, JUDGE.objects, 2, 1))
    assert context_ranks(JUDGE, wrong, PROMPTS, JUDGE.contexts) == (0,) * 9


def test_a_picture_of_the_context_alone_is_at_chance():
    """The colours of the context cannot win: with no object in the picture, all sentences fit it alike."""
    empty = TRUE.clone()
    empty[:, :, :4] = 0.5
    ranks = object_ranks(JUDGE, empty, PROMPTS, JUDGE.objects, 2, 1)
    assert set(ranks) == {1}  # the middle of three
    assert precision(ranks, 3).at1 == 0


def test_the_true_object_is_never_its_own_rival():
    one = object_ranks(JUDGE, TRUE[:1], PROMPTS[:1], ("a rose",), 99, 1)
    assert one == (0,)


def test_shares_and_their_errors():
    found = precision([0, 0, 3, 9], 100)
    assert (found.at1, found.at5, found.among, found.pictures) == (0.5, 0.75, 100, 4)
    assert found.error1 == pytest.approx(0.25)
    assert found.error5 == pytest.approx((0.75 * 0.25 / 4) ** 0.5)
    with pytest.raises(ValueError, match="no ranks"):
        precision([], 3)
