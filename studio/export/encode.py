"""Frames into a file by the encoder of the format, with every fault in words."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from pathlib import Path

import av

from studio.base import atomic
from studio.base.errors import ExportError
from studio.export import apng, gif, sequence, video, webp
from studio.export.job import Encoder, Job, Written

_ENCODERS: Mapping[str, Encoder] = {
    "gif": gif.write,
    "mp4": video.write,
    "webm": video.write,
    "prores": video.write,
    "webp": webp.write,
    "apng": apng.write,
    "png": sequence.write,
}


def encode(job: Job, path: Path, name: str) -> Written:
    """Encode `job` at `path`; `name` is what messages call the result.

    Raises:
        ExportError: a frame could not be read, the encoder gave up, or the disk did.
        Cancelled: the token was fired.
    """
    try:
        return _ENCODERS[job.format.name](job, path)
    except (av.error.FFmpegError, OSError, RuntimeError, ValueError, MemoryError) as error:
        raise failed(error, name) from error


def failed(error: Exception, name: str) -> ExportError:
    """What an encoder or the disk raised, in words for the artist."""
    if isinstance(error, OSError) and error.errno is not None:
        if error.errno == errno.EFBIG:
            return ExportError(
                f"{name} could not be written",
                "The drive or your account does not allow so large a file",
                "Choose another drive, a smaller size or a lower quality",
            )
        told = atomic.explain(error, Path(name))
        return ExportError(told.what, told.why, told.fix)
    if isinstance(error, MemoryError):
        return ExportError(
            f"{name} could not be encoded",
            "There is not enough memory",
            "Choose a smaller size, or close other programs",
        )
    return ExportError(
        f"{name} could not be encoded",
        f"The encoder stopped: {error or type(error).__name__}",
        "Nothing else was changed. Choose another format, size or quality, and export again",
    )
