"""RGB pictures into the YCbCr that video encoders take, by the formulas of ITU-R BT.709-6, sections 3 and 4.

FFmpeg's swscale is not used: converting to 10 bits it reads beyond the end of rows (seen in FFmpeg 8), so that the last
columns, and with them the file, differ from run to run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import av
import numpy as np
import numpy.typing as npt
from av.video.codeccontext import VideoCodecContext

from studio.export.frames import Picture

_Plane = npt.NDArray[np.float32]

_BT709 = 1  # ITU-T H.273: the code of BT.709 as primaries, transfer and matrix alike
_VIDEO_LEVELS = 1  # FFmpeg's code for black at 16 and white at 235

_RED, _GREEN, _BLUE = (np.float32(share) for share in (0.2126, 0.7152, 0.0722))
_CB, _CR = np.float32(1.8556), np.float32(1.5748)


@dataclass(frozen=True, slots=True)
class _Layout:
    across: int  # columns of luma per column of chroma
    down: int  # rows of luma per row of chroma
    bits: int


_LAYOUTS = {
    "yuv420p": _Layout(2, 2, 8),
    "yuv422p10le": _Layout(2, 1, 10),
    "yuv444p10le": _Layout(1, 1, 10),
    "yuva444p10le": _Layout(1, 1, 10),
}


def video_frame(picture: Picture, pixels: str) -> av.VideoFrame:
    """A frame for FFmpeg, in video levels.

    Args:
        picture: (height, width, 3), or 4 for a pixel format with opacity, 0 to 255.
        pixels: FFmpeg's name of the format: yuv420p, yuv422p10le, yuv444p10le or yuva444p10le.
    """
    layout = _LAYOUTS[pixels]
    colours = picture[..., :3].astype(np.float32) / np.float32(255)
    luma, _, _ = _ycbcr(colours)
    _, blue, red = _ycbcr(_subsampled(colours, layout))
    planes = [
        _levels(luma, 16, 219, layout.bits),
        _levels(blue, 128, 224, layout.bits),
        _levels(red, 128, 224, layout.bits),
    ]
    if pixels.startswith("yuva"):
        most = (1 << layout.bits) - 1
        planes.append(np.rint(picture[..., 3] * np.float32(most / 255)))
    frame = av.VideoFrame(picture.shape[1], picture.shape[0], pixels)
    kind = np.dtype("<u2" if layout.bits > 8 else "u1")
    for plane, values in zip(frame.planes, planes, strict=True):
        rows = np.frombuffer(cast("memoryview[int]", plane), kind).reshape(
            plane.height, plane.line_size // kind.itemsize
        )
        rows[:, : plane.width] = values
        rows[:, plane.width :] = 0  # the margin, which encoders may look at
    tag(frame)
    return frame


def tag(target: av.VideoFrame | VideoCodecContext) -> None:
    """Say that a frame or a stream is BT.709 in video levels; some encoders ask the frame, others the stream."""
    target.color_primaries = target.color_trc = target.colorspace = _BT709
    target.color_range = _VIDEO_LEVELS


def _ycbcr(colours: npt.NDArray[np.float32]) -> tuple[_Plane, _Plane, _Plane]:
    """Luma 0 to 1 and both colour differences -0.5 to 0.5."""
    luma = _RED * colours[..., 0] + _GREEN * colours[..., 1] + _BLUE * colours[..., 2]
    return luma, (colours[..., 2] - luma) / _CB, (colours[..., 0] - luma) / _CR


def _subsampled(colours: npt.NDArray[np.float32], layout: _Layout) -> npt.NDArray[np.float32]:
    """Colours where chroma is sampled: on every other column, and between two rows, as H.264 and ProRes have it."""
    if layout.across == 2:
        padded = np.pad(colours, ((0, 0), (1, 1), (0, 0)), mode="edge")
        count = (colours.shape[1] + 1) // 2
        left, middle, right = (padded[:, start::2][:, :count] for start in range(3))
        colours = (left + 2 * middle + right) / np.float32(4)
    if layout.down == 2:
        colours = np.pad(colours, ((0, colours.shape[0] % 2), (0, 0), (0, 0)), mode="edge")
        colours = (colours[0::2] + colours[1::2]) / np.float32(2)
    return colours


def _levels(plane: _Plane, zero: int, span: int, bits: int) -> _Plane:
    scale = np.float32(1 << (bits - 8))
    whole: _Plane = np.rint((plane * np.float32(span) + np.float32(zero)) * scale)
    return whole
