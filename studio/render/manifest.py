"""What a stored entry says of itself, and checking that it is true. No torch."""

from __future__ import annotations

import hashlib
import io
import json
import re
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from studio.project.limits import PICTURE_PIXELS

MANIFEST_BYTES = 1 << 16
"""Longest manifest that is read."""

SUFFIXES = {"picture": ".png", "latents": ".safetensors"}
"""The parts that an entry may have, and what their files' names end with."""

_VERSION = 1
_KEY = re.compile(r"[0-9a-f]{64}")
_PNG = b"\x89PNG\r\n\x1a\n"


class DamagedError(Exception):
    """What is stored is not what was committed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One stored result.

    Attributes:
        key: what it is stored by, 64 hex digits.
        picture: its PNG file (8 bit RGB), or None.
        latents: its safetensors file, or None.
        width: of the picture in pixels; 0 without one.
        height: likewise.
        pixels: SHA-256 of the picture's RGB bytes, rows from the top, hex; empty without one.
        size: bytes of its parts on disk.
        created: seconds since 1970 at which it was committed, by the wall clock.
    """

    key: str
    picture: Path | None
    latents: Path | None
    width: int
    height: int
    pixels: str
    size: int
    created: float


def is_key(text: str) -> bool:
    """Whether `text` is 64 lower-case hex digits."""
    return _KEY.fullmatch(text) is not None


def compose(key: str, parts: dict[str, bytes], created: float) -> dict[str, Any]:
    """The manifest of an entry that consists of `parts` (names of `SUFFIXES` to whole files).

    Raises:
        DamagedError: the picture is no 8 bit RGB PNG.
    """
    manifest: dict[str, Any] = {"version": _VERSION, "key": key, "created": created}
    if "picture" in parts:
        manifest |= _measure(parts["picture"])
    for name, data in parts.items():
        manifest[name] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
    return manifest


def spell(manifest: dict[str, Any]) -> bytes:
    """The manifest as the bytes of its file."""
    return json.dumps(manifest, indent=1).encode()


def parse(text: bytes, key: str) -> dict[str, Any]:
    """A manifest whose every field has the type and range that `verify` and `entry` count on.

    Raises:
        DamagedError: it does not, or it is another key's, or another version's.
    """
    try:
        manifest = json.loads(text)
        parts = [name for name in SUFFIXES if name in manifest]
        whole = (
            manifest["version"] == _VERSION
            and manifest["key"] == key
            and isinstance(manifest["created"], float)
            and bool(parts)
            and all(is_key(manifest[name]["sha256"]) and type(manifest[name]["size"]) is int for name in parts)
            and all(manifest[name]["size"] > 0 for name in parts)
            and ("picture" not in parts or (manifest["width"] > 0 and manifest["height"] > 0 and manifest["pixels"]))
        )
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise DamagedError(f"the manifest of {key} is damaged") from error
    if not whole:
        raise DamagedError(f"the manifest of {key} is damaged, or another version wrote it")
    assert isinstance(manifest, dict)
    return manifest


def verify(name: str, data: bytes, manifest: dict[str, Any]) -> None:
    """Compare a part's bytes with what its manifest says: size, hash, and for a picture what it decodes to.

    Raises:
        DamagedError: they differ.
    """
    said = manifest[name]
    if len(data) != said["size"] or hashlib.sha256(data).hexdigest() != said["sha256"]:
        raise DamagedError(f"the {name} of {manifest['key']} is damaged")
    if name == "picture" and _measure(data) != {field: manifest[field] for field in ("width", "height", "pixels")}:
        raise DamagedError(f"the picture of {manifest['key']} is not the one that was committed")


def entry(manifest: dict[str, Any], files: dict[str, Path]) -> Entry:
    """What a manifest says, with the files of its parts."""
    return Entry(
        key=manifest["key"],
        picture=files.get("picture"),
        latents=files.get("latents"),
        width=manifest.get("width", 0),
        height=manifest.get("height", 0),
        pixels=manifest.get("pixels", ""),
        size=sum(manifest[name]["size"] for name in files),
        created=manifest["created"],
    )


def _measure(png: bytes) -> dict[str, Any]:
    """Decode a picture and say what it is; its size is looked at before anything of that size is allocated."""
    if len(png) < 24 or png[:8] != _PNG:
        raise DamagedError("the picture is no PNG file")
    width, height = struct.unpack(">II", png[16:24])
    if not 0 < width * height <= PICTURE_PIXELS:
        raise DamagedError(f"the picture claims to be {width} x {height} pixels")
    try:
        with Image.open(io.BytesIO(png), formats=("PNG",)) as image:
            if image.mode != "RGB":
                raise DamagedError(f"a picture must be 8 bit RGB, not {image.mode}")
            return {"width": image.width, "height": image.height, "pixels": hashlib.sha256(image.tobytes()).hexdigest()}
    except (OSError, SyntaxError, ValueError) as error:
        raise DamagedError(f"the picture cannot be decoded: {error}") from error
