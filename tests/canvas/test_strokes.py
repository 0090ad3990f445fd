from __future__ import annotations

import pytest
import torch

from studio.canvas.camera import Camera, move
from studio.canvas.strokes import MARGIN, STROKES, StrokeCanvas


def started(seed: int = 1, size: tuple[int, int] = (64, 48), strokes: int = 40) -> StrokeCanvas:
    canvas = StrokeCanvas(*size, strokes=strokes)
    canvas.start(torch.Generator().manual_seed(seed))
    return canvas


def test_a_drawing_has_as_many_strokes_as_said() -> None:
    assert len(StrokeCanvas(8, 8).drawing.points) == STROKES
    assert StrokeCanvas(8, 8, strokes=3, segments=2).drawing.points.shape == (3, 7, 2)
    for wrong in ({"strokes": 0}, {"segments": 0}):
        with pytest.raises(ValueError, match="at least one"):
            StrokeCanvas(8, 8, **wrong)


def test_the_start_is_nearly_grey_and_alike_at_every_size() -> None:
    small, large = started(3, (64, 64)), started(3, (128, 128))
    assert all(torch.equal(one, other) for one, other in zip(small.parameters(), large.parameters(), strict=True))
    picture = small.image().detach()
    assert (picture - 0.5).abs().max() < 0.35
    assert picture.std() > 0.01


def test_the_gradient_reaches_everything() -> None:
    canvas = started()
    (canvas.image() - 0.2).square().mean().backward()
    assert all(part.grad is not None and bool(part.grad.abs().sum() > 0) for part in canvas.parameters())


def test_a_few_steps_bring_it_towards_a_picture() -> None:
    canvas, target = started(), torch.zeros(1, 3, 48, 64)
    target[:, 0, 12:36, 16:48] = 1
    adam = torch.optim.Adam(canvas.parameters(), lr=5 * canvas.rate)
    errors = []
    for _ in range(25):
        error = (canvas.image() - target).square().mean()
        errors.append(float(error.detach()))
        adam.zero_grad()
        error.backward()
        adam.step()
        canvas.constrain()
    assert errors[-1] < 0.25 * errors[0]


def test_constraining_keeps_strokes_near_and_colours_on_the_screen() -> None:
    canvas = started()
    with torch.no_grad():
        for part in canvas.parameters():
            part.add_(9)
    canvas.constrain()
    points, widths, colours, paper = canvas.parameters()
    assert points.max() <= MARGIN
    assert widths.max() < 0
    assert colours.max() <= 1
    assert paper.max() <= 1


def test_a_state_brings_its_number_of_strokes() -> None:
    canvas = StrokeCanvas(9, 9, strokes=2, segments=2)
    canvas.restore(started().state())
    assert canvas.drawing.points.shape == (40, 4, 2)
    state = started().state()
    with pytest.raises(ValueError, match="strokes"):
        canvas.restore({**state, "points": state["points"][:, :3]})


def test_a_still_camera_leaves_it_alone_and_a_turning_one_turns_it() -> None:
    canvas = started()
    before = [part.detach().clone() for part in canvas.parameters()]
    canvas.move(Camera())
    assert all(torch.equal(one, other) for one, other in zip(before, canvas.parameters(), strict=True))
    seen = move(canvas.image().detach(), Camera(rotate=10))
    still = canvas.image().detach()
    canvas.move(Camera(rotate=10))
    assert (canvas.image() - seen).abs().mean() < 0.5 * (still - seen).abs().mean()


def test_half_way_the_paper_is_half_way() -> None:
    a, b = started(1).state(), started(2).state()
    half = StrokeCanvas(64, 48).blend(a, b, 0.5)
    assert torch.allclose(half["paper"], (a["paper"] + b["paper"]) / 2)
    assert half["points"].shape == a["points"].shape


def test_no_stroke_gets_wider_than_is_allowed():
    picture = torch.rand(1, 3, 8, 8, generator=torch.Generator().manual_seed(1))
    pen = StrokeCanvas(32, 32, strokes=8, widest=0.02)
    pen.encode(picture)
    assert float(pen.drawing.widths.detach().exp().min()) >= 0.003 - 1e-6
    assert float(pen.drawing.widths.detach().exp().max()) <= 0.02 + 1e-6
    pen.move(Camera(zoom=1.5))
    assert float(pen.drawing.widths.detach().exp().max()) <= 0.02 + 1e-6
    for wrong in (0.001, 0.5):
        with pytest.raises(ValueError, match=r"at most 0\.3 wide"):
            StrokeCanvas(8, 8, widest=wrong)
