"""The whole program: a person's day at the window, and what is left when it is killed. See `day_at_the_window.py`.

`studio.app.main` and `studio.cli` are started here as an artist starts them.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "KEYDREAM_HOME": str(home), "QT_QPA_PLATFORM": "offscreen", "OMP_NUM_THREADS": "1"}


@pytest.mark.slow
def test_a_day_at_the_window(tmp_path: Path) -> None:
    """Start, sample plays, edit, render, scrub meanwhile, shape a curve, undo all, export GIF and MP4, quit."""
    done = subprocess.run(
        [sys.executable, str(HERE / "day_at_the_window.py")],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Traceback" not in done.stderr, done.stderr[-3000:]
    assert json.loads(done.stdout.splitlines()[-1])["quit s"] < 5


@pytest.mark.parametrize("arguments", [[], ["open", "four-seasons"]], ids=["nothing", "a sample"])
def test_the_command_opens_the_window_and_a_signal_closes_it(tmp_path: Path, arguments: list[str]) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "studio", *arguments], env=environment(tmp_path), stderr=subprocess.PIPE, text=True
    )
    settings = tmp_path / "data" / "settings.ini"
    deadline = time.monotonic() + 100
    while not settings.is_file() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(1)
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors[-3000:]
    assert "Traceback" not in errors, errors[-3000:]
    assert "last" in settings.read_text() or "layout" in settings.read_text()


def test_without_a_screen_it_says_so(tmp_path: Path) -> None:
    bare = {key: value for key, value in environment(tmp_path).items() if key not in ("DISPLAY", "WAYLAND_DISPLAY")}
    del bare["QT_QPA_PLATFORM"]
    if sys.platform != "linux":
        pytest.skip("other systems always have one")
    done = subprocess.run(
        [sys.executable, "-m", "studio"], env=bare, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 1
    assert "no screen" in done.stderr


@pytest.mark.slow
def test_killed_while_editing_and_rendering_nothing_but_seconds_are_lost(tmp_path: Path) -> None:
    """kill -9: the recovery copy is offered, at most 3 s of edits are gone, finished frames are reused."""

    def life(what: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, str(HERE / "live_and_die.py"), what],
            env=environment(tmp_path),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    first = life("live")
    out, errors = first.communicate(timeout=250)
    assert first.returncode == -signal.SIGKILL, errors[-3000:]
    died = json.loads(out.splitlines()[-1])
    second = life("wake")
    out, errors = second.communicate(timeout=250)
    assert second.returncode == 0, errors[-3000:]
    woke = json.loads(out.splitlines()[-1])
    assert woke["offered"] == 1
    assert woke["seed"] == died["seed"]
    assert woke["prompt"] == died["prompt"]
    assert woke["dirty"] is True
    assert died["frames"] >= 2
    assert woke["frames"] >= died["frames"]
    assert woke["made"] == woke["asked"] - woke["frames"]


@pytest.mark.slow
def test_the_window_is_measured(tmp_path: Path) -> None:
    """`studio.cli.bench`: numbers of a real window with a real render in it. None is judged here."""
    done = subprocess.run(
        [sys.executable, "-m", "studio", "bench", "--gui", "--json"],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert {"drag paint median ms", "render loop delay 99 % ms", "memory over idle MiB"} <= found.keys()
    assert found["render loop delay 99 % ms"] < found["render loop delay worst ms"] + 1e-9
