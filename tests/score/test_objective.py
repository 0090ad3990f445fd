"""Objectives: their algebra, their report, and the prompt semantics of VQGAN-CLIP."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch

from studio.score.augment import Augmentation
from studio.score.cutouts import CutoutSettings
from studio.score.losses import (
    asymmetry,
    incoherence,
    off_border,
    off_palette,
    range_loss,
    saturation,
    spherical_distance,
    total_variation,
)
from studio.score.objective import (
    Anchor,
    Border,
    ClipObjective,
    Coherence,
    Colourfulness,
    Loss,
    Palette,
    Range,
    Rolled,
    Symmetry,
    TotalVariation,
)
from studio.score.targets import Target

RED, GREEN = torch.tensor([1.0, 0.0, 0.0]), torch.tensor([0.0, 1.0, 0.0])
PLAIN = CutoutSettings.plain(count=2)


def colour(red: float, green: float, blue: float) -> torch.Tensor:
    return torch.tensor([red, green, blue]).view(1, 3, 1, 1).repeat(1, 1, 8, 8).requires_grad_()


def value(objective: Any, images: torch.Tensor) -> Loss:
    return objective(images, torch.Generator().manual_seed(1))


def test_picture_losses_are_averaged_over_the_batch() -> None:
    images = 2 * torch.rand(3, 3, 8, 8) - 0.5
    torch.testing.assert_close(value(TotalVariation(2.0), images).total, 2 * total_variation(images).mean())
    torch.testing.assert_close(value(Range(), images).total, range_loss(images).mean())


def test_the_algebra_is_that_of_the_values() -> None:
    images = 2 * torch.rand(1, 3, 8, 8) - 0.5
    rough, excess = (value(part(), images).total for part in (TotalVariation, Range))
    for objective, expected in [
        (TotalVariation() + Range(), rough + excess),
        (3 * TotalVariation() - Range() * 0.5, 3 * rough - 0.5 * excess),
        (-(TotalVariation() + Range()), -rough - excess),
        (sum([TotalVariation(), Range(), Range()]), rough + 2 * excess),
        (2 * (TotalVariation() + 3 * Range()), 2 * rough + 6 * excess),
    ]:
        loss = value(objective, images)
        torch.testing.assert_close(loss.total, expected)
        torch.testing.assert_close(sum(loss.terms.values()), expected)
        assert set(loss.terms) == {"total variation", "range"}


def test_the_report_has_no_gradient_and_the_total_has() -> None:
    loss = value(TotalVariation() + Range(), torch.rand(1, 3, 8, 8, requires_grad=True))
    assert loss.total.requires_grad
    assert not any(term.requires_grad for term in loss.terms.values())


@pytest.mark.parametrize("other", [1, "x", None])
def test_only_objectives_can_be_added(other: Any) -> None:
    with pytest.raises(TypeError):
        TotalVariation() + other
    with pytest.raises(TypeError):
        other - TotalVariation()
    with pytest.raises(TypeError):
        TotalVariation() * "x"


@pytest.mark.parametrize("weight", [math.nan, math.inf])
def test_weights_are_finite(weight: float, colours: Any) -> None:
    for make in (
        lambda: TotalVariation(weight),
        lambda: weight * Range(),
        lambda: ClipObjective(colours, [Target(RED)], weight=weight),
        lambda: Target(RED, weight=weight),
    ):
        with pytest.raises(ValueError, match=r"finite|numbers"):
            make()


def test_a_target_counts_with_its_weighted_distance(colours: Any) -> None:
    image = colour(0.9, 0.7, 0.5)
    seen = torch.tensor([0.4, 0.2, 0.0])
    near, far = spherical_distance(seen, RED), spherical_distance(seen, GREEN)
    loss = value(
        ClipObjective(colours, [Target(RED, 2.0, label="red"), Target(GREEN, -0.5, label="green")], PLAIN), image
    )
    torch.testing.assert_close(loss.total, 2 * near - 0.5 * far)
    torch.testing.assert_close(loss.terms["colours: red"], 2 * near)
    torch.testing.assert_close(loss.terms["colours: green"], -0.5 * far)


def test_a_step_down_goes_to_the_target_and_away_from_a_negative_one(colours: Any) -> None:
    image = colour(0.7, 0.7, 0.7)
    objective = ClipObjective(colours, [Target(RED, 1.0), Target(GREEN, -1.0)], PLAIN)
    value(objective, image).total.backward()
    pull = -image.grad.mean((0, 2, 3))
    assert pull[0] > 0 > pull[1]
    assert (image.grad != 0).any(1).all()


@pytest.mark.parametrize(
    ("weight", "stop", "pulls"), [(1.0, 0.5, False), (1.0, 0.01, True), (-1.0, -0.01, False), (-1.0, -1.0, True)]
)
def test_below_its_stop_a_target_counts_but_does_not_pull(
    colours: Any, weight: float, stop: float, pulls: bool
) -> None:
    image = colour(0.9, 0.7, 0.5)
    distance = spherical_distance(torch.tensor([0.4, 0.2, 0.0]), RED)
    assert 0.1 < distance.item() < 0.2
    loss = value(ClipObjective(colours, [Target(RED, weight, stop)], PLAIN), image)
    torch.testing.assert_close(loss.total, weight * distance)
    loss.total.backward()
    assert bool((image.grad.abs() > 1e-8).any()) is pulls


def test_stops_hold_for_each_cutout_by_itself(colours: Any) -> None:
    image = torch.cat([colour(0.9, 0.7, 0.5), colour(0.5, 0.9, 0.5)]).detach().requires_grad_()
    value(ClipObjective(colours, [Target(RED, 1.0, 0.5)], PLAIN), image).total.backward()
    assert (image.grad[0] == 0).all()
    assert (image.grad[1] != 0).any()


def test_is_crowsons_prompt(colours: Any) -> None:
    """The formula of the original, written out as there, for many cutouts and stops on both sides."""
    image = torch.rand(1, 3, 16, 16, generator=torch.Generator().manual_seed(4)).requires_grad_()
    settings = CutoutSettings(count=6, smallest=0.2, augmentation=Augmentation())
    total = 0
    for weight, stop in [(1.5, 0.6), (-0.7, -0.9), (1.0, -math.inf)]:
        loss = value(ClipObjective(colours, [Target(RED, weight, stop)], settings), image)
        embeddings = torch.nn.functional.normalize(colours.seen[-1].mean((2, 3)) - 0.5, dim=-1)
        distances = embeddings.sub(RED).norm(dim=1).div(2).arcsin().pow(2).mul(2) * math.copysign(1, weight)
        torch.testing.assert_close(loss.total, abs(weight) * distances.mean())
        total = total + loss.total
    together = value(
        ClipObjective(colours, [Target(RED, 1.5, 0.6), Target(RED, -0.7, -0.9), Target(RED)], settings, weight=2.0),
        image,
    )
    torch.testing.assert_close(together.total, 2 * total)


def test_several_perceptors_add_up(colours: Any) -> None:
    image = colour(0.9, 0.7, 0.5)
    one, two = ClipObjective(colours, [Target(RED)], PLAIN), ClipObjective(colours, [Target(GREEN)], PLAIN)
    both = value(one + two, image)
    torch.testing.assert_close(both.total, value(one, image).total + value(two, image).total)
    torch.testing.assert_close(both.terms["colours"], both.total.detach())


def test_without_targets_nobody_is_asked(colours: Any) -> None:
    image = colour(0.9, 0.7, 0.5)
    loss = value(ClipObjective(colours, []), image)
    loss.total.backward()
    assert loss.total.item() == 0
    assert loss.terms == {}
    assert (image.grad == 0).all()
    assert colours.seen == []


def test_shows_as_many_cutouts_as_asked_with_their_augmentation(colours: Any) -> None:
    settings = CutoutSettings(count=5, augmentation=Augmentation(noise=0.5))
    value(ClipObjective(colours, [Target(RED)], settings), torch.full((2, 3, 20, 12), 0.5))
    assert colours.seen[0].shape == (10, 3, 8, 8)
    assert colours.seen[0].std() > 0.05


def test_the_generator_decides(colours: Any) -> None:
    image = torch.rand(1, 3, 16, 16, generator=torch.Generator().manual_seed(4))
    objective = ClipObjective(colours, [Target(RED)], CutoutSettings.field())
    first, again, other = (objective(image, torch.Generator().manual_seed(seed)).total for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_following_the_gradient_reddens_the_picture(colours: Any) -> None:
    image = torch.full((1, 3, 16, 16), 0.5).add(
        0.01 * torch.randn(1, 3, 16, 16, generator=torch.Generator().manual_seed(1))
    )
    image.requires_grad_()
    objective = ClipObjective(colours, [Target(RED)], CutoutSettings(count=4)) + Range()
    optimiser, random = torch.optim.Adam([image], lr=0.05), torch.Generator().manual_seed(2)
    losses = []
    for _ in range(20):
        optimiser.zero_grad()
        loss = objective(image, random)
        loss.total.backward()
        optimiser.step()
        losses.append(loss.total.item())
    assert losses[-1] < 0.3 * losses[0]
    red, green, blue = image.detach().mean((0, 2, 3))
    assert red > max(green, blue) + 0.1


def test_colour_and_symmetry_pull_where_their_weights_say() -> None:
    generator = torch.Generator().manual_seed(0)
    for objective, measure, rises in (
        (Colourfulness(1.0), saturation, True),
        (Colourfulness(-1.0), saturation, False),
        (Symmetry(1.0), asymmetry, False),
    ):
        picture = torch.rand(1, 3, 8, 8, generator=generator, requires_grad=True)
        objective(picture, generator).total.backward()
        assert picture.grad is not None
        moved = picture.detach() - 0.5 * picture.grad / picture.grad.norm()
        assert (measure(moved) > measure(picture.detach())).item() is rises


def test_an_anchor_pulls_back() -> None:
    generator = torch.Generator().manual_seed(0)
    anchor = torch.rand(1, 3, 4, 4, generator=generator)
    assert Anchor(anchor, 2.0)(anchor, generator).total == 0
    assert Anchor(anchor, 2.0)(1 - anchor, generator).terms["anchor"] > 0


def test_what_is_rolled_has_no_edge() -> None:
    """The seam of a picture that does not tile is seen as often as any other place."""
    ramp = torch.linspace(0, 1, 8).expand(1, 3, 8, 8)
    rolled, generator = Rolled(TotalVariation()), torch.Generator().manual_seed(0)
    plain = TotalVariation()(ramp, generator).total
    assert max(float(rolled(ramp, generator).total) for _ in range(10)) > 3 * plain


def test_palette_border_and_coherence_are_their_formulas() -> None:
    images = torch.rand(2, 3, 16, 16)
    colours = torch.tensor([[0.1, 0.2, 0.3], [0.9, 0.5, 0.1]])
    for objective, name, expected in [
        (Palette(colours, 2.0), "palette", 2 * off_palette(images, colours).mean()),
        (Border(colours[0], 3.0), "edges", 3 * off_border(images, colours[0]).mean()),
        (Coherence(0.5), "colour coherence", 0.5 * incoherence(images).mean()),
    ]:
        loss = value(objective, images)
        torch.testing.assert_close(loss.total, expected)
        assert set(loss.terms) == {name}
