"""What the tests of rendering share: the tools of `fakes.py`, and running a render to its end."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
import torch

from studio.render.events import Event
from studio.render.session import render
from studio.render.store import FrameStore


def load_fakes() -> ModuleType:
    """`fakes.py`, which is no test and so in no package."""
    if "render_fakes" not in sys.modules:
        spec = importlib.util.spec_from_file_location("render_fakes", Path(__file__).with_name("fakes.py"))
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
def store(tmp_path: Path) -> FrameStore:
    return FrameStore(tmp_path / "frames")


@pytest.fixture
def run(fakes: ModuleType, store: FrameStore) -> Callable[..., list[Event]]:
    """Render a project into `store` with fresh tools and give back all events."""

    def run(project, **options):
        return list(render(project, options.pop("toolbox", None) or fakes.Toolbox(), store, **options))

    return run
