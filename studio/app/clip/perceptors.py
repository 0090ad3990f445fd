"""Who is asked: one network, kept from one question to the next with what it has seen. PyTorch comes with the first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from studio.app.pulse import uncollected
from studio.base.cancel import CancelToken
from studio.base.errors import AssetError, InputError
from studio.base.progress import Progress, Report
from studio.library.scan import Trouble, scan, shown
from studio.models.catalogue import Entry, find

if TYPE_CHECKING:
    from torch import Tensor

    from studio.score.perceptor import Perceptor

LOADING: Final = "loading"
LOOKING: Final = "looking"
"""What a report says is being done."""

REMEMBERED: Final = 4096
"""Most pictures whose embeddings are kept."""

_BATCH: Final = 16  # pictures that are looked at together

Load = Callable[[Entry], "Perceptor"]


@dataclass(frozen=True, slots=True)
class Source:
    """A picture to ask about, or a folder of pictures.

    Attributes:
        path: its file, or the folder.
        name: what it is called on the screen.
    """

    path: Path
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Pictures that were looked at.

    Attributes:
        pictures: n, without those that could not be used, those of folders in the place of the folders.
        embeddings: (n, d), unit length, on the CPU.
        skipped: what could not be used, and why.
    """

    pictures: tuple[Source, ...]
    embeddings: Tensor
    skipped: tuple[Trouble, ...]


class Perceptors:
    """The network in use and its memory. Any thread may ask."""

    def __init__(self, load: Load | None = None) -> None:
        """`load` makes the network of an entry; tests bring their own."""
        self._load = load or local
        self._lock = threading.Lock()
        self._held: tuple[str, Perceptor] | None = None
        self._memory: OrderedDict[tuple[str, str, int, int], Tensor] = OrderedDict()

    def get(self, name: str, report: Report) -> Perceptor:
        """The network of that name, "" for the starter: loaded now unless it was the last one asked for.

        Raises:
            ModelError: there is none, or it cannot be used.
        """
        entry = find(name, "clip")
        with self._lock:  # two questions at once load it once
            key = f"{entry.name} {entry.sha256}"
            if self._held is None or self._held[0] != key:
                report(Progress(0, 0, LOADING))
                self._held = None  # before the next one, so that there are never two
                self._held = (key, self._load(entry))
            return self._held[1]

    def look(self, perceptor: Perceptor, sources: Sequence[Source], token: CancelToken, report: Report) -> Seen:
        """Look at pictures. Those that were seen before are remembered, unless their files have changed.

        Raises:
            Cancelled: the token was fired.
        """
        import torch

        pictures, skipped = spread(sources, token)
        keys = [_key(perceptor.identity, picture.path) for picture in pictures]
        with self._lock:
            known = {key: self._memory[key] for key in keys if key is not None and key in self._memory}
        new = list(dict.fromkeys(p.path for p, key in zip(pictures, keys, strict=True) if key not in known))
        fresh, broken = _looked(perceptor, new, token, report)
        used, embeddings = [], []
        for picture, key in zip(pictures, keys, strict=True):
            if (why := broken.get(picture.path)) is not None:
                skipped.append(Trouble(str(picture.path), why))
                continue
            found = known[key] if key is not None and key in known else fresh[picture.path]
            used.append(picture)
            embeddings.append(found)
            if key is not None:
                self._remember(key, found)
        stacked = torch.stack(embeddings) if embeddings else torch.zeros(0, perceptor.dimensions)
        return Seen(tuple(used), stacked, tuple(skipped))

    def _remember(self, key: tuple[str, str, int, int], embedding: Tensor) -> None:
        with self._lock:
            self._memory[key] = embedding
            self._memory.move_to_end(key)
            while len(self._memory) > REMEMBERED:
                self._memory.popitem(last=False)


def local(entry: Entry) -> Perceptor:
    """The network of an entry, on the best device of this machine.

    Raises:
        ModelError: it is damaged.
    """
    with uncollected():
        from studio.dream.device import pick
        from studio.models.loading import read_weights
        from studio.score.clip import build

        weights = read_weights(entry.path, name=entry.name, expect_kind="clip", expect_sha256=entry.sha256)
        return build(weights, pick("auto"))


def spread(sources: Sequence[Source], token: CancelToken) -> tuple[list[Source], list[Trouble]]:
    """The pictures themselves, those of folders in the place of the folders; and what could not be looked into.

    Raises:
        Cancelled: the token was fired.
    """
    pictures: list[Source] = []
    troubles: list[Trouble] = []
    for source in sources:
        if not is_folder(source.path):
            pictures.append(source)
            continue
        try:
            found = scan(source.path, token)
        except InputError as error:
            troubles.append(Trouble(str(source.path), error.why))
            continue
        pictures += [Source(source.path / file.path, shown(file.path)) for file in found.files]
        troubles += [Trouble(str(source.path / hidden.path), hidden.why) for hidden in found.hidden]
    return pictures, troubles


def is_folder(path: Path) -> bool:
    """Whether it is one; what cannot be looked at is none, and named when it is asked about."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _looked(
    perceptor: Perceptor, paths: Sequence[Path], token: CancelToken, report: Report
) -> tuple[dict[Path, Tensor], dict[Path, str]]:
    """Embeddings of pictures, and why others have none."""
    from studio.library.reading import all_looks
    from studio.score.looking import embed

    found: dict[Path, Tensor] = {}
    broken: dict[Path, str] = {}
    waiting: list[tuple[Path, Tensor]] = []

    def finish() -> None:
        embeddings = embed(perceptor, [looks for _, looks in waiting])
        found.update((path, embedding) for (path, _), embedding in zip(waiting, embeddings, strict=True))
        waiting.clear()

    for number, (path, looks) in enumerate(all_looks(paths, perceptor.image_size, token)):
        report(Progress(number, len(paths), LOOKING))
        if isinstance(looks, AssetError):
            broken[path] = looks.why
            continue
        waiting.append((path, looks))
        if len(waiting) == _BATCH:
            finish()
    token.check()
    finish()
    return found, broken


def _key(identity: str, path: Path) -> tuple[str, str, int, int] | None:
    """What a picture is remembered by; None for one that is not there."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return identity, str(path), status.st_size, status.st_mtime_ns
