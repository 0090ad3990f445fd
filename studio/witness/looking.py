"""Pictures looked at by several perceptors, each once: what was seen before is remembered, here and on disk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from studio.base.cancel import CancelToken
from studio.base.errors import AssetError
from studio.library.reading import read
from studio.score.looking import embed, looks
from studio.score.perceptor import Perceptor
from studio.score.standing import Floats
from studio.witness.memory import Memory

_PORTION = 8  # pictures between two looks at the token
_ASKED = 64  # pictures that are looked up together


class Looker:
    """Embeddings of pictures by the perceptors that asked. For one thread.

    Args:
        memory: what was seen before.
    """

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._digests: dict[Path, str | None] = {}
        self._seen: dict[str, dict[str, Floats]] = {}

    def look(self, pictures: Sequence[Path], perceptors: Sequence[Perceptor], token: CancelToken) -> Iterator[int]:
        """Look at what none has seen yet; between portions, say how many pictures are left.

        Args:
            pictures: files, in the order in which they are wanted. What cannot be read is passed over.
            perceptors: who looks.
            token: polled between portions.

        Raises:
            Cancelled: the token was fired. What was seen until then is remembered.
        """
        left = [path for path in dict.fromkeys(pictures) if not self._known(path, perceptors)]
        for first in range(0, len(left), _ASKED):
            some = left[first : first + _ASKED]
            token.check()
            self._recall(some, perceptors)
            new = [path for path in some if not self._known(path, perceptors)]
            done = first + len(some) - len(new)
            for start in range(0, len(new), _PORTION):
                token.check()
                portion = new[start : start + _PORTION]
                self._look(portion, perceptors)
                yield len(left) - done - start - len(portion)
            if not new:
                yield len(left) - done
        if left:
            self._memory.trim()

    def embeddings(self, perceptor: Perceptor, pictures: Sequence[Path | None]) -> tuple[Floats, list[int]]:
        """What a perceptor saw: (u, d) of the different pictures that it knows, and for each its row, -1 for none."""
        seen = self._seen.get(perceptor.identity, {})
        rows: dict[str, int] = {}
        places = []
        for path in pictures:
            digest = self._digests.get(path) if path is not None else None
            places.append(rows.setdefault(digest, len(rows)) if digest is not None and digest in seen else -1)
        if not rows:
            return np.zeros((0, perceptor.dimensions), np.float32), places
        return np.stack([seen[digest] for digest in rows]), places

    def forget(self, pictures: Sequence[Path | None]) -> None:
        """Keep in memory what belongs to these pictures alone; the disk keeps the rest."""
        wanted = set(pictures)
        self._digests = {path: digest for path, digest in self._digests.items() if path in wanted}
        kept = set(self._digests.values())
        for identity, seen in self._seen.items():
            self._seen[identity] = {digest: vector for digest, vector in seen.items() if digest in kept}

    def _known(self, path: Path, perceptors: Sequence[Perceptor]) -> bool:
        if path not in self._digests:
            return False
        digest = self._digests[path]
        return digest is None or all(digest in self._seen.get(each.identity, {}) for each in perceptors)

    def _recall(self, paths: Sequence[Path], perceptors: Sequence[Perceptor]) -> None:
        for path in paths:
            if path not in self._digests:
                self._digests[path] = self._memory.digest(path)
        digests = [digest for path in paths if (digest := self._digests[path]) is not None]
        for perceptor in perceptors:
            seen = self._seen.setdefault(perceptor.identity, {})
            seen |= self._memory.get(perceptor.identity, [digest for digest in digests if digest not in seen])

    def _look(self, paths: Sequence[Path], perceptors: Sequence[Perceptor]) -> None:
        opened = {}
        for path in paths:
            digest = self._digests[path]
            if digest is not None and digest not in opened:
                try:
                    opened[digest] = read(path)
                except AssetError:
                    self._digests[path] = None
        for perceptor in perceptors:
            seen = self._seen[perceptor.identity]
            new = [digest for digest in opened if digest not in seen]
            found = embed(perceptor, [looks(opened[digest], perceptor.image_size) for digest in new]).numpy()
            made = dict(zip(new, found.astype(np.float32), strict=True))
            seen |= made
            self._memory.put(perceptor.identity, made)
