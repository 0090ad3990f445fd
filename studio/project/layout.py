"""JSON laid out for people: one keyframe, marker or asset a line, small objects on one line, the rest indented."""

from __future__ import annotations

import json
from typing import TypeGuard

_WIDTH = 110  # characters a line, indentation included
_ROWS = frozenset({"prompts", "parameters", "keys", "markers", "assets", "perceptors"})  # lists with a line per item


def lay_out(value: dict[str, object]) -> str:
    """Spell `value` as JSON text that ends in a line feed. Equal values give equal text; keys keep their order.

    Whole floats are written without a fraction (`1`, not `1.0`), others by `repr`; text is written as it is, unescaped.

    Raises:
        ValueError: a number in it is not finite.
    """
    return _broken(value, 0) + "\n"


def _write(value: object, indent: int, used: int) -> str:
    """Spell `value`; `used` columns of its first line are taken."""
    if isinstance(value, dict | list) and value:
        flat = "" if _has_rows(value) else _flat(value)
        return flat if flat and used + len(flat) < _WIDTH else _broken(value, indent)
    return _flat(value)


def _broken(value: dict[str, object] | list[object], indent: int) -> str:
    inner = indent + 2
    pad = " " * inner
    if isinstance(value, list):
        lines = [pad + _write(item, inner, inner) for item in value]
    else:
        lines = []
        for key, item in value.items():
            label = f"{pad}{_flat(key)}: "
            spelled = _broken(item, inner) if _is_rows(item, key) else _write(item, inner, len(label))
            lines.append(label + spelled)
    opening, closing = "[]" if isinstance(value, list) else "{}"
    return opening + "\n" + ",\n".join(lines) + "\n" + " " * indent + closing


def _is_rows(value: object, key: str) -> TypeGuard[list[object]]:
    return key in _ROWS and isinstance(value, list) and bool(value)


def _has_rows(value: object) -> bool:
    if isinstance(value, dict):
        return any(_is_rows(item, key) or _has_rows(item) for key, item in value.items())
    return isinstance(value, list) and any(_has_rows(item) for item in value)


def _flat(value: object) -> str:
    return json.dumps(_whole(value), ensure_ascii=False, allow_nan=False)


def _whole(value: object) -> object:
    """Replace whole floats by integers, all the way down."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 and str(value) != "-0.0":
        return int(value)
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return value
