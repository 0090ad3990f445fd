"""Which text fits which picture."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from studio.score.similarity import compare, similarity


def pictures() -> torch.Tensor:
    colours = torch.tensor([[1.0, 0.5, 0.5], [0.5, 0.5, 0.9], [0.7, 0.9, 0.5]])
    return colours[:, :, None, None].repeat(1, 1, 12, 12)


def test_the_fitting_text_scores_highest(colours: Any) -> None:
    found = similarity(colours, pictures(), ["red", "green", "blue"])
    assert found.cosine.argmax(1).tolist() == [0, 2, 1]
    torch.testing.assert_close(found.cosine[2], torch.tensor([0.2, 0.4, 0.0]) / 0.2**0.5)


def test_probabilities_are_the_softmax_as_trained(colours: Any) -> None:
    found = similarity(colours, pictures(), ["red", "blue"])
    torch.testing.assert_close(found.probability.sum(1), torch.ones(3))
    odds = found.probability[:, 0] / found.probability[:, 1]
    torch.testing.assert_close(odds.log(), 10 * (found.cosine[:, 0] - found.cosine[:, 1]), atol=1e-4, rtol=1e-4)


def test_pictures_may_have_different_sizes(colours: Any) -> None:
    batch = pictures()
    mixed = [batch[:1], batch[1:2, :, :5, :], batch[2:, :, :, :3]]
    torch.testing.assert_close(
        similarity(colours, mixed, ["red", "blue"]).cosine, similarity(colours, batch, ["red", "blue"]).cosine
    )


def test_needs_pictures_and_texts(colours: Any) -> None:
    with pytest.raises(ValueError, match="at least one"):
        similarity(colours, [], ["red"])
    with pytest.raises(ValueError, match="at least one"):
        similarity(colours, pictures(), [])


def test_embeddings_are_compared_as_a_matrix() -> None:
    pictures, texts = torch.eye(3)[:2], torch.eye(3)
    found = compare(pictures, texts, 2.0)
    assert torch.equal(found.cosine, torch.eye(3)[:2])
    torch.testing.assert_close(found.probability, (2 * torch.eye(3)[:2]).softmax(1))
