"""Fields: distances against a reckoning by hand, colours that go on beyond outlines, and drawings that come back."""

from __future__ import annotations

import pytest
import torch

from studio.canvas.placement import cover
from studio.starter.fields import distance, to_fields


def test_distances_are_those_of_a_reckoning_by_hand():
    goal = torch.rand(2, 9, 11, generator=torch.Generator().manual_seed(1)) > 0.93
    goal[:, 4, 5] = True
    found = distance(goal, 6)
    for picture in range(2):
        places = goal[picture].nonzero().float()
        for y in range(9):
            for x in range(11):
                true = float((places - torch.tensor([y, x])).norm(dim=1).min())
                assert float(found[picture, y, x]) == pytest.approx(min(true, 6), abs=1e-4)


def drawing(side: int = 128) -> torch.Tensor:
    """A red disc with premultiplied alpha, (1, 4, side, side) uint8."""
    ticks = torch.arange(side) - (side - 1) / 2
    alpha = (0.35 * side - torch.hypot(ticks[:, None], ticks[None]) + 0.5).clamp(0, 1)
    return torch.stack([alpha * 200, alpha * 20, alpha * 30, alpha * 255]).round().to(torch.uint8)[None]


def test_a_drawing_comes_back_from_its_fields():
    wanted = drawing()
    fields = to_fields(wanted)
    assert fields.shape == wanted.shape
    assert float(fields.abs().max()) <= 1
    assert float((cover(fields.float()) - wanted.float() / 255).abs().mean()) < 0.01


def test_inside_is_positive_and_colours_go_on_beyond_the_outline():
    fields = to_fields(drawing()).float()
    assert float(fields[0, 0, 64, 64]) > 0 > float(fields[0, 0, 2, 2])
    red, _, blue = fields[0, 1:, 64, 14].tolist()  # a little beyond the outline
    assert red > blue + 0.5
