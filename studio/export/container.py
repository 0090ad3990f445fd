"""A file that FFmpeg writes: opened by its exact path, closed in every case, the same bytes every time."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path

import av
from av.container import OutputContainer
from av.video.stream import VideoStream


@contextlib.contextmanager
def opened(path: Path, muxer: str, options: Mapping[str, str]) -> Iterator[OutputContainer]:
    """Open `path` for FFmpeg's `muxer`; finish the file when the block ends.

    FFmpeg takes a name like `a:b.gif` for a protocol, so the path is made absolute. The `bitexact` flag leaves out
    dates, versions and random identifiers. When the block raises, that error is what the caller sees, not one of the
    closing.
    """
    container = av.open(str(path.absolute()), "w", format=muxer, options={**options, "fflags": "+bitexact"})
    try:
        yield container
    except BaseException:
        with contextlib.suppress(av.error.FFmpegError, OSError):
            container.close()
        raise
    container.close()


def add_pictures(
    container: OutputContainer,
    codec: str,
    options: Mapping[str, str],
    *,
    size: tuple[int, int],
    pixels: str,
    rate: Fraction,
) -> VideoStream:
    """A stream of pictures of `size` (width, height) in the format `pixels`, whose times count in ticks of 1/rate s."""
    stream = container.add_stream(codec, rate=rate, options=dict(options))
    assert isinstance(stream, VideoStream), f"{codec} is no picture codec"
    stream.width, stream.height = size
    stream.pix_fmt = pixels
    stream.time_base = stream.codec_context.time_base = 1 / rate
    return stream
