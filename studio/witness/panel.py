"""Those who look at a project, ready to: each with its weights loaded, and the prompts as it understands them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from studio.base.cancel import CancelToken
from studio.library.reading import read
from studio.project.assets import resolve
from studio.project.model import Project
from studio.render.identity import asset_of, perceptor_names
from studio.render.keys import weights
from studio.score.perceptor import Perceptor
from studio.score.sharing import perceptor as shared
from studio.score.standing import Floats, seen
from studio.score.targets import embed_picture
from studio.timeline.prompt import Content, Image, Text
from studio.witness.asked import Asked, asked
from studio.witness.memory import Memory
from studio.witness.reference import Reference, reference


@dataclass(frozen=True, slots=True, eq=False)
class Seer:
    """A perceptor and what it is asked: w wishes, texts and pictures.

    Attributes:
        perceptor: who looks.
        weight: how much it counts among the guides.
        points: (w, d), the wishes in its space.
        chance: (w,), see `studio.score.standing`.
        gains: (w,), likewise.
    """

    perceptor: Perceptor
    weight: float
    points: Floats
    chance: Floats
    gains: Floats

    def sees(self, pictures: Floats) -> tuple[Floats, Floats]:
        """Of embedded pictures (u, d) the cosine with each wish (u, w), and how much of it is seen (u, w)."""
        cosine: Floats = pictures @ self.points.T
        return cosine, seen(cosine, self.chance, self.gains)


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """All who look.

    Attributes:
        prompts: what the timeline asks for; k of them.
        shares: (w, k), how much each wish has of each prompt's score; a prompt's shares sum to 1.
        guides: those who guide the project.
        witness: one who does not; None where there is none.
    """

    prompts: tuple[Asked, ...]
    shares: Floats
    guides: tuple[Seer, ...]
    witness: Seer | None

    @property
    def seers(self) -> tuple[Seer, ...]:
        """Guides and witness."""
        return self.guides if self.witness is None else (*self.guides, self.witness)

    @property
    def perceptors(self) -> tuple[Perceptor, ...]:
        """Theirs."""
        return tuple(seer.perceptor for seer in self.seers)


class Panels:
    """Puts panels together. Perceptors are shared with whoever else has them, and kept while the last panel needs them.

    Args:
        device: where they look.
        memory: what was seen before.
    """

    def __init__(self, device: torch.device, memory: Memory) -> None:
        self._device = device
        self._memory = memory
        self._held: dict[str, Perceptor] = {}
        self._references: dict[str, Reference] = {}

    def panel(self, project: Project, folder: Path, witness: str | None, token: CancelToken) -> Panel:
        """The panel of a project.

        Args:
            project: whose prompts and guides.
            folder: what its pictures are relative to.
            witness: the name of the perceptor that does not guide, from `choosing.witness_of`; None for none.
            token: polled now and then.

        Raises:
            ModelError: a perceptor is missing or cannot be used.
            InputError: a prompt is too long for one.
            AssetError: a prompt's picture is missing or broken.
            Cancelled: the token was fired.
        """
        prompts = asked(project.timeline)
        wishes = tuple(dict.fromkeys(content for prompt in prompts for content, _ in prompt.wishes))
        shares = np.zeros((len(wishes), len(prompts)), np.float32)
        for place, prompt in enumerate(prompts):
            for content, share in prompt.wishes:
                shares[wishes.index(content), place] += share
        names = perceptor_names(project)
        needed = {*names, *([] if witness is None else [witness])}
        self._held = {name: held for name, held in self._held.items() if name in needed}
        images: dict[Content, torch.Tensor] = {
            content: read(resolve(folder, asset_of(project, content.asset)))
            for content in wishes
            if isinstance(content, Image)
        }
        guides = tuple(
            self._seer(name, weight, wishes, images, token)
            for name, weight in zip(names, weights(project), strict=True)
        )
        return Panel(
            prompts, shares, guides, None if witness is None else self._seer(witness, 1.0, wishes, images, token)
        )

    def _seer(
        self,
        name: str,
        weight: float,
        wishes: tuple[Content, ...],
        images: Mapping[Content, torch.Tensor],
        token: CancelToken,
    ) -> Seer:
        token.check()
        if name not in self._held:
            self._held[name] = shared(name, self._device)
        perceptor = self._held[name]
        if perceptor.identity not in self._references:
            self._references[perceptor.identity] = reference(perceptor, self._memory, token)
        points = [
            perceptor.embed_text([wish.text])[0] if isinstance(wish, Text) else embed_picture(perceptor, images[wish])
            for wish in wishes
        ]
        stacked = torch.stack(points).cpu().numpy() if points else np.zeros((0, perceptor.dimensions))
        placed: Floats = stacked.astype(np.float32)
        known = self._references[perceptor.identity]
        chance = np.array([known.chance(wish, point) for wish, point in zip(wishes, placed, strict=True)], np.float32)
        gains = [known.word_gain if isinstance(wish, Text) else known.picture_gain for wish in wishes]
        return Seer(perceptor, weight, placed, chance, np.array(gains, np.float32))
