"""Keeping Python's collector of cycles away from what is imported once and stays."""

from __future__ import annotations

import contextlib
import gc
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def importing() -> Iterator[None]:
    """Import what is large within it: nothing is collected meanwhile, nor ever looked through for garbage afterwards.

    Imports of torch and all around it make half a million objects. Looking through them again and again takes a sixth
    of the time until a picture begins. Where torch is there already, this does nothing.
    """
    if "torch" in sys.modules or not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
