"""One spelling for every JSON value, so that equal values have equal hashes on every machine and in every version."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import TypeAlias

JSON: TypeAlias = "bool | int | float | str | Sequence[JSON] | Mapping[str, JSON] | None"
"""What JSON can hold. Tuples and lists are both arrays."""


def canonical_json(value: JSON) -> bytes:
    """Spell `value` in the one canonical way: keys sorted, no spaces, floats by `repr`, UTF-8.

    Equal values give equal bytes; `1` and `1.0` are different values here, as are `0.0` and `-0.0`.

    Raises:
        TypeError: something in it is not JSON, or a key is not a string.
        ValueError: a float is not finite, or a string holds half a surrogate pair.
    """
    return json.dumps(plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def plain(value: object) -> object:
    """Copy a JSON value into dictionaries and lists, which `json` spells without silent conversions.

    Raises:
        TypeError: something in it is not JSON, or a key is not a string (`json` would turn the key 1 into "1").
        ValueError: a float is not finite.
    """
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value} has no JSON spelling")
        return value
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise TypeError(f"a JSON key must be a string, not {key!r}")
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        return [plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} is not JSON")
