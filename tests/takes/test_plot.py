"""Plots: panels, scales, marks."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from studio.takes.pace import Change
from studio.takes.plot import plot

UNEVEN = Change(np.array([0.1, 0.4, 0.1, 0.2]), np.array([0.01, 0.05, 0.01, 0.02]))
STILL = Change(np.zeros(0), np.zeros(0))


def drawn(*panels, passes=()):
    with Image.open(io.BytesIO(plot(panels, passes))) as picture:
        return picture.convert("RGB")


def test_each_panel_makes_it_higher():
    one, two = drawn(("before", UNEVEN)), drawn(("before", UNEVEN), ("after", UNEVEN))
    assert one.width == two.width
    assert two.height > one.height + 200
    assert (20, 20, 20) in {colour for _, colour in one.getcolors(1 << 20)}


def test_marks_are_where_takes_are():
    plain, marked = drawn(("x", UNEVEN)), drawn(("x", UNEVEN), passes=[(2,)])
    assert plain.tobytes() != marked.tobytes()


def test_what_stands_still_can_be_plotted():
    assert drawn(("still", STILL), ("one step", Change(np.ones(1), np.ones(1)))).width


def test_nothing_makes_no_plot():
    with pytest.raises(ValueError, match="nothing"):
        plot([])
