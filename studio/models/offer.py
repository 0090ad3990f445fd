"""What the catalogue says of a model that does not ship: where it is, and how its file becomes one of Keydream's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Mirror:
    """An address of a file.

    Attributes:
        url: https, but for tests.
        sha256: hex digest of the file there, or "" when nobody published one.
    """

    url: str
    sha256: str = ""

    @property
    def host(self) -> str:
        """The server's name."""
        return urlsplit(self.url).netloc


@dataclass(frozen=True, slots=True)
class Offer:
    """How to get a model.

    Attributes:
        weights: the addresses of its checkpoint, tried in order; those further back may hold other files of the same
            weights.
        config: likewise of the yaml or json that belongs to it; empty when it needs none.
        architecture: open_clip's name of it, for a perceptor.
        mean: what its perceptor subtracts from red, green and blue; OpenAI's if empty.
        std: what it divides by after that, likewise.
        download: bytes of the checkpoint, about: a server says exactly.
        memory: bytes that its networks take once they are loaded in single precision, about.
        tokenizer: the addresses of a SigLIP's tokenizer.json.
    """

    weights: tuple[Mirror, ...]
    config: tuple[Mirror, ...]
    architecture: str
    mean: tuple[float, ...]
    std: tuple[float, ...]
    download: int
    memory: int
    tokenizer: tuple[Mirror, ...] = ()


def read(item: Mapping[str, Any]) -> Offer | None:
    """The offer in an entry of the catalogue; None for one that ships.

    Raises:
        KeyError, TypeError, ValueError: the entry is damaged.
    """
    if "weights" not in item:
        return None
    weights, config, tokenizer = (
        tuple(Mirror(mirror["url"], mirror.get("sha256", "")) for mirror in item.get(key, []))
        for key in ("weights", "config", "tokenizer")
    )
    if not weights:
        raise ValueError(f"{item['name']} has no address")
    mean, std = (tuple(float(value) for value in item.get(key, [])) for key in ("mean", "std"))
    size, memory = int(item["size"]), int(item["memory"])
    return Offer(weights, config, item.get("architecture", ""), mean, std, size, memory, tokenizer)
