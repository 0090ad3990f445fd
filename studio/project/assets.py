"""The pictures a project refers to: found inside its folder only, measured before they are decoded, and always RGB."""

from __future__ import annotations

import stat
import warnings
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from studio.base.errors import AssetError
from studio.project import limits
from studio.project.colours import UnsupportedPixelsError, to_rgb
from studio.project.contained import reason_against
from studio.project.model import Asset

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
"""The picture formats that are read, in Pillow's names; nothing else of Pillow is ever reached."""


def resolve(project_folder: Path, asset: Asset) -> Path:
    """Where an asset's file really is, with every link followed; certainly a file inside the project's folder.

    Raises:
        AssetError: its path is absolute, leads outside (by `..` or by a link), is spelled in a way that another system
            would take for something else, or nothing readable is there.
    """
    what = f"The picture {asset.id} ({asset.path[:200]!r}) cannot be used"
    if reason := reason_against(asset.path):
        raise AssetError(
            what, f"Its path is refused: {reason}", "Copy the picture into the project's folder and choose it again"
        )
    try:
        folder = project_folder.resolve(strict=True)
        path = (folder / asset.path).resolve(strict=True)
        is_file = stat.S_ISREG(path.stat().st_mode)
    except FileNotFoundError as error:
        raise AssetError(
            f"The picture {asset.id} is missing",
            f"There is no file {project_folder / asset.path}",
            "Put the file back, or choose the picture again",
        ) from error
    except (OSError, RuntimeError, ValueError) as error:  # RuntimeError: links in a circle, before Python 3.13
        raise AssetError(what, str(error), "Check the file and its permissions, or choose the picture again") from error
    if not path.is_relative_to(folder):
        raise AssetError(
            what, "A link leads outside the project's folder", "Copy the picture itself into the project's folder"
        )
    if not is_file:
        raise AssetError(what, "It is a folder or a device, no file", "Choose a picture file")
    return path


def read_picture(path: Path) -> Image.Image:
    """Read a picture as 8-bit RGB, upright.

    The EXIF orientation is applied, an embedded colour profile is converted to sRGB, 16 bits become 8, CMYK and
    palettes become RGB, transparent parts show **white**, and of an animation the first frame is taken. The format is
    recognised by content among `FORMATS`; the size is taken from the header and checked before a pixel is decoded.

    Raises:
        AssetError: it is missing, no picture of these formats, above `limits.PICTURE_PIXELS`, broken or cut short.
    """
    what = f"The picture {path.name} cannot be used"
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise AssetError(what, "It is a folder or a device, no file", "Choose a picture file")
        if status.st_size > limits.PICTURE_BYTES:
            raise _too_large(what, f"Its file is larger than {limits.PICTURE_BYTES // 2**20} MiB")
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module=r"PIL\.")  # about metadata; what matters raises
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=FORMATS) as picture:
                width, height = picture.size
                if width * height > limits.PICTURE_PIXELS:
                    raise _too_large(what, f"It is {width} x {height} pixels")
                return to_rgb(picture)
    except AssetError:
        raise
    except UnsupportedPixelsError as error:
        raise AssetError(what, str(error), "Save it as an ordinary PNG or JPEG") from error
    except FileNotFoundError as error:
        raise AssetError(f"The picture {path.name} is missing", f"There is no file {path}", "Put it back") from error
    except PermissionError as error:
        raise AssetError(what, "You may not read it", "Change the file's permissions") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(what, "Its header claims far more pixels") from error
    except UnidentifiedImageError as error:
        known = "PNG, JPEG, WebP, GIF, BMP or TIFF"
        raise AssetError(what, f"It is no {known} picture", "Convert it to PNG or JPEG") from error
    except Exception as error:  # a broken picture makes Pillow raise almost anything: SyntaxError, struct.error, ...
        raise AssetError(what, f"It is broken or cut short ({error})", "Get the file again, or save it anew") from error


def _too_large(what: str, why: str) -> AssetError:
    megapixels = limits.PICTURE_PIXELS // 1_000_000
    return AssetError(what, f"{why}; the limit is {megapixels} megapixels", "Make it smaller and choose it again")
