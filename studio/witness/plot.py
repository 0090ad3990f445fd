"""A picture of scores over time: a line of the guide and a dashed one of the witness for every prompt."""

from __future__ import annotations

import io
import math
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from studio.score.standing import Floats
from studio.witness.series import Scores

_WIDTH, _HEIGHT, _LEFT, _TOP, _ROW = 1200, 320, 56, 16, 22
_INK, _GRID, _WARNING = (40, 40, 40), (225, 225, 225), (246, 232, 196)
_COLOURS = ("#c9471f", "#7443b8", "#1f7fb0", "#2f8a50", "#a07c14", "#b53c7c", "#1f8f86", "#5560c0")
_DASH, _GAP = 7.0, 5.0  # pixels

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def plot(scores: Scores) -> bytes:
    """A PNG. Warnings are a yellow ground behind the frames in which the guide is being fooled."""
    count = len(scores.guide.seen)
    height = _TOP + _HEIGHT + 40 + _ROW * (1 + len(scores.prompts))
    sheet = Image.new("RGB", (_WIDTH, height), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(13)
    sights = [scores.guide, *([scores.witness] if scores.witness else [])]
    values = np.concatenate([sight.seen.ravel() for sight in sights])
    known = values[np.isfinite(values)]
    low, high = min(0.0, float(known.min(initial=0))), max(1.0, float(known.max(initial=0)))
    across = (_WIDTH - _LEFT - 16) / max(1, count - 1)
    bottom = _TOP + _HEIGHT

    def y(value: float) -> float:
        return bottom - (value - low) / (high - low) * _HEIGHT

    for span in scores.fooled:
        pen.rectangle((_LEFT + span.start * across, _TOP, _LEFT + (span.stop - 1) * across, bottom), _WARNING)
    for level in range(math.ceil(low * 4), math.floor(high * 4) + 1):
        pen.line([(_LEFT, y(level / 4)), (_WIDTH - 16, y(level / 4))], _INK if level == 0 else _GRID)
        pen.text((8, y(level / 4) - 8), f"{25 * level} %", _INK, font)
    for frame in range(0, count, max(1, math.ceil(count / 16))):
        pen.text((_LEFT + frame * across - 4, bottom + 6), str(frame), _INK, font)
    for dashed, sight in enumerate(sights):
        for place in range(len(scores.prompts)):
            colour = _COLOURS[place % len(_COLOURS)]
            for run in _runs(sight.seen[:, place]):
                points = [(_LEFT + frame * across, y(float(sight.seen[frame, place]))) for frame in run]
                _line(pen, points, colour, dashed=bool(dashed))
    _legend(pen, font, scores, bottom + 34)
    out = io.BytesIO()
    sheet.save(out, "PNG")
    return out.getvalue()


def _legend(pen: ImageDraw.ImageDraw, font: Font, scores: Scores, top: int) -> None:
    witness = f"   - - {scores.witness.name}, which does not" if scores.witness else ""
    pen.text((_LEFT, top), f"--- {scores.guide.name}, which guides{witness}   100 %: as in a true picture", _INK, font)
    for place, name in enumerate(scores.prompts):
        row = top + _ROW * (place + 1)
        pen.rectangle((_LEFT, row + 3, _LEFT + 12, row + 13), _COLOURS[place % len(_COLOURS)])
        pen.text((_LEFT + 20, row), name, _INK, font)


def _runs(values: Floats) -> list[npt.NDArray[np.int64]]:
    """The frames that have a value, in runs without a gap."""
    there = np.flatnonzero(np.isfinite(values))
    return np.split(there, np.flatnonzero(np.diff(there) > 1) + 1) if len(there) else []


def _line(pen: ImageDraw.ImageDraw, points: list[tuple[float, float]], colour: str, *, dashed: bool) -> None:
    if len(points) == 1:
        (x, y) = points[0]
        pen.ellipse((x - 2, y - 2, x + 2, y + 2), outline=colour if dashed else None, fill=None if dashed else colour)
        return
    if not dashed:
        pen.line(points, colour, 2)
        return
    gone = 0.0  # dashes go on around corners
    for (x0, y0), (x1, y1) in pairwise(points):
        length, along = math.hypot(x1 - x0, y1 - y0), 0.0
        while along < length:
            phase = (gone + along) % (_DASH + _GAP)
            step = min((_DASH if phase < _DASH else _DASH + _GAP) - phase, length - along) or 1e-3
            if phase < _DASH:
                ends = [(x0 + (x1 - x0) * at / length, y0 + (y1 - y0) * at / length) for at in (along, along + step)]
                pen.line(ends, colour, 2)
            along += step
        gone += length
