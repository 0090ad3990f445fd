"""Paths that stay inside the project's folder, on every system a project may be carried to."""

from __future__ import annotations

import re

from studio.project import limits

_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE)


def reason_against(path: str) -> str | None:
    """Why `path` cannot name a file inside a folder, or None when it can.

    Only the spelling is judged; links on the disk are judged by `assets.resolve`. What some system would understand
    differently is refused on all: backslashes, colons (drives, streams), device names, trailing dots and spaces.
    """
    if not path:
        return "it is empty"
    if len(path) > limits.PATH:
        return f"it is longer than {limits.PATH} characters"
    if any(ord(character) < 32 or ord(character) == 127 for character in path):
        return "it holds a control character"
    if "\\" in path:
        return "it holds a backslash; use forward slashes"
    if ":" in path:
        return "it holds a colon, which names a drive or a stream on Windows"
    if path.startswith("/"):
        return "it is absolute; it must be relative to the project's folder"
    for part in path.split("/"):
        if part in {"", ".", ".."}:
            return f"it holds {part + '/' if part else '//'}, which could lead outside the project's folder"
        if part[-1] in ". ":
            return "a name in it ends in a dot or a space, which Windows drops"
        if _DEVICES.fullmatch(part):
            return f"{part} is a device on Windows"
    return None
