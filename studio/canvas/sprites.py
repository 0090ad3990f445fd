"""Cutouts as tensors: drawn at a size, trimmed to what they show, with smaller copies for looking at them from afar."""

from __future__ import annotations

import hashlib
import io
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

from studio.base.errors import AssetError
from studio.canvas.pack import Pack

PIXELS = 64_000_000
"""Largest cutout of pixels that is decoded."""

SIDE = 2048
"""Largest side that a cutout is drawn at."""

LIGHTNESS = (0.299, 0.587, 0.114)
"""How much red, green and blue add to lightness (ITU-R BT.601)."""

_FORMATS = ("PNG", "WEBP")
_GLANCE = 128  # pixels; enough to see where a drawing's edges are
_BOXES = 10_000
_boxes: dict[bytes, tuple[int, int, int, int]] = {}  # where drawings show anything, by their hash
_MARGIN = 0.02
_HREF = re.compile(rb"""\bhref\s*=\s*(?:"\s*(?!#|data:)|'\s*(?!#|data:))[^"'\s]""", re.IGNORECASE)
"""A reference to anything but a part of the drawing or what is embedded in it: resvg would open local files."""


@dataclass(frozen=True, slots=True, eq=False)
class Sprite:
    """A cutout ready to be placed.

    Attributes:
        levels: (4, s, s) premultiplied red, green, blue and alpha in 0 to 1; s halves from one to the next.
        light: mean lightness of its opaque parts, 0 to 1.
    """

    levels: tuple[Tensor, ...]
    light: float

    @property
    def side(self) -> int:
        """Of its largest copy, in pixels."""
        return int(self.levels[0].shape[-1])


class Sprites:
    """Draws a pack's cutouts, and keeps what was drawn last.

    Args:
        pack: whose cutouts.
        device: where the tensors lie.
        keep: how many are kept.
    """

    def __init__(self, pack: Pack, device: torch.device | str = "cpu", keep: int = 24) -> None:
        self.pack = pack
        self._device = torch.device(device)
        self._keep = keep
        self._drawn: dict[tuple[str, int], Sprite] = {}

    def get(self, name: str, side: int) -> Sprite:
        """The cutout `name` on a square of `side` pixels, `SIDE` at most.

        Raises:
            AssetError: it is not in the pack, broken, too large, or shows nothing.
        """
        key = name, min(side, SIDE)
        sprite = self._drawn.pop(key, None) or sprite_of(draw(self.pack, *key).to(self._device))
        self._drawn[key] = sprite  # youngest last
        while len(self._drawn) > self._keep:
            self._drawn.pop(next(iter(self._drawn)))
        return sprite


def draw(pack: Pack, name: str, side: int) -> Tensor:
    """A cutout on a square: (4, side, side), premultiplied, trimmed to what it shows and centred.

    Raises:
        AssetError: see `Sprites.get`.
    """
    data = pack.data(name)
    what = f"The cutout {pack.cutouts[name].file} of {pack.path} cannot be used"
    try:
        if pack.cutouts[name].file.lower().endswith(".svg"):
            return _drawing(data, side, what)
        return _tensor(_trimmed(_decoded(data, what), side, what))
    except AssetError:
        raise
    except Exception as error:  # broken pictures raise almost anything: SyntaxError, struct.error, ValueError, ...
        raise AssetError(what, f"It is broken or cut short ({error})", "Take it out, or save it anew") from error


