"""What is really in a finished file, found by decoding all of it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from PIL import Image

from studio.base.errors import ExportError
from studio.export.job import Written

_MAGIC = ((b"\x89PNG", 0, "PNG"), (b"GIF8", 0, "GIF"), (b"WEBP", 8, "WEBP"))
FIX = "Nothing was kept. Check the free space of the drive and export again, or choose another format"
"""What to do about a file that came out wrong."""

_TOLERANCE = Fraction(2, 1000)  # seconds; WebM counts in milliseconds, at the start and at the end


@dataclass(frozen=True, slots=True)
class Probe:
    """What decoding found.

    Attributes:
        frames: pictures that could be decoded.
        width: pixels.
        height: pixels.
        seconds: from the first picture's start to the last one's end; 0 where the file has no clock.
    """

    frames: int
    width: int
    height: int
    seconds: float


def _nothing() -> None:
    pass


def probe(path: Path, *, step: Callable[[], None] = _nothing) -> Probe:
    """Decode every picture of a file of any format that Keydream writes (told by its content), or of a folder of PNGs.

    Args:
        path: the file or folder.
        step: called once per picture, so that it can be cancelled.

    Raises:
        OSError, ValueError, SyntaxError, av.error.FFmpegError: it does not decode, or its sizes or times contradict
            each other.
    """
    if path.is_dir():
        found = [_pictures(file, "PNG", step) for file in sorted(path.glob("*.png"))]
        if not found:
            raise ValueError("no pictures")
        if len({(one.width, one.height) for one in found}) > 1:
            raise ValueError("pictures of several sizes")
        return Probe(sum(one.frames for one in found), found[0].width, found[0].height, 0.0)
    with path.open("rb") as file:
        head = file.read(12)
    for magic, at, kind in _MAGIC:
        if head[at : at + len(magic)] == magic:
            return _pictures(path, kind, step)
    return _video(path, step)


def check(path: Path, written: Written, name: str, *, step: Callable[[], None] = _nothing) -> Probe:
    """Compare a finished file with what its encoder says about it; `name` is what messages call it.

    Raises:
        ExportError: they differ, or the file does not decode.
    """
    try:
        found = probe(path, step=step)
    except (av.error.FFmpegError, OSError, ValueError, SyntaxError, IndexError) as error:
        raise ExportError(f"{name} came out broken", f"It cannot be decoded: {error}", FIX) from error
    seconds = float(written.seconds) if path.is_dir() else found.seconds
    for label, got, wanted in (
        ("frames", found.frames, written.frames),
        ("pixels across", found.width, written.width),
        ("pixels down", found.height, written.height),
    ):
        if got != wanted:
            raise ExportError(f"{name} came out wrong", f"It has {got} {label} instead of {wanted}", FIX)
    if abs(seconds - written.seconds) > _TOLERANCE:
        why = f"It plays for {seconds:.3f} s instead of {float(written.seconds):.3f} s"
        raise ExportError(f"{name} came out wrong", why, FIX)
    return Probe(found.frames, found.width, found.height, seconds)


def _pictures(path: Path, kind: str, step: Callable[[], None]) -> Probe:
    """GIF, APNG and WebP by Pillow, whose durations are milliseconds."""
    milliseconds = 0.0
    with Image.open(path, formats=(kind,)) as image:
        count = getattr(image, "n_frames", 1)
        for number in range(count):
            step()
            image.seek(number)
            image.load()
            milliseconds += float(image.info.get("duration", 0))
        return Probe(count, image.width, image.height, milliseconds / 1000)


def _video(path: Path, step: Callable[[], None]) -> Probe:
    with av.open(str(path.absolute())) as container:
        if not container.streams.video:
            raise ValueError("no video")
        stream = container.streams.video[0]
        starts: list[Fraction] = []
        stop = Fraction(0)
        for frame in container.decode(stream):
            step()
            if frame.pts is None or frame.time_base is None:
                raise ValueError("a picture without a time")
            starts.append(frame.pts * frame.time_base)
            stop = starts[-1] + (frame.duration or 0) * frame.time_base
        if not starts:
            raise ValueError("no pictures")
        if any(after <= before for before, after in itertools.pairwise(starts)):
            raise ValueError("pictures out of order")
        return Probe(len(starts), stream.codec_context.width, stream.codec_context.height, float(stop - starts[0]))
