"""The answers to the page's questions: tables of numbers, finds in a folder, heat maps. For another thread; no Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from studio.app.clip.perceptors import Perceptors, Source
from studio.base.cancel import Cancelled, CancelToken
from studio.base.errors import AssetError, InputError
from studio.base.progress import Report
from studio.library.scan import Trouble

if TYPE_CHECKING:
    from PIL import Image
    from torch import Tensor

    from studio.library.index import Index
    from studio.library.indexing import Update
    from studio.library.search import Hit
    from studio.score.perceptor import Perceptor

Numbers = npt.NDArray[np.float32]

PLAIN: Final = ("{}",)
"""The templates of texts that are taken as they stand; as `zero_shot.PLAIN`, which would bring PyTorch."""

FOUND: Final = 200
"""Most pictures that a search shows."""

SIDE: Final = 1600
"""Most pixels of the longer side of a picture under a heat map; the perceptor sees far fewer."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """How well n pictures fit k texts.

    Attributes:
        model: who says so.
        identity: hex digest of its weights.
        pictures: n.
        texts: k; of a classification the labels.
        templates: the sentences that they were put into.
        cosine: (n, k), -1 to 1.
        probability: (n, k), the softmax over the texts.
        images: (n, d), the pictures' embeddings, unit length.
        said: (k, d), the texts'.
        skipped: what could not be used, and why.
    """

    model: str
    identity: str
    pictures: tuple[Source, ...]
    texts: tuple[str, ...]
    templates: tuple[str, ...]
    cosine: Numbers
    probability: Numbers
    images: Numbers
    said: Numbers
    skipped: tuple[Trouble, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Finds:
    """What a search found.

    Attributes:
        model: who says so.
        folder: where.
        hits: the pictures, best first.
        update: how the index was brought up to date; None while it is not yet.
        known: how many pictures can be found.
        complete: whether the index is up to date; not after it was stopped.
    """

    model: str
    folder: Path
    hits: tuple[Hit, ...]
    update: Update | None
    known: int
    complete: bool


@dataclass(frozen=True, slots=True, eq=False)
class Heated:
    """What in a picture speaks for a text.

    Attributes:
        model: who says so.
        picture: (3 bytes a pixel), width and height: the picture as it is.
        hot: the same with the map over it in full strength.
        size: (width, height).
        cosine: of picture and text.
        plain: of a plain picture in the mean colour and the text.
    """

    model: str
    picture: bytes
    hot: bytes
    size: tuple[int, int]
    cosine: float
    plain: float


def lines(text: str) -> tuple[str, ...]:
    """The texts of a field, one a line, each once; commas and quotes are part of them."""
    return tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def table(
    perceptors: Perceptors,
    name: str,
    sources: Sequence[Source],
    texts: Sequence[str],
    token: CancelToken,
    report: Report,
    templates: Sequence[str] = PLAIN,
) -> Table:
    """Compare pictures with texts, each put into the templates.

    Raises:
        InputError: a text is too long, a template has no place for it, or no picture could be used.
        ModelError: the perceptor cannot be used.
        Cancelled: the token was fired.
    """
    perceptor = perceptors.get(name, report)
    from studio.score.similarity import compare
    from studio.score.zero_shot import classifier

    token.check()
    said = (perceptor.embed_text(texts) if tuple(templates) == PLAIN else classifier(perceptor, texts, templates)).cpu()
    token.check()
    seen = perceptors.look(perceptor, sources, token, report)
    if not seen.pictures:
        named = "; ".join(f"{trouble.path}: {trouble.why}" for trouble in seen.skipped[:3])
        raise InputError("There is no picture to look at", named or "The folder has none", "Add a picture")
    found = compare(seen.embeddings, said, perceptor.logit_scale)
    return Table(
        perceptor.name,
        perceptor.identity,
        seen.pictures,
        tuple(texts),
        tuple(templates),
        _numbers(found.cosine),
        _numbers(found.probability),
        _numbers(seen.embeddings),
        _numbers(said),
        seen.skipped,
    )


def search(
    perceptors: Perceptors,
    name: str,
    folder: Path,
    wanted: str | Path,
    token: CancelToken,
    report: Report,
    tell: Callable[[Finds], None],
) -> Finds:
    """Find the pictures of a folder that fit a text, or look like a picture. New pictures are looked at first.

    What the index knows already is told at once; stopped, what it knows by then is the answer.

    Raises:
        AssetError: the picture to look like cannot be used.
        InputError: the text is too long, or the folder cannot be read.
        FileError: the index cannot be written.
        ModelError: the perceptor cannot be used.
        Cancelled: the token was fired before anything was known.
    """
    perceptor = perceptors.get(name, report)
    from studio.library.index import Index
    from studio.library.indexing import update
    from studio.library.search import search as find

    token.check()
    query = _query(perceptors, perceptor, wanted, token, report).cpu().numpy().astype(np.float32)
    index = Index(folder, perceptor.identity, perceptor.dimensions)

    def found(done: Update | None, complete: bool) -> Finds:
        hits = find(index, query, FOUND)[0] if index.rows else ()
        return Finds(perceptor.name, folder, hits, done, index.rows, complete)

    if index.rows:
        tell(found(None, False))
    try:
        done = update(index, perceptor, token, report)
    except Cancelled:
        if not index.rows:
            raise
        return found(None, False)
    return found(done, True)


def export_index(perceptors: Perceptors, name: str, folder: Path, report: Report) -> tuple[Perceptor, Index]:
    """The index of a folder as it is, and whose it is.

    Raises:
        ModelError: the perceptor cannot be used.
    """
    from studio.library.index import Index

    perceptor = perceptors.get(name, report)
    return perceptor, Index(folder, perceptor.identity, perceptor.dimensions)


def heat(
    perceptors: Perceptors, name: str, picture: Path, text: str, copies: int, token: CancelToken, report: Report
) -> Heated:
    """Find out what in a picture speaks for a text.

    Raises:
        AssetError: the picture cannot be used.
        InputError: the text is too long.
        ModelError: the perceptor cannot be used.
        Cancelled: the token was fired.
    """
    perceptor = perceptors.get(name, report)
    from studio.dream.seeds import generator
    from studio.project.assets import read_picture
    from studio.render.pictures import from_image
    from studio.score import heat as heating

    token.check()
    target = perceptor.embed_text([text])[0]
    with read_picture(picture) as whole:
        shrunk = _within(whole, SIDE)
    tensor = from_image(shrunk)
    token.check()
    found = heating.heat(perceptor, tensor, target, generator(0, "heat"), copies=copies, token=token)
    hot = heating.overlay(tensor, found.values)
    levels = (hot[0].permute(1, 2, 0) * 255).round().byte().contiguous().numpy()
    return Heated(perceptor.name, shrunk.tobytes(), levels.tobytes(), shrunk.size, found.cosine, found.plain)


def _query(
    perceptors: Perceptors, perceptor: Perceptor, wanted: str | Path, token: CancelToken, report: Report
) -> Tensor:
    if isinstance(wanted, str):
        return perceptor.embed_text([wanted])
    seen = perceptors.look(perceptor, [Source(wanted, wanted.name)], token, report)
    if not seen.pictures:
        why = seen.skipped[0].why if seen.skipped else "The folder has no picture"
        raise AssetError(f"The picture {wanted.name} cannot be used", why, "Choose another picture")
    return seen.embeddings[:1]


def _numbers(tensor: Tensor) -> Numbers:
    array: Numbers = tensor.float().numpy()
    return array


def _within(picture: Image.Image, side: int) -> Image.Image:
    """The picture, smaller where its longer side is longer than that."""
    from PIL import Image

    scale = side / max(picture.size)
    if scale >= 1:
        return picture.copy()
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
