"""Where all randomness comes from: one generator for each name, such as a project's seed and a frame's number."""

from __future__ import annotations

import hashlib

import torch


def generator(seed: int, *names: int | str, device: torch.device | str = "cpu") -> torch.Generator:
    """A generator for one purpose, the same whenever it is asked for again.

    Args:
        seed: the artist's.
        names: what it is for: `generator(seed, "frame", 12)`. The number 1 and the text "1" are different names.
        device: where it draws. Devices draw different numbers; one on the CPU draws the same on every machine.
    """
    parts = (f"{type(part).__name__}:{len(str(part))}:{part};" for part in (seed, *names))
    digest = hashlib.sha256("".join(parts).encode()).digest()
    return torch.Generator(device).manual_seed(int.from_bytes(digest[:8]) >> 1)
