"""How large an export will be, from a few of its frames encoded for real."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from studio.base.cancel import CancelToken
from studio.base.errors import ExportError
from studio.base.progress import silent
from studio.export.encode import encode
from studio.export.frames import Frames
from studio.export.job import Job
from studio.export.meter import Meter
from studio.export.options import ExportOptions, checked_rate
from studio.export.presets import choose
from studio.export.run import size_of


@dataclass(frozen=True, slots=True)
class Estimate:
    """An expected size.

    Attributes:
        bytes: of the whole export, without the project.
        sampled: how many frames were encoded to tell; when these are all frames, the size is exact.
    """

    bytes: int
    sampled: int


def estimate(
    frames: Sequence[Path],
    out: Path,
    rate: Fraction,
    *,
    settings: ExportOptions,
    token: CancelToken,
    samples: int = 8,
) -> Estimate:
    """Expect the size of `export` with the same arguments. Nothing is written at `out`.

    `samples` neighbouring frames from the middle are encoded, and the first of them alone; their difference is what a
    further frame costs, also in formats that store only what changes.

    Raises:
        ExportError: as `export` does for frames, options and encoders.
        Cancelled: the token was fired.
    """
    chosen = choose(out, settings.format)
    opened = Frames.open(frames, size=settings.size, keep_alpha=chosen.alpha, token=token)
    total = len(opened)
    count = min(total, max(2, samples))
    first = (total - count) // 2
    meter = Meter(token, silent, 0)
    job = Job(opened, checked_rate(settings.rate or rate), chosen, settings.quality, settings.loop, None, meter)
    try:
        with tempfile.TemporaryDirectory(prefix="keydream-") as folder:
            many = _encoded_size(job, slice(first, first + count), Path(folder) / "many")
            if count == total:
                return Estimate(many, total)
            one = _encoded_size(job, slice(first, first + 1), Path(folder) / "one")
    except OSError as error:
        why = error.strerror or str(error)
        raise ExportError("The size could not be estimated", why, "Free some space in the temporary folder") from error
    return Estimate(round(one + (many - one) / (count - 1) * (total - 1)), count)


def _encoded_size(job: Job, part: slice, path: Path) -> int:
    frames = replace(job.frames, paths=job.frames.paths[part])
    encode(replace(job, frames=frames), path, "The sample")
    return size_of(path)
