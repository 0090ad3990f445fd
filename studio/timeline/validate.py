"""The checks that every value of a timeline passes when it is made, so that sampling can never meet a bad one."""

from __future__ import annotations

import math
from typing import Final

from studio.base.errors import InputError

MAXIMUM_FRAMES: Final = 1_000_000
"""The longest timeline, in frames: eleven hours at 24 frames a second."""

MAXIMUM_VALUE: Final = 1e9
"""The largest magnitude of a parameter, a weight or a stop. It keeps every interpolated value finite."""


def number(value: float, what: str, minimum: float = -MAXIMUM_VALUE, maximum: float = MAXIMUM_VALUE) -> float:
    """The value as a float.

    Args:
        value: an int or a float.
        what: its name as the artist knows it, for the message ("the weight").
        minimum: the least allowed value.
        maximum: the greatest allowed value.

    Raises:
        TypeError: the value is no number.
        InputError: the value is not finite, or outside minimum..maximum.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{what} must be a number, not {type(value).__name__}")
    if isinstance(value, float) and not math.isfinite(value):
        raise InputError(f"{_capital(what)} cannot be {value}", "It must be a finite number", "Give an ordinary number")
    if not minimum <= value <= maximum:
        raise InputError(
            f"{_capital(what)} cannot be {_short(value)}",
            f"It must lie between {minimum:g} and {maximum:g}",
            "Give a number in that range",
        )
    return float(value)


def whole(value: int, what: str, minimum: int = 0, maximum: int = MAXIMUM_FRAMES) -> int:
    """The value itself, when it is an int in minimum..maximum (both included).

    Raises:
        TypeError: the value is no int (a bool and a float are none).
        InputError: the value is outside minimum..maximum.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{what} must be an int, not {type(value).__name__}")
    if not minimum <= value <= maximum:
        raise InputError(
            f"{_capital(what)} cannot be {_short(value)}",
            f"It must lie between {minimum} and {maximum}",
            "Give a whole number in that range",
        )
    return value


def label(text: object, what: str) -> str:
    """The text without the space around it.

    Raises:
        TypeError: it is no string.
        InputError: nothing is left of it, or it holds a half of a surrogate pair, which no file can store.
    """
    if not isinstance(text, str):
        raise TypeError(f"{what} must be a string, not {type(text).__name__}")
    stripped = text.strip()
    if not stripped:
        raise InputError(f"{_capital(what)} is empty", fix="Write at least one character")
    if any("\ud800" <= character <= "\udfff" for character in stripped):
        raise InputError(
            f"{_capital(what)} holds a broken character",
            "It is half of a surrogate pair",
            "Delete it and type it again",
        )
    return stripped


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _short(value: float) -> str:
    if isinstance(value, int):
        # str() of an int refuses thousands of digits, and nobody wants to read them.
        return str(value) if abs(value) < 10**18 else f"a number of {value.bit_length()} bits"
    return f"{value:g}"
