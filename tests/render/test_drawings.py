"""Frames of strokes as SVG: the film goes through the frames that were rendered."""

from __future__ import annotations

import io
import re
from pathlib import Path
from xml.etree import ElementTree as Xml

import numpy as np
import pytest
import resvg_py
from PIL import Image

from studio.base.errors import RenderError
from studio.canvas.strokes import StrokeCanvas
from studio.project.model import Medium, Motion
from studio.render.drawings import svg
from studio.render.events import FrameDone
from studio.render.plan import plan
from studio.timeline.time import FrameRange

RATE = 10.0


@pytest.fixture
def rendered(fakes, run, store):
    """Renders a project of strokes and gives its film, or the drawing of some frames, and the frames' pictures."""

    class Toolbox(fakes.Toolbox):
        def canvas(self, project, width, height):
            return StrokeCanvas(width, height, strokes=12)

    def made(frames=None, keys=None, **fields):
        project = fakes.project(keys, medium=Medium("strokes", start="noise"), **fields)
        toolbox = Toolbox()
        done = [event for event in run(project, toolbox=toolbox) if isinstance(event, FrameDone)]
        laid_out = plan(project, frames, toolbox.identities(project))
        return svg(laid_out, store, RATE, loop=project.timeline.loop), [opened(event.path) for event in done]

    return made


def opened(file: Path | io.BytesIO) -> np.ndarray:
    with Image.open(file) as found:
        return np.asarray(found.convert("RGB"), dtype=float)


def picture(text: str) -> np.ndarray:
    return opened(io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=text, skip_system_fonts=True))))


def at(text: str, time: float) -> np.ndarray:
    """A film as it stands at a time that is one of its keys: the last key up to it."""
    tree = Xml.fromstring(text)
    for parent in list(tree.iter()):
        for animate in [child for child in parent if child.tag.endswith("animate")]:
            times = [float(key) * float(animate.attrib["dur"][:-1]) for key in animate.attrib["keyTimes"].split(";")]
            place = max(number for number, key in enumerate(times) if key <= time + 1e-3)
            parent.set(animate.attrib["attributeName"], animate.attrib["values"].split(";")[place])
            parent.remove(animate)
    return picture(Xml.tostring(tree, encoding="unicode"))


@pytest.mark.parametrize(
    "fields",
    [
        {"length": 9},
        {"length": 8, "loop": True},
        {"length": 9, "refine": 1},
        {"length": 9, "keys": {0: "red", 2: "red", 5: "green"}},
        {"length": 6, "mode": "follow", "parameters": {"zoom": {0: 1.1}}},
    ],
    ids=["walk", "loop", "refined", "rests", "follow"],
)
def test_the_film_shows_every_frame_at_its_time(rendered, fields):
    if fields.pop("mode", "") == "follow":
        fields["motion"] = Motion(mode="follow")
    text, frames = rendered(**fields)
    assert re.search(r'dur="([\d.]+)s"', text)[1] == f"{len(frames) / RATE:g}"
    for number, expected in enumerate(frames):
        # the same to the eye; 16 x 16 pixels are nearly all edges
        assert np.abs(at(text, number / RATE) - expected).mean() < 3, number


def test_a_stroke_glides_from_keyframe_to_keyframe(rendered):
    text, _ = rendered(keys={0: "red", 8: "blue"}, length=9)
    assert len(re.findall("<g>", text)) == 2  # the way, and the last frame
    ways = re.findall(r'attributeName="d" values="([^"]*)"', text)
    assert len(ways) == 12
    assert all(way.count(";") >= 8 for way in ways)


def test_one_frame_is_a_drawing(rendered):
    text, frames = rendered(FrameRange(2, 3))
    assert "<animate" not in text
    assert np.abs(picture(text) - frames[2]).mean() < 3


def test_frames_that_are_not_stored_as_strokes_are_told(fakes, run, store):
    project = fakes.project()
    run(project)
    with pytest.raises(RenderError, match="not stored as strokes"):
        svg(plan(project, None, fakes.Toolbox().identities(project)), store, RATE)
