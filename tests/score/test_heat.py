"""Heat maps: what speaks for a text lies where it is, and values add up to the score."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from studio.base.cancel import Cancelled, CancelToken
from studio.models.loading import Weights
from studio.score.clip import build
from studio.score.heat import Heat, heat, overlay
from studio.score.perceptor import Perceptor


class LinearPerceptor:
    """Its first value is the redness of a picture; the sphere is so large that nothing bends."""

    name = "linear"
    image_size = 32
    dimensions = 2
    context_length = 8
    identity = "linear"
    logit_scale = 1.0
    device = torch.device("cpu")

    def embed_image(self, images: torch.Tensor) -> torch.Tensor:
        redness = (images[:, 0] - images[:, 1:].mean(1)).mean((1, 2)) * 1e-2
        return torch.stack([redness, torch.ones_like(redness)], 1)


RED = torch.tensor([1.0, 0.0])


def seed() -> torch.Generator:
    return torch.Generator().manual_seed(1)


def a_red_spot(height: int = 64, width: int = 64) -> torch.Tensor:
    picture = torch.full((1, 3, height, width), 0.5)
    picture[:, 0, : height // 4, width // 2 :] = 0.9
    picture[:, 0, height // 2 :, : width // 4] = 0.2
    return picture


def look(picture: torch.Tensor, **options: Any) -> Heat:
    perceptor: Any = LinearPerceptor()
    return heat(perceptor, picture, RED, seed(), **options)


def test_it_is_warm_where_the_text_is_and_cold_where_the_opposite_is() -> None:
    found = look(a_red_spot(), noise=0)
    assert found.values.shape == (32, 32)
    row, column = divmod(int(found.values.argmax()), 32)
    assert row < 8
    assert column >= 16
    row, column = divmod(int(found.values.argmin()), 32)
    assert row >= 16
    assert column < 8


def test_values_add_up_to_what_it_scores_more_than_a_plain_picture(weights: Weights) -> None:
    perceptor = build(weights, "cpu")
    target = perceptor.embed_text(["red apple"])[0]
    picture = torch.rand(1, 3, 48, 48, generator=seed())
    found = heat(perceptor, picture, target, seed(), copies=200, noise=0)
    assert abs(found.cosine - found.plain) > 1e-3
    assert float(found.values.sum()) == pytest.approx(found.cosine - found.plain, abs=1e-3)


def test_the_same_seed_gives_the_same_map_however_copies_are_batched(
    weights: Weights, monkeypatch: pytest.MonkeyPatch
) -> None:
    perceptor: Perceptor = build(weights, "cpu")
    target = perceptor.embed_text(["red apple"])[0]
    picture = torch.rand(1, 3, 40, 40, generator=seed())
    first = heat(perceptor, picture, target, seed(), copies=7)
    assert torch.equal(first.values, heat(perceptor, picture, target, seed(), copies=7).values)
    monkeypatch.setattr("studio.score.heat._AT_ONCE", 2)
    assert heat(perceptor, picture, target, seed(), copies=7).values.shape == (32, 32)


def test_a_long_picture_is_seen_from_end_to_end() -> None:
    picture = torch.full((1, 3, 32, 160), 0.5)
    picture[:, 0, :, -16:] = 1.0
    values = look(picture, noise=0).values
    assert values.shape == (32, 160)
    assert int(values.sum(0).argmax()) >= 144


def test_it_can_be_cancelled() -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        look(a_red_spot(), token=token)


def test_no_copies_are_refused() -> None:
    with pytest.raises(ValueError, match="0 copies"):
        look(a_red_spot(), copies=0)


def test_an_overlay_has_the_pictures_size_and_three_colours() -> None:
    values = torch.zeros(10, 10)
    values[:5, :5], values[5:, 5:] = 1.0, -1.0
    drawn = overlay(torch.full((1, 3, 40, 60), 0.5), values)
    assert drawn.shape == (1, 3, 40, 60)
    assert 0 <= drawn.min() <= drawn.max() <= 1
    warm, cold, nothing = drawn[0, :, 8, 12], drawn[0, :, 32, 48], drawn[0, :, 8, 48]
    assert warm[0] > warm[2] + 0.5
    assert cold[2] > cold[0] + 0.5
    torch.testing.assert_close(nothing, nothing.mean().expand(3), atol=1e-4, rtol=0)


def test_nothing_to_show_leaves_the_grey_picture() -> None:
    drawn = overlay(torch.full((1, 3, 8, 8), 0.5), torch.zeros(4, 4))
    assert drawn.isfinite().all()
    assert drawn.std() < 1e-6
