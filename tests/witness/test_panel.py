"""Those who look, and the prompts as they understand them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from studio.base.cancel import Cancelled, CancelToken, never
from studio.base.errors import AssetError, ModelError
from studio.library.reading import read
from studio.project.model import Asset, PerceptorRef, Project
from studio.score.looking import embed, looks
from studio.witness.memory import Memory
from studio.witness.panel import Panels

CPU = torch.device("cpu")
Make = Callable[..., Project]


@pytest.fixture(scope="module")
def shared_memory(tmp_path_factory: pytest.TempPathFactory) -> Memory:
    """What is known of the shipped models, found out once."""
    return Memory(tmp_path_factory.mktemp("memory") / "seen.sqlite")


def test_guides_with_their_weights_and_a_witness(project: Make, shared_memory: Memory) -> None:
    made = replace(project({0: "a dog | a cat:3", 16: "a bird"}), perceptors=(PerceptorRef("starter-clip", 2.5),))
    panel = Panels(CPU, shared_memory).panel(made, Path(), "starter-evaluator", never())
    assert [(seer.perceptor.name, seer.weight) for seer in panel.guides] == [("starter-clip", 2.5)]
    assert panel.witness is not None
    assert panel.witness.perceptor.name == "starter-evaluator"
    assert [each.name for each in panel.perceptors] == ["starter-clip", "starter-evaluator"]
    np.testing.assert_allclose(panel.shares, [[0.25, 0], [0.75, 0], [0, 1]])
    assert panel.guides[0].points.shape == (3, 256)


def test_there_may_be_no_witness(project: Make, shared_memory: Memory) -> None:
    panel = Panels(CPU, shared_memory).panel(project({0: "a dog"}), Path(), None, never())
    assert panel.witness is None
    assert len(panel.seers) == 1


def test_a_picture_is_a_wish_too(
    project: Make, shared_memory: Memory, picture: Callable[..., Path], tmp_path: Path
) -> None:
    path = picture(5, side=64)
    made = replace(project({0: "image:pic", 16: "a bird"}), assets=(Asset("pic", path.name),))
    panel = Panels(CPU, shared_memory).panel(made, tmp_path, None, never())
    [seer] = panel.guides
    shown = embed(seer.perceptor, [looks(read(path), seer.perceptor.image_size)]).numpy()
    cosine, seen = seer.sees(shown)
    assert cosine[0, 0] > 0.9  # the very picture
    assert seen[0, 0] > 0.9
    assert seen[0, 1] < 0.5


def test_a_picture_that_is_missing_is_named(project: Make, shared_memory: Memory, tmp_path: Path) -> None:
    made = replace(project({0: "image:pic"}), assets=(Asset("pic", "gone.png"),))
    with pytest.raises(AssetError, match=r"gone\.png"):
        Panels(CPU, shared_memory).panel(made, tmp_path, None, never())


def test_a_guide_that_is_missing_is_named(project: Make, shared_memory: Memory) -> None:
    with pytest.raises(ModelError, match="nobody"):
        Panels(CPU, shared_memory).panel(project({0: "a dog"}, "nobody"), Path(), None, never())


def test_it_can_be_stopped(project: Make, shared_memory: Memory) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        Panels(CPU, shared_memory).panel(project({0: "a dog"}), Path(), None, token)
