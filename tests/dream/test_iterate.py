from __future__ import annotations

import torch

from studio.dream.iterate import Iterate
from studio.dream.state import DreamState


class Watched:
    """A scalar that notes when it is read."""

    def __init__(self, value: float) -> None:
        self.value = value
        self.read = 0

    def item(self) -> float:
        self.read += 1
        return self.value


def test_numbers_are_read_only_when_asked_for() -> None:
    total, part = Watched(3.0), Watched(2.0)
    picture = torch.tensor([-0.5, 0.25, 1.5]).reshape(1, 3, 1, 1).expand(1, 3, 2, 4)
    iterate = Iterate(2, 10, 0.1, picture, total, {"clip": part}, lambda: DreamState({}))
    assert iterate.image.shape == (3, 2, 4)
    assert (total.read, part.read) == (0, 0)
    assert iterate.loss == 3.0
    assert iterate.terms == {"clip": 2.0}
    assert (total.read, part.read) == (1, 1)


def test_the_image_is_for_showing_and_the_picture_as_it_was() -> None:
    picture = torch.tensor([-0.5, 0.25, 1.5]).reshape(1, 3, 1, 1)
    iterate = Iterate(1, 1, 0.1, picture, torch.tensor(0.0), {}, lambda: DreamState({}))
    assert iterate.image.flatten().tolist() == [0, 0.25, 1]
    assert iterate.picture.flatten().tolist() == [-0.5, 0.25, 1.5]
