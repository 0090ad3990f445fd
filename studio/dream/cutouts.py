"""Cutouts in a perceptor's eyes: each looked at once, and kept in the cache for the next time."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors import torch as safetensors
from torch import Tensor

from studio.base import atomic, paths
from studio.base.errors import FileError
from studio.canvas.pack import Pack
from studio.canvas.sprites import draw
from studio.score.perceptor import Perceptor

_GROUNDS = (1.0, 0.6)  # white, and a grey before which white things are seen
_AT_ONCE = 64
_known: dict[str, dict[str, Tensor]] = {}


def look(pack: Pack, names: Sequence[str], perceptor: Perceptor) -> Tensor:
    """Embeddings (n, d) of cutouts before white and grey, of unit length, on the CPU.

    Those of a whole pack are kept in the cache folder; a cache that cannot be read or written costs time alone.

    Raises:
        AssetError: a cutout cannot be drawn.
    """
    key = hashlib.sha256(f"{pack.identity}|{perceptor.identity}".encode()).hexdigest()[:32]
    if key not in _known:
        _known[key] = _kept(key, pack)
    known = _known[key]
    missing = [name for name in dict.fromkeys(names) if name not in known]
    for start in range(0, len(missing), _AT_ONCE):
        some = missing[start : start + _AT_ONCE]
        known.update(zip(some, _embedded(pack, some, perceptor), strict=True))
    if missing and len(known) == len(pack.cutouts):
        with contextlib.suppress(FileError):
            every = list(pack.cutouts)
            atomic.write_bytes(_place(key), safetensors.save({"cutouts": torch.stack([known[name] for name in every])}))
    return torch.stack([known[name] for name in names])


def _embedded(pack: Pack, names: Sequence[str], perceptor: Perceptor) -> Tensor:
    side = perceptor.image_size
    drawn = torch.stack([draw(pack, name, side) for name in names])
    total = torch.zeros(len(names), perceptor.dimensions)
    for ground in _GROUNDS:
        total += perceptor.embed_image((drawn[:, :3] + ground * (1 - drawn[:, 3:])).to(perceptor.device)).cpu()
    return torch.nn.functional.normalize(total, dim=1)


def _place(key: str) -> Path:
    return paths.cache_dir() / "cutouts" / f"{key}.safetensors"


def _kept(key: str, pack: Pack) -> dict[str, Tensor]:
    with contextlib.suppress(OSError, SafetensorError, KeyError, ValueError):
        return dict(zip(pack.cutouts, safetensors.load(_place(key).read_bytes())["cutouts"], strict=True))
    return {}
