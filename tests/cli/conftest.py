"""A small project on the shipped models, and pictures."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from PIL import Image

SMALL = """{
  "keydream": 1, "name": "Small", "width": 64, "height": 64, "seed": 3,
  "medium": {"kind": "vqgan"}, "motion": {"mode": "walk", "refine": 1},
  "timeline": {
    "rate": "10", "length": 4, "loop": true,
    "prompts": [{"name": "Prompt", "keys": [
      {"frame": 0, "prompt": "a red apple"}, {"frame": 2, "prompt": "a blue fish"}]}],
    "parameters": [{"name": "steps", "keys": [{"frame": 0, "value": 3}]},
                   {"name": "cutouts", "keys": [{"frame": 0, "value": 2}]}]
  }
}"""


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    path = tmp_path / "small.keydream"
    path.write_text(SMALL)
    return path


@pytest.fixture
def red(tmp_path: Path) -> Path:
    path = tmp_path / "red.png"
    Image.new("RGB", (80, 80), (220, 30, 30)).save(path)
    return path
