"""A perceptor that sees colours, and folders of plain pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import ClassVar

import pytest
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

COLOURS = {"red": (230, 20, 30), "green": (20, 200, 40), "blue": (30, 40, 220)}


class ColourPerceptor:
    """Sees the mean colour of a picture, as a direction from mid-grey; knows three words."""

    name = "colours"
    image_size = 8
    dimensions = 3
    context_length = 8
    identity = "c0ffee"
    logit_scale = 10.0
    device = torch.device("cpu")
    words: ClassVar = {"red": (1.0, 0.0, 0.0), "green": (0.0, 1.0, 0.0), "blue": (0.0, 0.0, 1.0)}

    def __init__(self) -> None:
        self.seen = 0

    def embed_text(self, texts: Sequence[str]) -> Tensor:
        return torch.tensor([self.words[text] for text in texts])

    def embed_image(self, images: Tensor) -> Tensor:
        self.seen += len(images)
        return functional.normalize(images.mean((2, 3)) - 0.45, dim=-1)

    def count_tokens(self, text: str) -> int:
        return len(text.split()) + 2

    def check_text(self, text: str) -> None:
        assert text in self.words


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def colours() -> ColourPerceptor:
    return ColourPerceptor()


def paint(path: Path, colour: tuple[int, int, int]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (12, 12), colour).save(path)
    return path


@pytest.fixture(name="paint")
def _paint() -> Callable[..., Path]:
    return paint


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Three plain pictures, one of them in a folder below, and a text."""
    folder = tmp_path / "pictures"
    paint(folder / "a.png", COLOURS["red"])
    paint(folder / "b.JPG", COLOURS["green"])
    paint(folder / "below" / "c.webp", COLOURS["blue"])
    (folder / "notes.txt").write_text("no picture")
    return folder
