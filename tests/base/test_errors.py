"""Errors in plain words: what, why, and what to do."""

from __future__ import annotations

import copy
import pickle

import pytest

from studio.base import errors
from studio.base.errors import ProjectError, StudioError

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, StudioError)]


def test_the_three_parts_become_sentences():
    error = ProjectError("It broke", "The disk is full!", "Try again")
    assert (error.what, error.why, error.fix) == ("It broke", "The disk is full!", "Try again")
    assert str(error) == "It broke. The disk is full! Try again."


@pytest.mark.parametrize("end", ".!?…")
def test_a_sentence_that_ends_is_left_alone(end):
    assert str(StudioError("It broke" + end)) == "It broke" + end


@pytest.mark.parametrize(("why", "fix", "text"), [("", "", "A."), ("B", "", "A. B."), ("", "C", "A. C.")])
def test_parts_may_be_left_out(why, fix, text):
    assert str(StudioError("A", why, fix)) == text


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_caught_as_one_and_goes_through_other_processes(kind):
    error = kind("what", "why", "fix")
    assert isinstance(error, StudioError)
    for again in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert type(again) is kind
        assert (again.what, again.why, again.fix) == ("what", "why", "fix")


def test_the_kinds_are_told_apart():
    assert len(KINDS) == 8
    assert not any(issubclass(one, other) for one in KINDS for other in KINDS if one is not other is not StudioError)
