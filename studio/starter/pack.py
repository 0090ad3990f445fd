"""The pack of cutouts that ships with Keydream, made from the artwork of one drawing style."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

from studio.base import atomic, paths
from studio.base.errors import InputError
from studio.canvas.pack import INDEX
from studio.starter.artwork import STYLES, Style, find_package, read_icons, svg_of
from studio.starter.objects import Kind, read_kinds

STYLE = STYLES[0]
"""Noto: its licence lets everybody use, change and pass on the drawings."""

_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the time of every member: the same drawings make the same bytes


def make_pack(out: Path, *, artwork: Path | None = None, kinds: tuple[Kind, ...] | None = None) -> dict[str, Any]:
    """Write all drawings of `STYLE` that `kinds` (by default those of objects.txt) list as a pack, a zip of SVG files.

    Args:
        out: the zip to write.
        artwork: a folder with the artwork packages; None fetches them into the cache.
        kinds: what to put in.

    Returns:
        Figures: cutouts, bytes.

    Raises:
        InputError: the artwork is not there, or has no drawing of any of the kinds.
        FileError: the artwork is damaged, or `out` cannot be written.
    """
    icons = read_icons(find_package(STYLE, artwork))
    drawings: dict[str, str] = {}
    listed: dict[str, dict[str, Any]] = {}
    for kind in read_kinds() if kinds is None else kinds:
        for name in kind.artwork:
            svg = svg_of(icons, name)
            if svg is None:
                continue
            file = f"{name}.svg"
            drawings[file] = svg
            known = listed.setdefault(file, {"file": file, "nouns": [], "group": kind.group})
            known["nouns"] += [noun for noun in kind.nouns if noun not in known["nouns"]]
    if not drawings:
        raise InputError("The pack would be empty", f"{STYLE.package} has no drawing of these things", "Add some")
    index = {"licence": STYLE.licence, "attribution": STYLE.attribution, "cutouts": [listed[f] for f in sorted(listed)]}
    licence = (paths.resources() / "starter" / "APACHE-2.0.txt").read_text("utf-8")
    texts = {
        "LICENCE.txt": licence,
        "NOTICE.txt": _notice(STYLE),
        INDEX: json.dumps(index),
        **dict(sorted(drawings.items())),
    }
    data = _zipped(texts)
    atomic.write_bytes(out, data)
    return {"cutouts": len(drawings), "bytes": len(data)}


def _zipped(texts: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, text in texts.items():
            member = zipfile.ZipInfo(name, _LONG_AGO)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 3  # whatever system it is made on
            archive.writestr(member, text.encode("utf-8"), compresslevel=9)
    return buffer.getvalue()


def _notice(style: Style) -> str:
    return (
        f"These drawings are from {style.attribution}, by way of the package {style.package}.\n"
        f"Licence: {style.licence}; its text is in LICENCE.txt.\n\n"
        "Changes: each drawing was taken out of the package into an SVG file of its own; index.json lists what each\n"
        "of them shows.\n"
    )
