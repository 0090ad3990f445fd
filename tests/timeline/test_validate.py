from __future__ import annotations

import math

import pytest

from studio.base.errors import InputError
from studio.timeline.validate import label, number, whole


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_not_finite_is_refused_by_name(bad):
    with pytest.raises(InputError) as caught:
        number(bad, "the weight")
    assert caught.value.what == f"The weight cannot be {bad}"
    assert "finite" in caught.value.why
    assert caught.value.fix


def test_a_number_outside_its_range_is_refused_with_the_range():
    with pytest.raises(InputError, match="between 0 and 1"):
        number(1.5, "the time", 0, 1)
    with pytest.raises(InputError, match="a number of 13288 bits"):
        number(10**4000, "the weight")
    assert number(1, "the time", 0, 1) == 1.0
    assert isinstance(number(1, "the time", 0, 1), float)


@pytest.mark.parametrize("bad", [True, "1", None, 1j])
def test_what_is_no_number_is_a_type_error(bad):
    with pytest.raises(TypeError, match="the weight"):
        number(bad, "the weight")


def test_a_whole_number_keeps_to_its_range():
    assert whole(3, "the frame", 3, 3) == 3
    for bad in (2, 4, 10**5000):
        with pytest.raises(InputError, match="between 3 and 3"):
            whole(bad, "the frame", 3, 3)
    for bad in (3.0, True, "3"):
        with pytest.raises(TypeError, match="the frame"):
            whole(bad, "the frame", 3, 3)


def test_a_label_is_stripped_and_never_empty_or_broken():
    assert label("  a b ", "the name") == "a b"
    with pytest.raises(InputError, match="The name is empty"):
        label(" \n ", "the name")
    with pytest.raises(InputError, match="surrogate"):
        label("a\ud800", "the name")
    with pytest.raises(TypeError):
        label(3, "the name")
