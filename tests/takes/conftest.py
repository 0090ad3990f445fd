"""Takes in miniature: made of nothing, and rendered with the fake tools of tests/render/fakes.py."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
import torch
from PIL import Image

from studio.base.cancel import CancelToken, never
from studio.render.session import render
from studio.render.store import FrameStore
from studio.takes.keeping import Keeper
from studio.takes.store import Takes
from studio.takes.take import Kept, Take, TakeGuide, TakeMedium, TakeTerm
from studio.takes.way import Way


def load_fakes() -> ModuleType:
    """`tests/render/fakes.py`, which is no test and so in no package."""
    if "render_fakes" not in sys.modules:
        path = Path(__file__).parents[1] / "render" / "fakes.py"
        spec = importlib.util.spec_from_file_location("render_fakes", path)
        module = importlib.util.module_from_spec(spec)
        sys.modules["render_fakes"] = module
        spec.loader.exec_module(module)
    return sys.modules["render_fakes"]


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(autouse=True, scope="module")
def _no_power_cut() -> Iterator[None]:
    """No test here pulls the plug, so nothing waits for the disk."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda descriptor: None)
        yield


@pytest.fixture(scope="session")
def fakes() -> ModuleType:
    return load_fakes()


@pytest.fixture
def takes(tmp_path: Path) -> Iterator[Takes]:
    with Takes(tmp_path / "takes") as library:
        yield library


@pytest.fixture
def made() -> Callable[..., Take]:
    """A take that nobody dreamed."""

    def made(number: int = 1, **fields: object) -> Take:
        prompt = str(fields.pop("prompt", "a red apple"))
        plain = Take(
            key=f"{number:064x}"[::-1],
            prompt=prompt,
            terms=(TakeTerm(text=prompt),),
            medium=TakeMedium(kind="pixels"),
            width=8,
            height=6,
            seed=0,
            steps=3,
            guides=(TakeGuide(model="", sha256="a" * 64, score=0.5),),
            score=0.5,
            algorithm=5,
            device="cpu",
            created=1000.0 + number,
        )
        return plain.model_copy(update=fields)

    return made


def png(colour: tuple[int, int, int] = (200, 30, 30), size: tuple[int, int] = (8, 6)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def keep(takes: Takes, made: Callable[..., Take]) -> Callable[..., str]:
    """Keep a take that nobody dreamed; its key."""

    def keep(number: int = 1, **fields: object) -> str:
        return takes.keep(made(number, **fields), png=png(), latents=b"latents").take.key

    return keep


@pytest.fixture
def dreamed(fakes: ModuleType, tmp_path: Path) -> Iterator[Callable[..., tuple[Takes, list[Kept]]]]:
    """Dream a walk of three keyframes with the fake tools; the library, and the takes in order."""
    with contextlib.ExitStack() as stack:

        def dreamed(**project: object) -> tuple[Takes, list[Kept]]:
            toolbox, wanted = fakes.Toolbox(), fakes.project(**{"steps": 4, **project})
            frames = FrameStore(tmp_path / "frames")
            keeper = Keeper(lambda: Takes(tmp_path / "takes"), wanted, toolbox, frames)
            list(keeper.watch(render(wanted, toolbox, frames)))
            library = stack.enter_context(Takes(tmp_path / "takes"))
            return library, [library.get(key) for key in keeper.keys]

        yield dreamed


@pytest.fixture
def way_over(fakes: ModuleType, dreamed: Callable[..., tuple[Takes, list[Kept]]]) -> Callable[..., Way]:
    """The way over three takes, in any order."""

    def way_over(*order: int, token: CancelToken | None = None) -> Way:
        library, takes = dreamed()
        return Way([takes[number] for number in order or (0, 1, 2)], library, fakes.Toolbox(), token or never())

    return way_over
