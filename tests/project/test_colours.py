"""Whatever a picture file stores, the project gets upright 8-bit RGB."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps

from studio.project.assets import FORMATS, read_picture
from studio.project.colours import BACKGROUND


@pytest.fixture
def reread(tmp_path, encoded):
    """Write a picture to a file and read it as a project does."""

    def make(picture, kind, **options):
        path = tmp_path / f"picture.{kind.lower()}"
        path.write_bytes(encoded(picture, kind, **options))
        result = read_picture(path)
        path.unlink()  # nothing keeps the file open
        assert result.mode == "RGB"
        return result

    return make


def ramp():
    """Red grows to the right and green downwards."""
    y, x = np.mgrid[0:40, 0:60]
    return Image.fromarray(np.stack([x * 4, y * 6, np.full_like(x, 90)], -1).astype(np.uint8))


def distance(a, b):
    return np.abs(np.asarray(a, float) - np.asarray(b, float)).mean()


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_on_the_list(reread, kind):
    assert distance(reread(ramp(), kind), ramp()) < (0.01 if kind in {"PNG", "BMP", "TIFF"} else 6)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_orientation_is_applied(reread, kind, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    undo = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[orientation]
    stored = ramp() if undo is None else ramp().transpose(Image.Transpose(undo))
    options = {"PNG": {}, "TIFF": {}, "JPEG": {"quality": 95}, "WEBP": {"lossless": True}}[kind]
    result = reread(stored, kind, exif=exif, **options)
    assert result.size == (60, 40)
    assert distance(result, ramp()) < 3


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
@pytest.mark.parametrize(("value", "expected"), [(0, 0), (300, 1), (32_768, 128), (65_535, 255)])
def test_sixteen_bits_are_scaled_not_clipped(reread, kind, value, expected):
    assert reread(Image.new("I;16", (4, 4), value), kind).getpixel((1, 1)) == (expected,) * 3


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk(reread, kind):
    assert distance(reread(Image.new("CMYK", (16, 16), (255, 0, 0, 0)), kind), Image.new("RGB", (16, 16), "cyan")) < 3


@pytest.mark.parametrize(
    ("picture", "options"),
    [
        (Image.new("RGBA", (4, 4), (200, 0, 0, 0)), {}),
        (Image.new("LA", (4, 4), (0, 0)), {}),
        (Image.new("RGB", (4, 4), (1, 2, 3)), {"transparency": (1, 2, 3)}),
        (Image.new("P", (4, 4), 0), {"transparency": 0}),
        (Image.new("PA", (4, 4), (0, 0)).convert("RGBA"), {}),
    ],
)
def test_what_is_transparent_is_white(reread, picture, options):
    assert reread(picture, "PNG", **options).getpixel((0, 0)) == BACKGROUND == (255, 255, 255)


def test_what_is_half_transparent_is_mixed_with_white(reread):
    red, green, blue = reread(Image.new("RGBA", (4, 4), (255, 0, 0, 128)), "PNG").getpixel((0, 0))
    assert red == 255
    assert green == blue == 127


def test_palettes_and_single_bits(reread):
    assert distance(reread(ramp().quantize(64), "PNG"), ramp()) < 10
    assert reread(Image.new("1", (4, 4), 1), "PNG").getpixel((0, 0)) == (255, 255, 255)
    assert reread(Image.new("L", (4, 4), 77), "PNG").getpixel((0, 0)) == (77, 77, 77)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
def test_of_an_animation_the_first_frame_is_taken(reread, kind):
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "lime", "blue")]
    result = reread(frames[0], kind, save_all=True, append_images=frames[1:])
    assert distance(result, frames[0]) < 3


class TestProfiles:
    """An embedded colour profile is converted to sRGB."""

    def test_the_usual_profile_changes_nothing(self, reread):
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        assert distance(reread(ramp(), "PNG", icc_profile=profile), ramp()) < 1

    def test_another_profile_is_converted(self, reread):
        lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
        plain = ImageOps.grayscale(ramp())
        assert distance(reread(plain, "PNG", icc_profile=lab), plain.convert("RGB")) < 0.01, "does not fit, is ignored"
        swapped = swapped_profile()
        result = reread(Image.new("RGB", (4, 4), (255, 0, 0)), "PNG", icc_profile=swapped)
        red, green, blue = result.getpixel((0, 0))
        assert green > 200 > 100 > red
        assert blue < 100

    def test_it_counts_under_transparency_too(self, reread):
        result = reread(Image.new("RGBA", (4, 4), (255, 0, 0, 255)), "PNG", icc_profile=swapped_profile())
        assert result.getpixel((0, 0))[1] > 200

    @pytest.mark.parametrize("profile", [b"garbage", b"\0" * 200])
    def test_a_broken_profile_is_ignored(self, reread, profile):
        assert distance(reread(ramp(), "PNG", icc_profile=profile), ramp()) < 0.01


def swapped_profile():
    """The sRGB profile with the names of its red and green primaries exchanged."""
    data = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return data.replace(b"rXYZ", b"????").replace(b"gXYZ", b"rXYZ").replace(b"????", b"gXYZ")
