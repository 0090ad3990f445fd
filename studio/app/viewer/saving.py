"""A picture as a PNG file that carries the project it belongs to. Any thread may do it."""

from __future__ import annotations

import contextlib
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage, QImageWriter

from studio.base import atomic
from studio.base.errors import ExportError, ProjectError
from studio.export import embed
from studio.project.format import dumps
from studio.project.model import Project

SUFFIX = ".png"

_HEADER = 33  # bytes: the signature and IHDR, which comes first and always has this length


def png(image: QImage, project: Project | None = None) -> bytes:
    """The picture as a PNG file. The project is left out when it is too large to be read again.

    Raises:
        ExportError: it could not be encoded: there is too little memory.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, b"png")
    if not writer.write(image):
        raise ExportError("The picture could not be encoded", writer.errorString(), "Close other programs: it is large")
    data = bytes(buffer.data().data())
    if project is None:
        return data
    with contextlib.suppress(ProjectError):
        text = embed.storable(dumps(project))
        if embed.fits(text):
            return data[:_HEADER] + embed.png_chunk(text) + data[_HEADER:]
    return data


def save(image: QImage, path: Path, project: Project | None = None) -> Path:
    """Write the picture whole, or not at all; where it went (a name without `.png` gets it).

    Raises:
        FileError: it could not be written.
        ExportError: it could not be encoded.
    """
    if path.suffix.lower() != SUFFIX:
        path = path.with_name(path.name + SUFFIX)
    atomic.write_bytes(path, png(image, project))
    return path
