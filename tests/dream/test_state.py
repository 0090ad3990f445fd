from __future__ import annotations

import torch

from studio.dream.state import DreamState

STATE = DreamState({"a/x": torch.zeros(1), "good/a/x": torch.ones(1)}, {"step": 3, "good/step": 2})


def test_parts_are_found_by_their_prefix() -> None:
    good = STATE.below("good/")
    assert set(good.tensors) == {"a/x"}
    assert good.numbers == {"step": 2}
    assert set(STATE.below("a/").tensors) == {"x"}
    assert STATE.step == 3


def test_a_part_goes_back_under_its_prefix() -> None:
    part = STATE.below("good/").under("good/")
    assert set(part.tensors) == {"good/a/x"}
    assert part.numbers == {"good/step": 2}


def test_parts_are_put_together() -> None:
    both = DreamState({"x": torch.zeros(1)}, {"step": 1}) | DreamState({"y": torch.ones(1)}, {"averaged": 2})
    assert set(both.tensors) == {"x", "y"}
    assert both.numbers == {"step": 1, "averaged": 2}
