"""The list of things: what it may look like, and that the shipped one is sound."""

from __future__ import annotations

from collections import Counter

import pytest

from studio.base.errors import InputError
from studio.starter.objects import Kind, read_kinds


def read(tmp_path, text):
    path = tmp_path / "objects.txt"
    path.write_text(text, "utf-8")
    return read_kinds(path)


def test_lines_become_kinds_in_order(tmp_path):
    text = "# a comment\n\n[animals]\nant\ncat, kitten = cat cat-face\n[big things]\npine tree\n"
    assert read(tmp_path, text) == (
        Kind(("ant",), "animals", ("ant",)),
        Kind(("cat", "kitten"), "animals", ("cat", "cat-face")),
        Kind(("pine tree",), "big things", ("pine-tree",)),
    )
    assert read(tmp_path, text)[1].name == "cat"


def test_spaces_do_not_matter(tmp_path):
    assert read(tmp_path, "  ant ,  emmet=ant   red-ant  \n") == (Kind(("ant", "emmet"), "", ("ant", "red-ant")),)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("ant\n= cat\n", 2),
        ("ant\n , = cat\n", 2),
        ("ant\nbee\n\nant\n", 4),
        ("ant, bee\nbug, bee = bug\n", 2),
        ("ant, ant\n", 1),
    ],
    ids=["no noun", "empty nouns", "a noun again", "a synonym again", "twice on a line"],
)
def test_a_bad_line_is_named(tmp_path, text, line):
    with pytest.raises(InputError) as caught:
        read(tmp_path, text)
    assert caught.value.what == "objects.txt could not be read"
    assert caught.value.why == f"Line {line} has no noun, or one that stands twice"


def test_the_shipped_list_is_sound():
    kinds = read_kinds()
    assert len(kinds) >= 300
    nouns = Counter(noun for kind in kinds for noun in kind.nouns)
    assert [noun for noun, count in nouns.items() if count > 1] == []
    assert [noun for noun in nouns if noun != noun.lower() or noun.strip(" -") != noun] == []
    assert all(kind.group and kind.artwork for kind in kinds)
    drawings = Counter(name for kind in kinds for name in kind.artwork)
    assert [name for name, count in drawings.items() if count > 1] == []  # a drawing of two kinds would teach neither


def test_the_shipped_list_has_the_groups_that_pictures_know():
    assert "shapes" in {kind.group for kind in read_kinds()}
