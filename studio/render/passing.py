"""What a frame hands on to the one after it: its stored picture, 8 bit and all, and its latents where it has any.

From memory where it was just made, which needs not wait until it is written; from the store where it was there already.
Both are the same to the bit.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from studio.canvas.base import State
from studio.render.checkpoint import unpack
from studio.render.manifest import Entry
from studio.render.pictures import from_levels, from_png


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """A frame that this render has made.

    Attributes:
        levels: (H, W, 3) of 0 to 255, see `studio.render.pictures.levels`.
        packed: its latents as `studio.render.checkpoint.pack` gives them; None without.
    """

    levels: Tensor
    packed: bytes | None = None

    def picture(self) -> Tensor:
        """The picture (1, 3, H, W) in 0 to 1, on the CPU."""
        return from_levels(self.levels)

    def state(self) -> State | None:
        """The latents, on the CPU; None where there are none."""
        return None if self.packed is None else unpack(self.packed)


@dataclass(frozen=True, slots=True)
class Found:
    """A frame of the store."""

    entry: Entry

    def picture(self) -> Tensor:
        """The picture (1, 3, H, W) in 0 to 1, on the CPU.

        Raises:
            FileError: it is gone or cannot be decoded any more.
        """
        assert self.entry.picture is not None, "frames are stored with a picture"
        return from_png(self.entry.picture)

    def state(self) -> State | None:
        """The latents, on the CPU; None where there are none, or none that can be read."""
        if self.entry.latents is None:
            return None
        try:
            return unpack(self.entry.latents.read_bytes())
        except (OSError, ValueError):
            return None


Passed = Made | Found
"""What the frame before hands on."""
