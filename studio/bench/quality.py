"""Time to equal quality: Keydream's picture of a prompt against the plain loop's, in the eyes of who guided neither.

Both draw with one VQGAN for one perceptor at one size. The plain loop is VQGAN-CLIP's: from random codes, by the
textbook's step (`studio.bench.reference`), at one rate, without a ladder and without averaging. Keydream's picture is
rendered as `keydream still` does. Models are loaded beforehand, and the time that the judge takes is nobody's.
"""

from __future__ import annotations

import itertools
import math
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from studio.base.errors import InputError
from studio.bench import reference, workloads
from studio.bench.textbook import Textbook
from studio.bench.timing import Clock
from studio.evaluation.precision import object_ranks
from studio.evaluation.prompts import Prompt
from studio.evaluation.run import OTHERS, seen_by
from studio.project.model import Project
from studio.render import recipe
from studio.render.events import FrameDone, Preview, StepDone
from studio.render.pictures import preview
from studio.render.session import render
from studio.render.store import FrameStore
from studio.render.toolbox import Toolbox
from studio.score.perceptor import Perceptor
from studio.timeline.sample import sample

PLAIN_STEPS = 100
"""Steps of the plain loop where nothing is said: its best score hardly rises after half of them (VQGAN-CLIP: 500)."""

RATE = 0.5
"""Of the plain loop's Adam, in the codebook's standard deviation.

Of 0.1, 0.25, 0.35, 0.5, 0.7 and 1 the one with the highest best score on average, over three prompts that are
not among the first twenty.
"""

EVERY = 4
"""Steps of the plain loop between two looks of the judge at it."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the judge said of a picture on the way.

    Attributes:
        seconds: that had gone by, the judge's not counted.
        score: the cosine of picture and prompt; more is better.
    """

    seconds: float
    score: float


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A picture on the way, and the seconds that it took."""

    seconds: float
    image: Image.Image


@dataclass(frozen=True, slots=True)
class Case:
    """One prompt with one seed, dreamed both ways.

    Attributes:
        prompt: what was to be seen.
        seed: of both.
        plain: the plain loop's pictures, the last one after its last step.
        ours: Keydream's, the last one the stored frame.
        plain_rank: of the prompt's object in the plain loop's best picture, from 0, as `keydream evaluate` ranks it.
        our_rank: likewise, in the stored frame.
    """

    prompt: str
    seed: int
    plain: tuple[Look, ...]
    ours: tuple[Look, ...]
    plain_rank: int
    our_rank: int

    @property
    def wanted(self) -> float:
        """The plain loop's score in the end: its best, as if somebody had kept the best of its pictures."""
        return max(look.score for look in self.plain)

    @property
    def plain_best(self) -> float:
        """Seconds until the plain loop had that picture."""
        return next(look.seconds for look in self.plain if look.score == self.wanted)

    @property
    def reached(self) -> float:
        """Seconds until Keydream's picture was as good; infinite where it never was, or is not in the end."""
        return self._until(self.wanted)

    @property
    def beaten(self) -> float:
        """The same for the plain loop's last picture, which nobody chose."""
        return self._until(self.plain[-1].score)

    @property
    def stayed(self) -> float:
        """Seconds from which on every picture of Keydream's was as good; infinite where the last is not."""
        since = math.inf
        for look in reversed(self.ours):
            if look.score < self.wanted:
                break
            since = look.seconds
        return since

    def _until(self, wanted: float) -> float:
        if self.ours[-1].score < wanted:
            return math.inf
        return next(look.seconds for look in self.ours if look.score >= wanted)


