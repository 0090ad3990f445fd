"""Places in a project file: how messages spell them, and under which name an object's unknown keys are kept."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import TypeAlias

Place: TypeAlias = "tuple[str | int, ...]"
"""Where an object stands, by what it *is* rather than by its position, so that its unknown keys stay with it when
another is inserted before it: ("timeline", "prompts", "Sky", "keys", 24) is the key at frame 24 of the track Sky."""

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SHOWN = 40  # characters of an odd key


def spell(parts: Iterable[str | int]) -> str:
    """Spell a path of keys and list indices: `timeline.prompts[0].keys[3].frame`. Odd keys are quoted and cut."""
    text = ""
    for part in parts:
        if isinstance(part, int):
            text += f"[{part}]"
        elif _PLAIN.fullmatch(part) and len(part) <= _SHOWN:
            text += f".{part}" if text else part
        else:
            text += f"[{json.dumps(part[:_SHOWN])}]"
    return text
