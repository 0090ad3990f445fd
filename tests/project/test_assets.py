"""Finding a project's pictures inside its folder, and refusing pictures that are missing, broken or too large."""

from __future__ import annotations

import os
import struct
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from studio.base.errors import AssetError
from studio.project import assets, limits
from studio.project.assets import FORMATS, read_picture, resolve
from studio.project.model import Asset

SUFFIX = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp", "GIF": "gif", "BMP": "bmp", "TIFF": "tif"}
links = pytest.mark.skipif(sys.platform == "win32", reason="making links needs rights on Windows")


def said(caught):
    assert caught.value.what
    assert caught.value.why
    assert caught.value.fix
    return str(caught.value)


class TestResolve:
    """An asset is a file inside the project's folder, whatever links and spellings say."""

    @pytest.fixture
    def folder(self, tmp_path):
        folder = tmp_path / "project"
        (folder / "pictures").mkdir(parents=True)
        (folder / "pictures" / "cat.png").write_bytes(b"cat")
        (tmp_path / "secret.png").write_bytes(b"secret")
        return folder

    def test_a_file_inside(self, folder):
        assert resolve(folder, Asset("cat", "pictures/cat.png")).read_bytes() == b"cat"

    def test_a_missing_file(self, folder):
        with pytest.raises(AssetError) as caught:
            resolve(folder, Asset("dog", "pictures/dog.png"))
        assert "The picture dog is missing" in said(caught)
        assert str(folder / "pictures" / "dog.png") in caught.value.why

    def test_a_missing_folder(self, tmp_path):
        with pytest.raises(AssetError, match="is missing"):
            resolve(tmp_path / "nowhere", Asset("dog", "dog.png"))

    @pytest.mark.parametrize(
        "path", ["../secret.png", "pictures/../../secret.png", "..\\secret.png", "C:secret.png", ""]
    )
    def test_a_path_that_leads_outside(self, folder, path):
        with pytest.raises(AssetError) as caught:
            resolve(folder, Asset("x", path))
        assert "Its path is refused" in said(caught)

    def test_an_absolute_path_even_to_the_inside(self, folder):
        with pytest.raises(AssetError, match=r"absolute|colon"):
            resolve(folder, Asset("x", str(folder / "pictures" / "cat.png")))

    def test_a_folder_is_no_picture(self, folder):
        with pytest.raises(AssetError, match="It is a folder or a device") as caught:
            resolve(folder, Asset("x", "pictures"))
        said(caught)

    @links
    def test_links_that_lead_outside(self, folder, tmp_path):
        (folder / "link.png").symlink_to(tmp_path / "secret.png")
        (folder / "above").symlink_to(tmp_path)
        for path in ("link.png", "above/secret.png"):
            with pytest.raises(AssetError) as caught:
                resolve(folder, Asset("x", path))
            assert "link leads outside" in said(caught)

    @links
    def test_links_that_stay_inside(self, folder):
        (folder / "link.png").symlink_to("pictures/cat.png")
        assert resolve(folder, Asset("x", "link.png")) == (folder / "pictures" / "cat.png").resolve()

    @links
    def test_a_project_folder_that_is_a_link_itself(self, folder, tmp_path):
        (tmp_path / "shortcut").symlink_to(folder)
        assert resolve(tmp_path / "shortcut", Asset("x", "pictures/cat.png")).read_bytes() == b"cat"

    @links
    def test_links_in_a_circle(self, folder):
        (folder / "a.png").symlink_to("b.png")
        (folder / "b.png").symlink_to("a.png")
        with pytest.raises(AssetError) as caught:
            resolve(folder, Asset("x", "a.png"))
        said(caught)

    @links
    def test_a_pipe_is_no_picture(self, folder):
        os.mkfifo(folder / "pipe.png")
        with pytest.raises(AssetError, match="device"):
            resolve(folder, Asset("x", "pipe.png"))


