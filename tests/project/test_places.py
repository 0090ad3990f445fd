"""How messages spell a place in the file."""

from __future__ import annotations

from studio.project.places import spell


def test_keys_and_indices():
    assert spell(("timeline", "prompts", 0, "keys", 3, "frame")) == "timeline.prompts[0].keys[3].frame"


def test_odd_keys_are_quoted_and_cut():
    assert spell(("a b", "x", "\n")) == '["a b"].x["\\n"]'
    assert spell(("y" * 100,)) == '["' + "y" * 40 + '"]'


def test_the_whole_file_has_no_name():
    assert spell(()) == ""
