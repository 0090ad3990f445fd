"""One spelling for each value: what content hashes stand on."""

from __future__ import annotations

import json
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.project.canonical import canonical_json

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=12,
)


def shuffled(value: object) -> object:
    if isinstance(value, dict):
        return MappingProxyType({key: shuffled(value[key]) for key in reversed(list(value))})
    return tuple(shuffled(item) for item in value) if isinstance(value, list) else value


@given(VALUES)
def test_it_is_json_that_means_the_value(value):
    assert json.loads(canonical_json(value)) == value


@given(VALUES)
def test_the_order_of_keys_and_the_kind_of_container_do_not_matter(value):
    assert canonical_json(shuffled(value)) == canonical_json(value)


def test_it_is_spelled_as_promised():
    value = {"b": [1, 1.0, -0.0, 0.1], "a": {"é": None, "Z": True}, "big": 2**70, "small": 1e-7}
    assert canonical_json(value).decode() == (
        '{"a":{"Z":true,"é":null},"b":[1,1.0,-0.0,0.1],"big":1180591620717411303424,"small":1e-07}'
    )


@pytest.mark.parametrize("value", [float("nan"), [float("inf")], {"a": {"b": float("-inf")}}])
def test_what_is_not_finite_is_refused(value):
    with pytest.raises(ValueError, match="no JSON spelling"):
        canonical_json(value)


@pytest.mark.parametrize("value", [{1: "a"}, {None: "a"}, {"a": {True: 1}}])
def test_keys_are_never_converted(value):
    with pytest.raises(TypeError, match="must be a string"):
        canonical_json(value)


@pytest.mark.parametrize("value", [b"bytes", {1, 2}, object(), [1j]])
def test_what_json_cannot_hold_is_refused(value):
    with pytest.raises(TypeError, match="is not JSON"):
        canonical_json(value)


def test_half_a_surrogate_pair_is_refused():
    with pytest.raises(ValueError, match="surrogates"):
        canonical_json("\ud800")
