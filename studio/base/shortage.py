"""Memory that has ended, told apart from all other faults, and said in plain words at a program's edges.

Where a step can be made smaller, `studio.dream.memory` and `studio.render.sparing` do that; what gets as far as an edge
could not.
"""

from __future__ import annotations

from studio.base.errors import StudioError

_SIGNS = ("out of memory", "can't allocate memory", "not enough memory", "alloc_failed", "cannot allocate memory")


def is_short(error: BaseException) -> bool:
    """Whether an error says that memory has ended, on whatever device. PyTorch's are `RuntimeError`s."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":  # PyTorch's, not imported here
        return True
    return isinstance(error, RuntimeError) and any(sign in str(error).lower() for sign in _SIGNS)


def explained(error: BaseException, what: str) -> StudioError | None:
    """What an artist is told when `what` fell short of memory; None for an error of another kind."""
    if not is_short(error):
        return None
    return StudioError(
        what,
        str(error).partition("\n")[0][:200] or "There is not enough memory",
        "Close other programs, or choose a smaller size, and try again; what was finished is kept",
    )
