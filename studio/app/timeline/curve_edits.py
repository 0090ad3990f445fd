"""What the curve editor does to keys, as edits: move them in time and value at once."""

from __future__ import annotations

from collections.abc import Mapping

from studio.app.timeline.describing import change_label
from studio.timeline.edit import Edit, some
from studio.timeline.edits import move_keys, set_value
from studio.timeline.model import KeyRef, Timeline, TrackRef
from studio.timeline.parameters import ParameterSpec
from studio.timeline.validate import MAXIMUM_VALUE


def clamp_change(values: Mapping[int, float], change: float, spec: ParameterSpec | None) -> float:
    """How far values can go together towards a change and stay in the parameter's range; what is outside may return."""
    low, high = (-MAXIMUM_VALUE, MAXIMUM_VALUE) if spec is None else (spec.minimum, spec.maximum)
    change = min(change, *(max(0.0, high - value) for value in values.values()))
    return max(change, *(min(0.0, low - value) for value in values.values()))


def raised(values: Mapping[int, float], change: float, spec: ParameterSpec | None) -> dict[int, float]:
    """The values after a change that `clamp_change` gave; whole ones where the parameter is whole."""
    whole = spec is not None and spec.integer
    return {
        frame: float(round(value + change)) if whole else round(value + change, 9) for frame, value in values.items()
    }


def reshape(ref: TrackRef, frames: frozenset[int], offset: int, values: Mapping[int, float]) -> Edit:
    """Move the keys of a track on some frames by an offset, and give them new values (by their old frame)."""

    def apply(timeline: Timeline) -> Timeline:
        for frame, value in values.items():
            timeline = set_value([KeyRef(ref, frame)], value).apply(timeline)
        return move_keys([KeyRef(ref, frame) for frame in frames], offset).apply(timeline)

    return Edit(f"Move {some(len(frames), 'key')}" if offset else change_label(ref), apply)
