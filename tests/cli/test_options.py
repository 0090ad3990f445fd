"""How options of several commands are read."""

from __future__ import annotations

import pytest

from studio.base.errors import InputError
from studio.cli.options import read_options


def test_settings_of_a_medium_are_read() -> None:
    assert read_options("strokes", ["strokes=512", " widest = 0.1 ", "strokes=9"]) == {"strokes": 9, "widest": 0.1}
    assert read_options("biggan", ["search=both"]) == {"search": "both"}
    assert read_options("pixels", []) == {}


@pytest.mark.parametrize(
    ("medium", "text", "said"),
    [
        ("strokes", "colours=8", "strokes: a whole number, 1 to 1024; widest: 0.005 to 0.3"),
        ("pixels", "strokes=8", "no options"),
        ("strokes", "strokes", "It names no value"),
        ("strokes", "strokes=many", "got 'many'"),
        ("strokes", "strokes=0", "strokes must be a whole number, 1 to 1024"),
        ("biggan", "search=luck", "evolved, gradient, cmaes or both"),
    ],
)
def test_what_cannot_be_set_is_named(medium: str, text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read_options(medium, [text])
    assert said in str(caught.value) and text in caught.value.what and caught.value.fix
