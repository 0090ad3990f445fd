"""Pictures to read, made on the spot."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@pytest.fixture
def bomb():
    """A PNG of a few hundred bytes whose header claims any size."""

    def make(width: int, height: int) -> bytes:
        header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
        data = zlib.compress(b"\0" * 100)
        return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")

    return make


@pytest.fixture
def encoded():
    """A picture as the bytes of a file."""

    def make(picture: Image.Image, kind: str, **options: object) -> bytes:
        file = io.BytesIO()
        picture.save(file, kind, **options)
        return file.getvalue()

    return make
