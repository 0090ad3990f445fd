"""The loop: picture, objective, gradient, step."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Protocol, cast

import torch
from torch import Tensor

from studio.base.cancel import CancelToken
from studio.base.shortage import is_short
from studio.canvas.adam import Adam, adam
from studio.canvas.base import Canvas
from studio.dream import adam as adams
from studio.dream import ladder
from studio.dream.average import Average
from studio.dream.guard import Guard, finite
from studio.dream.iterate import Iterate
from studio.dream.memory import watched
from studio.dream.settings import DreamSettings
from studio.dream.state import DreamState

Spare = Callable[[], bool]
"""Makes a step need less memory; False where it cannot."""

KEPT_FOR = 8
"""Steps that a state which is known to be good serves to go back to, before one is copied anew."""


class Loss(Protocol):
    """What an objective says of a picture."""

    @property
    def total(self) -> Tensor:
        """What is minimised, a scalar with a gradient."""

    @property
    def terms(self) -> Mapping[str, Tensor]:
        """Each term's share of the total, by name."""


class Objective(Protocol):
    """What a dream moves towards; `studio.score.objective` makes them."""

    def __call__(self, images: Tensor, generator: torch.Generator, /) -> Loss:
        """The loss of pictures (B, 3, H, W), drawing all randomness from `generator`."""


def dream(
    canvas: Canvas,
    objective: Objective,
    settings: DreamSettings,
    generator: torch.Generator,
    token: CancelToken,
    *,
    resume: DreamState | None = None,
    spare: Spare = lambda: False,
) -> Iterator[Iterate]:
    """Move `canvas` towards `objective`, one iterate after each step.

    When the generator ends, the canvas holds the result: the average of the last iterates, at the size that it had when
    the dream began. When it is left earlier, the canvas holds the last iterate, perhaps at a lower rung's size.

    Args:
        canvas: at its full size, with the picture to begin from.
        objective: what to minimise.
        settings: how.
        generator: the only source of randomness.
        token: polled before every step.
        resume: go on from here, as if never interrupted; canvas, objective and settings have to be those of before.
        spare: is asked when memory does not suffice for a step: makes canvas or objective need less, and says whether
            it could; then the step is tried again, with the same chance.

    Raises:
        Cancelled: the token was fired. Nothing of the step in question has been done, and the last iterate's checkpoint
            can still be taken.
        RenderError: loss or gradient stay without finite values; the canvas is back at its last good state.
        ValueError: `resume` belongs to another canvas.
    """
    run = Run(canvas, objective, settings, generator, spare)
    if resume is not None:
        run.resume(resume)
    while not run.over:
        token.check()
        iterate = run.advance()
        if iterate is not None:
            yield iterate
    run.finish()


