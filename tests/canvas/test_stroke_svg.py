from __future__ import annotations

import io
import re
from itertools import pairwise
from xml.etree import ElementTree as Xml

import numpy as np
import pytest
import resvg_py
import torch
from PIL import Image

from studio.canvas.drawing import Drawing, draw
from studio.canvas.stroke_svg import Scene, film, still

SIZE = (96, 64)
NAMESPACE = "{http://www.w3.org/2000/svg}"


def drawing(seed: int, count: int = 30) -> Drawing:
    generator = torch.Generator().manual_seed(seed)
    points = torch.rand(count, 1, 2, generator=generator) * 2 - 1
    points = points + (torch.rand(count, 7, 2, generator=generator) - 0.5) * 0.6
    widths = -3.5 + 2 * torch.rand(count, generator=generator)
    return Drawing(points, widths, torch.rand(count, 4, generator=generator), torch.rand(3, generator=generator))


def between(a: Drawing, b: Drawing, t: float) -> Drawing:
    return Drawing(
        a.points.lerp(b.points, t),
        a.widths.lerp(b.widths, t),
        a.colours.lerp(b.colours, t),
        a.paper.lerp(b.paper, t),
    )


def by_resvg(text: str, scale: int = 1) -> np.ndarray:
    png = bytes(resvg_py.svg_to_bytes(svg_string=text, width=SIZE[0] * scale, skip_system_fonts=True))
    with Image.open(io.BytesIO(png)) as picture:
        return np.asarray(picture.convert("RGB"), dtype=float)


def by_us(shown: Drawing, scale: int = 1) -> np.ndarray:
    return draw(shown, SIZE[0] * scale, SIZE[1] * scale)[0].movedim(0, -1).numpy() * 255


def paused(text: str, time: float) -> str:
    """The film as it stands at a time: what SMIL says of `values`, `keyTimes` and `calcMode`, worked out."""
    tree = Xml.fromstring(text)
    for parent in list(tree.iter()):
        for animate in parent.findall(f"{NAMESPACE}animate"):
            values, times = animate.attrib["values"].split(";"), list(map(float, animate.attrib["keyTimes"].split(";")))
            assert len(values) == len(times)
            assert times[0] == 0
            assert all(one <= other for one, other in pairwise(times))
            steps = animate.get("calcMode") == "discrete"
            assert steps or times[-1] == 1
            at = time / float(animate.attrib["dur"].rstrip("s")) % 1
            place = max(number for number, key in enumerate(times) if key <= at)
            value = values[place]
            if not steps and place + 1 < len(times):
                value = mixed(value, values[place + 1], (at - times[place]) / (times[place + 1] - times[place]))
            parent.set(animate.attrib["attributeName"], value)
            parent.remove(animate)
    return Xml.tostring(tree, encoding="unicode")


def mixed(a: str, b: str, t: float) -> str:
    if a.startswith("#"):
        pairs = [(int(a[i : i + 2], 16), int(b[i : i + 2], 16)) for i in (1, 3, 5)]
        return "#" + "".join(f"{round(x + (y - x) * t):02x}" for x, y in pairs)
    others = iter(re.findall(r"-?[\d.]+", b))
    return re.sub(r"-?[\d.]+", lambda found: f"{float(found[0]) * (1 - t) + float(next(others)) * t:.3f}", a)


@pytest.mark.parametrize("scale", [1, 4])
def test_it_looks_like_the_raster_at_any_size(scale: int) -> None:
    shown = drawing(1)
    assert np.abs(by_resvg(still(shown, *SIZE), scale) - by_us(shown, scale)).mean() < 1.5


def test_strokes_that_cannot_be_seen_are_left_out() -> None:
    shown = drawing(1)
    shown.colours[3:, 3] = 0
    text = still(shown, *SIZE, "<metadata>x</metadata>\n")
    assert text.count("<path") == 3
    assert text.startswith('<svg xmlns="http://www.w3.org/2000/svg" width="96" height="64"')
    assert text.index("<metadata>") < text.index("<path")


def test_strokes_glide_and_scenes_follow_one_another() -> None:
    a, b, c = drawing(1), drawing(2), drawing(3)
    text = film([Scene([0.0, 1.0], [a, b], 2.0), Scene([2.0], [c], 2.5)], *SIZE)
    assert text.count('repeatCount="indefinite"') == text.count("<animate ")
    assert 'values="hidden;visible" keyTimes="0;0.8"' in text  # or the end of a film that stops would be empty
    for time, expected in ((0.0, a), (0.999, b), (1.7, b), (2.25, c), (2.5, a)):
        assert np.abs(by_resvg(paused(text, time)) - by_us(expected)).mean() < 2
    half = by_resvg(paused(text, 0.5))
    assert np.abs(half - by_us(between(a, b, 0.5))).mean() < 3  # widths go straight, not by ratios
    assert np.abs(half - by_us(a)).mean() > 10


def test_what_does_not_glide_changes_at_its_time_and_a_film_can_end() -> None:
    a, b = drawing(1), drawing(2)
    text = film([Scene([0.0, 0.5], [a, b], 1.0, gliding=False)], *SIZE, loop=False)
    for time, expected in ((0.0, a), (0.49, a), (0.5, b), (0.99, b)):
        assert np.abs(by_resvg(paused(text, time)) - by_us(expected)).mean() < 1.5
    assert text.count('fill="freeze"') == text.count("<animate ")
    assert "visibility" not in text


@pytest.mark.parametrize("rate", [12, 24, 30000 / 1001, 7])
@pytest.mark.parametrize("gliding", [False, True])
def test_a_scene_is_there_when_its_frame_is(rate: float, gliding: bool) -> None:
    """A third of a film, rounded up, would be a frame that shows what was before it."""
    shown = [drawing(seed, 3) for seed in range(3)]
    for frames in (3, 36, 97):
        cuts = [0, frames // 3, 2 * frames // 3, frames]
        if gliding:
            scenes = [Scene([a / rate], [each], b / rate) for each, (a, b) in zip(shown, pairwise(cuts), strict=True)]
        else:
            scenes = [Scene([cut / rate for cut in cuts[:3]], shown, frames / rate, gliding=False)]
        text = film(scenes, *SIZE)
        for cut, each in zip(cuts[:3], shown, strict=True):
            assert np.abs(by_resvg(paused(text, cut / rate)) - by_us(each)).mean() < 1


def test_what_stays_the_same_is_not_animated() -> None:
    a = drawing(1, 3)
    text = film([Scene([0.0, 1.0], [a, Drawing(a.points + 0.1, a.widths, a.colours, a.paper)], 1.0)], *SIZE)
    assert re.findall(r'attributeName="([^"]*)"', text) == ["d"] * 3
