"""Workload C: a generation of CMA-ES as the workshops set it up: BigGAN-deep-512, ViT-B-32, population 50, 64 cutouts.

Ours is drawn and looked at in batches, in the device's fastest precision; theirs is `studio.bench.cmaes`' plain way, in
single precision, one member after the other, cutouts made one by one. Every member is seen through the same cutouts.
A generation is fifty pictures, so one is taken of each way, after two members that are not counted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from studio.bench import deep, published, reference
from studio.bench.ceilings import Ceilings
from studio.bench.cmaes import Generation, agreement, timed
from studio.bench.counting import gflop
from studio.bench.steps import Measured
from studio.bench.textbook import eye
from studio.bench.timing import Clock, peak
from studio.bench.workloads import PROMPT
from studio.dream.search import Judge
from studio.models.loading import Weights
from studio.models.precision import DTYPES, Precision
from studio.score import clip
from studio.score.augment import augment
from studio.score.cutouts import CutoutSettings, draw
from studio.score.losses import spherical_distance
from studio.score.perceptor import Perceptor
from studio.score.sampling import view

NAME = "C"
"""The workload's letter."""

_AT_ONCE = 4  # members whose cutouts are looked at as one batch
_CHANCE = 5  # seed of the cutouts
_COUNTED = 2  # members whose operations are counted


@dataclass(frozen=True, slots=True)
class Setup:
    """What a generation is made with.

    Attributes:
        title: what it is, in words.
        generator: weights of a BigGAN-deep.
        perceptor: weights of who looks.
        population: members of a generation.
        cutouts: of each member.
    """

    title: str
    generator: Weights
    perceptor: Weights
    population: int
    cutouts: int


def workshop() -> Setup:
    """The workload, with random weights."""
    title = "BigGAN-512, ViT-B-32, a CMA-ES generation of 50 with 64 cutouts each"
    return Setup(title, deep.weights(deep.config(512)), published.perceptor("ViT-B-32"), 50, 64)


def measure(
    setup: Setup,
    device: torch.device,
    ceilings: Ceilings,
    precision: Precision,
    *,
    referred: bool = True,
    report: Callable[[str], None] = lambda _: None,
) -> Measured:
    """Draw and judge a generation as Keydream does, and as the workshops did.

    Args:
        setup: with what.
        device: where.
        ceilings: of that device.
        precision: in which Keydream computes.
        referred: whether the workshops' way is measured, too.
        report: is told what is being done.

    Raises:
        InputError: the workshops' way is wanted, and pytorch-pretrained-biggan is not installed.
    """
    report(f"{NAME}: building")
    manner = replace(CutoutSettings.field(), count=setup.cutouts)
    perceptor = clip.build(setup.perceptor, device, precision)
    target = perceptor.embed_text([PROMPT])[0]
    looking = _Looking(perceptor, target, manner)
    generation = Generation(setup.generator, looking, setup.population, device)
    population = generation.ours(DTYPES[precision])
    theirs, reference_seconds, reference_memory = None, None, None
    if referred:
        plainly = generation.plainly(_plain(setup, perceptor.image_size, target, manner, device))
        report(f"{NAME}: a generation of the reference")
        with peak(device) as reference_peak:
            theirs, reference_seconds = timed(plainly, setup.population, device)
        reference_memory = reference_peak.bytes
        del plainly
    report(f"{NAME}: a generation")

    def work(count: int) -> Tensor:
        looking.begin(device)
        return population.losses(generation.members[:count])

    with peak(device) as memory:
        losses, whole = timed(work, setup.population, device)
    parts = {"perceptors": looking.seeing.seconds, "cutouts": looking.cutting.seconds}
    parts = {"canvas": max(0.0, whole - sum(parts.values()))} | parts
    some = min(_COUNTED, setup.population)
    counted = gflop(lambda: work(some)) * setup.population / some
    networks = parts["canvas"] + parts["perceptors"]
    return Measured(
        NAME,
        setup.title,
        precision,
        whole,
        reference_seconds,
        counted,
        counted / networks / ceilings.best(precision),
        memory.bytes,
        reference_memory,
        parts,
        losses.tolist(),
        [] if theirs is None else theirs.tolist(),
        unit="generation",
        sample="member",
        agreement=None if theirs is None else agreement(theirs, losses),
    )


class _Looking:
    """Judges pictures as Keydream looks at them: many cutouts in one resampling and one batch; with clocks."""

    def __init__(self, perceptor: Perceptor, target: Tensor, manner: CutoutSettings) -> None:
        self._perceptor, self._target, self._manner = perceptor, target, manner
        self.begin(perceptor.device)

    def begin(self, device: torch.device) -> None:
        """Set the clocks to nothing."""
        self.cutting, self.seeing = Clock(device), Clock(device)

    def __call__(self, pictures: Tensor) -> Tensor:
        return torch.cat([self._judged(some) for some in torch.split(pictures.float(), _AT_ONCE)])

    def _judged(self, pictures: Tensor) -> Tensor:
        with self.cutting:
            seen = torch.cat(_cutouts(pictures, self._perceptor.image_size, self._manner))
        with self.seeing:
            embeddings = self._perceptor.embed_image(seen)
        return spherical_distance(embeddings, self._target).view(len(pictures), -1).mean(1)


def _cutouts(pictures: Tensor, side: int, manner: CutoutSettings) -> list[Tensor]:
    """Cutouts of each picture, (n, 3, side, side), all through the same chance."""
    chance = torch.Generator().manual_seed(_CHANCE)
    homographies = draw(pictures.shape[-2], pictures.shape[-1], manner.count, manner, chance)
    cut = view(pictures, homographies.repeat(len(pictures), 1, 1), side)
    state = chance.get_state()
    changed = []
    for some in torch.split(cut, manner.count):
        chance.set_state(state)
        changed.append(augment(some, manner.augmentation, chance))
    return changed


def _plain(setup: Setup, side: int, target: Tensor, manner: CutoutSettings, device: torch.device) -> Judge:
    looking = eye(setup.perceptor, side, target, device)

    def judged(picture: Tensor) -> Tensor:
        chance = torch.Generator().manual_seed(_CHANCE)
        return reference.looked(picture, looking, manner, chance)[None]

    return judged
