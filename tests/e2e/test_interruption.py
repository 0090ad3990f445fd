"""The real command, killed in the middle: it goes on, and the frames are those of an uninterrupted render."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

PROJECT = """{
  "keydream": 1, "name": "Interrupted", "width": 64, "height": 64, "seed": 3,
  "medium": {"kind": "pixels"}, "motion": {"mode": "follow"},
  "timeline": {
    "rate": "10", "length": 6,
    "prompts": [{"name": "Prompt", "keys": [
      {"frame": 0, "prompt": "a red apple"}, {"frame": 5, "prompt": "a blue fish"}]}],
    "parameters": [{"name": "steps", "keys": [{"frame": 0, "value": 12}]},
                   {"name": "zoom", "keys": [{"frame": 0, "value": 1.1}]}]
  }
}"""


def start(project: Path, home: Path) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "KEYDREAM_HOME": str(home), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "studio", "render", str(project), "-o", str(home / "film")]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def pictures(folder: Path) -> list[str]:
    hashes = []
    for path in sorted((folder / "film").glob("*.png")):
        with Image.open(path) as picture:
            hashes.append(hashlib.sha256(picture.convert("RGB").tobytes()).hexdigest())
    return hashes


def stored(home: Path) -> int:
    return len(list((home / "cache").rglob("*.png")))


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_killed_and_resumed_is_the_same(how: signal.Signals, tmp_path: Path) -> None:
    project = tmp_path / "p.keydream"
    project.write_text(PROJECT)
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    assert start(project, whole).wait(timeout=240) == 0
    process = start(project, broken)
    deadline = time.monotonic() + 200
    while stored(broken) < 2 and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(how)
    status = process.wait(timeout=60)
    assert status in (130, -how, 0)  # 0: it was too fast for us, which proves nothing but harms nothing
    assert start(project, broken).wait(timeout=240) == 0
    assert len(pictures(whole)) == 6
    assert pictures(whole) == pictures(broken)
    assert len(set(pictures(whole))) == 6
