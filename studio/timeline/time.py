"""Frame rates as exact fractions, frames to seconds and back, and ranges of frames."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from studio.base.errors import InputError
from studio.timeline.validate import MAXIMUM_FRAMES, whole

SLOWEST: Final = Fraction(1, 100)
"""The least frame rate, in frames a second."""

FASTEST: Final = Fraction(1000)
"""The greatest frame rate, in frames a second."""

_LARGEST_TERM: Final = 10_000_000
_BROADCAST: Final = (24, 30, 48, 60, 120, 240)
_DECIMAL: Final = re.compile(r"\d{1,12}(\.\d{0,20})?|\.\d{1,20}", re.ASCII)
_RATIO: Final = re.compile(r"(\d{1,12})\s*[/:]\s*(\d{1,12})", re.ASCII)
_RANGE: Final = re.compile(r"\s*(\d{0,12})\s*(?:(:)\s*(\d{0,12})\s*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class FrameRate:
    """Frames a second as numerator/denominator, kept in lowest terms.

    Both terms lie in 1..10 000 000, and the rate in 1/100..1000 frames a second; anything else raises `InputError`.
    """

    numerator: int
    denominator: int = 1

    def __post_init__(self) -> None:
        whole(self.numerator, "the numerator of the frame rate", 1, _LARGEST_TERM)
        whole(self.denominator, "the denominator of the frame rate", 1, _LARGEST_TERM)
        exact = Fraction(self.numerator, self.denominator)
        if not SLOWEST <= exact <= FASTEST:
            raise InputError(
                f"The frame rate {exact} cannot be used",
                f"It must lie between {SLOWEST} and {FASTEST} frames a second",
                "Choose a usual rate such as 12, 24 or 30",
            )
        object.__setattr__(self, "numerator", exact.numerator)
        object.__setattr__(self, "denominator", exact.denominator)

    @classmethod
    def parse(cls, text: str | int | float) -> FrameRate:
        """The rate that a person or a file wrote: 24, "24", "12.5", "24000/1001", "29.97 fps".

        A decimal number that is a rounded or cut NTSC rate (23.976, 23.98, 29.97, 47.952, 59.94, 119.88, 239.76)
        becomes n * 1000/1001 exactly. Other decimals are taken as they are written.

        Raises:
            InputError: it is no number, or a rate that `FrameRate` refuses.
        """
        if isinstance(text, bool) or not isinstance(text, str | int | float):
            raise TypeError(f"a frame rate is a string or a number, not {type(text).__name__}")
        if isinstance(text, int):
            return cls(text)
        written = f"{text:.15g}" if isinstance(text, float) else text
        bare = written.strip().removesuffix("fps").strip()
        if ratio := _RATIO.fullmatch(bare):
            return cls(int(ratio[1]), int(ratio[2]))
        if not _DECIMAL.fullmatch(bare):
            raise InputError(
                f"“{written[:40]}” is no frame rate",
                "It is not a positive number",
                "Write it like 24, 12.5 or 24000/1001",
            )
        exact = _ntsc(bare) or Fraction(bare).limit_denominator(10_000)
        return cls(exact.numerator, exact.denominator)

    @property
    def fraction(self) -> Fraction:
        """Frames a second, exactly."""
        return Fraction(self.numerator, self.denominator)

    @property
    def nominal(self) -> int:
        """The whole number of frames that a timecode counts in a second: 24 for 24000/1001; at least 1."""
        return max(1, math.floor(self.fraction + Fraction(1, 2)))

    def seconds(self, frame: int) -> Fraction:
        """When a frame begins, in seconds, exactly."""
        return frame / self.fraction

    def frame_at(self, seconds: Fraction | int | float) -> int:
        """The frame on screen at a time: the last one that has begun.

        A float within a millionth of a frame of a frame's beginning counts as that beginning, so
        `frame_at(float(seconds(n))) == n`.

        Raises:
            InputError: the time is not finite.
        """
        if isinstance(seconds, float) and not math.isfinite(seconds):
            raise InputError(f"A time of {seconds} seconds has no frame", "It must be finite", "Give a time in seconds")
        exact = Fraction(seconds) * self.fraction
        nearest = round(exact)
        if isinstance(seconds, float) and abs(exact - nearest) < Fraction(1, 1_000_000):
            return nearest
        return math.floor(exact)

    def timecode(self, frame: int) -> str:
        """The frame as HH:MM:SS:FF.

        Non-drop: it counts `nominal` frames to the second, so at 24000/1001 it runs 0.1 % slow against a clock, as in
        every editor. FF is as wide as the rate needs. A negative frame gets a minus sign.
        """
        count = self.nominal
        whole_seconds, rest = divmod(abs(frame), count)
        minutes, second = divmod(whole_seconds, 60)
        hour, minute = divmod(minutes, 60)
        width = max(2, len(str(count - 1)))
        return f"{'-' if frame < 0 else ''}{hour:02d}:{minute:02d}:{second:02d}:{rest:0{width}d}"

    def __str__(self) -> str:
        return str(self.fraction)


@dataclass(frozen=True, slots=True)
class FrameRange:
    """The frames start, start+1, ... stop-1. Half open: 0 <= start < stop <= 1 000 000, else `InputError`."""

    start: int
    stop: int

    def __post_init__(self) -> None:
        whole(self.start, "the first frame of a range")
        whole(self.stop, "the end of a range")
        if self.start >= self.stop:
            raise InputError(
                f"The range {self.start}:{self.stop} holds no frame",
                "Its end is not after its start",
                "The end is the first frame left out: 0:24 means frames 0 to 23",
            )

    @classmethod
    def parse(cls, text: str, length: int) -> FrameRange:
        """The range written as "A:B" (frames A to B-1), "A:", ":B", ":" or a single frame "A".

        Args:
            text: what was typed.
            length: the timeline's length; "A:" ends there and no range may pass it.

        Raises:
            InputError: it cannot be read, holds no frame, or passes the end.
        """
        match = _RANGE.fullmatch(text)
        if match is None or not text.strip():
            raise InputError(
                f"“{text[:40]}” is no range of frames",
                "It is not of the form A:B",
                "Write it like 0:24 for frames 0 to 23",
            )
        if match[2] is None:
            start = int(match[1])
            stop = start + 1
        else:
            start = int(match[1] or 0)
            stop = int(match[3] or length)
        if stop > length:
            raise InputError(
                f"The range {text.strip()} passes the end",
                f"The timeline has {length} frames, 0 to {length - 1}",
                f"Use at most {length} after the colon",
            )
        return cls(start, stop)

    def clipped(self, length: int) -> FrameRange | None:
        """The part before frame `length`; None when nothing is left."""
        return FrameRange(self.start, min(self.stop, length)) if self.start < min(self.stop, length) else None

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.start, self.stop))

    def __len__(self) -> int:
        return self.stop - self.start

    def __contains__(self, frame: object) -> bool:
        return isinstance(frame, int) and self.start <= frame < self.stop

    def __str__(self) -> str:
        return f"{self.start}:{self.stop}"


def whole_range(length: int) -> FrameRange:
    """All frames of a timeline of that length (1..1 000 000)."""
    return FrameRange(0, whole(length, "the length", 1, MAXIMUM_FRAMES))


def _ntsc(written: str) -> Fraction | None:
    decimals = len(written.partition(".")[2])
    if decimals < 2:
        return None
    scale = 10**decimals
    scaled = Fraction(written) * scale
    for nominal in _BROADCAST:
        exact = Fraction(nominal * 1000, 1001)
        if scaled in (math.floor(exact * scale), math.floor(exact * scale + Fraction(1, 2))):
            return exact
    return None
