"""Hostile project files are refused within a second and within 200 MiB."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

import studio
from studio.base.errors import ProjectError
from studio.project.format import loads

SCRIPT = Path(__file__).with_name("hostile.py")
SPEC = importlib.util.spec_from_file_location("keydream_hostile", SCRIPT)
HOSTILE = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(HOSTILE)


@pytest.mark.parametrize("name", HOSTILE.CORPUS)
def test_it_is_refused_in_words(name):
    data = HOSTILE.CORPUS[name]()
    assert len(data) < HOSTILE.LARGEST * 1.1
    with pytest.raises(ProjectError) as caught:
        loads(data, source="hostile.keydream")
    assert caught.value.why
    assert caught.value.fix
    assert len(str(caught.value)) < 1000


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read there")
def test_all_of_them_together_stay_below_200_mib():
    run = subprocess.run(
        [sys.executable, str(SCRIPT)],
        env=os.environ | {"PYTHONPATH": str(Path(studio.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=True,
    )
    count, peak = map(int, run.stdout.split())
    assert count == len(HOSTILE.CORPUS)
    assert peak < 200
