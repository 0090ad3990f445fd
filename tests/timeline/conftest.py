"""Timelines that several tests of this folder start from."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from studio.timeline.easing import Ease
from studio.timeline.model import Marker, ParameterTrack, PromptTrack, Timeline
from studio.timeline.prompt import Prompt, Term, Text
from studio.timeline.time import FrameRange, FrameRate
from studio.timeline.track import Keyframe, Track


@pytest.fixture
def say() -> Callable[[str], Prompt]:
    """A prompt of one plain text."""
    return lambda text: Prompt((Term(Text(text)),))


@pytest.fixture
def timeline(say: Callable[[str], Prompt]) -> Timeline:
    """Sixty frames: main 0, 24, 48; mood 12; zoom 0, 30; rotate 10."""
    return Timeline(
        FrameRate(24),
        60,
        (
            PromptTrack(
                "main", Track((Keyframe(0, say("sea"), Ease.BOTH), Keyframe(24, say("sky")), Keyframe(48, say("sun"))))
            ),
            PromptTrack("mood", Track((Keyframe(12, say("calm")),)), 0.5),
        ),
        (
            ParameterTrack("zoom", Track((Keyframe(0, 1.0, Ease.BOTH), Keyframe(30, 1.2, Ease.IN)))),
            ParameterTrack("rotate", Track((Keyframe(10, 5.0),))),
        ),
        (Marker(20, "beat", "red"), Marker(40, "drop")),
        FrameRange(10, 50),
    )
