"""Whatever bytes a project file holds, opening it gives a project or a `ProjectError`, and nothing else."""

from __future__ import annotations

import json

from hypothesis import example, given
from hypothesis import strategies as st

from studio.base.errors import ProjectError
from studio.project.format import dumps, loads
from studio.project.store import load

SAMPLE = json.dumps(
    {
        "keydream": 1,
        "name": "é",
        "assets": [{"id": "cat", "path": "cat.png"}],
        "timeline": {
            "rate": "24",
            "length": 48,
            "range": [0, 5],
            "prompts": [
                {
                    "name": "a",
                    "keys": [
                        {"frame": 0, "prompt": "x"},
                        {"frame": 9, "prompt": ["y", {"image": "cat", "weight": -1}], "ease": [0, 0, 1, 1.5]},
                    ],
                }
            ],
            "parameters": [{"name": "zoom", "keys": [{"frame": 0, "value": 1.5, "ease": "hold"}]}],
            "markers": [{"frame": 3, "name": "go"}],
        },
    }
).encode()
ODD = st.sampled_from([None, True, -1, 0, 1.5, 10**18, 1e308, "", "x", "\0", [], {}, [[]], ["x"], {"text": "x"}])


def opened(data):
    """Open bytes; what opens must also be written and read again."""
    try:
        project = loads(data, source="fuzz.keydream")
    except ProjectError as error:
        assert error.what
        assert error.why
        assert error.fix
        return None
    assert loads(dumps(project)) == project
    return project


@given(st.binary(max_size=300))
@example(b"")
@example(b"\xef\xbb\xbf")
@example(b'{"keydream": 1')
def test_any_bytes(data):
    opened(data)


@given(st.text(max_size=200))
def test_any_text(text):
    opened(text)


@given(st.lists(st.tuples(st.integers(0, len(SAMPLE) - 1), st.integers(0, 255)), min_size=1, max_size=5))
def test_a_project_with_some_bytes_changed(changes):
    data = bytearray(SAMPLE)
    for place, byte in changes:
        data[place] = byte
    opened(bytes(data))


@given(st.integers(0, len(SAMPLE) - 1))
def test_a_project_that_was_cut_short(length):
    assert opened(SAMPLE[:length]) is None


def places(value, here=()):
    yield here
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from places(item, (*here, key))


@given(st.sampled_from(list(places(json.loads(SAMPLE)))), ODD)
def test_a_project_with_an_odd_value_anywhere(place, odd):
    values = json.loads(SAMPLE)
    if not place:
        values = odd
    else:
        inner = values
        for step in place[:-1]:
            inner = inner[step]
        inner[place[-1]] = odd
    opened(json.dumps(values))


JSON = st.recursive(ODD, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner))


@given(st.dictionaries(st.sampled_from([*json.loads(SAMPLE), "keydream", "width", "seed", "later"]), JSON))
def test_known_keys_with_any_values(values):
    opened(json.dumps({**values, "keydream": 1}))


def test_the_sample_itself_opens(tmp_path):
    (tmp_path / "a.keydream").write_bytes(SAMPLE)
    assert load(tmp_path / "a.keydream") == opened(SAMPLE) != None  # noqa: E711
