from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest
import torch
from torch import Tensor

from studio.canvas.base import Canvas
from studio.canvas.networks import Networks, VqganConfig, VqganModel, build
from studio.canvas.pixels import PixelCanvas
from studio.canvas.vqgan import VqganCanvas
from studio.models.loading import Weights

RED = (0.9, 0.2, 0.1)


class Loss(NamedTuple):
    total: Tensor
    terms: dict[str, Tensor]


class Wish:
    """An objective: one colour everywhere, seen through noise; `spoil` may change the loss of the n-th call."""

    def __init__(self, colour: tuple[float, ...] = RED, spoil: Callable[[int, Tensor], Tensor] | None = None) -> None:
        self.colour = torch.tensor(colour).reshape(1, 3, 1, 1)
        self.spoil = spoil
        self.calls = 0

    def __call__(self, images: Tensor, generator: torch.Generator) -> Loss:
        self.calls += 1
        noise = torch.randn(images.shape, generator=generator) * 0.05
        colour = (images + noise - self.colour).square().mean()
        smooth = (images[..., 1:] - images[..., :-1]).square().mean() * 0.1
        if self.spoil is not None:
            colour = self.spoil(self.calls, colour)
        return Loss(colour + smooth, {"colour": colour, "smooth": smooth})


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def model() -> VqganModel:
    ddconfig = {
        "ch": 8,
        "ch_mult": [1, 2],
        "num_res_blocks": 1,
        "attn_resolutions": [],
        "resolution": 16,
        "in_channels": 3,
        "out_ch": 3,
        "z_channels": 4,
    }
    config = {"ddconfig": ddconfig, "embed_dim": 4, "n_embed": 64, "norm_groups": 4}
    with torch.random.fork_rng():
        torch.manual_seed(11)
        tensors = Networks(VqganConfig.read(config, name="tiny")).state_dict()
    return build(Weights(name="tiny", kind="vqgan", config=config, tensors=tensors, sha256=""), "cpu")


@pytest.fixture(params=["pixels", "vqgan"])
def make(request: pytest.FixtureRequest, model: VqganModel) -> Callable[[], Canvas]:
    """Makes a started canvas of 20 x 12, the same each time."""

    def made() -> Canvas:
        canvas: Canvas = PixelCanvas(20, 12) if request.param == "pixels" else VqganCanvas(model, 20, 12)
        canvas.start(torch.Generator().manual_seed(1))
        return canvas

    return made


@pytest.fixture
def pixels() -> PixelCanvas:
    canvas = PixelCanvas(20, 12)
    canvas.start(torch.Generator().manual_seed(1))
    return canvas


@pytest.fixture
def wish() -> type[Wish]:
    return Wish
