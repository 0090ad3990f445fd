"""Prompts in two parts, and every way a file of them can be wrong."""

from __future__ import annotations

import pytest

from studio.base import paths
from studio.base.errors import InputError
from studio.evaluation.prompts import Prompt, read_prompts


def test_lines_are_objects_in_contexts(tmp_path):
    file = tmp_path / "p.txt"
    file.write_text("# a comment\n\n an octopus |  on a starry night \na cat|in the snow\n")
    assert read_prompts(file) == (Prompt("an octopus", "on a starry night"), Prompt("a cat", "in the snow"))
    assert read_prompts(file)[0].text == "an octopus on a starry night"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"a cat in the snow\n", "Line 1"),
        (b"a cat | in | the snow\n", "Line 1"),
        (b"a cat | in the snow\n| in the snow\n", "Line 2"),
        (b"# nothing\n", "There is none"),
        (b"", "There is none"),
        (b"\xff\xfe", "decode"),
    ],
)
def test_what_cannot_be_used_is_said(tmp_path, content, why):
    file = tmp_path / "p.txt"
    file.write_bytes(content)
    with pytest.raises(InputError, match="cannot be used") as caught:
        read_prompts(file)
    assert why in caught.value.why


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(InputError, match="cannot be used"):
        read_prompts(tmp_path / "none.txt")


@pytest.mark.parametrize(("name", "count"), [("prompts-24", 24), ("prompts-100", 100)])
def test_the_shipped_prompts_are_as_many_different_ones_as_they_say(name, count):
    prompts = read_prompts(paths.resources() / "starter" / f"{name}.txt")
    assert len(prompts) == count == len({prompt.object for prompt in prompts})
