"""The value axis of the curve editor: which values are visible, how high each lies, and round numbers for its lines."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from studio.timeline.parameters import ParameterSpec

MARGIN: Final = 0.14
"""Share of the values' span that is left free above and below when the axis is fitted."""

_SMALLEST = 1e-6
_GREATEST = 1e10
_APART = 36.0


@dataclass(frozen=True, slots=True)
class Axis:
    """Values from `low` at the bottom to `high` at the top of so many pixels."""

    low: float = 0.0
    high: float = 1.0
    height: float = 1.0

    @property
    def span(self) -> float:
        """The difference between the top and the bottom."""
        return self.high - self.low

    def y(self, value: float) -> float:
        """Pixels from the top; also for values that are not visible."""
        return (self.high - value) / self.span * self.height

    def value(self, y: float) -> float:
        """The value at so many pixels from the top."""
        return self.high - y / self.height * self.span

    def sized(self, height: float) -> Axis:
        """The same values on another height."""
        return replace(self, height=max(height, 1.0))

    def zoomed(self, factor: float, y: float) -> Axis:
        """Zoomed so that the value at y stays there; a factor above 1 shows less, larger."""
        fixed = self.value(y)
        span = min(max(self.span / factor, _SMALLEST), _GREATEST)
        share = y / self.height
        return replace(self, low=fixed - (1 - share) * span, high=fixed + share * span)

    def moved(self, pixels: float) -> Axis:
        """What is drawn moved down by so many pixels."""
        by = pixels / self.height * self.span
        return replace(self, low=self.low + by, high=self.high + by)

    @property
    def resolution(self) -> float:
        """A round number (0.001, 0.01, ...) of which a pixel is at most one: finer values cannot be aimed at."""
        return float(10.0 ** math.floor(math.log10(self.span / self.height)))

    def rounded(self, value: float) -> float:
        """The value to the axis' resolution, so that no dragged value has digits that nobody meant."""
        step = self.resolution
        digits = max(0, -math.floor(math.log10(step)))
        return round(round(value / step) * step, digits)

    def lines(self) -> tuple[float, ...]:
        """Round values, not too dense to be read, that lie on the axis."""
        step = round_step(self.span * _APART / self.height)
        digits = max(0, -math.floor(math.log10(step))) + 1
        first, last = math.ceil(self.low / step), math.floor(self.high / step)
        return tuple(round(place * step, digits) for place in range(first, last + 1))


def round_step(least: float) -> float:
    """The smallest of 1, 2 and 5 times a power of ten that is not below `least`, which is above 0."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(each for each in (power, 2 * power, 5 * power, 10 * power) if each >= least * (1 - 1e-9))


def fit(values: Iterable[float], spec: ParameterSpec | None, height: float = 1.0) -> Axis:
    """An axis that shows all values with a margin; values that are all equal lie in its middle."""
    listed = list(values)
    if not listed:
        listed = [0.0 if spec is None else spec.default]
    low, high = min(listed), max(listed)
    usual = (spec.maximum - spec.minimum) / 20 if spec is not None else max(abs(low) / 10, 1.0)
    if high - low < max(usual / 1000, _SMALLEST):
        return Axis(low - usual, high + usual, height)
    margin = (high - low) * MARGIN
    return Axis(low - margin, high + margin, height)


def nudge(spec: ParameterSpec | None, value: float) -> float:
    """How far a press of a key changes a value: 1, 0.1, ... as it suits the parameter."""
    if spec is None:
        return float(10.0 ** math.floor(math.log10(max(abs(value), 1.0)) - 1))
    if spec.integer:
        return 1.0
    return float(10.0 ** math.floor(math.log10((spec.maximum - spec.minimum) / 100)))
