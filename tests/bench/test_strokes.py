"""The workload of strokes: what is timed are steps that move a drawing."""

from __future__ import annotations

import torch

from studio.bench import strokes
from studio.canvas.strokes import StrokeCanvas


def test_both_drawings_are_timed_and_threads_are_given_back():
    before = torch.get_num_threads()
    scattered, dense = strokes.measure(2, strokes=6, threads=1)
    assert (scattered.drawing, dense.drawing) == ("scattered", "dense")
    assert (scattered.strokes, scattered.threads, len(scattered.seconds)) == (6, 1, 2)
    assert scattered.median > 0
    assert min(dense.processor) > 0
    assert scattered.rate == 1 / scattered.median
    assert torch.get_num_threads() == before


def test_a_step_moves_every_part_of_the_drawing():
    canvas = StrokeCanvas(strokes.SIDE, strokes.SIDE, strokes=4)
    canvas.start(torch.Generator().manual_seed(1))
    before = canvas.state()
    strokes._stepping(canvas)()
    moved = {name for name, value in canvas.state().items() if not torch.equal(value, before[name])}
    assert moved == {"points", "widths", "colours", "paper"}