class Run:
    """One dream in progress. What changes: canvas, Adam, average, guard, generator and `step`.

    `advance` is `prepare`, a loss whose gradient reaches the canvas, and `settle`; several dreams may share the middle.

    Attributes:
        canvas: what is dreamed.
        objective: what it moves towards.
        generator: its only source of chance.
        step: steps done.
    """

    def __init__(
        self,
        canvas: Canvas,
        objective: Objective,
        settings: DreamSettings,
        generator: torch.Generator,
        spare: Spare = lambda: False,
    ) -> None:
        self.canvas = canvas
        self.objective = objective
        self.generator = generator
        self._settings = settings
        self._spare = spare
        self._fitting: tuple[int, int] | None = None  # the size whose step is known to fit into memory
        self._rungs = ladder.plan(settings.ladder, settings.steps, canvas.size)
        if self._rungs:
            canvas.resize(*self._rungs[0].size)  # before anybody asks for parameters that would serve no step
        self._adam = self._new_adam()
        self._average = Average(settings.average)
        self._guard = Guard()
        self._turn = 0
        self._before: DreamState | None = None
        self.step = 0

    @property
    def over(self) -> bool:
        """Whether all steps are done."""
        return self.step >= self._settings.steps

    def advance(self) -> Iterate | None:
        """Do one step. None when it failed and was undone."""
        self.prepare()
        while True:
            chance = self.generator.get_state()
            try:
                image, loss = self._look()
            except (MemoryError, RuntimeError) as error:
                if not is_short(error):
                    raise
                short = error.with_traceback(None)  # which holds on to every tensor of the step
            else:
                self._fitting = self.canvas.size
                return self.settle(image, loss)
            self._adam.zero_grad()
            if torch.cuda.is_available():
                torch.cuda.empty_cache()
            if not self._spare():
                raise short
            self.generator.set_state(chance)

    def _look(self) -> tuple[Tensor, Loss]:
        """The picture and its loss, whose gradient has reached the canvas."""
        known = self._fitting == self.canvas.size
        with contextlib.nullcontext() if known else watched(self.canvas.parameters()[0].device):
            image = self.canvas.image()
            loss = self.objective(image, self.generator)
        loss.total.backward()  # type: ignore[no-untyped-call]
        return image, loss

    def prepare(self) -> None:
        """Bring the canvas to the size of the next step, without a gradient."""
        self._turn += 1
        self._climb()
        good = self._guard.good
        fresh = good is not None and self.step - good.step < KEPT_FOR
        self._before = None if fresh else self._snapshot()
        self._adam.zero_grad()

    def settle(self, image: Tensor, loss: Loss) -> Iterate | None:
        """Do the step that the canvas' gradient asks for. None when it failed and was undone.

        Whether it failed is asked only after all its work was handed to the device, so that the device is kept busy.

        Args:
            image: the canvas' picture, (1, 3, H, W).
            loss: of that picture; its gradient has reached the canvas.

        Raises:
            RenderError: the dream broke down; the canvas is back at its last good state.
        """
        canvas, settings, adam, before = self.canvas, self._settings, self._adam, self._before
        rate = canvas.rate * settings.step_size * settings.decay(self.step) * self._guard.caution
        sound = finite(loss.total.detach(), canvas.parameters())
        adam.param_groups[0]["lr"] = rate
        adam.step()
        self._shake(rate)
        canvas.constrain()
        self._average.update(canvas.parameters())
        if not bool(sound):
            failed = self.step + 1
            self._restore(cast("DreamState", self._guard.good or before))
            self._guard.stumble(failed, settings.steps, loss.terms)
            return None
        self._guard.good = before or self._guard.good
        self.step += 1
        parts = {name: term.detach() for name, term in loss.terms.items()}
        checkpoint = _Checkpoint(self, self._turn)
        return Iterate(self.step, settings.steps, rate, image.detach(), loss.total.detach(), parts, checkpoint)

    def finish(self) -> None:
        """Leave the averaged iterate on the canvas."""
        self._turn += 1
        self._average.write(self.canvas.parameters())

    def checkpoint(self, turn: int) -> DreamState:
        """The state after the step of that turn; `RuntimeError` when the dream has gone on."""
        if turn != self._turn:
            raise RuntimeError("the dream has gone on: a checkpoint can only be taken while it waits at the iterate")
        now = self._snapshot() | DreamState(
            {"generator": self.generator.get_state()}, {"stumbles": self._guard.stumbles}
        )
        return now | self._guard.good.under("good/") if self._guard.good else now

    def resume(self, state: DreamState) -> None:
        """Go on from a state. Raises ValueError when it is none of this canvas."""
        try:
            self._restore(state)
            self.generator.set_state(state.tensors["generator"].cpu())
            self._guard.stumbles = state.numbers["stumbles"]
        except KeyError as error:
            raise ValueError(f"this is no state of a dream: it has no {error}") from error
        good = state.below("good/")
        self._guard.good = good if good.tensors else None

    def _snapshot(self) -> DreamState:
        return (
            DreamState({}, {"step": self.step, "averaged": self._average.count})
            | DreamState(self.canvas.state()).under("canvas/")
            | DreamState(adams.memory(self._adam)).under("adam/")
            | DreamState(self._average.state()).under("average/")
        )

    def _restore(self, state: DreamState) -> None:
        self.canvas.restore(dict(state.below("canvas/").tensors))
        self._adam = self._new_adam()
        adams.remember(self._adam, state.below("adam/").tensors)
        device = self.canvas.parameters()[0].device
        sums = state.below("average/").tensors
        self._average.restore([sums[str(index)].to(device) for index in range(len(sums))], state.numbers["averaged"])
        self.step = state.step

    def _climb(self) -> None:
        """Bring the canvas to the size of this step's rung, going on from the averaged iterate."""
        size = next(rung.size for rung in self._rungs if self.step < rung.stop)
        if size == self.canvas.size:
            return
        self._average.write(self.canvas.parameters())
        self.canvas.resize(*size)
        self._average.reset()
        adam = self._new_adam()
        adams.carry(self._adam, adam)
        self._adam = adam

    @torch.no_grad()
    def _shake(self, rate: float) -> None:
        strength = self._settings.noise * rate * (1 - (self.step + 1) / self._settings.steps)
        if strength == 0:
            return
        for parameter in self.canvas.parameters():
            noise = torch.randn(parameter.shape, generator=self.generator, device=self.generator.device)
            parameter.add_(noise.to(parameter.device), alpha=strength)

    def _new_adam(self) -> Adam:
        return adam(self.canvas.parameters(), lr=0.0)


class _Checkpoint:
    """`Iterate.checkpoint`: the run's state, as long as the run is where the iterate was."""

    def __init__(self, run: Run, turn: int) -> None:
        self._run = run
        self._turn = turn

    def __call__(self) -> DreamState:
        return self._run.checkpoint(self._turn)