class Contest:
    """Both ways, with all models loaded.

    Args:
        toolbox: Keydream's tools; perceptors and canvases come from there.
        judge: a perceptor that guides neither.
        example: a project of one frame on the starter's perceptor, as all that will be compared, for its models.
        others: objects with their articles, that the prompts' are ranked among.
        steps: of the plain loop, 1 or more.
        rate: of the plain loop, in the codebook's standard deviation.

    Raises:
        InputError: the judge is a guide, or the project has perceptors of its own.
        StudioError: a model is missing, or damaged.
    """

    def __init__(
        self,
        toolbox: Toolbox,
        judge: Perceptor,
        example: Project,
        others: Sequence[str],
        *,
        steps: int = PLAIN_STEPS,
        rate: float = RATE,
    ) -> None:
        self._toolbox, self._judge, self._others, self._steps = toolbox, judge, others, steps
        ((self._guide, _),) = toolbox.perceptors(example)
        if self._guide.identity == judge.identity:
            raise InputError(
                f"{judge.name} cannot judge these pictures", "They are made to please it", "Choose another"
            )
        self._textbook = Textbook(
            workloads.shipped("vqgan"), [(workloads.shipped("clip"), self._guide.image_size)], toolbox.device
        )
        self._rate = rate * float(self._textbook.codebook.std(dim=0, correction=0).mean())
        draft = replace(example, seed=example.seed + 1)
        for _ in self.ours(draft):  # what is loaded, or looked at once for all pictures, is there from now on
            pass
        for _ in self.plain(draft, steps=1):
            pass

    def case(self, project: Project, prompt: Prompt) -> Case:
        """Dream a prompt both ways, taking turns.

        Args:
            project: of one frame with that prompt.
            prompt: as it is ranked among others.

        Raises:
            StudioError: it cannot be rendered.
        """
        judged = self._judging(prompt)
        ways = {"plain": self.plain(project), "ours": self.ours(project)}
        looks: dict[str, list[Look]] = {way: [] for way in ways}
        kept: dict[str, Image.Image] = {}
        turns = -(-self._steps // EVERY)
        at_once = {"plain": 1, "ours": -(-_steps(project) // turns)}
        while ways:
            for way, shown in list(ways.items()):
                some = list(itertools.islice(shown, at_once[way]))
                if not some:
                    del ways[way]
                for each in some:
                    score = judged(each.image)
                    if way == "ours" or score > max((look.score for look in looks[way]), default=-math.inf):
                        kept[way] = each.image
                    looks[way].append(Look(each.seconds, score))
        ranks = self._ranks(prompt, [kept["plain"], kept["ours"]])
        return Case(prompt.text, project.seed, tuple(looks["plain"]), tuple(looks["ours"]), *ranks)

    def ours(self, project: Project) -> Iterator[Shown]:
        """Keydream's pictures: at every step the one that was looked at, and the stored frame."""
        clock = Clock(self._toolbox.device)
        with tempfile.TemporaryDirectory(prefix="keydream-bench-", ignore_cleanup_errors=True) as folder:
            events = render(project, self._toolbox, FrameStore(Path(folder)))
            while True:
                with clock:
                    event = next(events, None)
                if event is None:
                    return
                if isinstance(event, StepDone):
                    yield Shown(clock.seconds, _opened(event.preview()))
                elif isinstance(event, FrameDone):
                    with Image.open(event.path) as image:
                        yield Shown(clock.seconds, image.convert("RGB"))

    def plain(self, project: Project, *, steps: int = 0) -> Iterator[Shown]:
        """The plain loop's pictures, every so many steps, and the last one; 0 steps for all that it was made with."""
        clock = Clock(self._toolbox.device)
        width, height = project.width, project.height
        chance = torch.Generator().manual_seed(project.seed)
        steps = steps or self._steps
        state = sample(project.timeline, 0)
        with clock:
            text = ", ".join(wish.text for wish in recipe.wishes(state, {}))
            (eye,) = self._textbook.eyes([self._guide.embed_text([text])[0]])
            latents = self._textbook.noise(width, height, chance)
            draw: Callable[[], Tensor] = partial(self._textbook.picture, latents, width, height)
            looking = [(eye, recipe.cutouts(state, self._guide))]
            step = reference.Step([latents], draw, looking, self._rate, chance, self._textbook.bound(latents))
        for done in range(1, steps + 1):
            with clock:
                step()
            if done % EVERY == 0 and done < steps:
                assert step.image is not None, "a step leaves its picture"
                yield Shown(clock.seconds, _opened(preview(step.image[0])))
        with clock, torch.no_grad():
            image = draw()
        yield Shown(clock.seconds, _opened(preview(image[0])))

    def _judging(self, prompt: Prompt) -> Callable[[Image.Image], float]:
        target = self._judge.embed_text([prompt.text])[0]

        @torch.no_grad()
        def judged(image: Image.Image) -> float:
            seen = seen_by(image, self._judge).to(self._judge.device)
            return float(self._judge.embed_image(seen)[0] @ target)

        return judged

    def _ranks(self, prompt: Prompt, images: Sequence[Image.Image]) -> tuple[int, ...]:
        """Of the prompt's object among others, in each picture; the same others for each."""
        found = (seen_by(image, self._judge) for image in images)
        return tuple(object_ranks(self._judge, seen, [prompt], self._others, OTHERS, 1)[0] for seen in found)


def _steps(project: Project) -> int:
    return int(sample(project.timeline, 0).parameter("steps"))


def _opened(shown: Preview) -> Image.Image:
    return Image.frombytes("RGB", (shown.width, shown.height), shown.rgb)
