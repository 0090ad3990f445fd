"""What every encoder is given and what it promises about the result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from studio.export.frames import Frames
from studio.export.meter import Meter
from studio.export.presets import Format


@dataclass(frozen=True, slots=True)
class Job:
    """What to encode.

    Attributes:
        frames: the pictures.
        rate: frames per second.
        format: the kind of file.
        quality: 0 to 100.
        loop: play for ever, or once.
        project: the text to embed, already `embed.storable`; None for none.
        meter: stepped once per frame.
    """

    frames: Frames
    rate: Fraction
    format: Format
    quality: int
    loop: bool
    project: str | None
    meter: Meter


@dataclass(frozen=True, slots=True)
class Written:
    """What an encoder says is in its file; the probe must find the same.

    Attributes:
        frames: pictures.
        width: pixels.
        height: pixels.
        seconds: duration of one pass, exact.
        notes: what differs from what was asked, for the artist.
    """

    frames: int
    width: int
    height: int
    seconds: Fraction
    notes: tuple[str, ...] = ()


Encoder = Callable[[Job, Path], Written]
"""Writes a new file (a folder of files for a sequence) at a path where nothing is yet."""
