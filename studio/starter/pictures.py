"""Captioned pictures without end: artwork over procedural backgrounds, each determined by a seed and its number."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image

from studio.scenery.backgrounds import KINDS as BACKGROUNDS
from studio.scenery.backgrounds import Background, Backgrounds
from studio.scenery.colours import COLOURS, dye
from studio.starter.artwork import STYLES, Atlas
from studio.starter.captions import ADJECTIVES, DOINGS, Words, many, sentence, with_article
from studio.starter.objects import Kind

Drawing = Image.Image
"""Artwork with premultiplied alpha, mode RGBa."""

NOTHING = -1
"""The label of a picture in which an attribute has no single true value; losses ignore it."""

_PLACES = {
    (0, 0): "in the top left corner",
    (1, 0): "at the top",
    (2, 0): "in the top right corner",
    (0, 1): "on the left",
    (2, 1): "on the right",
    (0, 2): "in the bottom left corner",
    (1, 2): "at the bottom",
    (2, 2): "in the bottom right corner",
}
_RELATIONS = (
    ("above", 0.5, 0.28, 0.5, 0.74),
    ("below", 0.5, 0.74, 0.5, 0.28),
    ("to the left of", 0.27, 0.5, 0.74, 0.5),
    ("to the right of", 0.74, 0.5, 0.27, 0.5),
)


_HELD_OUT = 16
"""One of so many pairs of thing and background, and of thing and colour, is never drawn for training."""


def held_out(thing: str, other: str) -> bool:
    """Whether training never sees this thing before this kind of background, or in this colour (by their names)."""
    return zlib.crc32(f"{thing}|{other}".encode()) % _HELD_OUT == 0


@dataclass(frozen=True, slots=True)
class Batch:
    """Captioned pictures.

    Attributes:
        images: (n, 3, side, side) float32 in 0..1.
        captions: n sentences.
        labels: (n, 3) int64: kind, background, colour it is dyed with; `NOTHING` where there is no single one.
    """

    images: torch.Tensor
    captions: tuple[str, ...]
    labels: torch.Tensor


class Source(Protocol):
    """Where training pictures come from: `Pictures` here, or an artist's folder (`studio.starter.folder`)."""

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """What the first label of a picture counts; empty where nothing is known but captions."""

    @property
    def side(self) -> int:
        """Width and height of a picture, in pixels."""

    def batch(self, start: int, count: int) -> Batch:
        """Pictures number `start` to `start + count - 1`."""


