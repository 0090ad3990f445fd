"""A render that is killed, or whose disk fills up, at every single write: what was finished stays, the rest follows."""

from __future__ import annotations

import errno
import importlib.util
import os
import signal
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
import torch

import studio
from studio.base import atomic
from studio.base.errors import FileError
from studio.render.events import FrameDone, FrameStarted, Notice, SolveStarted
from studio.render.session import render
from studio.render.store import FrameStore

RENDER = Path(__file__).parents[1] / "render"
MODES = ("walk", "follow")


@pytest.fixture(autouse=True, scope="module")
def _quick():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda descriptor: None)  # killing a process is not pulling the plug
        yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def fakes():
    spec = importlib.util.spec_from_file_location("render_fakes_for_faults", RENDER / "fakes.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(params=MODES)
def small(request, fakes):
    """Three frames of two steps at most: few writes, and one of every kind."""
    lead_in = {"lead_in": {0: 2}}
    return fakes.project({0: "red", 2: "blue"}, length=3, mode=request.param, steps=2, refine=1, parameters=lead_in)


def frames(events):
    return [event for event in events if isinstance(event, FrameDone)]


def run(fakes, project, root):
    return list(render(project, fakes.Toolbox(), FrameStore(root), checkpoint_every=0))


def pixels(events):
    return [event.pixels for event in frames(events)]


class Writes:
    """Counts the files that are about to be put in place, and at one of them does something else first."""

    def __init__(self, monkeypatch, at=-1, instead=None):
        self.count = 0
        self._at, self._instead = at, instead
        self._real = atomic._flush
        monkeypatch.setattr(atomic, "_flush", self)

    def __call__(self, path):
        self.count += 1
        if self.count == self._at + 1:
            self._instead(path)
        self._real(path)


def count_writes(fakes, project, root, monkeypatch):
    with monkeypatch.context() as patch:
        writes = Writes(patch)
        whole = pixels(run(fakes, project, root))
    return whole, writes.count


def full(path):
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_at_every_write(fakes, small, tmp_path, monkeypatch):
    whole, writes = count_writes(fakes, small, tmp_path / "whole", monkeypatch)
    assert writes > 8
    ended = 0
    for at in range(writes):
        root = tmp_path / str(at)
        finished = []
        with monkeypatch.context() as patch:
            Writes(patch, at, full)
            events = render(small, fakes.Toolbox(), FrameStore(root), checkpoint_every=0)
            try:
                for event in events:
                    finished += [event.frame] if isinstance(event, FrameDone) else []
                    if isinstance(event, Notice):
                        assert "disk is full" in event.text
            except FileError as error:
                ended += 1
                assert "disk is full" in error.why and "Free some space" in error.fix
        rest = run(fakes, small, root)
        assert pixels(rest) == whole
        assert [event.frame for event in frames(rest) if event.reused] == finished, "no finished frame is made again"
        assert not [path for path in root.rglob("*") if atomic.TEMPORARY in path.name], "and no debris takes space"
    assert 0 < ended < writes, "a frame that cannot be stored ends the render; a checkpoint does not"


def die(path):
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_killed_at_every_write(fakes, small, tmp_path, monkeypatch):
    whole, writes = count_writes(fakes, small, tmp_path / "whole", monkeypatch)
    taken_up = 0
    for at in range(writes):
        root = tmp_path / str(at)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of forking where there are threads
            child = os.fork()
        if child == 0:
            try:
                Writes(monkeypatch, at, die)
                run(fakes, small, root)
            finally:
                os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
        store = FrameStore(root)
        manifests = list(store.keys())
        there = {key for key in manifests if store.get(key) is not None}
        assert len(there) == len(manifests), "what has a manifest is whole"
        rest = run(fakes, small, root)
        assert pixels(rest) == whole
        assert {event.key for event in frames(rest) if event.reused} == {e.key for e in frames(rest)} & there
        taken_up += any(event.resumed for event in rest if isinstance(event, SolveStarted | FrameStarted))
        debris = [path for path in root.rglob("*") if atomic.TEMPORARY in path.name]
        assert len(debris) in (1, 2), "the files that were being written: a frame, and a checkpoint of the next one"
        store.sweep(older_than=0)
        assert not any(path.exists() for path in debris)
        assert pixels(run(fakes, small, root)) == whole, "sweeping takes nothing that is needed"
    assert taken_up > 1, "dreams go on from their checkpoints"


def test_a_process_killed_in_the_middle_of_a_step(fakes, tmp_path):
    """Not at a write, but somewhere: in another process, once the first frames are there."""
    environment = {**os.environ, "PYTHONPATH": str(Path(studio.__file__).parents[1])}
    command = [sys.executable, str(RENDER / "worker.py"), "show", str(tmp_path / "frames"), "follow", "0"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            if line.strip() == "FrameDone":
                break
        process.kill()
    project = fakes.project(mode="follow")
    rest = run(fakes, project, tmp_path / "frames")
    assert frames(rest)[0].reused
    assert pixels(rest) == pixels(run(fakes, project, tmp_path / "whole"))
