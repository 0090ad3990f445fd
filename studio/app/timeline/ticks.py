"""Which frames the ruler names: divisions of a second, or whole ones, as dense as can be read."""

from __future__ import annotations

import functools

from studio.timeline.time import FrameRate

APART = 72.0
"""Least pixels between two numbers."""

_SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600, 43200)


@functools.lru_cache(64)
def steps(rate: FrameRate) -> tuple[int, ...]:
    """The distances, in frames, that come into question: rising."""
    second = rate.nominal
    parts = [each for each in range(1, second) if second % each == 0]
    return (*parts, *(second * each for each in _SECONDS))


def step(rate: FrameRate, frame_width: float) -> tuple[int, int]:
    """Frames from one number to the next, and from one small tick to the next (0 for none)."""
    known = steps(rate)
    major = next((each for each in known if each * frame_width >= APART), known[-1])
    minor = next((each for each in known if major % each == 0 and each * frame_width >= 8), 0)
    return major, minor if minor < major else 0


def seconds_text(rate: FrameRate, frame: int) -> str:
    """The second that begins with a frame, as "3 s" or "1:05"; empty where none begins."""
    whole, rest = divmod(frame, rate.nominal)
    if rest:
        return ""
    return f"{whole} s" if whole < 60 else f"{whole // 60}:{whole % 60:02d}"
