"""The scores of a project's frames: for every prompt a line by the guides and a line by a witness, and the warnings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from studio.base.cancel import CancelToken
from studio.project.model import Project
from studio.score.fooled import Flags, Span, fooled
from studio.score.standing import Floats
from studio.timeline.model import Timeline
from studio.witness.asked import counting
from studio.witness.looking import Looker
from studio.witness.memory import Memory
from studio.witness.panel import Panel, Panels, Seer


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """What one side saw of k prompts in n frames; NaN where a frame has no picture, or was not looked at yet.

    Attributes:
        name: of the perceptor; of several, with commas between them.
        cosine: (n, k), as the perceptor has it.
        seen: (n, k), comparable between perceptors: 0 is chance, 1 a true picture; see `studio.score.standing`.
    """

    name: str
    cosine: Floats
    seen: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """All of it.

    Attributes:
        prompts: their names, in order of time.
        asked: (n, k), which frames ask for which.
        guide: what those who guide see; of several the mean, as they weigh.
        witness: what one sees that does not guide; None where there is none.
        fooled: where the guides are being fooled.
    """

    prompts: tuple[str, ...]
    asked: Flags
    guide: Sight
    witness: Sight | None
    fooled: tuple[Span, ...]


class Scorer:
    """Scores frames. What it loads, it keeps for the next time. For one thread.

    Args:
        device: where it looks.
        memory: what was seen before; by default the one in the cache folder.
    """

    def __init__(self, device: torch.device, memory: Memory | None = None) -> None:
        self._memory = memory or Memory()
        self._panels = Panels(device, self._memory)
        self._looker = Looker(self._memory)

    def panel(self, project: Project, folder: Path, witness: str | None, token: CancelToken) -> Panel:
        """Those who will look; see `Panels.panel`."""
        return self._panels.panel(project, folder, witness, token)

    def look(self, panel: Panel, pictures: Sequence[Path], token: CancelToken) -> Iterator[int]:
        """Look at what is new; between portions, how many pictures are left. See `Looker.look`."""
        return self._looker.look(pictures, panel.perceptors, token)

    def scores(self, panel: Panel, timeline: Timeline, pictures: Sequence[Path | None]) -> Scores:
        """What is known by now.

        Args:
            panel: who looked.
            timeline: which frames ask for what.
            pictures: of each frame its picture; None for one that has none.
        """
        weights = [seer.weight for seer in panel.guides]
        sights = [self._sight(panel, seer, pictures) for seer in panel.guides]
        guide = Sight(
            ", ".join(sight.name for sight in sights),
            _mean([sight.cosine for sight in sights], weights),
            _mean([sight.seen for sight in sights], weights),
        )
        witness = None if panel.witness is None else self._sight(panel, panel.witness, pictures)
        flags = counting(timeline, panel.prompts)
        spans = () if witness is None else fooled(guide.seen, witness.seen, flags)
        return Scores(tuple(prompt.name for prompt in panel.prompts), flags, guide, witness, spans)

    def forget(self, pictures: Sequence[Path | None]) -> None:
        """Keep in memory what belongs to these pictures alone."""
        self._looker.forget(pictures)

    def close(self) -> None:
        """Let go of the file of what was seen."""
        self._memory.close()

    def _sight(self, panel: Panel, seer: Seer, pictures: Sequence[Path | None]) -> Sight:
        embeddings, rows = self._looker.embeddings(seer.perceptor, pictures)
        cosine, seen = (
            np.concatenate([part @ panel.shares, np.full((1, len(panel.prompts)), np.nan, np.float32)])[rows]
            for part in seer.sees(embeddings)
        )
        return Sight(seer.perceptor.name, cosine, seen)


def _mean(parts: Sequence[Floats], weights: Sequence[float]) -> Floats:
    made: Floats = np.average(np.stack(parts), axis=0, weights=weights).astype(np.float32)
    return made
