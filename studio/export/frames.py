"""The frames to export, read from their PNG files a few at a time, so that a long animation needs no more memory."""

from __future__ import annotations

import contextlib
import io
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from studio.base.cancel import CancelToken
from studio.base.errors import ExportError
from studio.export.ahead import ahead
from studio.export.coming import Coming

Picture = npt.NDArray[np.uint8]
"""Pixels (height, width, 3 or 4), sRGB, 0 to 255; the fourth channel is opacity, not premultiplied."""

MOST_PIXELS = 64_000_000
"""The largest frame that is read, in pixels; told from the header before anything is allocated."""

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_MODES = {"1", "L", "LA", "P", "RGB", "RGBA"}
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, zlib.error, struct.error)  # what Pillow raises on bad files
_AGAIN = "Render again, which makes only the frames that are missing or broken, and export again"


@dataclass(frozen=True, slots=True)
class Frames:
    """A checked sequence of equally large PNG files.

    Attributes:
        paths: the files in playing order.
        source: (width, height) of the files in pixels.
        size: (width, height) of the pictures that come out.
        alpha: whether pictures have four channels.
        flattened: whether transparency in the files is replaced by black.
        checked: whether every file was looked at before; otherwise each is when it is read.
    """

    paths: Sequence[Path]
    source: tuple[int, int]
    size: tuple[int, int]
    alpha: bool = False
    flattened: bool = False
    checked: bool = True

    @classmethod
    def open(
        cls,
        paths: Sequence[Path],
        *,
        size: tuple[int, int] | None = None,
        keep_alpha: bool = False,
        token: CancelToken | None = None,
    ) -> Frames:
        """Look at every file's header and refuse early what would fail late.

        Args:
            paths: PNG files of 8 bits a channel.
            size: (width, height) to resample to; None keeps the files' own.
            keep_alpha: give four channels when any file has transparency; otherwise it is laid over black.
            token: polled once per file.

        Raises:
            ExportError: no frames, a frame that is missing, no PNG, too large, or of another size than the first.
        """
        if not paths:
            raise ExportError(
                "There is nothing to export", "The range holds no frames", "Render first, or choose a longer range"
            )
        source = (0, 0)
        transparent = False
        for number, path in enumerate(paths):
            if token is not None:
                token.check()
            found, clear = _inspect(path, number)
            source = found if number == 0 else source
            _same_size(found, source, path, number)
            transparent = transparent or clear
        return cls(tuple(paths), source, size or source, transparent and keep_alpha, transparent and not keep_alpha)

    @classmethod
    def awaited(cls, paths: Coming, *, size: tuple[int, int] | None = None) -> Frames:
        """Frames of which none need be there yet. What `open` refuses is refused when a frame is read."""
        return cls(paths, paths.size, size or paths.size, checked=False)

    def __len__(self) -> int:
        return len(self.paths)

    def arriving(self, numbers: Iterable[int]) -> Iterator[int]:
        """The same numbers, each when its frame is there: so whoever takes them waits, and no thread that reads.

        Raises:
            Cancelled: a frame will never come.
        """
        for number in numbers:
            _ = self.paths[number]
            yield number

    def pictures(self) -> AbstractContextManager[Iterator[Picture]]:
        """Gives the frames in turn, as `read` does, two ahead in another thread, which ends with the block."""
        numbers = self.arriving(range(len(self.paths)))
        return ahead(self.read, numbers, workers=1)  # to read takes less time than to encode

    @contextlib.contextmanager
    def changes(self) -> Iterator[Iterator[tuple[Picture, bool]]]:
        """The same, and of a frame that equals the one before it its first pixel alone, and True."""
        with self.pictures() as pictures:
            yield _changes(pictures)

    def read(self, number: int) -> Picture:
        """Decode frame `number`, counted from 0.

        Raises:
            ExportError: the file has gone, changed its size or does not decode.
        """
        path = self.paths[number]
        if not self.checked:
            found, clear = _inspect(path, number)
            _same_size(found, self.source, path, number)
            if clear:
                raise _unreadable(path, number, ValueError("it has transparency, and no rendered frame has"))
        try:
            with Image.open(path, formats=("PNG",)) as image:
                _same_size(image.size, self.source, path, number)
                picture = self._prepared(image)
        except _BROKEN as error:
            raise _unreadable(path, number, error) from error
        return np.ascontiguousarray(picture, dtype=np.uint8)

    def _prepared(self, image: Image.Image) -> Image.Image:
        if image.has_transparency_data:
            image = image.convert("RGBA")
            if not self.alpha:
                image = Image.alpha_composite(Image.new("RGBA", image.size, "black"), image)
        image = image.convert("RGBA" if self.alpha else "RGB")
        return image if image.size == self.size else image.resize(self.size, Image.Resampling.LANCZOS)


def _changes(pictures: Iterator[Picture]) -> Iterator[tuple[Picture, bool]]:
    before: Picture | None = None
    for picture in pictures:
        same = before is not None and np.array_equal(picture, before)
        yield (picture[:1, :1] if same else picture), same
        before = picture


def compressed(picture: Picture) -> bytes:
    """A PNG file of the picture.

    What has few colours repeats itself, and zlib is to look for that. Of dreams, whose every pixel differs from the one
    beside it, it finds nothing but runs: to look for nothing else takes a quarter of the time, and the file is as
    large.
    """
    image = Image.fromarray(picture)
    data = io.BytesIO()
    if image.getcolors(256) is None:
        image.save(data, "PNG", compress_type=zlib.Z_RLE)
    else:
        image.save(data, "PNG", compress_level=6)
    return data.getvalue()


def _inspect(path: Path, number: int) -> tuple[tuple[int, int], bool]:
    """(width, height) and whether there is transparency, from the header alone."""
    try:
        with path.open("rb") as file:
            head = file.read(24)
            if head[:8] != _SIGNATURE or len(head) < 24:
                raise ValueError("it is no PNG file")
            width, height = struct.unpack(">II", head[16:24])
            if not 0 < width * height <= MOST_PIXELS:
                raise ValueError(
                    f"it claims {width}x{height} pixels, and {MOST_PIXELS // 1_000_000} million are allowed"
                )
            file.seek(0)
            with Image.open(file, formats=("PNG",)) as image:
                if image.mode not in _MODES:
                    raise ValueError("it does not have 8 bits a channel")
                return image.size, image.has_transparency_data
    except _BROKEN as error:
        raise _unreadable(path, number, error) from error


def _unreadable(path: Path, number: int, error: Exception) -> ExportError:
    if isinstance(error, FileNotFoundError):
        return ExportError(f"Frame {number} is missing", f"{path} does not exist", _AGAIN)
    why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return ExportError(f"Frame {number} cannot be read", f"{path}: {why}", _AGAIN)


def _same_size(found: tuple[int, int], wanted: tuple[int, int], path: Path, number: int) -> None:
    if found != wanted:
        raise ExportError(
            f"Frame {number} has another size than the first one",
            f"{path} is {found[0]}x{found[1]}, and the first frame is {wanted[0]}x{wanted[1]}",
            "Render all frames at one size, and export again",
        )