class TestRefused:
    """Pictures that cannot be used; each message says what, why and what to do."""

    def read(self, tmp_path, data, name="x.png"):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(AssetError) as caught:
            read_picture(tmp_path / name)
        assert name in caught.value.what
        return said(caught)

    @pytest.mark.parametrize("size", [(8001, 8000), (9000, 10_000), (20_000, 20_000), (2**31 - 1, 2**31 - 1)])
    def test_a_header_that_claims_too_much(self, tmp_path, bomb, size):
        assert "the limit is 64 megapixels" in self.read(tmp_path, bomb(*size))

    def test_a_gif_frame_larger_than_its_screen(self, tmp_path, encoded):
        data = bytearray(encoded(Image.new("RGB", (4, 4)), "GIF"))
        frame = data.index(b"\x2c\0\0\0\0\x04\0\x04\0")
        data[frame + 5 : frame + 9] = struct.pack("<HH", 60_000, 60_000)
        assert "the limit is 64 megapixels" in self.read(tmp_path, bytes(data))

    @pytest.mark.parametrize("kind", ["GIF", "BMP", "WEBP"])
    def test_a_header_that_was_changed(self, tmp_path, encoded, kind):
        data = bytearray(encoded(Image.new("RGB", (4, 4)), kind, **({"lossless": True} if kind == "WEBP" else {})))
        place, size = {
            "GIF": (6, struct.pack("<HH", 60_000, 60_000)),
            "BMP": (18, struct.pack("<ii", 60_000, 60_000)),
            "WEBP": (21, struct.pack("<I", 16_382 | 16_382 << 14)),
        }[kind]
        data[place : place + len(size)] = size
        assert "the limit is 64 megapixels" in self.read(tmp_path, bytes(data))

    def test_the_limit_itself_is_not_refused_for_its_size(self, tmp_path, bomb):
        assert "cut short" in self.read(tmp_path, bomb(8000, 8000))

    def test_a_file_that_is_too_large(self, tmp_path, monkeypatch):
        monkeypatch.setattr(limits, "PICTURE_BYTES", 2**20)
        assert "larger than 1 MiB" in self.read(tmp_path, b"\0" * (2**20 + 1))

    @pytest.mark.parametrize("kind", FORMATS)
    @pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
    def test_a_file_that_was_cut_short(self, tmp_path, encoded, kind, share):
        data = encoded(Image.effect_noise((40, 30), 80).convert("RGB"), kind)
        assert "cannot be used" in self.read(tmp_path, data[: int(len(data) * share)], f"x.{SUFFIX[kind]}")

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"hello",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"%!PS-Adobe-3.0 EPSF-3.0\n",
            b"\x80\x02cos\nsystem\n",
        ],
    )
    def test_what_is_no_picture(self, tmp_path, data):
        assert "It is no PNG, JPEG, WebP, GIF, BMP or TIFF picture" in self.read(tmp_path, data)

    @pytest.mark.parametrize("kind", ["ICO", "PPM", "TGA", "PCX", "DDS"])
    def test_a_format_that_is_not_on_the_list(self, tmp_path, encoded, kind):
        assert "Convert it" in self.read(tmp_path, encoded(Image.new("RGB", (16, 16)), kind))

    @pytest.mark.parametrize(("mode", "value"), [("F", 0.5), ("I", 70_000)])
    def test_pixels_without_a_defined_brightness(self, tmp_path, encoded, mode, value):
        assert "not 8 or 16 bits" in self.read(tmp_path, encoded(Image.new(mode, (4, 4), value), "TIFF"), "x.tif")

    def test_a_missing_file(self, tmp_path):
        with pytest.raises(AssetError, match=r"cat\.png is missing"):
            read_picture(tmp_path / "cat.png")

    def test_a_folder(self, tmp_path):
        with pytest.raises(AssetError, match="folder"):
            read_picture(tmp_path)

    def test_a_file_that_may_not_be_read(self, tmp_path, monkeypatch):
        def denied(*_, **__):
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(assets.Image, "open", denied)
        assert "You may not read it" in self.read(tmp_path, b"x")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=st.sampled_from(FORMATS), changes=st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), max_size=6))
def test_a_damaged_picture_is_read_or_refused_and_nothing_else(tmp_path, encoded, kind, changes):
    data = bytearray(encoded(Image.linear_gradient("L").resize((24, 16)).convert("RGB"), kind))
    for place, byte in changes:
        data[int(place * len(data))] = byte
    path = tmp_path / f"x.{SUFFIX[kind]}"
    path.write_bytes(data)
    try:
        picture = read_picture(path)
    except AssetError as error:
        assert error.what
        assert error.why
    else:
        assert picture.mode == "RGB"
        assert picture.width * picture.height <= limits.PICTURE_PIXELS
