from __future__ import annotations

import pytest
import torch

from studio.base.errors import RenderError
from studio.dream.guard import PATIENCE, Guard, finite

GOOD = {"clip": torch.tensor(1.0), "smooth": torch.tensor(2.0)}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_a_loss_or_a_gradient_that_is_no_number_is_noticed(value: float) -> None:
    parameter = torch.zeros(3, requires_grad=True)
    still = torch.zeros(3, requires_grad=True)  # without a gradient
    parameter.grad = torch.zeros(3)
    assert bool(finite(torch.tensor(1.0), [parameter, still]))
    assert not bool(finite(torch.tensor(value), [parameter, still]))
    parameter.grad[1] = value
    assert not bool(finite(torch.tensor(1.0), [parameter, still]))


def test_every_stumble_halves_the_rate() -> None:
    guard = Guard()
    assert guard.caution == 1
    for times in range(1, PATIENCE + 1):
        guard.stumble(5, 10, GOOD)
        assert guard.caution == 0.5**times


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({**GOOD, "range": torch.tensor(float("nan"))}, "The loss term range was"),
        ({"a": torch.tensor(float("inf")), **GOOD, "b": torch.tensor(float("nan"))}, "The loss terms a, b"),
        (GOOD, "The gradient of the loss was"),
    ],
)
def test_too_many_stumbles_end_the_dream_with_step_and_term(terms: dict[str, torch.Tensor], words: str) -> None:
    guard = Guard()
    for _ in range(PATIENCE):
        guard.stumble(4, 10, terms)
    with pytest.raises(RenderError) as caught:
        guard.stumble(4, 10, terms)
    assert "step 4 of 10" in caught.value.what
    assert words in caught.value.why
    assert "step size" in caught.value.fix
