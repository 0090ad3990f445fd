"""What the panel of takes says."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.app.panels.takes_reader import Listing
from studio.app.panels.takes_words import what_goes, why_no_walk, why_nothing
from studio.takes.index import Row, Wanted


def listing(binned: int, *, in_bin: bool = False) -> Listing:
    return Listing(Wanted(binned=in_bin), (), Path(), (), (), 0, binned)


def row(number: int, medium: str = "pixels", size: tuple[int, int] = (32, 24)) -> Row:
    return Row(f"{number:064x}", "a", medium, size, 0.5, False, 1.0, ())


@pytest.mark.parametrize(
    ("found", "all_wanted", "keeping", "expected"),
    [
        (None, True, True, ["Looking"]),
        (listing(0), False, True, ["No take is like that"]),
        (listing(0, in_bin=True), True, True, ["The bin is empty"]),
        (listing(0), True, True, ["Render something"]),
        (listing(0), True, False, ["not kept"]),
        (listing(1), True, True, ["Your only take is in the bin", "button with the bin"]),
        (listing(7), True, True, ["All 7 takes are in the bin", "button with the bin"]),
        (listing(7), True, False, ["All 7 takes are in the bin", "not kept"]),
    ],
)
def test_nothing_is_explained(found: Listing | None, all_wanted: bool, keeping: bool, expected: list[str]) -> None:
    said = why_nothing(found, all_wanted=all_wanted, keeping=keeping)
    assert all(part in said for part in expected), said
    assert ("Render something" in said) == (expected == ["Render something"])


def test_a_walk_needs_two_of_one_medium_and_size() -> None:
    assert "two takes" in why_no_walk([row(1)])
    assert "pixels, vqgan" in why_no_walk([row(1), row(2, "vqgan")])
    assert "32 × 24, 64 × 64" in why_no_walk([row(1), row(2, size=(64, 64))])
    assert why_no_walk([row(1), row(2)]) == ""


def test_emptying_the_bin_is_told_in_plain_words() -> None:
    assert "cannot be undone" in what_goes()
    assert "latent" not in what_goes()
