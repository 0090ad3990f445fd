"""Tiny frames to export, the export itself, and decoders that share nothing with the encoders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.reformatter import Colorspace
from PIL import Image

from studio.base.cancel import CancelToken, never
from studio.base.progress import Report, silent
from studio.export import Exported, ExportOptions, export

COLOURS = [(230, 20, 20), (20, 200, 40), (30, 60, 220), (240, 240, 240), (200, 180, 0)]

Paint = Callable[..., list[Path]]
Run = Callable[..., Exported]
Decode = Callable[[Path], list[np.ndarray]]


@pytest.fixture
def paint(tmp_path: Path) -> Paint:
    """paint(3, (16, 12)): that many flat frames, each of another colour of `COLOURS`; or of the colours given."""

    def make(count: int, size: tuple[int, int] = (16, 12), colours: Sequence[tuple[int, ...]] = COLOURS) -> list[Path]:
        folder = tmp_path / "frames"
        folder.mkdir(exist_ok=True)
        paths = [folder / f"{number}.png" for number in range(count)]
        for number, path in enumerate(paths):
            colour = colours[number % len(colours)]
            Image.new("RGB" if len(colour) == 3 else "RGBA", size, colour).save(path)
        return paths

    return make


@pytest.fixture
def colours() -> list[tuple[int, ...]]:
    """What `paint` paints, in order."""
    return COLOURS


@pytest.fixture
def run() -> Run:
    """run(frames, out, rate made for): export with any option by name."""

    def go(
        frames: Sequence[Path],
        out: Path,
        made_for: Fraction | int = 24,
        *,
        project: str | None = None,
        token: CancelToken | None = None,
        report: Report = silent,
        **options: object,
    ) -> Exported:
        return export(
            frames,
            out,
            Fraction(made_for),
            settings=ExportOptions(**options),
            project_json=project,
            token=token or never(),
            report=report,
        )

    return go


@pytest.fixture
def decode() -> Decode:
    """decode(path): every picture as RGB (height, width, 3); videos by FFmpeg, the others by Pillow."""
    return _decode


def _decode(path: Path) -> list[np.ndarray]:
    if path.suffix in {".mp4", ".webm", ".mov"}:
        with av.open(str(path)) as container:
            return [
                frame.reformat(format="rgb24", src_colorspace=Colorspace.ITU709).to_ndarray()
                for frame in container.decode(video=0)
            ]
    with Image.open(path) as image:
        pictures = []
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            pictures.append(np.asarray(image.convert("RGB")))
        return pictures
