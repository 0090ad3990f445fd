"""Cutouts: the random crops of a picture that a perceptor is shown, so that no single look can be fooled.

They are drawn as homographies and cut in one batched resampling (`studio.score.sampling`), never one by one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import torch
from torch import Tensor

from studio.score.augment import Augmentation
from studio.score.sampling import view

MAX_VIEWS = 8
"""The most views that cover a picture in one direction, whatever its proportions."""


@dataclass(frozen=True, slots=True)
class CutoutSettings:
    """How cutouts are drawn. The defaults suit small perceptors trained against attacks, such as the starter.

    Attributes:
        count: cutouts of each picture and step; 1 or more.
        power: of the distribution of sizes, as VQGAN-CLIP's cut power: above 1 favours small crops; greater than 0.
        smallest: side of the smallest crop, as a share of the picture's shorter side; greater than 0.
        largest: side of the largest crop, likewise; from `smallest` to 1.
        rotation: degrees that a crop is turned at most, either way; 0 to 180.
        shear: degrees that its verticals lean at most, either way; 0 to 60.
        perspective: how much its far edge shrinks at most: 0 for none, below 0.5.
        flips: the probability that it is mirrored left to right; 0 to 1.
        overscan: how far it may reach over the border, where the picture is reflected, as a share of its side;
            0 to 0.5.
        augmentation: what happens to the colours of the crops.
    """

    count: int = 8
    power: float = 1.0
    smallest: float = 0.8
    largest: float = 1.0
    rotation: float = 3.0
    shear: float = 0.0
    perspective: float = 0.05
    flips: float = 0.0
    overscan: float = 0.0
    augmentation: Augmentation = field(default_factory=lambda: Augmentation(noise=0.2))

    def __post_init__(self) -> None:
        within = {
            "count": self.count >= 1,
            "power": 0 < self.power < math.inf,
            "smallest": 0 < self.smallest <= self.largest,
            "largest": self.largest <= 1,
            "rotation": 0 <= self.rotation <= 180,
            "shear": 0 <= self.shear <= 60,
            "perspective": 0 <= self.perspective < 0.5,
            "flips": 0 <= self.flips <= 1,
            "overscan": 0 <= self.overscan <= 0.5,
        }
        for name, fine in within.items():
            if not fine:
                raise ValueError(f"{name} is out of its range: {getattr(self, name)}")

    @classmethod
    def field(cls) -> CutoutSettings:
        """What the field uses with full-size CLIP models: crops of all sizes, strongly varied.

        Ranges after nerdyrodent/VQGAN-CLIP (2021): its crops, affine, perspective, colour jitter, erasing and noise.
        """
        return cls(
            count=32,
            smallest=0.1,
            rotation=15.0,
            shear=5.0,
            perspective=0.3,
            flips=0.5,
            overscan=0.1,
            augmentation=Augmentation(brightness=0.1, contrast=0.1, saturation=0.1, hue=0.1, noise=0.1, erase=0.7),
        )

    @classmethod
    def plain(cls, count: int = 1) -> CutoutSettings:
        """No chance at all: every cutout is the largest square of the picture, as it is (where it lies is chance)."""
        return cls(count=count, smallest=1.0, rotation=0.0, perspective=0.0, augmentation=Augmentation())


def cut(images: Tensor, count: int, size: int, settings: CutoutSettings, generator: torch.Generator) -> Tensor:
    """Cut `count` random crops out of each picture, by geometry alone (see `augment` for the colours).

    Args:
        images: (B, 3, H, W), any device; differentiable.
        count: cutouts of each picture; `settings.count` is not looked at.
        size: the side S of a cutout in pixels.
        settings: how they are drawn.
        generator: on the CPU, so that every device draws the same numbers.

    Returns:
        (B * count, 3, S, S): all cutouts of the first picture, then all of the second.
    """
    batch, _, height, width = images.shape
    return view(images, draw(height, width, batch * count, settings, generator), size)


def draw(height: int, width: int, count: int, settings: CutoutSettings, generator: torch.Generator) -> Tensor:
    """Random crops of a picture of this size: homographies (count, 3, 3) for `view`, on the CPU, fp64.

    The same numbers are drawn whatever the settings are: changing one of them leaves the others' effect as it was.
    """
    chance = torch.rand(count, 8, generator=generator, dtype=torch.float64)
    both_ways = 2 * chance - 1
    half = settings.smallest + (settings.largest - settings.smallest) * chance[:, 0] ** settings.power
    angle = both_ways[:, 3] * math.radians(settings.rotation)
    lean = torch.tan(both_ways[:, 4] * math.radians(settings.shear))
    mirror = torch.where(chance[:, 7] < settings.flips, -1.0, 1.0).double()
    none, one = torch.zeros_like(half), torch.ones_like(half)
    tilt = _matrices([one, none, none], [none, one, none], [*(settings.perspective * both_ways[:, 5:7]).unbind(1), one])
    shear = _matrices([mirror, lean, none], [none, one, none], [none, none, one])
    turn = _matrices([angle.cos(), -angle.sin(), none], [angle.sin(), angle.cos(), none], [none, none, one])
    reach = (2 * settings.overscan * half)[:, None]
    spans = torch.tensor([width, height], dtype=torch.float64) / min(width, height)
    centres = both_ways[:, 1:3] * ((spans - half[:, None]).clamp(min=0) + reach)
    return _placed(half, centres, spans) @ turn @ shear @ tilt


def views(height: int, width: int, side: float = 1.0) -> Tensor:
    """The fewest upright squares that cover a picture evenly: homographies (n, 3, 3) for `view`, without chance.

    Args:
        height: of the picture.
        width: of the picture.
        side: of a square, as a share of the picture's shorter side; greater than 0, at most 1.

    A picture of extreme proportions is covered in part: by `MAX_VIEWS` squares in a row.
    """
    spans = torch.tensor([width, height], dtype=torch.float64) / min(width, height)
    columns, rows = (
        torch.linspace(-1, 1, n, dtype=torch.float64) if n > 1 else torch.zeros(1) for n in _needed(spans, side)
    )
    centres = torch.cartesian_prod(columns.double(), rows.double()) * (spans - side)
    return _placed(torch.full((len(centres),), side, dtype=torch.float64), centres, spans)


def _needed(spans: Tensor, side: float) -> list[int]:
    return [min(MAX_VIEWS, math.ceil(round(float(span) / side, 6))) for span in spans]


def _placed(half: Tensor, centres: Tensor, spans: Tensor) -> Tensor:
    """Homographies to squares with a half side (n,) and centres (n, 2), both measured in half shorter sides."""
    none, one = torch.zeros_like(half), torch.ones_like(half)
    x, y = (centres / spans).unbind(1)
    return _matrices([half / spans[0], none, x], [none, half / spans[1], y], [none, none, one])


def _matrices(*rows: list[Tensor]) -> Tensor:
    return torch.stack([torch.stack(row, dim=-1) for row in rows], dim=-2)
