"""A plot of how evenly a walk moves: what changes from frame to frame, before and after it was timed evenly."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

from studio.takes.pace import Change, Floats

_WIDTH, _PANEL, _LEFT, _TOP, _BETWEEN, _BOTTOM = 960, 220, 56, 34, 44, 34
_INK, _GRID = (40, 40, 40), (225, 225, 225)
_EMBEDDING, _PIXELS, _BOTH = (214, 120, 30), (60, 140, 200), (20, 20, 20)


def plot(panels: Sequence[tuple[str, Change]], passes: Sequence[Sequence[int]] = ()) -> bytes:
    """A PNG with a panel for each titled change, all at one scale: 1 is the mean of its panel.

    Args:
        panels: from the top.
        passes: of each panel the steps that leave a take, for a mark there; may be left out.

    Raises:
        ValueError: there are no panels.
    """
    if not panels:
        raise ValueError("nothing to plot")
    height = _TOP + len(panels) * (_PANEL + _BETWEEN) + _BOTTOM - _BETWEEN
    sheet = Image.new("RGB", (_WIDTH, height), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(13)
    tallest = max([2.0, *(float(line.max()) for _, change in panels for line in _lines(change) if line.size)])
    for number, (title, change) in enumerate(panels):
        top = _TOP + number * (_PANEL + _BETWEEN)
        _panel(pen, font, top, title, change, tallest, passes[number] if number < len(passes) else ())
    x = _LEFT
    for name, colour in (("embedding", _EMBEDDING), ("pixels", _PIXELS), ("both", _BOTH)):
        pen.line([(x, height - 16), (x + 22, height - 16)], colour, 3 if name == "both" else 1)
        pen.text((x + 28, height - 24), name, _INK, font)
        x += 120
    pen.text((x, height - 24), "change to the next frame, divided by its mean; | a take", _INK, font)
    out = io.BytesIO()
    sheet.save(out, "PNG")
    return out.getvalue()


def _panel(
    pen: ImageDraw.ImageDraw,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    top: int,
    title: str,
    change: Change,
    tallest: float,
    passes: Sequence[int],
) -> None:
    bottom, right = top + _PANEL, _WIDTH - 16
    pen.text((_LEFT, top - 20), f"{title}: coefficient of variation {change.variation:.3f}", _INK, font)
    for level in range(int(tallest) + 1):
        y = bottom - level / tallest * _PANEL
        pen.line([(_LEFT, y), (right, y)], _INK if level == 0 else _GRID)
        pen.text((_LEFT - 22, y - 8), str(level), _INK, font)
    count = len(change.angle)
    across = (right - _LEFT) / max(1, count - 1)
    for step in passes:
        pen.line([(_LEFT + step * across, top), (_LEFT + step * across, bottom)], (200, 200, 200))
    for line, colour, thick in zip(_lines(change), (_EMBEDDING, _PIXELS, _BOTH), (1, 1, 3), strict=True):
        points = [(_LEFT + step * across, bottom - float(y) / tallest * _PANEL) for step, y in enumerate(line)]
        if len(points) > 1:
            pen.line(points, colour, thick)


def _lines(change: Change) -> tuple[Floats, Floats, Floats]:
    alone = [
        part / mean if (mean := float(part.mean()) if part.size else 0.0) else part * 0
        for part in (change.angle, change.pixels)
    ]
    return alone[0], alone[1], change.combined
