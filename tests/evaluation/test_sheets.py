"""A sheet has every picture in its place, and captions only where they are wanted."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from studio.evaluation.sheets import contact_sheet

COLOURS = ("red", "lime", "blue", "yellow", "magenta")


def sheet(captions=None, **options) -> Image.Image:
    pictures = [Image.new("RGB", (20, 20), colour) for colour in COLOURS]
    return Image.open(io.BytesIO(contact_sheet(pictures, captions, columns=3, side=60, **options)))


def test_pictures_stand_in_rows():
    drawn = np.asarray(sheet())
    height = drawn.shape[0] // 2
    for number, colour in enumerate(COLOURS):
        x, y = 6 + number % 3 * 66 + 30, 6 + number // 3 * height + 25
        assert tuple(drawn[y, x]) == Image.new("RGB", (1, 1), colour).getpixel((0, 0))


def test_captions_make_another_sheet_and_none_leaves_only_numbers():
    blind, told = sheet(), sheet(["a very long caption that needs more than one line"] * 5)
    assert told.height > blind.height
    ink = [(np.asarray(one.convert("L")) < 60).sum() for one in (blind, told)]
    assert 0 < ink[0] < ink[1]


def test_nothing_or_too_few_captions_make_no_sheet():
    with pytest.raises(ValueError, match="make no sheet"):
        contact_sheet([], None)
    with pytest.raises(ValueError, match="make no sheet"):
        sheet(["one"])
