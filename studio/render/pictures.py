"""Tensors to stored pictures and back."""

from __future__ import annotations

import io
import zlib
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from studio.base.errors import FileError, RenderError
from studio.render.events import Preview


def to_png(image: Tensor) -> bytes:
    """A PNG file, 8 bit RGB, of a picture (1, 3, H, W): clamped to 0 to 1 and rounded to the nearest of 256 levels.

    Raises:
        RenderError: a value is not finite; such a picture is never stored.
    """
    return encoded(levels(image))


def levels(image: Tensor) -> Tensor:
    """What is stored of a picture (1, 3, H, W): (H, W, 3) of 0 to 255, on the CPU.

    Raises:
        RenderError: a value is not finite.
    """
    if not bool(torch.isfinite(image).all()):
        raise RenderError(
            "The picture has values that are no numbers",
            "The canvas was driven beyond what it can hold",
            "Lower the step size, or the weights of the prompt, and render again; finished frames are kept",
        )
    return _levels(image[0])


def encoded(stored: Tensor) -> bytes:
    """The PNG file of what `levels` gave.

    Of dreams, whose every pixel differs from the one beside it, zlib finds nothing to repeat but runs: to look for
    nothing else takes a quarter of the time, and the files are as large.
    """
    data = io.BytesIO()
    Image.fromarray(stored.numpy()).save(data, "PNG", compress_type=zlib.Z_RLE)
    return data.getvalue()


def from_levels(stored: Tensor) -> Tensor:
    """The picture (1, 3, H, W) in 0 to 1 of what `levels` gave: the very values that `from_png` reads."""
    return stored.permute(2, 0, 1)[None].float() / 255


def from_png(path: Path) -> Tensor:
    """The picture of a file that `to_png` made, (1, 3, H, W) in 0 to 1, on the CPU.

    Raises:
        FileError: it is gone or cannot be decoded any more.
    """
    try:
        with Image.open(path, formats=("PNG",)) as image:
            return from_image(image)
    except (OSError, SyntaxError, ValueError) as error:
        raise FileError(
            f"The stored frame {path} could not be read", str(error), "Render again: it will be made anew"
        ) from error


def from_image(image: Image.Image) -> Tensor:
    """A Pillow picture as a tensor (1, 3, H, W) in 0 to 1, on the CPU; other modes are converted to RGB."""
    rgb = image.convert("RGB")
    flat = torch.frombuffer(bytearray(rgb.tobytes()), dtype=torch.uint8)
    return from_levels(flat.reshape(rgb.height, rgb.width, 3))


def preview(image: Tensor) -> Preview:
    """A picture (3, H, W) as bytes; values outside 0 to 1 are clamped, those that are no numbers become black."""
    height, width = image.shape[-2:]
    return Preview(width, height, _bytes(image.nan_to_num(0.0)))


def _bytes(image: Tensor) -> bytes:
    return _levels(image).numpy().tobytes()


def _levels(image: Tensor) -> Tensor:
    """A picture (3, H, W) as (H, W, 3) of 0 to 255, on the CPU."""
    levels = (image.detach().clamp(0, 1) * 255).round().to("cpu", torch.uint8)
    return levels.permute(1, 2, 0).contiguous()
