"""Any picture that Pillow decodes, as upright 8-bit sRGB without transparency."""

from __future__ import annotations

import io

from PIL import Image, ImageCms, ImageOps

BACKGROUND = (255, 255, 255)
"""What shows through transparent parts: white, as on paper and most web pages, where perceptors met them."""

_EIGHT_BIT = frozenset({"1", "L", "P", "RGB", "RGBA", "RGBX", "RGBa", "LA", "La", "PA", "CMYK", "YCbCr", "LAB", "HSV"})
_PROFILED = {"L": "GRAY", "RGB": "RGB ", "CMYK": "CMYK"}  # the colour space a profile must have for a mode


class UnsupportedPixelsError(ValueError):
    """The picture stores numbers whose brightness is not defined, such as 32-bit integers or floats."""


def to_rgb(picture: Image.Image) -> Image.Image:
    """Decode an opened picture (of an animation, the first frame) and convert it; `picture` itself may be closed after.

    Raises:
        UnsupportedPixelsError: its pixels are 32-bit integers or floats.
        Exception: whatever Pillow raises for a broken file.
    """
    profile = picture.info.get("icc_profile")
    upright = ImageOps.exif_transpose(picture)
    if upright.mode.startswith("I;16"):
        return _sixteen_to_eight(upright).convert("RGB")
    if upright.mode not in _EIGHT_BIT:
        raise UnsupportedPixelsError(f"Its pixels are of the kind {upright.mode}, which is not 8 or 16 bits a channel")
    if not upright.has_transparency_data:
        return _to_srgb(upright, profile)
    layers = upright.convert("RGBA")
    colours = _to_srgb(layers.convert("RGB"), profile)
    result = Image.new("RGB", colours.size, BACKGROUND)
    result.paste(colours, mask=layers.getchannel("A"))
    return result


def _sixteen_to_eight(picture: Image.Image) -> Image.Image:
    # Pillow's own conversion to L clips at 255 instead of scaling.
    return picture.convert("I").point(lambda value: value * (1 / 257) + 0.5).convert("L")


def _to_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert by the embedded profile; without one, or with one that does not fit, by Pillow's plain formulas."""
    source = picture if picture.mode in _PROFILED else picture.convert("RGB")
    if profile:
        try:
            embedded = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if embedded.profile.xcolor_space == _PROFILED[source.mode]:
                converted = ImageCms.profileToProfile(
                    source, embedded, ImageCms.createProfile("sRGB"), outputMode="RGB"
                )
                if converted is not None:
                    return converted
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass  # a broken profile does not make the picture unusable
    return source.convert("RGB")
