"""Whole walks: frames, files, loops that close, even speed."""

from __future__ import annotations

import pytest
import torch

from studio.base.cancel import Cancelled, CancelToken, never
from studio.base.progress import silent
from studio.canvas.pixels import PixelCanvas
from studio.render.pictures import from_png
from studio.score.losses import angle
from studio.takes import pace
from studio.takes.course import Spot, Timing
from studio.takes.take import PICTURE
from studio.takes.walking import walk
from studio.takes.way import Way
from studio.timeline.easing import Ease


def test_a_walk_holds_the_very_pictures_of_its_takes(dreamed, fakes, tmp_path):
    library, takes = dreamed()
    way = Way(takes, library, fakes.Toolbox(), never())
    found = walk(way, fakes.Perceptor(), Timing(frames=2, hold=3), tmp_path, report=silent)
    assert len(found.frames) == len(found.spots) == 3 * 3 + 2 * 2
    assert [path.read_bytes() == library.content(takes[0], PICTURE) for path in found.frames[:4]] == [True] * 3 + [
        False
    ]
    assert found.frames[-1].read_bytes() == library.content(takes[2], PICTURE)
    assert len(set(found.frames)) == 3 + 4
    assert len(found.after.angle) == 2 * 3
    assert found.before is found.after
    assert found.passes == ((0, 3), (0, 3))


def measured(perceptor, frames):
    """The change from each frame to the next, where there is one, from the files alone."""
    pictures = torch.cat([from_png(path) for path in frames])
    embeddings = pace.embed(perceptor, pictures).double()
    angles = angle(embeddings[:-1], embeddings[1:]).numpy()
    pixels = pace.difference(pictures[:-1], pictures[1:]).numpy()
    moving = pixels > 0
    return pace.Change(angles[moving], pixels[moving].astype("float64"))


@pytest.mark.parametrize("ease", [Ease.BOTH, Ease.IN, Ease.LINEAR])
def test_even_speed_is_even_in_the_files(way_over, fakes, tmp_path, ease):
    perceptor = fakes.Perceptor()
    timing = Timing(frames=12, hold=2, ease=ease, loop=True, even=True)
    found = walk(way_over(), perceptor, timing, tmp_path, report=silent)
    again = measured(perceptor, [*found.frames, found.frames[0]])
    assert len(again.angle) == len(found.after.angle) == 3 * 13
    assert again.variation == pytest.approx(found.after.variation, abs=0.03)
    assert again.variation < 0.25
    assert found.after.variation <= found.before.variation + 1e-6
    assert len(found.frames) == 3 * (2 + 12)


def test_a_loop_closes_exactly(way_over, fakes, tmp_path):
    """What follows the last frame is the first: one step further on the way, no frame twice."""
    timing = Timing(frames=5, hold=1, ease=Ease.LINEAR, loop=True)
    found = walk(way_over(), fakes.Perceptor(), timing, tmp_path, report=silent)
    assert found.spots[0] == Spot(0, 0)
    assert found.spots[-1] == Spot(2, 0, 5 / 6)
    assert len(set(found.frames)) == len(found.frames) == 18
    assert len(found.after.angle) == 18


def test_a_jump_is_one_step_and_the_rest_is_even(way_over, fakes, tmp_path, monkeypatch):
    """A canvas whose blends jump half-way: no timing can help that one step."""
    blend = PixelCanvas.blend
    monkeypatch.setattr(
        PixelCanvas, "blend", lambda self, a, b, t: blend(self, a, b, 0.2 * t if t < 0.5 else 1 - 0.2 * (1 - t))
    )
    found = walk(way_over(0, 1), fakes.Perceptor(), Timing(frames=20, even=True), tmp_path, report=silent)
    change = sorted(found.after.combined)
    assert change[-1] > 5
    assert pace.variation(torch.tensor(change[:-1]).double().numpy()) < 0.25


def test_the_same_take_again_is_a_longer_hold(way_over, fakes, tmp_path):
    timing = Timing(frames=3, hold=1, loop=True, even=True)
    found = walk(way_over(0, 0, 1), fakes.Perceptor(), timing, tmp_path, report=silent)
    assert len(found.frames) == 3 * (1 + 3)
    assert found.frames[:5] == (found.frames[0],) * 5
    assert found.after.variation < 0.5


def test_stopping_stops(way_over, fakes, tmp_path):
    token = CancelToken()
    way = way_over(token=token)
    with pytest.raises(Cancelled):
        walk(way, fakes.Perceptor(), Timing(even=True), tmp_path, report=lambda at: token.cancel())
