"""MP4, WebM and ProRes with PyAV: exact rates, BT.709 colours that are converted and said so, playable while loading.

imageio's PyAV plugin cannot be used here: it gives no way to set the encoder's quality or to tag colours, and it takes
rates as floats.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from studio.export import embed, yuv
from studio.export.container import add_pictures, opened
from studio.export.frames import Picture
from studio.export.job import Job, Written

_MUXER_OPTIONS = {
    "mp4": {"movflags": "+faststart+use_metadata_tags"},  # the index in front; keys of our own
    "mov": {"movflags": "+faststart+use_metadata_tags"},
    "webm": {},
}


def write(job: Job, path: Path) -> Written:
    """Write a video at `path`. See `job.Encoder`."""
    encoding = job.format.encoding(job.quality, job.frames.alpha)
    source_width, source_height = job.frames.size
    even = job.format.even
    width, height = (side + side % 2 if even else side for side in job.frames.size)
    muxer = job.format.muxer
    with opened(path, muxer, _MUXER_OPTIONS[muxer]) as container, job.frames.pictures() as pictures:
        if job.project is not None:
            container.metadata[embed.KEY] = job.project
        stream = add_pictures(
            container, job.format.codec, encoding.options, size=(width, height), pixels=encoding.pixels, rate=job.rate
        )
        yuv.tag(stream.codec_context)
        for number, picture in enumerate(pictures):
            job.meter.step("encoding")
            frame = yuv.video_frame(_padded(picture, width, height), encoding.pixels)
            frame.pts, frame.time_base = number, 1 / job.rate
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    notes: tuple[str, ...] = ()
    if (width, height) != (source_width, source_height):
        notes = (
            f"{job.format.label} needs even sides: {source_width}x{source_height} was padded to {width}x{height} "
            "by repeating the last column or row",
        )
    return Written(len(job.frames), width, height, len(job.frames) / job.rate, notes)


def _padded(picture: Picture, width: int, height: int) -> Picture:
    below, beside = height - picture.shape[0], width - picture.shape[1]
    return np.pad(picture, ((0, below), (0, beside), (0, 0)), mode="edge") if below or beside else picture
