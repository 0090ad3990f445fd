"""A few things to draw, and artwork of them in every style, packed as npm packs it."""

from __future__ import annotations

import io
import json
import tarfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
import torch

from studio.models import towers
from studio.models.towers import SmoothResNet
from studio.starter.artwork import STYLES, Atlas, Style, load_atlas
from studio.starter.objects import Kind, read_kinds
from studio.starter.pictures import Pictures

OBJECTS = """
# things for tests
[animals]
ant
cat, kitten = cat cat-face
[food]
apple, red apple = red-apple
[shapes]
heart = red-heart
"""

SHADES = {"noto": "#d02020", "fluent": "#20a030", "twemoji": "#2040d0"}


def body(name: str, style: str) -> str:
    """A drawing of a 16 x 16 icon: a square of the style's colour, and a white one whose place is the name's."""
    number = zlib.crc32(name.encode())
    x, y = 3 + 2 * (number % 4), 6 + (number >> 8) % 6
    return f'<path fill="{SHADES[style]}" d="M3 3h10v10H3z"/><path fill="#fff" d="M{x} {y}h4v2h-4z"/>'


def pack(folder: Path, style: Style, icons: object, version: str = "1.0.0") -> Path:
    """What `npm pack` makes of a style's package."""
    stem = style.package.removeprefix("@").replace("/", "-")
    path = folder / f"{stem}-{version}.tgz"
    content = icons if isinstance(icons, bytes) else json.dumps(icons).encode()
    with tarfile.open(path, "w:gz") as archive:
        member = tarfile.TarInfo("package/icons.json")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return path


def icons(kinds: tuple[Kind, ...], style: str) -> Mapping[str, object]:
    """The content of a package that draws every kind."""
    names = [name for kind in kinds for name in kind.artwork]
    return {"prefix": style, "width": 16, "height": 16, "icons": {name: {"body": body(name, style)} for name in names}}


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(autouse=True, scope="module")
def _small_tower() -> Iterator[None]:
    """The starter's tower, at a hundredth of its size."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(towers, "SmoothResNet", lambda *_: SmoothResNet((8, 12, 16, 24), (1, 1, 1, 1)))
        yield


@pytest.fixture(autouse=True)
def _randomness_is_left_alone() -> Iterator[None]:
    with torch.random.fork_rng(devices=[]):
        yield


@pytest.fixture(scope="session")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> tuple[Kind, ...]:
    path = tmp_path_factory.mktemp("objects") / "objects.txt"
    path.write_text(OBJECTS, "utf-8")
    return read_kinds(path)


@pytest.fixture(scope="session")
def artwork(tmp_path_factory: pytest.TempPathFactory, kinds: tuple[Kind, ...]) -> Path:
    """A folder with a package of every style that draws all of `kinds`."""
    folder = tmp_path_factory.mktemp("artwork")
    for style in STYLES:
        pack(folder, style, icons(kinds, style.name))
    return folder


@pytest.fixture
def packer() -> Callable[..., Path]:
    return pack


@pytest.fixture
def drawn() -> Callable[..., Mapping[str, object]]:
    return icons


@pytest.fixture(scope="session")
def atlas(tmp_path_factory: pytest.TempPathFactory, kinds: tuple[Kind, ...], artwork: Path) -> Atlas:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KEYDREAM_HOME", str(tmp_path_factory.mktemp("home")))
        return load_atlas(kinds, 32, artwork)


@pytest.fixture(scope="session")
def make_pictures(kinds: tuple[Kind, ...], atlas: Atlas) -> Callable[..., Pictures]:
    def made(side: int = 32, seed: int = 1) -> Pictures:
        return Pictures(kinds, atlas, side, seed)

    return made


@pytest.fixture(scope="session")
def pictures(make_pictures: Callable[..., Pictures]) -> Pictures:
    return make_pictures()
