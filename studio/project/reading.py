"""Bytes to JSON values, guarded: size, nesting and the number of values are checked before anything is parsed.

The checks of shape work on the whole text at once (a regular expression, `bytes.translate`, `bytes.replace`), so that
a hostile file of the largest size is refused within a fraction of a second and without building what it describes.
"""

from __future__ import annotations

import json
import math
import re

from studio.project import limits
from studio.project.places import spell


class RefusedError(ValueError):
    """What is wrong with a file, and where. `format` turns it into a `ProjectError`."""


# The possessive quantifiers (++, *+) keep a hostile text from making the match backtrack; the closing quote is optional
# so that a text that ends inside a string is stripped too (the parser complains about it afterwards).
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_HALF_PAIR = re.compile("[\ud800-\udfff]")
_BRACKETS = bytes.maketrans(b"[]{}", b"()()")
_OTHERS = bytes(set(range(256)) - set(b"[]{}"))


def parse(data: bytes) -> dict[str, object]:
    """Parse the bytes of a project file into plain dictionaries, lists, strings and finite numbers.

    Raises:
        RefusedError: it is larger, deeper or fuller than `limits` allow, no UTF-8, no JSON, no object at the top, or it
            holds a key twice, a number that is not finite, or half a surrogate pair; the message names the place.
    """
    if len(data) > limits.FILE_BYTES:
        raise RefusedError(f"It is larger than {limits.FILE_BYTES // 2**20} MiB, which no project is")
    _check_shape(data)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RefusedError(f"It is not UTF-8 text (byte {error.start})") from error
    try:
        value = json.loads(text, object_pairs_hook=_object, parse_int=_integer)
    except json.JSONDecodeError as error:
        raise RefusedError(f"Line {error.lineno}, column {error.colno}: {error.msg}") from error
    if not isinstance(value, dict):
        raise RefusedError("It holds no JSON object")
    _check(value, ())
    return value


def _check_shape(data: bytes) -> None:
    if data.count(b'"') > 4 * limits.VALUES:  # a key and a text for each; bounds the matches below
        raise _too_full()
    skeleton = _STRING.sub(b"", data)
    openers = skeleton.count(b"[") + skeleton.count(b"{")
    if openers + skeleton.count(b",") > limits.VALUES:
        raise _too_full()
    brackets = skeleton.translate(_BRACKETS, _OTHERS)
    for _ in range(limits.DEPTH):  # each round takes away the innermost level everywhere
        brackets = brackets.replace(b"()", b"")
        if not brackets:
            return
    if b"()" in brackets or brackets.count(b"(") > limits.DEPTH:
        raise RefusedError(f"It is nested more than {limits.DEPTH} levels deep, which no project is")


def _too_full() -> RefusedError:
    return RefusedError(f"It holds more than {limits.VALUES} values, which no project does")


class _Repeating(dict[str, object]):
    """An object that holds a key twice; refused by `_check`, which knows the place."""

    key = ""


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) == len(pairs):
        return value
    repeating = _Repeating(value)
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            repeating.key = key
        seen.add(key)
    return repeating


def _integer(digits: str) -> int | float:
    # A million digits would take its square in time. Infinity is refused by `_check`, which knows the place.
    return int(digits) if len(digits) <= limits.DIGITS else math.inf


def _check(value: object, place: tuple[str | int, ...]) -> None:
    if isinstance(value, str):
        if len(value) > limits.STRING:
            raise RefusedError(f"{spell(place)}: a text of more than {limits.STRING} characters")
        if _has_half_pair(value):
            raise RefusedError(f"{spell(place)}: half a surrogate pair, which is no character")
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise RefusedError(f"{spell(place)}: not a finite number of a sensible size")
    elif isinstance(value, dict):
        if isinstance(value, _Repeating):
            raise RefusedError(f"{spell((*place, value.key))}: this key occurs twice in one object")
        if len(value) > limits.MEMBERS:
            raise RefusedError(f"{spell(place) or 'The file'}: an object of more than {limits.MEMBERS} keys")
        for key, item in value.items():
            if len(key) > limits.NAME or _has_half_pair(key):
                raise RefusedError(f"{spell((*place, key))}: this key is too long or holds half a surrogate pair")
            _check(item, (*place, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _check(item, (*place, index))


def _has_half_pair(text: str) -> bool:
    return not text.isascii() and _HALF_PAIR.search(text) is not None
