"""Loss curves of Keydream and of the plain reference side by side: a line of blocks in a terminal, lines in an SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

BLOCKS = "▁▂▃▄▅▆▇█"
"""From low to high."""

WIDTH = 60
"""The most blocks in a line."""

_PANEL = 280  # pixels, the height of a workload's
_ACROSS = 640
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 16, 40, 44
_OURS, _THEIRS = "#1b6fd1", "#d1571b"


def blocks(values: Sequence[float], low: float, high: float) -> str:
    """Values as blocks, `low` the lowest and `high` the highest; of many values, `WIDTH` that lie evenly."""
    span = high - low
    count = min(len(values), WIDTH)
    chosen = [values[number * (len(values) - 1) // max(1, count - 1)] for number in range(count)]
    shares = [(value - low) / span if span > 0 else 0.0 for value in chosen]
    return "".join(BLOCKS[min(len(BLOCKS) - 1, max(0, int(share * len(BLOCKS))))] for share in shares)


def lines(ours: Sequence[float], theirs: Sequence[float]) -> list[str]:
    """Both curves as lines of blocks on one scale, with where each begins and ends; nothing where one is empty."""
    if not (ours and theirs):
        return []
    low, high = min(*ours, *theirs), max(*ours, *theirs)
    return [
        f"{name:9}  {blocks(values, low, high)}  {values[0]:.4f} to {values[-1]:.4f}"
        for name, values in (("Keydream", ours), ("reference", theirs))
    ]


def svg(figures: Mapping[str, Any]) -> str:
    """A drawing of the curves of all workloads in a `report.document`, one below the other."""
    steps = [step for step in figures["workloads"].values() if step["losses"]]
    panels = [_panel(step, number * _PANEL) for number, step in enumerate(steps)]
    height = max(1, len(steps)) * _PANEL
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{_ACROSS}" height="{height}" '
            f'viewBox="0 0 {_ACROSS} {height}" font-family="sans-serif" font-size="12">',
            f'<rect width="{_ACROSS}" height="{height}" fill="white"/>',
            *(line for panel in panels for line in panel),
            "</svg>\n",
        ]
    )


def _panel(step: Mapping[str, Any], above: int) -> list[str]:
    ours, theirs = step["losses"], step["reference_losses"]
    low, high = min(*ours, *theirs, ours[0]), max(*ours, *theirs, ours[0])
    top, bottom, right = above + _TOP, above + _PANEL - _BOTTOM, _ACROSS - _RIGHT
    last = max(1, max(len(ours), len(theirs)) - 1)

    def points(values: Sequence[float]) -> str:
        across = (right - _LEFT) / last
        share = [(value - low) / (high - low) if high > low else 0.5 for value in values]
        return " ".join(f"{_LEFT + across * n:.1f},{bottom - (bottom - top) * s:.1f}" for n, s in enumerate(share))

    title = escape(f"{step['workload']}  {step['title']}: loss by {step['sample']}")
    drawn = [
        f'<text x="{_LEFT}" y="{above + 22}">{title}</text>',
        f'<path d="M{_LEFT} {top}V{bottom}H{right}" fill="none" stroke="#888"/>',
        *(
            f'<text x="{_LEFT - 6}" y="{y + 4}" text-anchor="end">{value:.3f}</text>'
            for value, y in ((high, top), (low, bottom))
        ),
        f'<text x="{_LEFT}" y="{bottom + 16}">1</text>',
        f'<text x="{right}" y="{bottom + 16}" text-anchor="end">{last + 1}</text>',
    ]
    curves = ((theirs, _THEIRS, 4, "reference, fp32"), (ours, _OURS, 1.5, f"Keydream, {step['precision']}"))
    for place, (values, colour, wide, name) in enumerate(curves):
        if values:
            x, y = _LEFT + 180 * place, bottom + 34
            line = f'fill="none" stroke="{colour}" stroke-width="{wide}"'
            drawn += [
                f'<polyline points="{points(values)}" {line}/>',
                f'<path d="M{x} {y - 4}h24" {line}/>',
                f'<text x="{x + 30}" y="{y}">{escape(name)}</text>',
            ]
    return drawn
