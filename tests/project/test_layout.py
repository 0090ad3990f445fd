"""How a project file looks to a person who opens it in an editor."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.project.layout import lay_out

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
KEYS = TEXT | st.sampled_from(["keys", "prompts", "frame"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_it_is_the_same_json_in_the_same_order(value):
    read = json.loads(lay_out(value))
    assert read == value
    assert json.dumps(list(read)) == json.dumps(list(value))


def test_keyframes_stand_on_a_line_each_and_numbers_are_short():
    keys = [{"frame": 0, "prompt": "ein Apfel, grün"}, {"frame": 24, "value": 1.0, "ease": [0.25, 0.0, 1.0, -0.5]}]
    assert lay_out({"size": {"width": 2}, "empty": [], "track": {"keys": keys}}) == (
        "{\n"
        '  "size": {"width": 2},\n'
        '  "empty": [],\n'
        '  "track": {\n'
        '    "keys": [\n'
        '      {"frame": 0, "prompt": "ein Apfel, grün"},\n'
        '      {"frame": 24, "value": 1, "ease": [0.25, 0, 1, -0.5]}\n'
        "    ]\n"
        "  }\n"
        "}\n"
    )


def test_what_does_not_fit_on_a_line_is_broken_up():
    text = lay_out({"keys": [{"frame": 0, "prompt": ["w" * 60, "v" * 60]}]})
    assert max(map(len, text.splitlines())) < 110
    assert '        "frame"' not in text
    assert '      "frame": 0,\n      "prompt": [\n        "www' in text


def test_a_number_that_is_not_finite_is_refused():
    with pytest.raises(ValueError, match="JSON compliant"):
        lay_out({"a": float("nan")})
