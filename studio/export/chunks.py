"""Walking through files that may be hostile: PNG chunks, RIFF chunks, GIF blocks, MP4 boxes, WebM elements.

Every walker only moves forward inside declared bounds, reads a handful of bytes per step and counts its steps, so that
no file makes it run long or allocate much. A file that breaks its own rules raises `MalformedError`.
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

LIMIT = 8 * 1024 * 1024
"""The most bytes of text that are read from a file, 8 MiB."""

MOST_CHUNKS = 100_000
"""Chunks looked at in one container before giving up; an APNG has two per frame."""

MOST_BLOCKS = 5_000_000
"""Blocks looked at in one GIF before giving up. They hold at most 255 bytes; a GIF of 1.2 GB has as many."""


class MalformedError(ValueError):
    """The file contradicts itself. Never leaves the package."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A named span of a file: `size` bytes of content from `start`."""

    name: bytes
    start: int
    size: int

    @property
    def stop(self) -> int:
        """The first byte after the content."""
        return self.start + self.size


def content(file: BinaryIO, chunk: Chunk, limit: int = LIMIT) -> bytes:
    """The bytes of `chunk`. Raises `MalformedError` when there are more than `limit`, or fewer than declared."""
    file.seek(chunk.start)
    return exactly(file, chunk.size, limit)


def exactly(file: BinaryIO, size: int, limit: int = LIMIT) -> bytes:
    """The next `size` bytes. Raises `MalformedError` when that is more than `limit` or the file ends."""
    if size > limit:
        raise MalformedError(f"{size} bytes where {limit} are allowed")
    data = file.read(size)
    if len(data) < size:
        raise MalformedError("the file ends too early")
    return data


def whole(file: BinaryIO) -> Chunk:
    """All of `file`."""
    return Chunk(b"", 0, file.seek(0, 2))


def child(inside: Iterator[Chunk], name: bytes) -> Chunk | None:
    """The first of the chunks with this name, or None."""
    return next((chunk for chunk in inside if chunk.name == name), None)


def png_chunks(file: BinaryIO) -> Iterator[Chunk]:
    """The chunks of a PNG up to IEND (PNG specification, 5.3)."""
    total, position = whole(file).stop, 8
    for _ in range(MOST_CHUNKS):
        file.seek(position)
        size, name = struct.unpack(">I4s", exactly(file, 8))
        chunk = _within(Chunk(name, position + 8, size), total)
        yield chunk
        if name == b"IEND":
            return
        position = chunk.stop + 4  # the checksum


def riff_chunks(file: BinaryIO, outer: Chunk) -> Iterator[Chunk]:
    """The chunks inside `outer` of a RIFF file; content is padded to even sizes."""
    position = outer.start
    for _ in range(MOST_CHUNKS):
        if position + 8 > outer.stop:
            return
        file.seek(position)
        name, size = struct.unpack("<4sI", exactly(file, 8))
        chunk = _within(Chunk(name, position + 8, size), outer.stop)
        yield chunk
        position = chunk.stop + size % 2


def boxes(file: BinaryIO, outer: Chunk) -> Iterator[Chunk]:
    """The boxes inside `outer` of an MP4 or QuickTime file (ISO/IEC 14496-12, 4.2)."""
    position = outer.start
    for _ in range(MOST_CHUNKS):
        if position + 8 > outer.stop:
            return
        file.seek(position)
        size, name = struct.unpack(">I4s", exactly(file, 8))
        header = 8
        if size == 1:  # the size did not fit in 32 bits
            size, header = struct.unpack(">Q", exactly(file, 8))[0], 16
        elif size == 0:  # to the end
            size = outer.stop - position
        if size < header:
            raise MalformedError("a box smaller than its own header")
        chunk = _within(Chunk(name, position + header, size - header), outer.stop)
        yield chunk
        position = chunk.stop


def elements(file: BinaryIO, outer: Chunk) -> Iterator[Chunk]:
    """The elements inside `outer` of a WebM file (RFC 8794); their names are the bytes of the identifier."""
    position = outer.start
    for _ in range(MOST_CHUNKS):
        if position + 2 > outer.stop:
            return
        file.seek(position)
        head = file.read(12)
        length = _octets(head, 0, 4)
        name = head[:length]
        octets = _octets(head, length, 8)
        size = int.from_bytes(head[length : length + octets], "big") & ((1 << 7 * octets) - 1)
        start = position + length + octets
        if size == (1 << 7 * octets) - 1:  # "unknown", as live recordings have it
            size = outer.stop - start
        chunk = _within(Chunk(name, start, size), outer.stop)
        yield chunk
        position = chunk.stop


def gif_application(file: BinaryIO, identifier: bytes) -> bytes | None:
    """The data of the GIF application extension with this `identifier` of 11 bytes, or None (GIF89a, section 26)."""
    file.seek(10)
    flags = exactly(file, 3)[0]
    file.seek(_colour_table(flags), 1)
    budget = itertools.count()
    while next(budget) < MOST_BLOCKS:
        mark = file.read(1)
        if mark == b"!":
            label = exactly(file, 1)
            blocks = _sub_blocks(file, budget)
            if label == b"\xff" and next(blocks, b"") == identifier:
                return _joined(blocks)
        elif mark == b",":
            file.seek(_colour_table(exactly(file, 9)[8]) + 1, 1)  # and the size of the first code
            blocks = _sub_blocks(file, budget)
        else:  # the trailer, or garbage
            return None
        for _ in blocks:
            pass
    return None


def _joined(blocks: Iterator[bytes]) -> bytes:
    data = bytearray()
    for block in blocks:
        data += block
        if len(data) > LIMIT:
            raise MalformedError("too much text")
    return bytes(data)


def _sub_blocks(file: BinaryIO, budget: Iterator[int]) -> Iterator[bytes]:
    while next(budget) < MOST_BLOCKS:
        size = exactly(file, 1)[0]
        if size == 0:
            return
        yield exactly(file, size)


def _colour_table(flags: int) -> int:
    return 3 << (flags % 8 + 1) if flags & 0x80 else 0


def _octets(head: bytes, at: int, most: int) -> int:
    """How many bytes an EBML number takes: the zeros before its first one bit, plus one."""
    if at >= len(head) or head[at] == 0:
        raise MalformedError("no EBML number")
    octets = 9 - head[at].bit_length()
    if octets > most or at + octets > len(head):
        raise MalformedError("an EBML number that is too long")
    return octets


def _within(chunk: Chunk, stop: int) -> Chunk:
    if chunk.stop > stop:
        raise MalformedError("a chunk that reaches beyond the file")
    return chunk
