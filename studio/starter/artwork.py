"""Emoji artwork: found by package name, drawn once at one size, kept as an atlas of pictures with alpha.

The artwork is not part of Keydream. It is published as npm packages, each with its own licence (see `STYLES`);
`keydream train` fetches them into the cache with `npm pack`, or reads them from a folder that holds the `.tgz` files.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import re
import shutil
import subprocess
import tarfile
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from studio.base import atomic, paths
from studio.base.errors import FileError, InputError
from studio.base.progress import Progress, Report, silent
from studio.starter.objects import Kind


@dataclass(frozen=True, slots=True)
class Style:
    """A drawing style: the npm package that holds it, and whom to thank.

    Attributes:
        name: what captions call it.
        package: the npm package.
        licence: its SPDX name.
        attribution: who made it, to be kept with everything made from it.
    """

    name: str
    package: str
    licence: str
    attribution: str


STYLES = (
    Style("noto", "@iconify-json/noto", "Apache-2.0", "Noto Emoji, Google Inc"),
    Style("fluent", "@iconify-json/fluent-emoji-flat", "MIT", "Fluent UI Emoji, Microsoft Corporation"),
    Style("twemoji", "@iconify-json/twemoji", "CC-BY-4.0", "Twemoji, Twitter, Inc and other contributors"),
)


@dataclass(frozen=True, slots=True)
class Atlas:
    """Every drawing of every kind.

    Attributes:
        pictures: (n, R, R, 4) uint8, red, green, blue premultiplied by alpha, and alpha.
        kind: (n,) which kind each shows.
        style: (n,) which style each is drawn in.
        names: (n) what the package calls each.
    """

    pictures: npt.NDArray[np.uint8]
    kind: npt.NDArray[np.int64]
    style: npt.NDArray[np.int64]
    names: tuple[str, ...]


def load_atlas(kinds: tuple[Kind, ...], side: int, folder: Path | None = None, report: Report = silent) -> Atlas:
    """Draw all artwork of `kinds` at `side` pixels, or read the drawings kept from last time.

    Args:
        kinds: what to draw.
        side: width and height in pixels.
        folder: where the packages' `.tgz` files lie; None fetches them into the cache.
        report: told how many drawings are done.

    Raises:
        InputError: a package is not there and cannot be fetched, or no package has a drawing of a kind.
        FileError: a package is damaged, or the drawings cannot be kept.
    """
    packages = [find_package(style, folder) for style in STYLES]
    identity = hashlib.sha256(json.dumps([side, [(k.nouns, k.artwork) for k in kinds]]).encode())
    for package in packages:
        identity.update(package.name.encode())
    kept = paths.cache_dir() / "artwork" / f"{identity.hexdigest()[:16]}.npz"
    if kept.is_file():
        with contextlib.suppress(OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
            return _kept(kept)  # and what cannot be read is drawn again
    atlas = _draw(kinds, side, packages, report)
    with atomic.replacing(kept) as temporary, temporary.open("wb") as file:
        np.savez(file, pictures=atlas.pictures, kind=atlas.kind, style=atlas.style, names=np.array(atlas.names))
    return atlas


def _kept(path: Path) -> Atlas:
    with path.open("rb") as file, np.load(file) as data:
        return Atlas(data["pictures"], data["kind"], data["style"], tuple(data["names"].tolist()))


def _draw(kinds: tuple[Kind, ...], side: int, packages: list[Path], report: Report) -> Atlas:
    try:
        import resvg_py
    except ImportError as error:
        raise InputError(
            "The artwork could not be drawn",
            "The package resvg-py is not installed",
            "Install it: pip install resvg-py",
        ) from error
    pictures, kind_of, style_of, names = [], [], [], []
    for style_number, package in enumerate(packages):
        icons = read_icons(package)
        for kind_number, kind in enumerate(kinds):
            for name in kind.artwork:
                svg = svg_of(icons, name)
                if svg is None:
                    continue
                try:
                    png = bytes(resvg_py.svg_to_bytes(svg_string=svg, width=side, height=side))
                except ValueError as error:
                    raise _damaged(package, f"{name} is no drawing: {error}") from error
                with Image.open(io.BytesIO(png)) as picture:
                    rgba = np.asarray(picture.convert("RGBA").resize((side, side)), np.float32)
                rgba[..., :3] *= rgba[..., 3:] / 255
                pictures.append(np.rint(rgba).astype(np.uint8))
                kind_of.append(kind_number)
                style_of.append(style_number)
                names.append(name)
            report(Progress(style_number * len(kinds) + kind_number + 1, len(packages) * len(kinds), "drawing artwork"))
    drawn = set(kind_of)
    bare = [kind.name for number, kind in enumerate(kinds) if number not in drawn]
    if bare:
        raise InputError("Some things have no artwork", ", ".join(bare[:8]), "Correct their names in objects.txt")
    return Atlas(np.stack(pictures), np.array(kind_of), np.array(style_of), tuple(names))


def find_package(style: Style, folder: Path | None) -> Path:
    """The newest `.tgz` of a style in `folder`; None looks in the cache, and fetches it there.

    Raises:
        InputError: it is not there, or cannot be fetched.
    """
    stem = style.package.removeprefix("@").replace("/", "-")
    where = folder or paths.cache_dir() / "artwork"
    found = _versions(where, stem)
    if not found and folder is None:
        _fetch(style, where)
        found = _versions(where, stem)
    if not found:
        raise InputError(
            "No artwork was found",
            f"There is no {stem}-*.tgz in {where}",
            f"Run `npm pack {style.package}` there, or leave out --artwork to have it fetched",
        )
    return found[-1]


def _versions(where: Path, stem: str) -> list[Path]:
    """The packages of that name, newest last: 1.10.0 is newer than 1.9.0."""
    return sorted(where.glob(f"{stem}-[0-9]*.tgz"), key=lambda path: [int(n) for n in re.findall(r"\d+", path.stem)])


def _fetch(style: Style, where: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise InputError(
            "The artwork could not be fetched",
            "npm, which fetches it, is not installed",
            "Install Node.js, or name a folder with the packages: --artwork FOLDER",
        )
    try:
        where.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise atomic.explain(error, where) from error
    done = subprocess.run(  # noqa: S603 (npm itself, and package names of ours)
        [npm, "pack", "--silent", style.package], cwd=where, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise InputError(
            f"The artwork {style.package} could not be fetched",
            done.stderr.strip()[-200:],
            "Check the network, or name a folder with the packages: --artwork FOLDER",
        )


def read_icons(package: Path) -> Mapping[str, Any]:
    """The drawings of a package, as its icons.json has them. Raises FileError when it is damaged."""
    try:
        with tarfile.open(package) as archive:
            member = archive.extractfile("package/icons.json")
            icons = json.load(member) if member is not None else None
    except (OSError, KeyError, ValueError, EOFError, tarfile.TarError, zlib.error) as error:
        raise _damaged(package, str(error)) from error
    if not isinstance(icons, dict) or not isinstance(icons.get("icons"), dict):
        raise _damaged(package, "Its package/icons.json lists no icons")
    return icons


def _damaged(package: Path, why: str) -> FileError:
    return FileError(f"{package} could not be read", why, "Delete it, and let it be fetched again")


def svg_of(icons: Mapping[str, Any], name: str) -> str | None:
    """The drawing of that name as a whole SVG file; None when the package has none."""
    icon = icons["icons"].get(name)
    if icon is None and name in icons.get("aliases", {}):
        icon = icons["icons"].get(icons["aliases"][name]["parent"])
    if icon is None:
        return None
    width, height = icon.get("width", icons.get("width", 16)), icon.get("height", icons.get("height", 16))
    box = f"{icon.get('left', 0)} {icon.get('top', 0)} {width} {height}"
    spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f'<svg {spaces} viewBox="{box}">{icon["body"]}</svg>'
