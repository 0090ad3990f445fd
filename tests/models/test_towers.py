"""The starter's image towers: shapes, smooth gradients, and that timm knows them by name."""

from __future__ import annotations

import pytest
import timm
import torch

from studio.models import towers
from studio.models.towers import Attending, Block, ConvTransformer, SmoothResNet


def tiny() -> SmoothResNet:
    torch.manual_seed(3)
    return SmoothResNet((4, 8, 12), (1, 2, 1))


def test_pictures_become_features_at_any_multiple_of_the_stride():
    tower = tiny().eval()
    for side in (8, 16, 40):
        assert tower(torch.rand(2, 3, side, side)).shape == (2, 12)
    assert tower(torch.rand(1, 3, 16, 32)).shape == (1, 12)
    assert tower.num_features == 12


def test_a_block_starts_as_the_identity_before_its_activation():
    block, x = Block(6), torch.randn(2, 6, 5, 5)
    assert torch.equal(block(x), torch.nn.functional.silu(x))


def test_a_trained_block_sees_its_neighbourhood():
    block, x = Block(6).eval(), torch.randn(1, 6, 9, 9)
    torch.nn.init.ones_(block.norm2.weight)
    moved = x.clone()
    moved[0, :, 4, 4] += 1
    changed = (block(moved) != block(x)).any(1)[0]
    assert bool(changed[2:7, 2:7].any())
    assert not bool(changed[:2].any() or changed[7:].any() or changed[:, :2].any() or changed[:, 7:].any())


def test_every_pixel_has_a_finite_gradient():
    tower = tiny().eval()
    images = torch.rand(2, 3, 24, 24, requires_grad=True)
    tower(images).square().sum().backward()
    assert bool(torch.isfinite(images.grad).all())
    assert bool((images.grad != 0).any(1).all())


def test_extreme_pictures_have_finite_features():
    tower = tiny().eval()
    for value in (-1e4, 0.0, 1e4):
        assert bool(torch.isfinite(tower(torch.full((1, 3, 16, 16), value))).all())


def test_timm_builds_the_first_tower_by_name():
    towers.register()
    towers.register()  # as often as anybody wants
    tower = timm.create_model("keydream_smooth_s", pretrained=False)
    assert isinstance(tower, SmoothResNet)
    assert tower.num_features == 256
    assert 3.05e6 < sum(parameter.numel() for parameter in tower.parameters()) < 3.15e6
    assert tower.eval()(torch.rand(1, 3, 64, 64)).shape == (1, 256)


def test_taking_the_classifier_off_changes_nothing():
    tower, images = tiny().eval(), torch.rand(1, 3, 16, 16)
    before = tower(images)
    tower.reset_classifier(0)
    assert torch.equal(tower(images), before)


@pytest.mark.parametrize(
    ("name", "side", "width"),
    [("keydream_smooth_s", 64, 256), ("keydream_smooth_m", 64, 256), ("keydream_judge_s", 48, 192)],
)
def test_every_starter_tower_is_known_by_name(name, side, width):
    towers.register()
    tower = timm.create_model(name).eval()
    assert tower(torch.rand(1, 3, side, side)).shape == (1, width)


def test_attention_is_what_torch_computes():
    torch.manual_seed(5)
    block, x = Attending(16, 4).eval(), torch.randn(2, 9, 16)
    block.mlp = torch.nn.Sequential(torch.nn.Linear(16, 16), torch.nn.Identity())
    torch.nn.init.zeros_(block.mlp[0].weight)
    torch.nn.init.zeros_(block.mlp[0].bias)
    q, k, v = block.qkv(block.norm1(x)).view(2, 9, 3, 4, 4).permute(2, 0, 3, 1, 4)
    attended = torch.nn.functional.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(2, 9, 16)
    assert torch.allclose(block(x), x + block.proj(attended), atol=1e-5)


def test_the_judges_tower_sees_every_pixel_smoothly():
    torch.manual_seed(6)
    tower = ConvTransformer(32, 32, 1, 4).eval()
    images = torch.rand(2, 3, 32, 32, requires_grad=True)
    tower(images).square().sum().backward()
    assert tower.num_features == 32
    assert bool(torch.isfinite(images.grad).all())
    assert float((images.grad.abs() > 0).float().mean()) > 0.99
