"""Drawings as SVG: every stroke a path, in the order in which they lie over each other; films by SMIL's `animate`.

A path's stroke with round caps and joins is what the rasteriser draws, so any program shows the same picture.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from torch import Tensor

from studio.canvas.drawing import Drawing, in_pixels

_OPENING = '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{1}" viewBox="0 0 {0} {1}">'
_FAINT = 0.002  # of opacity; less is nothing on a screen


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """Part of a film in which stroke i stays stroke i.

    Attributes:
        times: rising, in seconds from the film's beginning.
        drawings: what is seen at each of them, equally many strokes in each.
        end: when the next scene follows, in seconds; until then the last drawing stays.
        gliding: whether strokes glide from one time to the next; if not, each drawing stays until the next.
    """

    times: Sequence[float]
    drawings: Sequence[Drawing]
    end: float
    gliding: bool = True


def still(drawing: Drawing, width: int, height: int, note: str = "") -> str:
    """A drawing as an SVG file of that many pixels. Strokes that cannot be seen are left out.

    Args:
        drawing: what to write.
        width: in pixels.
        height: in pixels.
        note: XML that is put in before the drawing, such as `<metadata>`.
    """
    paths = (_path(attributes) for attributes in _strokes(drawing, width, height))
    return _file(width, height, note, [_paper(_hex(drawing.paper)), *paths])


def film(scenes: Sequence[Scene], width: int, height: int, note: str = "", *, loop: bool = True) -> str:
    """A film as an SVG file that plays in a browser, one scene after the other; see `still`.

    Args:
        scenes: in their order, at least one; each begins where the one before ends.
        width: in pixels.
        height: in pixels.
        note: see `still`.
        loop: whether it plays for ever; if not, it stops at its end.
    """
    duration = round(scenes[-1].end, 4)  # as it is written
    clock = _Clock(duration, loop)
    lines: list[str] = []
    begin = 0.0
    for scene in scenes:
        lines.append("<g>")
        if len(scenes) > 1:
            shown = [(0.0, "hidden"), (begin, "visible")] + [(scene.end, "hidden")] * (scene is not scenes[-1])
            lines.append(f'<animate attributeName="visibility" calcMode="discrete" {clock.steps(shown)}/>')
        lines.append(_paper(_hex(scene.drawings[0].paper), _animated(clock, scene, "fill", _papers(scene))))
        each = [list(_strokes(drawing, width, height)) for drawing in scene.drawings]
        for states in zip(*each, strict=True):
            if any(float(state["stroke-opacity"]) > _FAINT for state in states):
                moves = (_animated(clock, scene, name, [state[name] for state in states]) for name in states[0])
                lines.append(_path(states[0], "".join(moves)))
        lines.append("</g>")
        begin = scene.end
    return _file(width, height, note, lines)


@dataclass(frozen=True, slots=True)
class _Clock:
    """All of a film's animations run by one clock, or browsers would let scenes drift apart."""

    duration: float
    loop: bool

    def steps(self, values: Iterable[tuple[float, str]]) -> str:
        """The attributes that set values at times (seconds); of those at one time, the last."""
        at = dict(values)
        # cut off, for a time that is rounded up is not there yet when its frame is
        times = ";".join(_number(math.floor(time / self.duration * 1e6 + 1e-6) / 1e6, 6) for time in at)
        forever = 'repeatCount="indefinite"' if self.loop else 'fill="freeze"'
        return f'values="{";".join(at.values())}" keyTimes="{times}" dur="{_number(self.duration, 4)}s" {forever}'


def _animated(clock: _Clock, scene: Scene, name: str, values: Sequence[str]) -> str:
    """The `animate` element of one attribute; nothing where it stays the same."""
    if len(set(values)) == 1:
        return ""
    times = [min(time, clock.duration) for time in scene.times]
    keys = [(0.0, values[0]), *zip(times, values, strict=True)]
    if scene.gliding:
        keys.append((clock.duration, values[-1]))
    mode = "" if scene.gliding else ' calcMode="discrete"'
    return f'<animate attributeName="{name}"{mode} {clock.steps(keys)}/>'


def _papers(scene: Scene) -> list[str]:
    return [_hex(drawing.paper) for drawing in scene.drawings]


def _strokes(drawing: Drawing, width: int, height: int) -> Iterable[dict[str, str]]:
    points, widths = in_pixels(drawing, width, height)
    colours = drawing.colours.clamp(0, 1).detach().cpu()
    for places, wide, colour in zip(points.tolist(), widths.tolist(), colours, strict=True):
        begin, *rest = (f"{_number(x)} {_number(y)}" for x, y in places)
        yield {
            "d": f"M{begin}C{' '.join(rest)}",
            "stroke": _hex(colour[:3]),
            "stroke-width": _number(wide),
            "stroke-opacity": _number(float(colour[3]), 3),
        }


def _path(attributes: dict[str, str], inside: str = "") -> str:
    if not inside and float(attributes["stroke-opacity"]) <= _FAINT:
        return ""
    written = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    return f"<path {written}>{inside}</path>" if inside else f"<path {written}/>"


def _paper(colour: str, inside: str = "") -> str:
    return f'<rect width="100%" height="100%" fill="{colour}" stroke="none">{inside}</rect>'


def _file(width: int, height: int, note: str, lines: Sequence[str]) -> str:
    body = "\n".join(line for line in lines if line)
    opening = _OPENING.format(width, height)
    group = '<g fill="none" stroke-linecap="round" stroke-linejoin="round">'
    return f"{opening}\n{note}{group}\n{body}\n</g>\n</svg>\n"


def _hex(colour: Tensor) -> str:
    return "#" + "".join(f"{round(255 * value):02x}" for value in colour.detach().clamp(0, 1).tolist())


def _number(value: float, digits: int = 2) -> str:
    return f"{value:.{digits}f}".rstrip("0").rstrip(".") or "0"
