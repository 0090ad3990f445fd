"""Pictures from files, made ready for a perceptor: read ahead in threads, handed over in order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import torch
from torch import Tensor

from studio.base.cancel import CancelToken, never
from studio.base.errors import AssetError
from studio.project.assets import read_picture
from studio.score.looking import looks

_WORKERS = min(4, os.cpu_count() or 1)  # each may hold a large picture
_AHEAD = 2  # pictures a worker
_FINE = 4  # a picture is first made smaller by a whole factor while its shorter side stays so many looks long


def read(path: Path) -> Tensor:
    """A picture as (1, 3, H, W) in 0 to 1. Raises AssetError, which says why, when it cannot be used."""
    return _tensor(path, 0)


def read_looks(path: Path, size: int) -> Tensor:
    """The squares (k, 3, size, size) that cover a picture, as `looking.looks` cuts them.

    A large picture is first averaged over blocks of pixels, which costs little memory and changes next to nothing.

    Raises:
        AssetError: it cannot be used.
    """
    return looks(_tensor(path, size), size)


def all_looks(
    paths: Sequence[Path], size: int, token: CancelToken | None = None
) -> Iterator[tuple[Path, Tensor | AssetError]]:
    """The same for many pictures, in their order; a picture that cannot be used comes as the error that it raised.

    A few pictures are read ahead of whoever iterates.

    Raises:
        Cancelled: the token was fired.
    """
    token = token or never()
    with ThreadPoolExecutor(_WORKERS, thread_name_prefix="pictures") as pool:
        waiting: deque[tuple[Path, Future[Tensor | AssetError]]] = deque()
        try:
            for path in paths:
                waiting.append((path, pool.submit(_attempt, path, size)))
                if len(waiting) == _WORKERS * _AHEAD:
                    token.check()
                    first, future = waiting.popleft()
                    yield first, future.result()
            while waiting:
                token.check()
                first, future = waiting.popleft()
                yield first, future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _attempt(path: Path, size: int) -> Tensor | AssetError:
    try:
        return read_looks(path, size)
    except AssetError as error:
        return error


def _tensor(path: Path, size: int) -> Tensor:
    with read_picture(path) as picture:
        factor = min(picture.size) // (_FINE * size) if size else 1
        small = picture.reduce(factor) if factor > 1 else picture
        flat = torch.frombuffer(bytearray(small.tobytes()), dtype=torch.uint8)
        return flat.reshape(1, small.height, small.width, 3).permute(0, 3, 1, 2).float() / 255
