"""Five steps of a medium are sound, or it is said that they are not."""

from __future__ import annotations

import json

import pytest
import torch
from torch import nn
from typer.testing import CliRunner

from studio.bench import proof, published
from studio.canvas.pixels import PixelCanvas
from studio.cli.app import app
from studio.project.model import MEDIA
from studio.score import clip


class Eye:
    """Sees the mean colour of a picture."""

    name = "eye"
    image_size = 8
    device = torch.device("cpu")

    def __init__(self, blind: float = 1.0) -> None:
        self.blind = blind

    def embed_text(self, texts):
        return torch.tensor([[1.0, 0.0, 0.0]] * len(texts))

    def embed_image(self, images):
        return nn.functional.normalize(images.mean((2, 3)), dim=-1) * self.blind


def test_steps_are_taken_and_told():
    (found,) = proof.prove({"pixels": lambda: PixelCanvas(16, 16)}, Eye(), steps=3)
    assert (found.medium, found.perceptor, found.sound) == ("pixels", "eye", True)
    assert found.seconds > 0
    assert 0 < found.gradient < 10


@pytest.mark.parametrize("blind", [0.0, float("nan")])
def test_a_gradient_that_is_none_is_not_sound(blind):
    (found,) = proof.prove({"pixels": lambda: PixelCanvas(16, 16)}, Eye(blind), steps=2)
    assert not found.sound


def test_every_medium_is_there_and_every_published_model_once():
    names = list(proof.media(64))
    assert {name.split(",")[0] for name in names} == set(MEDIA)
    assert [name.split(", ")[1] for name in names if ", " in name] == [
        *published.VQGANS,
        *(f"biggan-deep-{side}" for side in (128, 256, 512)),
    ]


@pytest.mark.parametrize("blind", [1.0, float("nan")])
def test_the_command_says_it_and_fails_where_one_is_not_sound(monkeypatch, blind):
    monkeypatch.setattr(proof, "media", lambda side, device: {"pixels": lambda: PixelCanvas(16, 16)})
    monkeypatch.setattr(published, "perceptor", lambda architecture: architecture)
    monkeypatch.setattr(clip, "build", lambda weights, device: Eye(blind))
    result = CliRunner().invoke(app, ["bench", "--proof", "--json"])
    assert json.loads(result.stdout)["sound"] == (blind == 1.0)
    assert result.exit_code == (0 if blind == 1.0 else 1)
    assert ("NOT SOUND" in CliRunner().invoke(app, ["bench", "--proof"]).stdout) == (blind != 1.0)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["vqgan, vqgan-imagenet-f16-1024", "biggan, biggan-deep-128"])
def test_the_published_sizes_dream(name):
    """`keydream bench --proof` does all of them at 256 pixels."""
    perceptor = clip.build(published.perceptor("ViT-B-32"), "cpu")
    (found,) = proof.prove({name: proof.media(64)[name]}, perceptor)
    assert found.sound
