"""Tensors to stored pictures and back."""

from __future__ import annotations

from pathlib import Path

import imageio.v3 as iio
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
    if not bool(torch.isfinite(image).all()):
        raise RenderError(
            "The picture has values that are no numbers",
            "The canvas was driven beyond what it can hold",
            "Lower the step size, or the weights of the prompt, and render again; finished frames are kept",
        )
    png: bytes = iio.imwrite("<bytes>", _levels(image[0]).numpy(), extension=".png")
    return png


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
    return flat.reshape(1, rgb.height, rgb.width, 3).permute(0, 3, 1, 2).float() / 255


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
