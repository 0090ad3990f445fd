"""Pictures and projects for those who look, and a memory of each test's own."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
import torch
from PIL import Image

from studio.project.model import PerceptorRef, Project
from studio.timeline.easing import Ease
from studio.timeline.model import PromptTrack, Timeline
from studio.timeline.prompt import parse_prompt
from studio.timeline.time import FrameRate
from studio.timeline.track import Keyframe, Track
from studio.witness.memory import Memory


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def fakes() -> ModuleType:
    """`tests/render/fakes.py`, which is no test and so in no package."""
    if "render_fakes" not in sys.modules:
        path = Path(__file__).parents[1] / "render" / "fakes.py"
        spec = importlib.util.spec_from_file_location("render_fakes", path)
        module = importlib.util.module_from_spec(spec)
        sys.modules["render_fakes"] = module
        spec.loader.exec_module(module)
    return sys.modules["render_fakes"]


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    made = Memory(tmp_path / "seen.sqlite")
    yield made
    made.close()


@pytest.fixture
def picture(tmp_path: Path) -> Callable[..., Path]:
    """A picture file of one colour by its number."""

    def picture(number: int, side: int = 12) -> Path:
        path = tmp_path / f"picture {number}.png"
        Image.new("RGB", (side, side), (number * 37 % 256, number * 91 % 256, number * 53 % 256)).save(path)
        os.utime(path, ns=(number, number))
        return path

    return picture


@pytest.fixture
def project() -> Callable[..., Project]:
    """A project of prompts by frame, for some perceptors."""

    def project(
        prompts: dict[int, str],
        *perceptors: str,
        length: int = 48,
        loop: bool = False,
        ease: Ease = Ease.BOTH,
        muted: dict[int, str] | None = None,
    ) -> Project:
        tracks = [
            PromptTrack(
                name,
                Track(tuple(Keyframe(frame, parse_prompt(text), ease) for frame, text in sorted(keys.items()))),
                muted=quiet,
            )
            for name, keys, quiet in (("Prompt", prompts, False), ("Muted", muted or {}, True))
            if keys
        ]
        timeline = Timeline(FrameRate(12), length, prompts=tuple(tracks), loop=loop)
        return Project("Test", timeline, perceptors=tuple(PerceptorRef(name) for name in perceptors))

    return project
