"""The colours that captions name, and how a drawing is dyed with one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image


@dataclass(frozen=True, slots=True)
class Colour:
    """A colour word and what it looks like: red, green, blue in 0..1 (sRGB values, as stored in pictures)."""

    name: str
    rgb: tuple[float, float, float]


COLOURS = (
    Colour("red", (0.86, 0.12, 0.14)),
    Colour("orange", (0.97, 0.55, 0.1)),
    Colour("yellow", (0.98, 0.85, 0.15)),
    Colour("green", (0.2, 0.65, 0.22)),
    Colour("turquoise", (0.1, 0.72, 0.7)),
    Colour("blue", (0.15, 0.35, 0.88)),
    Colour("purple", (0.52, 0.2, 0.72)),
    Colour("pink", (0.97, 0.5, 0.72)),
    Colour("brown", (0.48, 0.3, 0.16)),
    Colour("black", (0.06, 0.06, 0.07)),
    Colour("grey", (0.55, 0.55, 0.56)),
    Colour("white", (0.98, 0.98, 0.98)),
)


def dye(drawing: Image.Image, colour: Colour) -> Image.Image:
    """A drawing (mode RGBa) in shades of one colour: its lightness is kept, its hues are lost."""
    rgba = np.asarray(drawing, np.float32) / 255
    alpha = rgba[..., 3:]
    light = rgba[..., :3] @ np.array([0.299, 0.587, 0.114], np.float32)
    light = light / np.maximum(alpha[..., 0], 1e-3)
    target = np.asarray(colour.rgb, np.float32)
    mean = float(light[alpha[..., 0] > 0.5].mean()) if (alpha > 0.5).any() else 0.5
    relative = np.clip(1 + 1.1 * (light - mean), 0.25, 1.9)[..., None]
    shaded = np.where(relative <= 1, target * relative, target + (1 - target) * (relative - 1) * 0.8)
    dyed = np.concatenate([np.clip(shaded, 0, 1) * alpha, alpha], -1)
    return Image.frombytes("RGBa", drawing.size, np.rint(dyed * 255).astype(np.uint8).tobytes())