def sprite_of(picture: Tensor) -> Sprite:
    """A picture (4, s, s), premultiplied, with its smaller copies."""
    levels = [picture]
    while levels[-1].shape[-1] > 1:
        side = -(-levels[-1].shape[-1] // 2)
        levels.append(functional.interpolate(levels[-1][None], size=(side, side), mode="area")[0])
    alpha = picture[3]
    opaque = alpha > 0.5
    light = lightness(picture[:3]) / alpha.clamp_min(1e-3)
    return Sprite(tuple(levels), float(light[opaque].mean()) if bool(opaque.any()) else 0.5)


def lightness(rgb: Tensor) -> Tensor:
    """Lightness (h, w) of (3, h, w) by `LIGHTNESS`, as `studio.scenery.colours.dye` has it."""
    red, green, blue = LIGHTNESS
    return red * rgb[0] + green * rgb[1] + blue * rgb[2]


def cover(sides: Sequence[float]) -> int:
    """A power of two, the side of a drawing that is shown no larger than `sides` in pixels."""
    wanted = max(64.0, *sides)
    return min(SIDE, 1 << (int(wanted - 1)).bit_length())


def _drawing(data: bytes, side: int, what: str) -> Tensor:
    if _HREF.search(data):
        raise AssetError(what, "It refers to a file outside of itself", "Embed the picture in the drawing")
    left, top, right, bottom = _shown(data, what)
    share = max(right - left, bottom - top) * (1 + 2 * _MARGIN) / _GLANCE
    large = min(2 * SIDE, round(side / share))
    scale = large / _GLANCE
    picture = _rendered(data, large)
    corners = round(left * scale), round(top * scale), round(right * scale), round(bottom * scale)
    return _tensor(_squared(picture.crop(corners), side))


def _shown(data: bytes, what: str) -> tuple[int, int, int, int]:
    """Where a drawing shows anything, on a square of `_GLANCE` pixels; known from then on at whatever size."""
    key = hashlib.sha256(data).digest()
    box = _boxes.get(key)
    if box is None:
        box = _boxes[key] = _box(_rendered(data, _GLANCE), what)
        if len(_boxes) > _BOXES:
            _boxes.pop(next(iter(_boxes)), None)
    return box


def _rendered(data: bytes, side: int) -> Image.Image:
    """An SVG within a square of `side` pixels, mode RGBa."""
    import resvg_py

    png = bytes(resvg_py.svg_to_bytes(svg_string=data.decode("utf-8"), width=side, height=side, skip_system_fonts=True))
    with Image.open(io.BytesIO(png), formats=("PNG",)) as picture:
        drawn = picture.convert("RGBA").convert("RGBa")
    square = Image.new("RGBa", (side, side))
    square.paste(drawn, (0, 0))
    return square


def _decoded(data: bytes, what: str) -> Image.Image:
    """A picture of pixels, mode RGBa."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"PIL\.")  # about metadata; what matters raises
        with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
            width, height = picture.size
            if width * height > PIXELS:
                raise AssetError(what, f"It is {width} x {height} pixels, too large", "Make it smaller")
            return picture.convert("RGBA").convert("RGBa")


def _trimmed(picture: Image.Image, side: int, what: str) -> Image.Image:
    return _squared(picture.crop(_box(picture, what)), side)


def _box(picture: Image.Image, what: str) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what can be seen."""
    box = picture.getchannel("a").point(lambda value: 255 * (value > 8)).getbbox()
    if box is None:
        raise AssetError(what, "It shows nothing: all of it is transparent", "Take it out")
    return box


def _squared(picture: Image.Image, side: int) -> Image.Image:
    """The picture as large as it fits on a square of `side` with a margin, in its middle."""
    inner = max(1, round(side / (1 + 2 * _MARGIN)))
    scale = inner / max(picture.size)
    width, height = (max(1, round(edge * scale)) for edge in picture.size)
    fitted = picture.resize((width, height), Image.Resampling.LANCZOS)
    square = Image.new("RGBa", (side, side))
    square.paste(fitted, ((side - width) // 2, (side - height) // 2))
    return square


def _tensor(picture: Image.Image) -> Tensor:
    flat = torch.frombuffer(bytearray(picture.tobytes()), dtype=torch.uint8)
    return flat.reshape(picture.height, picture.width, 4).permute(2, 0, 1).float() / 255
