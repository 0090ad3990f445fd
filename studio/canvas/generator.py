"""The starter BigGAN's networks: what is drawn for a class, for noise, and for a mixture of classes.

After BigGAN (Brock et al. 2019, "Large Scale GAN Training for High Fidelity Natural Image Synthesis"): a class' shared
embedding and the noise reach every layer, and a picture is drawn from 4x4 or 8x8 places upwards by residual blocks.
It is trained without a discriminator, as in generative latent optimisation (Bojanowski et al. 2018, "Optimizing the
Latent Space of Generative Networks"): every drawing has a code of its own, and the codes are learned with the network.
The noise of a class chooses among, and between, its drawings. Things and backgrounds are drawn apart and put together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True, slots=True)
class BranchShape:
    """How large one branch of the generator is.

    Attributes:
        drawings: how many drawings have a code.
        cells: places of a code's map, each way.
        channels: of a code's map.
        vector: numbers of a code beside its map, which every block is conditioned on.
        widths: channels at each size, from `cells` upwards, each twice as large; the last is half the drawing's.
        out: channels of what is drawn.
    """

    drawings: int
    cells: int
    channels: int
    vector: int
    widths: tuple[int, ...]
    out: int

    @property
    def side(self) -> int:
        """Width and height of what is drawn, in pixels."""
        return self.cells * int(2 ** len(self.widths))

    @property
    def layers(self) -> int:
        """Layers that may each have a code of their own: the map, and every block."""
        return len(self.widths)


class Block(nn.Module):
    """A residual block that doubles the size, conditioned on a vector by gains and biases of its channels.

    Without normalisation: a batch' statistics would tie pictures to their neighbours, and on a CPU it costs a fifth of
    the time.
    """

    def __init__(self, width: int, after: int, vector: int) -> None:
        super().__init__()
        self.condition1 = nn.Linear(vector, 2 * width)
        self.conv1 = nn.Conv2d(width, width, 3, padding=1)
        self.condition2 = nn.Linear(vector, 2 * width)
        self.conv2 = nn.Conv2d(width, 4 * after, 3, padding=1)
        self.skip = nn.Conv2d(width, after, 1)
        with torch.no_grad():
            for condition in (self.condition1, self.condition2):
                condition.weight.mul_(0.3)
                condition.bias.zero_()
            self.conv2.weight.mul_(0.3)  # so that a deep stack begins close to its skips

    def forward(self, x: Tensor, code: Tensor) -> Tensor:
        """(n, width, h, w) and (n, vector) to (n, after, 2 h, 2 w)."""
        y = self.conv1(_conditioned(x, self.condition1(code)))
        y = functional.pixel_shuffle(self.conv2(_conditioned(y, self.condition2(code))), 2)
        larger: Tensor = y + functional.interpolate(self.skip(x), scale_factor=2)
        return larger


def _conditioned(x: Tensor, condition: Tensor) -> Tensor:
    gain, bias = condition[:, :, None, None].chunk(2, 1)
    return functional.silu(torch.addcmul(bias, x, 1 + gain))


class Branch(nn.Module):
    """Draws from codes, and holds the codes of all its drawings.

    Attributes:
        shape: how large it is.
        maps: (drawings, channels, cells, cells), each drawing's code.
        vectors: (drawings, vector), the rest of it.
    """

    def __init__(self, shape: BranchShape) -> None:
        super().__init__()
        self.shape = shape
        self.maps = nn.Parameter(torch.zeros(shape.drawings, shape.channels, shape.cells, shape.cells))
        self.vectors = nn.Parameter(torch.zeros(shape.drawings, shape.vector))
        self.stem = nn.Conv2d(shape.channels, shape.widths[0], 3, padding=1)
        self.blocks = nn.ModuleList(
            Block(width, after, shape.vector) for width, after in zip(shape.widths[:-1], shape.widths[1:], strict=True)
        )
        self.head = nn.Conv2d(shape.widths[-1], 4 * shape.out, 3, padding=1)
        nn.init.zeros_(self.head.weight)  # outlines that begin far from where they belong would never learn of it

    def network(self) -> list[nn.Parameter]:
        """The parameters but the codes."""
        return [parameter for name, parameter in self.named_parameters() if name not in ("maps", "vectors")]

    def forward(self, maps: Tensor, vectors: Tensor) -> Tensor:
        """What is drawn, (n, out, side, side), nominally -1 to 1.

        Args:
            maps: (n, channels, cells, cells).
            vectors: (n, layers - 1, vector), one for each block.
        """
        x = self.stem(maps.contiguous(memory_format=torch.channels_last))
        for number, block in enumerate(self.blocks):
            x = block(x, vectors[:, number])
        picture: Tensor = functional.pixel_shuffle(self.head(functional.silu(x)), 2)
        return picture

    def drawn(self, numbers: Tensor) -> Tensor:
        """The drawings of those numbers (n,)."""
        layers = self.shape.layers - 1
        picture: Tensor = self(self.maps[numbers], self.vectors[numbers][:, None].expand(-1, layers, -1))
        return picture

    def mixed(self, weights: Tensor) -> Tensor:
        """What is between drawings.

        Args:
            weights: (n, layers, drawings), how much each counts in each layer; each row adds up to 1.
        """
        # as they lie in memory: in another order, all drawings' maps would be copied each time
        last = self.maps.is_contiguous(memory_format=torch.channels_last)
        lying = self.maps.permute(0, 2, 3, 1) if last else self.maps
        maps = (weights[:, 0] @ lying.flatten(1)).view(-1, *lying.shape[1:])
        maps = maps.permute(0, 3, 1, 2) if last else maps
        picture: Tensor = self(maps, weights[:, 1:] @ self.vectors)
        return picture


class Choice(nn.Module):
    """From a mixture of classes and noise to how much each drawing counts.

    A class has `looks` places for drawings: which style and which variant; where it has fewer drawings, they stand in
    several places.

    Attributes:
        slots: (classes, looks), the number of the drawing in each place.
    """

    kinds: Tensor
    places: Tensor

    def __init__(self, slots: Tensor, drawings: int, sharpness: float) -> None:
        super().__init__()
        self.slots = slots
        self.sharpness = sharpness
        kinds = torch.zeros(drawings, dtype=torch.long)
        kinds[slots] = torch.arange(len(slots))[:, None].expand_as(slots)
        self.register_buffer("kinds", kinds, persistent=False)
        places = (slots[kinds] == torch.arange(drawings)[:, None]).float()
        self.register_buffer("places", places, persistent=False)

    def forward(self, classes: Tensor, noise: Tensor) -> Tensor:
        """How much each drawing counts, (..., drawings).

        Args:
            classes: (..., classes), adding up to 1.
            noise: (..., looks), standard normal; the more the largest stands out, the purer the drawing.
        """
        looks = (self.sharpness * noise).softmax(-1)
        return classes[..., self.kinds] * (looks @ self.places.T)


class Networks(nn.Module):
    """Both branches, with the places of their drawings, named as they are in the file.

    Attributes:
        things: draws fields, see `studio.canvas.placement.cover`.
        scenes: draws backgrounds, red, green and blue in -1 to 1.
        thing_slots: (classes, looks), which drawing a class shows at each place.
        scene_slots: (kinds of background, looks), likewise.
    """

    thing_slots: Tensor
    scene_slots: Tensor

    def __init__(self, things: BranchShape, scenes: BranchShape, slots: Sequence[tuple[int, int]]) -> None:
        super().__init__()
        self.things = Branch(things)
        self.scenes = Branch(scenes)
        for name, shape in zip(("thing_slots", "scene_slots"), slots, strict=True):
            self.register_buffer(name, torch.zeros(shape, dtype=torch.long))
