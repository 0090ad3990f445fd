"""What every training does around its steps: resume, checkpoints, cancelling, rolling back, the log."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

from torch import Tensor

from studio.base.cancel import CancelToken
from studio.starter.training import NotFinite, Run

R = TypeVar("R")


class Trainer(ABC, Generic[R]):
    """A training in a run folder; iterate `run()` for its reports.

    Attributes:
        record: the run folder: steps done, checkpoints, log.
        steps: how many steps there are in all.
    """

    record: Run
    steps: int

    def run(self, token: CancelToken, every: int = 20, checkpoint: int = 200) -> Iterator[R]:
        """Train to the end.

        A step that comes to a loss or gradient without a finite value is not taken: training goes back to the last
        checkpoint and on from there at half the rate, three times at most.

        Args:
            token: polled before every step.
            every: steps from one report to the next.
            checkpoint: steps from one checkpoint to the next.

        Raises:
            Cancelled: the token was fired; a checkpoint was saved.
            ModelError: values stay infinite or not a number; the last checkpoint is kept.
            FileError: a checkpoint could not be written; the one before it is kept.
        """
        good = self.record.step, self.tensors()
        while self.record.step < self.steps:
            if token.cancelled:
                self.record.save(self.tensors())
                token.check()
            try:
                report = self.advance(self.record.step)
            except NotFinite as fault:
                self.record.stumble(fault)
                self.record.step = good[0]
                self.restore(good[1])
                continue
            self.record.step += 1
            self.after_step()
            if self.record.step % checkpoint == 0 or self.record.step == self.steps:
                good = self.record.step, self.tensors()
                self.record.save(good[1])
            if self.record.step % every == 0:
                self.record.log(**self.figures(report))
                yield report

    @abstractmethod
    def advance(self, step: int) -> R:
        """Take optimiser step number `step` (from 0).

        Raises:
            NotFinite: it came to a value that is infinite or not a number, and was not taken.
        """

    def after_step(self) -> None:
        """What follows a step that was taken, `record.step` being the number of steps done: averages."""

    @abstractmethod
    def tensors(self) -> dict[str, Tensor]:
        """All that a checkpoint needs, as copies."""

    @abstractmethod
    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        """Put back what `tensors` gave. Raises InputError when it is of another network."""

    @abstractmethod
    def figures(self, report: R) -> dict[str, float]:
        """What the log keeps of a report."""
