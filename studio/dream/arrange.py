"""From a prompt to a collage: what the prompt names is looked up, and what it leaves open a perceptor chooses.

CLIP-CLOP (Mirowski et al. 2022) begins from random patches and lets CLIP's gradient move them. Here, the pieces, the
background and the layout are chosen first, as the best of many collages in the perceptor's eyes, which is where most of
a picture is decided; the gradient comes after.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from studio.base.cancel import CancelToken
from studio.canvas.biggan_model import Scene as Place
from studio.canvas.collage import PIECES, CollageCanvas, Piece
from studio.canvas.compositor import compose
from studio.canvas.pack import Pack
from studio.canvas.sprites import Sprites
from studio.dream.cutouts import look
from studio.dream.naming import Named, Reading, read
from studio.scenery import scenes
from studio.scenery.backgrounds import KINDS
from studio.scenery.scenes import Scene
from studio.scenery.wording import wordings
from studio.score.perceptor import Perceptor

SEEDS = 96
"""Scenes of each kind of background that may be chosen."""

Sides = tuple[float, float, float, float]
"""Left, top, right and bottom, in shares of the picture."""

WHOLE: Sides = (0.0, 0.0, 1.0, 1.0)

QUIET = ("plain", "sky", "grass", "hills", "room")
"""Backgrounds that say little, for prompts that say nothing of one: a picture is then of its things alone."""

_UNNAMED = 6  # pieces that are tried where the prompt names none
_SCENES = 24  # backgrounds that are tried where the prompt names one
_EACH = 2  # backgrounds of every kind that are tried where it names none
_LAYOUTS = 6
_AT_ONCE = 64
_SMALLEST = 64  # pixels at which collages are judged, or what the perceptor looks at
_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "2": 2, "3": 3, "4": 4, "5": 5, "6": 6}
_NUMBERS |= {"both": 2, "pair": 2, "couple": 2, "some": 3, "several": 4, "many": 5, "lots": 5}
_RELATIONS = re.compile(r"\b(above|over|below|beneath|under|left of|right of)\b")
_GROWN = 1.35  # things in a part of the picture, compared with those in a whole one of that size
_LARGEST = 0.88  # of the part's shorter side
_LEAST = 0.02  # by how much a tint has to please more than a cutout's own colours


@dataclass(frozen=True, slots=True)
class Wish:
    """A text that a picture should show.

    Attributes:
        text: English.
        weight: above 0; how much it counts.
        sides: where it is to be, as left, top, right and bottom in shares of the picture; None for anywhere.
    """

    text: str
    weight: float = 1.0
    sides: Sides | None = None


@torch.no_grad()
def arrange(
    canvas: CollageCanvas,
    wishes: Sequence[Wish],
    perceptors: Sequence[tuple[Perceptor, float]],
    generator: torch.Generator,
    token: CancelToken,
) -> None:
    """Make `canvas` the best collage that is found for what is wished.

    Args:
        canvas: of the pack to choose from, at the size of the picture.
        wishes: without any, the canvas becomes the generator's clouds.
        perceptors: who judges, and how much each counts; all judge the same collages.
        generator: the only source of chance.
        token: polled between batches.

    Raises:
        Cancelled: the token was fired.
        InputError: a text is too long for a perceptor.
        AssetError: a cutout cannot be drawn.
    """
    if not wishes:
        canvas.start(generator)
        return
    chance = np.random.default_rng(int(torch.randint(2**62, (1,), generator=generator)))
    _Arranging(canvas, wishes, perceptors, chance, token).run()


class _Arranging:
    """One search; see `arrange`."""

    def __init__(
        self,
        canvas: CollageCanvas,
        wishes: Sequence[Wish],
        perceptors: Sequence[tuple[Perceptor, float]],
        chance: np.random.Generator,
        token: CancelToken,
        sides: Sides | None = None,
    ) -> None:
        self.canvas = canvas
        self.pack: Pack = canvas.pack
        self.chance = chance
        self.token = token
        self.perceptors = perceptors
        self.sides = sides
        # things are looked up place by place, and what is behind them for all together
        places = dict.fromkeys(wish.sides for wish in wishes if sides is None)
        own = {place: [replace(wish, sides=None) for wish in wishes if wish.sides == place] for place in places}
        self.parts = (
            [_Arranging(canvas, each, perceptors, chance, token, place or WHOLE) for place, each in own.items()]
            if any(places)
            else []
        )
        self.text = ", ".join(wish.text for wish in wishes)
        self.targets = [
            (
                perceptor,
                weight,
                torch.nn.functional.normalize(
                    sum((wish.weight * perceptor.embed_text([wish.text])[0] for wish in wishes), torch.zeros(())), dim=0
                ),
            )
            for perceptor, weight in perceptors
        ]
        shortest = min(canvas.size)
        side = max(_SMALLEST, *(perceptor.image_size for perceptor, _ in perceptors))
        width, height = (max(1, round(edge * side / shortest)) for edge in canvas.size)
        self.size = width, height
        self.grounds: dict[Scene, Tensor] = {}
        self.sprites = Sprites(self.pack, keep=64)

    def run(self) -> None:
        reading = self._reading()
        things = [] if self.parts else self._things(reading)
        candidates = self._scenes(reading)
        layouts = self._layouts(things, reading)
        for part in self.parts:
            layouts = [[*both[0], *both[1]][:PIECES] for both in zip(layouts, part.laid_out(), strict=True)]
        # first the background, with the first layout; then the layout, before the best backgrounds
        order = self._judge(layouts[:1], candidates)[0].argsort(descending=True)[:3].tolist()
        best = [candidates[index] for index in order]
        judged = self._judge(layouts, best)
        number, layout = divmod(int(judged.T.argmax()), len(layouts))
        pieces, scene = layouts[layout], best[number]
        self.canvas.arrange(pieces, scene)

    def laid_out(self) -> list[list[Piece]]:
        """Layouts of what is wished, without a background."""
        reading = self._reading()
        return self._layouts(self._things(reading), reading)

    def _reading(self) -> Reading:
        return read(self.text, [cutout.nouns for cutout in self.pack.cutouts.values()], _places())

    def _things(self, reading: Reading) -> list[list[Piece]]:
        return self._groups(reading) or ([] if reading.scenes and not reading.rest else self._unnamed())

    def _groups(self, reading: Reading) -> list[list[Piece]]:
        """For each thing that is named, as many pieces as are asked for, in their colours and without their places."""
        names = list(self.pack.cutouts)
        groups = []
        for thing in _apart(reading.things, self.text)[:4]:
            noun = self.pack.cutouts[names[thing.kind]].nouns[0]
            same = [name for name, cutout in self.pack.cutouts.items() if cutout.nouns[0] == noun]
            groups.append([self._coloured(self._likeliest(same), thing)] * self._count(thing))
        return groups

    def _count(self, thing: Named) -> int:
        """How many: the number before it, a colour or "of" apart; a bare plural is three."""
        before = self.text.lower()[: thing.start].split()
        before = before[:-1] if thing.colour else before
        before = before[:-1] if before[-1:] == ["of"] else before
        if before[-1:] == ["pair"] and not thing.plural:
            return 1  # of scissors
        if before and before[-1] in _NUMBERS:
            return _NUMBERS[before[-1]]
        return 3 if thing.plural else 1

    def _likeliest(self, names: Sequence[str]) -> str:
        """Of several cutouts the one that fits the whole prompt best, or another that fits as well."""
        if len(names) == 1:
            return names[0]
        scores = sum(weight * (look(self.pack, names, p) @ target) for p, weight, target in self.targets)
        assert isinstance(scores, Tensor)
        near = [index for index in range(len(names)) if float(scores.max() - scores[index]) < _LEAST]
        return names[near[int(self.chance.integers(len(near)))]]

    def _coloured(self, name: str, thing: Named) -> Piece:
        piece = Piece(name)
        if thing.colour is None:
            return piece
        tinted = replace(piece, tint=thing.colour)
        plain = torch.full((1, 3, _SMALLEST, _SMALLEST), 0.85)
        asked = self.text.lower()[: thing.start].split()[-1] + " " + self.pack.cutouts[name].nouns[0]
        pictures = torch.cat([self._drawn([one], plain) for one in (piece, tinted)])
        gain = 0.0
        for perceptor, weight, _ in self.targets:
            scores = perceptor.embed_image(_seen(pictures, perceptor)) @ perceptor.embed_text([f"a {asked}"])[0]
            gain += weight * float(scores[1] - scores[0])
        return tinted if gain > _LEAST else piece

    def _unnamed(self) -> list[list[Piece]]:
        """The piece that the perceptors like best for a prompt that names nothing in the pack."""
        names = list(self.pack.cutouts)
        scores = sum(weight * (look(self.pack, names, p) @ target) for p, weight, target in self.targets)
        assert isinstance(scores, Tensor)
        best = scores.topk(min(_UNNAMED, len(names))).indices.tolist()
        plain = torch.full((1, 3, _SMALLEST, _SMALLEST), 0.85)
        pictures = torch.cat([self._drawn([Piece(names[index])], plain) for index in best])
        judged = self.score(pictures)
        return [[Piece(names[best[int(judged.argmax())]])]]

    def _scenes(self, reading: Reading) -> list[Scene]:
        known = _said(self.text) or reading.scenes
        if known:
            pairs = [known[i] for i in self.chance.permutation(len(known))[:_SCENES]]
            return [Scene(KINDS[kind].name, seed) for kind, seed in pairs]
        open_ = reading.rest or not reading.things  # something is said that nothing was made of: the place, perhaps
        kinds = [kind for kind in KINDS if open_ or kind.name in QUIET]
        return [Scene(kind.name, int(seed)) for kind in kinds for seed in self.chance.integers(SEEDS, size=_EACH)]

    def _layouts(self, groups: list[list[Piece]], reading: Reading) -> list[list[Piece]]:
        things = _apart(reading.things, self.text)
        between = self.text.lower()[things[0].start : things[1].start] if len(groups) == 2 and len(things) > 1 else ""
        relation = _RELATIONS.search(between)
        pieces = [piece for group in groups for piece in group]
        spots = _spots(len(pieces), relation[1] if relation else "")
        return [[self._placed(*both) for both in zip(pieces, spots, strict=True)] for _ in range(_LAYOUTS)]

    def _placed(self, piece: Piece, spot: tuple[float, float, float]) -> Piece:
        x, y, size = spot
        left, top, right, bottom = self.sides or WHOLE
        if (left, top, right, bottom) != WHOLE:
            x, y = left + x * (right - left), top + y * (bottom - top)
            room = min((right - left) * self.size[0], (bottom - top) * self.size[1]) / min(self.size)
            size = min(_GROWN * size, _LARGEST) * room
        jitter = np.clip(self.chance.normal(0, 1, 4), -2, 2)
        size *= 1 + 0.06 * float(jitter[2])
        across, down = (size / 2 * min(self.size) / edge for edge in self.size)  # all of it is seen
        return replace(
            piece,
            x=min(max(x + 0.03 * float(jitter[0]), left + across), right - across),
            y=min(max(y + 0.025 * float(jitter[1]), top + down), bottom - down),
            size=size,
            angle=0.06 * float(jitter[3]),
        )

    def _judge(self, layouts: Sequence[list[Piece]], candidates: Sequence[Scene]) -> Tensor:
        """How well each layout fits before each background: (layouts, backgrounds)."""
        grounds = torch.cat([self._ground(scene) for scene in candidates])
        pictures = torch.cat([self._drawn(pieces, grounds) for pieces in layouts])
        scores = []
        for some in torch.split(pictures, _AT_ONCE):
            self.token.check()
            scores.append(self.score(some))
        return torch.cat(scores).view(len(layouts), len(candidates))

    def score(self, pictures: Tensor) -> Tensor:
        """How well each picture fits: (n,)."""
        total = torch.zeros(len(pictures))
        for perceptor, weight, target in self.targets:
            total += weight * (perceptor.embed_image(_seen(pictures, perceptor)) @ target).cpu()
        for part in self.parts:
            total += part.score(part.shown(pictures))
        return total

    def shown(self, pictures: Tensor) -> Tensor:
        """The part of pictures that this is about."""
        left, top, right, bottom = self.sides or WHOLE
        height, width = pictures.shape[-2:]
        rows, columns = (
            slice(int(a * n), max(int(b * n), int(a * n) + 1))
            for a, b, n in ((top, bottom, height), (left, right, width))
        )
        return pictures[..., rows, columns]

    def _ground(self, scene: Scene) -> Tensor:
        if scene not in self.grounds:
            picture = torch.from_numpy(scenes.draw(scene, *self.size).picture)
            self.grounds[scene] = picture.permute(2, 0, 1)[None].float()
        return self.grounds[scene]

    def _drawn(self, pieces: Sequence[Piece], ground: Tensor) -> Tensor:
        if not pieces:
            return ground
        sprites = [self.sprites.get(piece.name, 64) for piece in pieces]
        return compose(ground, sprites, torch.tensor([piece.numbers() for piece in pieces])).clamp(0, 1)


def _said(text: str) -> tuple[tuple[int, int], ...]:
    """The scenes whose own phrase stands in the text word for word: those of the longest such phrase."""
    lowered = text.lower()
    found: dict[str, list[tuple[int, int]]] = {}
    for kind, place in enumerate(_places()):
        for seed, sayings in enumerate(place.looks):
            for phrase in sayings:
                if phrase in found or (phrase in lowered and re.search(rf"\b{re.escape(phrase)}\b", lowered)):
                    found.setdefault(phrase, []).append((kind, seed))
    return tuple(found[max(found, key=len)]) if found else ()


def _apart(things: Sequence[Named], text: str) -> list[Named]:
    """The things that are not named within the words for a place: no brick is wanted "in front of a brick wall"."""
    lowered = text.lower()
    phrases = {phrase for place in _places() for phrase in place.phrases if phrase in lowered}
    spans = [found.span() for phrase in phrases for found in re.finditer(rf"\b{re.escape(phrase)}\b", lowered)]
    free = [thing for thing in things if not any(start <= thing.start < stop for start, stop in spans)]
    return free or list(things)


def _spots(count: int, relation: str) -> list[tuple[float, float, float]]:
    """Middle and size for each piece, none upon another."""
    if count == 0:
        return []
    if count == 1:
        return [(0.5, 0.54, 0.66)]
    if count == 2 and relation in ("above", "over"):
        return [(0.5, 0.27, 0.46), (0.5, 0.73, 0.46)]
    if count == 2 and relation in ("below", "beneath", "under"):
        return [(0.5, 0.73, 0.46), (0.5, 0.27, 0.46)]
    if count == 2:
        pair = [(0.28, 0.56, 0.48), (0.73, 0.56, 0.48)]
        return pair[::-1] if relation == "right of" else pair
    if count == 3:
        return [(0.5, 0.28, 0.42), (0.26, 0.72, 0.42), (0.74, 0.72, 0.42)]
    columns = -(-count // 2)
    size = min(0.4, 0.9 / columns)
    return [((0.5 + i % columns) / columns, 0.3 if i < columns else 0.72, size) for i in range(count)]


def _seen(pictures: Tensor, perceptor: Perceptor) -> Tensor:
    """The middle square of pictures, at the size that a perceptor looks at."""
    height, width = pictures.shape[-2:]
    edge = min(height, width)
    top, left = (height - edge) // 2, (width - edge) // 2
    square = pictures[..., top : top + edge, left : left + edge]
    side = perceptor.image_size
    if edge != side:
        square = torch.nn.functional.interpolate(square, size=(side, side), mode="bilinear", antialias=edge > side)
    return square.to(perceptor.device)


@functools.cache
def _places() -> tuple[Place, ...]:
    """The kinds of background with what their first scenes are called."""
    places = []
    for kind, looks in zip(KINDS, wordings(SEEDS), strict=True):
        said = sorted({words for pair in looks for words in pair})
        places.append(Place(kind.name, tuple(said), looks))
    return tuple(places)
