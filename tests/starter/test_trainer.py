"""Around the steps of a training: checkpoints, cancelling, and going back when a step comes to nothing."""

from __future__ import annotations

import json

import pytest
import torch

from studio.base.cancel import Cancelled, CancelToken
from studio.base.errors import ModelError
from studio.starter.trainer import Trainer
from studio.starter.training import NotFinite, Run


class Counting(Trainer[float]):
    """Adds the present rate to a number at every step; the steps named in `bad` fail as often as it says."""

    def __init__(self, folder, steps: int = 10, bad: dict[int, int] | None = None) -> None:
        self.steps = steps
        self.record = Run(folder, {"steps": steps})
        self.value = torch.zeros(1)
        self.bad = dict(bad or {})
        self.averaged: list[int] = []
        kept = self.record.resume()
        if kept is not None:
            self.restore(kept)

    def advance(self, step: int) -> float:
        if self.bad.get(step, 0):
            self.bad[step] -= 1
            raise NotFinite(("loss",))
        self.value += self.record.caution
        return float(self.value)

    def after_step(self) -> None:
        self.averaged.append(self.record.step)

    def tensors(self) -> dict[str, torch.Tensor]:
        return {"value": self.value.clone()}

    def restore(self, tensors) -> None:
        self.value = tensors["value"].clone()

    def figures(self, report: float) -> dict[str, float]:
        return {"value": report}


def test_a_healthy_training_reports_logs_and_saves(tmp_path):
    training = Counting(tmp_path)
    assert list(training.run(CancelToken(), every=4, checkpoint=3)) == [4, 8]
    assert training.averaged == list(range(1, 11))
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [(line["step"], line["value"]) for line in lines] == [(4, 4), (8, 8)]
    again = Counting(tmp_path)
    assert (again.record.step, float(again.value)) == (10, 10)


def test_a_failed_step_goes_back_to_the_checkpoint_and_on_at_half_the_rate(tmp_path):
    training = Counting(tmp_path, bad={5: 1})
    assert list(training.run(CancelToken(), every=10, checkpoint=4)) == [4 + 6 * 0.5]
    assert training.record.stumbles == 1
    assert Counting(tmp_path).record.stumbles == 1  # a training taken up later stays as careful
    assert '"rolled_back_from": 5' in (tmp_path / "log.jsonl").read_text()


def test_without_a_checkpoint_it_goes_back_to_the_beginning(tmp_path):
    training = Counting(tmp_path, bad={2: 2})
    assert list(training.run(CancelToken(), every=10)) == [10 * 0.25]


def test_a_step_that_keeps_failing_ends_it_and_keeps_the_checkpoint(tmp_path):
    training = Counting(tmp_path, bad={5: 99})
    with pytest.raises(ModelError) as caught:
        list(training.run(CancelToken(), checkpoint=4))
    assert caught.value.what == f"The training in {tmp_path} stopped at step 6"
    assert "loss became infinite or not a number, 3 times" in caught.value.why
    assert "The checkpoint of step 4 is kept" in caught.value.why
    again = Counting(tmp_path)
    assert (again.record.step, float(again.value)) == (4, 4)


def test_cancelling_saves_where_it_stands(tmp_path):
    token = CancelToken()
    training = Counting(tmp_path)
    with pytest.raises(Cancelled):
        for value in training.run(token, every=1, checkpoint=100):
            if value == 3:
                token.cancel()
    assert (Counting(tmp_path).record.step, float(Counting(tmp_path).value)) == (3, 3)
