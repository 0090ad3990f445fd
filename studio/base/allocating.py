"""Memory that the C library lets go is mapped and cleared anew when it is asked for again: page by page, at every step.

With glibc's settings, what a step takes and gives back crosses the border between what is kept and what is let go, time
and again, and a VQGAN's step takes a seventh longer for it.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys

LARGEST = 32 << 20
"""Bytes of a block up to which it comes from what is kept; the most that glibc allows."""

KEPT = 128 << 20
"""Bytes that are kept at most, beyond what is in use, for whoever asks next."""

# of `mallopt`, in glibc's malloc.h
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
_SET_BY_HAND = ("GLIBC_TUNABLES", "MALLOC_")


def keep_memory() -> bool:
    """Let the C library keep up to `KEPT` bytes, for all threads together; whether it does now.

    To be called before there are threads. Elsewhere than with glibc, and where the environment says otherwise already,
    nothing is done.
    """
    if sys.platform != "linux" or any(name.startswith(_SET_BY_HAND) for name in os.environ):
        return False
    with contextlib.suppress(OSError, AttributeError):  # another C library
        mallopt = ctypes.CDLL(None).mallopt
        settings = ((_MMAP_THRESHOLD, LARGEST), (_TRIM_THRESHOLD, KEPT), (_ARENA_MAX, 1))
        return all(mallopt(ctypes.c_int(name), ctypes.c_int(value)) == 1 for name, value in settings)
    return False
