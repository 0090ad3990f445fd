"""A perceptor that sees colours, plain pictures, and the page around them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import ClassVar

import pytest
import torch
from PIL import Image
from pytestqt.qtbot import QtBot
from torch import Tensor
from torch.nn import functional

from studio.app.clip.page import AskPage
from studio.app.clip.perceptors import Perceptors, Source
from studio.app.clip.shared import Shared
from studio.app.context import Context
from studio.base.errors import InputError
from studio.models.catalogue import Entry

COLOURS = {"red": (230, 20, 30), "green": (20, 200, 40), "blue": (30, 40, 220)}


class ColourPerceptor:
    """Sees the mean colour of a picture, as a direction from mid-grey; knows texts that name a colour.

    While `hold` is cleared, it looks at nothing.
    """

    image_size = 8
    dimensions = 3
    context_length = 8
    logit_scale = 10.0
    device = torch.device("cpu")
    words: ClassVar = {"red": (1.0, 0.0, 0.0), "green": (0.0, 1.0, 0.0), "blue": (0.0, 0.0, 1.0)}

    def __init__(self, name: str) -> None:
        self.name = name
        self.identity = name.encode().hex()
        self.seen = 0
        self.hold = threading.Event()
        self.hold.set()

    def embed_text(self, texts: Sequence[str]) -> Tensor:
        for text in texts:
            self.check_text(text)
        return torch.tensor([next(self.words[word] for word in self.words if word in text) for text in texts])

    def embed_image(self, images: Tensor) -> Tensor:
        assert self.hold.wait(10)
        self.seen += len(images)
        return functional.normalize(images.mean((2, 3)) - 0.45, dim=-1)

    def count_tokens(self, text: str) -> int:
        return len(text.split()) + 2

    def check_text(self, text: str) -> None:
        if not any(word in text for word in self.words):
            raise InputError(f"The text {text!r} is too long", "It names no colour", "Shorten it")


class Loader:
    """Makes colour perceptors, and remembers them."""

    def __init__(self) -> None:
        self.made: list[ColourPerceptor] = []
        self.hold = threading.Event()
        self.hold.set()

    def __call__(self, entry: Entry) -> ColourPerceptor:
        assert self.hold.wait(10)
        self.made.append(ColourPerceptor(entry.name))
        return self.made[-1]


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def loader() -> Loader:
    return Loader()


@pytest.fixture
def perceptors(loader: Loader) -> Perceptors:
    return Perceptors(loader)


def paint(path: Path, colour: tuple[int, int, int], size: tuple[int, int] = (12, 12)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path)
    return path


@pytest.fixture(name="paint")
def _paint() -> Callable[..., Path]:
    return paint


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Three plain pictures, one of them in a folder below, one that is broken, and a text."""
    folder = tmp_path / "pictures"
    paint(folder / "red.png", COLOURS["red"])
    paint(folder / "green.png", COLOURS["green"])
    paint(folder / "below" / "blue.png", COLOURS["blue"])
    (folder / "broken.png").write_bytes(b"no picture")
    (folder / "notes.txt").write_text("no picture")
    return folder


@pytest.fixture
def sources(pictures: Path) -> tuple[Source, ...]:
    """The three of them."""
    names = ("red.png", "green.png", "below/blue.png")
    return tuple(Source(pictures / name, name) for name in names)


@pytest.fixture
def page(context: Context, perceptors: Perceptors, loader: Loader, qtbot: QtBot) -> Iterator[AskPage]:
    made = AskPage(context, None, perceptors)
    qtbot.addWidget(made)
    made.present()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    yield made
    loader.hold.set()
    for each in loader.made:
        each.hold.set()
    assert made.close_down()


@pytest.fixture
def shared(page: AskPage) -> Shared:
    return page.shared
