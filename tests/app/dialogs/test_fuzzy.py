from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.app.dialogs.fuzzy import begun, match


@pytest.mark.parametrize(
    ("query", "texts", "best"),
    [
        ("save", ("Unsaved", "Save As", "Save"), "Save"),
        ("sa", ("Save a Copy", "Select All", "Save As"), "Save As"),
        ("as", ("Save As", "Paste", "Ease In"), "Save As"),
        ("zi", ("Resize", "Zoom In", "Zoom Out"), "Zoom In"),
        ("left nudge", ("Nudge Right", "Nudge Left", "Left"), "Nudge Left"),
        ("RENDER", ("Render Next", "Render"), "Render"),
    ],
)
def test_the_best_fit_is_what_one_means(query: str, texts: tuple[str, ...], best: str) -> None:
    found = {text: fit.score for text in texts if (fit := match(query, text)) is not None}
    assert max(found, key=found.__getitem__) == best


@pytest.mark.parametrize(("query", "text"), [("x", "Save"), ("evas", "Save"), ("save z", "Save"), ("saves", "Save")])
def test_what_lacks_a_letter_does_not_fit(query: str, text: str) -> None:
    assert match(query, text) is None


def test_it_tells_which_letters_were_found() -> None:
    found = match("sc", "Save a Copy")
    assert found is not None
    assert found.places == (0, 7)
    assert match("", "Save") is not None


@given(st.text(max_size=12), st.text(max_size=20))
def test_places_are_within_the_text_and_hold_the_letters(query: str, text: str) -> None:
    found = match(query, text)
    if found is None:
        assert query.split()
        return
    assert list(found.places) == sorted(set(found.places))
    assert all(0 <= place < len(text) for place in found.places)
    assert {text[place].lower() for place in found.places} <= set(query.lower()) | set(query)


@given(st.text(st.characters(codec="ascii"), min_size=1, max_size=20))
def test_a_text_fits_itself(text: str) -> None:
    assert match(text, text) is not None


def test_words_that_are_not_shown_are_found_by_how_they_begin() -> None:
    assert begun("var", "variations drafts") is not None
    assert begun("drafts variations", "variations drafts") is not None
    assert begun("ariations", "variations drafts") is None
    assert begun("variations trash", "variations drafts") is None
    whole, part = begun("region", "region left"), begun("region", "regions left")
    assert whole is not None
    assert part is not None
    assert whole > part
