"""Training the starter BigGAN: every drawing has a code, and codes and networks are learned together.

Generative latent optimisation (Bojanowski et al. 2018) with losses of outlines, pixels, edges and, once there is
something to see, of the starter CLIP's features. Codes begin as principal components of what they stand for. A network
that learned whole scenes gave blobs after as many minutes: things and backgrounds are learned apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from studio.canvas.generator import Branch, BranchShape, Networks
from studio.canvas.placement import cover
from studio.starter.fields import map_codes, to_fields, vector_codes
from studio.starter.perceptual import PerceptualLoss
from studio.starter.repertoire import Repertoire
from studio.starter.trainer import Trainer
from studio.starter.training import Average, Run, cosine, pack, unpack


@dataclass(frozen=True, slots=True)
class BigGanSettings:
    """How a starter BigGAN is trained.

    Attributes:
        steps: optimiser steps.
        batch: drawings a step.
        turn: every so many steps, backgrounds are drawn instead of things.
        looks: backgrounds of each kind.
        rate: peak learning rate of Adam for the networks.
        code_rate: the same for the codes.
        edges: weight of the difference between neighbouring pixels' differences.
        fields: weight of the error of the fields themselves, in the end.
        warm_up: share of the steps over which pictures take the place of fields: a steep outline shows no way to one
            that is far away.
        perceptual: weight of the distance of features.
        begin: share of the steps after which features are compared.
        seen: every so many of these steps they are.
        jitter: standard deviation of the noise that codes, whose own is 1 at first, are drawn with.
        seed: of the weights, the order, the jitter and the choice of backgrounds.
        cells: places of a code's map, each way, of things and of backgrounds.
        channels: of a thing's map.
        scene_channels: of a background's.
        vector: numbers of a code beside its map.
        widths: channels of the network of things at each size.
        scene_widths: of that of backgrounds.
        half: whether products are computed in bfloat16, which processors with AMX and graphics processors do fast.
    """

    steps: int = 7000
    batch: int = 24
    turn: int = 4
    looks: int = 20
    rate: float = 2e-3
    code_rate: float = 1e-2
    edges: float = 1.0
    fields: float = 0.2
    warm_up: float = 0.04
    perceptual: float = 0.05
    begin: float = 0.4
    seen: int = 2
    jitter: float = 0.03
    seed: int = 3
    cells: int = 8
    channels: int = 24
    scene_channels: int = 24
    vector: int = 32
    widths: tuple[int, ...] = (128, 96, 48, 24)
    scene_widths: tuple[int, ...] = (96, 64, 32, 16)
    half: bool = True


@dataclass(frozen=True, slots=True)
class Report:
    """How training goes.

    Attributes:
        step: steps done.
        steps: steps in all.
        loss: what was minimised in the last step that drew things.
        psnr: signal-to-noise ratio of its drawings with their alpha, in dB.
        scenes: the same of the last backgrounds.
        features: distance of the features, 0..4, when they were last compared.
    """

    step: int
    steps: int
    loss: float
    psnr: float
    scenes: float
    features: float


def configuration(settings: BigGanSettings, repertoire: Repertoire) -> dict[str, Any]:
    """The `config` that ships with the weights, as `BigGanConfig.read` takes it."""
    things, scenes = shapes(settings, repertoire)
    return {"things": asdict(things), "scenes": asdict(scenes), **repertoire.names}


def shapes(settings: BigGanSettings, repertoire: Repertoire) -> tuple[BranchShape, BranchShape]:
    """The shapes of the two branches."""
    cells, vector = settings.cells, settings.vector
    return (
        BranchShape(len(repertoire.things), cells, settings.channels, vector, settings.widths, 4),
        BranchShape(len(repertoire.scenes), cells, settings.scene_channels, vector, settings.scene_widths, 3),
    )


class BigGanTraining(Trainer[Report]):
    """A starter BigGAN in training; iterate `run()`.

    Args:
        settings: how.
        repertoire: of what; as large as the branches draw.
        folder: the run folder.
        perceptual: compares features; None where `settings.perceptual` is 0.
    """

    def __init__(
        self, settings: BigGanSettings, repertoire: Repertoire, folder: Path, perceptual: PerceptualLoss | None = None
    ) -> None:
        torch.manual_seed(settings.seed)
        self.settings = settings
        self.steps = settings.steps
        self.repertoire = repertoire
        self.perceptual = perceptual
        self.config = configuration(settings, repertoire)
        things, scenes = shapes(settings, repertoire)
        tables = repertoire.thing_slots, repertoire.scene_slots
        self.networks = Networks(things, scenes, [(len(table), table.shape[1]) for table in tables])
        self.networks.thing_slots.copy_(tables[0])
        self.networks.scene_slots.copy_(tables[1])
        self._fields = to_fields(repertoire.things)
        seen = {} if perceptual is None else {"perceptor": perceptual.identity}
        self.record = Run(folder, asdict(settings) | seen)
        kept = self.record.resume()
        if kept is None:
            self._first_codes()
        branches = self.networks.things, self.networks.scenes
        for branch in branches:
            branch.to(memory_format=torch.channels_last)
        # no memory of the direction: a code moves only when its own drawing is there
        self.optimiser = torch.optim.Adam(
            [
                {"params": [p for branch in branches for p in branch.network()], "betas": (0.9, 0.99)},
                {"params": [p for branch in branches for p in (branch.maps, branch.vectors)], "betas": (0.0, 0.99)},
            ]
        )
        self.average = Average(self.networks, 0.998)
        self._last = Report(0, settings.steps, 0.0, 0.0, 0.0, 0.0)
        if kept is not None:
            self.restore(kept)

    def tensors(self) -> dict[str, Tensor]:
        """Weights, codes, optimiser and averages."""
        return pack(self.networks, self.optimiser, self.average)

    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        """Put back what `tensors` gave."""
        unpack(tensors, self.networks, self.optimiser, self.average)

    def after_step(self) -> None:
        """Average the weights and codes."""
        self.average.update(self.networks, self.record.step)

    def figures(self, report: Report) -> dict[str, float]:
        """Losses and errors, for the log."""
        values = asdict(report)
        return {key: values[key] for key in ("loss", "psnr", "scenes", "features")}

    def advance(self, step: int) -> Report:
        """One batch of things, or, in turn, of backgrounds."""
        settings = self.settings
        share = cosine(step, settings.steps, 50) * self.record.caution
        for group, rate in zip(self.optimiser.param_groups, (settings.rate, settings.code_rate), strict=True):
            group["lr"] = rate * share
        scenic = step % settings.turn == settings.turn - 1
        generator = torch.Generator().manual_seed(settings.seed * 1_000_003 + step)
        branch = self.networks.scenes if scenic else self.networks.things
        numbers = self._numbers(step, branch.shape.drawings, scenic=scenic)
        drawn = self._draw(branch, numbers, generator)
        features = 0.0
        if scenic:
            wanted = self.repertoire.scenes[numbers].float() / 255
            difference = (drawn * 0.5 + 0.5) - wanted
            loss = _error(difference, settings.edges)
        else:
            wanted = self.repertoire.things[numbers].float() / 255
            pictures = cover(drawn)
            difference = pictures - wanted
            ramp = min(1.0, step / max(1.0, settings.warm_up * settings.steps))
            astray = (drawn - self._fields[numbers].float()).abs().mean()
            loss = ramp * _error(difference, settings.edges) + max(settings.fields, 1 - ramp) * astray
            if self.perceptual is not None and step >= settings.begin * settings.steps and step % settings.seen == 0:
                distance = self._compare(self.perceptual, pictures, wanted, generator)
                loss, features = loss + settings.perceptual * distance, float(distance.detach())
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        norm = torch.nn.utils.clip_grad_norm_(self.optimiser.param_groups[0]["params"], 1.0)
        self.record.check_finite(loss=float(loss.detach()), gradient=float(norm))
        self.optimiser.step()
        psnr = float(-10 * torch.log10(difference.detach().square().mean().clamp_min(1e-10)))
        last = self._last
        self._last = Report(
            step + 1,
            settings.steps,
            last.loss if scenic else float(loss.detach()),
            last.psnr if scenic else psnr,
            psnr if scenic else last.scenes,
            features or last.features,
        )
        return self._last

    def _draw(self, branch: Branch, numbers: Tensor, generator: torch.Generator) -> Tensor:
        """Drawings from their codes, a little off."""
        maps, vectors = branch.maps[numbers], branch.vectors[numbers]
        maps = maps + self.settings.jitter * torch.randn(maps.shape, generator=generator)
        vectors = vectors + self.settings.jitter * torch.randn(vectors.shape, generator=generator)
        with torch.autocast("cpu", torch.bfloat16, enabled=self.settings.half):
            drawn: Tensor = branch(maps, vectors[:, None].expand(-1, branch.shape.layers - 1, -1))
        return drawn.float()

    def _compare(self, perceptual: PerceptualLoss, drawn: Tensor, wanted: Tensor, generator: torch.Generator) -> Tensor:
        """How far drawings look from what they should be, each on a ground of its own colour."""
        ground = torch.rand(len(drawn), 3, 1, 1, generator=generator)
        pair = torch.cat([drawn, wanted])
        ours, theirs = (pair[:, :3] + ground.repeat(2, 1, 1, 1) * (1 - pair[:, 3:])).chunk(2)
        return perceptual(functional.avg_pool2d(ours, 2), functional.avg_pool2d(theirs, 2))

    def _numbers(self, step: int, drawings: int, *, scenic: bool) -> Tensor:
        """Which drawings a step sees: all of them in one order, then all in another."""
        turn, batch = self.settings.turn, self.settings.batch
        before = step // turn if scenic else step - step // turn
        found = []
        for place in range(before * batch, (before + 1) * batch):
            found.append(self._order(place // drawings, drawings)[place % drawings])
        return torch.stack(found)

    def _order(self, epoch: int, drawings: int) -> Tensor:
        generator = torch.Generator().manual_seed(self.settings.seed * 7_919 + epoch)
        return torch.randperm(drawings, generator=generator)

    @torch.no_grad()
    def _first_codes(self) -> None:
        scenes = self.repertoire.scenes.float() / 127.5 - 1
        for branch, fields in ((self.networks.things, self._fields), (self.networks.scenes, scenes)):
            branch.maps.copy_(map_codes(fields, branch.shape.cells, branch.shape.channels))
            branch.vectors.copy_(vector_codes(fields, branch.shape.vector))


def _error(difference: Tensor, edges: float) -> Tensor:
    steps = difference.diff(dim=2).abs().mean() + difference.diff(dim=3).abs().mean()
    return difference.abs().mean() + edges * steps
