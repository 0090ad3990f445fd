"""What an artist chooses for an export, and what an export reports when it is done."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from studio.base.errors import ExportError

SLOWEST, FASTEST = Fraction(1, 100), Fraction(1000)
"""The frame rates (frames per second) that every format's clock can hold."""

_FINEST = 1_000_000  # the largest numerator or denominator of a rate; containers keep both in 32 bits


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """How to encode.

    Attributes:
        format: a name from `presets.FORMATS`; empty chooses by the suffix of the file.
        quality: 0 (small file) to 100 (best; lossless for WebP); formats that are always lossless ignore it.
        loop: play for ever, or once; only GIF, WebP and APNG hold this.
        size: (width, height) in pixels to resample every frame to, without keeping proportions; None keeps the size.
        rate: frames per second to play the same frames at, instead of the rate they were made for.
        overwrite: replace what is at the target.

    Raises:
        ExportError: a quality or a size that no format has.
    """

    format: str = ""
    quality: int = 80
    loop: bool = True
    size: tuple[int, int] | None = None
    rate: Fraction | None = None
    overwrite: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.quality <= 100:
            raise ExportError(
                f"Quality {self.quality} cannot be used", "Quality goes from 0 to 100", "Choose a value from 0 to 100"
            )
        if self.size is not None and min(self.size) < 1:
            raise ExportError(
                f"A picture of {self.size[0]}x{self.size[1]} pixels cannot be made",
                "Width and height must be at least 1",
                "Choose a larger size",
            )


@dataclass(frozen=True, slots=True)
class Exported:
    """A finished export, as measured in the file by decoding it.

    Attributes:
        path: the file, the folder, or the `name_####.png` pattern that was written.
        frames: pictures in it; fewer than were given when the format is too slow for the rate (see `notes`).
        width: pixels, after resizing and padding.
        height: pixels, after resizing and padding.
        seconds: how long it plays once.
        bytes: size on disk, without a sidecar.
        notes: what differs from what was asked (padding, dropped frames, lost transparency), in plain words.
    """

    path: Path
    frames: int
    width: int
    height: int
    seconds: float
    bytes: int
    notes: tuple[str, ...] = ()


def checked_rate(rate: Fraction) -> Fraction:
    """`rate` (frames per second) as a fraction, when every format can hold it.

    Raises:
        ExportError: it is outside `SLOWEST` to `FASTEST`, or too fine a fraction.
    """
    exact = Fraction(rate)
    if not SLOWEST <= exact <= FASTEST:
        raise ExportError(
            f"A rate of {float(exact):g} frames per second cannot be exported",
            f"Rates go from {float(SLOWEST):g} to {float(FASTEST):g}",
            "Choose another rate",
        )
    if max(exact.numerator, exact.denominator) > _FINEST:
        raise ExportError(
            f"A rate of {exact.numerator}/{exact.denominator} frames per second cannot be exported",
            "Files cannot hold so fine a fraction",
            f"Choose {exact.limit_denominator(1001)}",
        )
    return exact