class Pictures:
    """Draws scenes: nothing, one thing, two things in a relation, or up to three of one thing.

    Picture number i of a seed is the same scene at any size. Its grain is drawn pixel by pixel and before its caption,
    so at another size the same things are said in another way. Pairs that are `held_out` are never drawn.

    Args:
        kinds: what is drawn.
        atlas: its drawings.
        side: width and height in pixels.
        seed: another seed, other pictures.
        unseen: draw single things only, each before a background that is `held_out` for it: pictures whose combination
            no training has seen.

    Attributes:
        kinds: what is drawn.
        side: width and height in pixels.
        seed: another seed, other pictures.
        kind_of: (n,) which kind each drawing shows.
    """

    def __init__(self, kinds: tuple[Kind, ...], atlas: Atlas, side: int, seed: int, *, unseen: bool = False) -> None:
        self.kinds = kinds
        self.side = side
        self.seed = seed
        self._unseen = unseen
        names = [kind.name for kind in BACKGROUNDS]
        self._apart = np.array([[held_out(kind.name, name) for name in names] for kind in kinds])
        self._allowed = [np.flatnonzero(self._apart[:, number] == unseen) for number in range(len(names))]
        self._backgrounds = Backgrounds(side)
        self._drawings = [
            Image.frombytes("RGBa", picture.shape[1::-1], picture.tobytes()) for picture in atlas.pictures
        ]
        self._style = atlas.style
        self.kind_of = atlas.kind
        self._of_kind = [np.flatnonzero(atlas.kind == number) for number in range(len(kinds))]

    @property
    def drawings(self) -> int:
        """How many drawings there are, of all kinds and styles."""
        return len(self._drawings)

    def batch(self, start: int, count: int) -> Batch:
        """Pictures number `start` to `start + count - 1`."""
        images = np.empty((count, self.side, self.side, 3), np.float32)
        captions = []
        labels = np.empty((count, 3), np.int64)
        for offset in range(count):
            images[offset], caption, labels[offset] = self.picture(start + offset)
            captions.append(caption)
        return Batch(
            torch.from_numpy(images).permute(0, 3, 1, 2).contiguous(), tuple(captions), torch.from_numpy(labels)
        )

    def picture(self, number: int) -> tuple[npt.NDArray[np.float32], str, tuple[int, int, int]]:
        """One picture (side, side, 3) in 0..1, its caption, and its labels as in `Batch`."""
        rng = np.random.default_rng([self.seed, number])
        background = self._backgrounds.draw(rng)
        picture = background.picture.copy()
        lot = 1.0 if self._unseen else rng.random()
        allowed = self._allowed[background.kind]
        if lot < 0.04 or len(allowed) < 2:
            kind, dyed, words = NOTHING, NOTHING, Words((), "", "", "", background.alone, "")
        elif lot < 0.12:
            return self._portrait(rng)
        elif lot < 0.22:
            kind, dyed, words = self._pair(rng, picture, background)
        elif lot < 0.28:
            kind, dyed, words = self._several(rng, picture, background)
        else:
            kind, dyed, words = self._single(rng, picture, background)
        noise = rng.uniform(0, 0.02)
        picture += rng.normal(0, noise, picture.shape).astype(np.float32)
        return np.clip(picture, 0, 1), sentence(rng, words), (kind, background.kind, dyed)

    def caption(self, number: int) -> str:
        """The caption of picture `number` alone."""
        return self.picture(number)[1]

    def alone(self, drawing: int, share: float = 0.8) -> npt.NDArray[np.float32]:
        """One drawing in the middle of white, (side, side, 3): what queries by name are ranked over."""
        picture = np.ones((self.side, self.side, 3), np.float32)
        _place(picture, _resized(self._drawings[drawing], round(share * self.side)), 0.5, 0.5)
        return picture

    def _portrait(self, rng: np.random.Generator) -> tuple[npt.NDArray[np.float32], str, tuple[int, int, int]]:
        """One thing, upright, whole and undyed on a plain light ground, called by its name and nothing else."""
        kind = int(rng.integers(len(self.kinds)))
        picture = np.full((self.side, self.side, 3), rng.choice([1.0, 1.0, 0.9, 0.75]), np.float32)
        size = max(4, round(float(rng.uniform(0.65, 0.95)) * self.side))
        drawing = self._drawings[int(rng.choice(self._of_kind[kind]))]
        _place(picture, _resized(drawing, size), *rng.uniform(0.46, 0.54, 2))
        said = with_article(self._phrase(rng, kind, NOTHING))
        return picture, sentence(rng, Words((said,), "", "", "", "", "")), (kind, 0, NOTHING)

    def _single(
        self, rng: np.random.Generator, picture: npt.NDArray[np.float32], background: Background
    ) -> tuple[int, int, Words]:
        kind = int(rng.choice(self._allowed[background.kind]))
        size = float(rng.uniform(0.4, 1.0))
        place = ""
        if size < 0.55 and rng.random() < 0.4:
            (column, row), place = list(_PLACES.items())[int(rng.integers(len(_PLACES)))]
            x, y = 0.28 + 0.22 * column, 0.28 + 0.22 * row
            place = place if rng.random() < 0.7 else ""
        else:
            reach = max(0.0, 0.5 - size / 2) + 0.05
            x, y = 0.5 + float(rng.uniform(-reach, reach)), 0.5 + float(rng.uniform(-reach, reach))
        drawing, dyed, style = self._drawing(rng, kind)
        self._draw(rng, picture, drawing, x, y, size)
        phrase = self._phrase(rng, kind, dyed)
        if rng.random() < 0.1:
            phrase = f"small {phrase}" if size < 0.5 else f"big {phrase}" if size > 0.8 else phrase
        if rng.random() < 0.15:
            phrase = f"{ADJECTIVES[int(rng.integers(len(ADJECTIVES)))]} {phrase}"
        thing = with_article(phrase)
        if rng.random() < 0.1:
            thing = f"{thing} {DOINGS[int(rng.integers(len(DOINGS)))]}"
        said = background.phrase if rng.random() < 0.85 else ""
        named = STYLES[style].name if rng.random() < 0.05 else ""
        return kind, dyed, Words((thing,), "", place, said, background.alone, named)

    def _pair(
        self, rng: np.random.Generator, picture: npt.NDArray[np.float32], background: Background
    ) -> tuple[int, int, Words]:
        first, second = (int(k) for k in rng.choice(self._allowed[background.kind], 2, replace=False))
        relation, x0, y0, x1, y1 = _RELATIONS[int(rng.integers(len(_RELATIONS)))]
        phrases = []
        for kind, x, y in ((first, x0, y0), (second, x1, y1)):
            drawing, dyed, _ = self._drawing(rng, kind)
            self._draw(rng, picture, drawing, x, y, float(rng.uniform(0.38, 0.52)))
            phrases.append(with_article(self._phrase(rng, kind, dyed)))
        said = background.phrase if rng.random() < 0.7 else ""
        return (
            NOTHING,
            NOTHING,
            Words(tuple(phrases), relation if rng.random() < 0.6 else "", "", said, background.alone, ""),
        )

    def _several(
        self, rng: np.random.Generator, picture: npt.NDArray[np.float32], background: Background
    ) -> tuple[int, int, Words]:
        kind = int(rng.choice(self._allowed[background.kind]))
        count = int(rng.integers(2, 4))
        drawing, dyed, _ = self._drawing(rng, kind)
        spots = [(0.27, 0.5), (0.73, 0.5)] if count == 2 else [(0.5, 0.27), (0.26, 0.72), (0.74, 0.72)]
        for x, y in spots:
            self._draw(
                rng,
                picture,
                drawing,
                x + float(rng.uniform(-0.04, 0.04)),
                y + float(rng.uniform(-0.04, 0.04)),
                float(rng.uniform(0.38, 0.48)),
            )
        said = background.phrase if rng.random() < 0.7 else ""
        return kind, dyed, Words((many(self._phrase(rng, kind, dyed), count),), "", "", said, background.alone, "")

    def _drawing(self, rng: np.random.Generator, kind: int) -> tuple[Drawing, int, int]:
        number = int(rng.choice(self._of_kind[kind]))
        drawing = self._drawings[number]
        dyed = NOTHING
        if rng.random() < (0.7 if self.kinds[kind].group == "shapes" else 0.15):
            colours = [n for n, colour in enumerate(COLOURS) if not held_out(self.kinds[kind].name, colour.name)]
            dyed = int(rng.choice(colours))
            drawing = dye(drawing, COLOURS[dyed])
        return drawing, dyed, int(self._style[number])

    def _phrase(self, rng: np.random.Generator, kind: int, dyed: int) -> str:
        nouns = self.kinds[kind].nouns
        noun = nouns[0] if len(nouns) == 1 or rng.random() < 0.6 else nouns[int(rng.integers(1, len(nouns)))]
        if dyed == NOTHING:
            return noun
        bare = noun.split(" ", 1)[1] if noun.split(" ")[0] in _COLOUR_WORDS and " " in noun else noun
        return f"{COLOURS[dyed].name} {bare}"

    def _draw(
        self,
        rng: np.random.Generator,
        picture: npt.NDArray[np.float32],
        drawing: Drawing,
        x: float,
        y: float,
        size: float,
    ) -> None:
        if rng.random() < 0.5:
            drawing = drawing.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        side = max(4, round(size * self.side))
        angle = float(rng.normal(0, 8))
        _place(picture, _turned(_resized(drawing, side), angle), x, y)


_COLOUR_WORDS = frozenset(colour.name for colour in COLOURS)


def _resized(drawing: Drawing, side: int) -> Drawing:
    return drawing.resize((side, side), Image.Resampling.BOX if side * 2 < drawing.width else Image.Resampling.BILINEAR)


def _turned(drawing: Drawing, degrees: float) -> Drawing:
    return drawing.rotate(degrees, Image.Resampling.BILINEAR, expand=True)


def _place(picture: npt.NDArray[np.float32], drawing: Drawing, x: float, y: float) -> None:
    side, (width, height) = picture.shape[0], drawing.size
    left, top = round(x * side - width / 2), round(y * side - height / 2)
    x0, y0, x1, y1 = max(0, left), max(0, top), min(side, left + width), min(side, top + height)
    if x0 >= x1 or y0 >= y1:
        return
    part = np.asarray(drawing.crop((x0 - left, y0 - top, x1 - left, y1 - top)), np.float32) / 255
    picture[y0:y1, x0:x1] = picture[y0:y1, x0:x1] * (1 - part[..., 3:]) + part[..., :3]
