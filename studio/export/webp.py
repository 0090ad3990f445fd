"""Animated WebP, written chunk by chunk (RFC 9649): few frames in memory, every frame kept.

Pillow's own writer collects all frames and libwebp's merges equal ones; here each frame is compressed by Pillow as a
still picture and its data is moved into the animation. A frame that equals the one before it is stored as its first
pixel alone.
"""

from __future__ import annotations

import io
import struct
from fractions import Fraction
from pathlib import Path

from PIL import Image

from studio.export import chunks, embed, timing
from studio.export.ahead import ahead
from studio.export.chunks import Chunk
from studio.export.frames import Picture
from studio.export.job import Job, Written

_UNIT = 1000  # ticks per second
_XMP, _ALPHA, _ANIMATION = 0x04, 0x10, 0x02
_KEEP_OVERWRITE = 0x02  # replace what is below, leave it when the time is over
_PICTURE = {b"ALPH", b"VP8 ", b"VP8L"}
_MOST_BYTES = (1 << 32) - 2


def write(job: Job, path: Path) -> Written:
    """Write an animated WebP at `path`. See `job.Encoder`."""
    width, height = job.frames.size
    delays = timing.spread(len(job.frames), job.rate, _UNIT)
    options = job.format.encoding(job.quality, job.frames.alpha).options
    flags = _ANIMATION | (_ALPHA if job.frames.alpha else 0) | (_XMP if job.project is not None else 0)

    def made(change: tuple[Picture, bool]) -> tuple[int, int, bytes]:
        picture, same = change
        data = _compressed(picture, int(options["quality"]), lossless=same or options["lossless"] == "1")
        return picture.shape[1], picture.shape[0], data

    with path.open("wb") as file, job.frames.changes() as changes, ahead(made, changes) as pictures:
        file.write(b"RIFF\0\0\0\0WEBP")
        file.write(_chunk(b"VP8X", struct.pack("<I", flags) + _three(width - 1) + _three(height - 1)))
        file.write(_chunk(b"ANIM", struct.pack("<IH", 0, 0 if job.loop else 1)))  # on black, as often
        for (across, down, data), delay in zip(pictures, delays, strict=True):
            job.meter.step("encoding")
            numbers = (0, 0, across - 1, down - 1, delay)  # from the corner; the size, less one
            place = b"".join(map(_three, numbers)) + bytes([_KEEP_OVERWRITE])
            file.write(_chunk(b"ANMF", place + data))
        if job.project is not None:
            file.write(_chunk(b"XMP ", embed.xmp_packet(job.project)))
        size = file.tell() - 8
        if size > _MOST_BYTES:
            raise ValueError("a WebP file holds at most 4 GiB")
        file.seek(4)
        file.write(struct.pack("<I", size))
    return Written(len(job.frames), width, height, Fraction(sum(delays), _UNIT))


def _compressed(picture: Picture, quality: int, *, lossless: bool) -> bytes:
    """The chunks that hold one picture, without a still file's header."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "WEBP", quality=quality, lossless=lossless, exact=True, method=4)
    outer = Chunk(b"RIFF", 12, buffer.getbuffer().nbytes - 12)
    found = [chunk for chunk in chunks.riff_chunks(buffer, outer) if chunk.name in _PICTURE]
    return b"".join(_chunk(chunk.name, chunks.content(buffer, chunk, chunk.size)) for chunk in found)


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def _three(number: int) -> bytes:
    return number.to_bytes(3, "little")
