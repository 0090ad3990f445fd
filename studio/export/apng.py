"""APNG, written chunk by chunk (PNG specification, third edition): lossless, exact rates, few frames in memory.

Each frame is compressed by Pillow as a PNG of its own and its data is moved into the animation. A frame that equals the
one before it is stored as its first pixel alone, so that it costs a hundred bytes and keeps its own time.
"""

from __future__ import annotations

import io
import struct
import zlib
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

from studio.export import chunks, embed, timing
from studio.export.ahead import ahead
from studio.export.frames import Picture, compressed
from studio.export.job import Job, Written

_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def write(job: Job, path: Path) -> Written:
    """Write an APNG at `path`. See `job.Encoder`."""
    width, height = job.frames.size
    count = len(job.frames)
    delays, unit = timing.fine_delay(job.rate, count)
    sequence = 0
    with path.open("wb") as file, job.frames.changes() as changes, ahead(_compressed, changes) as pictures:
        file.write(_SIGNATURE)
        for number, (across, down, header, data) in enumerate(pictures):
            job.meter.step("encoding")
            if number == 0:
                _chunk(file, b"IHDR", header)
                _chunk(file, b"acTL", struct.pack(">II", count, 0 if job.loop else 1))
                if job.project is not None:
                    file.write(embed.png_chunk(job.project))
            control = (sequence, across, down, 0, 0, delays[number], unit, 0, 0)
            _chunk(file, b"fcTL", struct.pack(">IIIIIHHBB", *control))  # leave the picture, replace inside the frame
            sequence += 1
            for part in data:
                _chunk(file, b"IDAT" if number == 0 else b"fdAT", part if number == 0 else _numbered(sequence, part))
                sequence += number > 0
        _chunk(file, b"IEND", b"")
    return Written(count, width, height, Fraction(sum(delays), unit))


def _compressed(change: tuple[Picture, bool]) -> tuple[int, int, bytes, list[bytes]]:
    """Width, height, header and the pieces of compressed data of one picture."""
    picture = change[0]
    buffer = io.BytesIO(compressed(picture))
    found = [(chunk.name, chunks.content(buffer, chunk, chunk.size)) for chunk in chunks.png_chunks(buffer)]
    return picture.shape[1], picture.shape[0], found[0][1], [content for name, content in found if name == b"IDAT"]


def _numbered(sequence: int, part: bytes) -> bytes:
    return struct.pack(">I", sequence) + part


def _chunk(file: BinaryIO, name: bytes, content: bytes) -> None:
    file.write(struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content)))
