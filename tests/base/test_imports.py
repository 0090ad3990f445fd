"""`studio.base` and `studio.project` load nothing heavy."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import studio

HEAVY = {"torch", "numpy", "PySide6", "open_clip", "imageio", "av"}
BASE = ("atomic", "cancel", "errors", "paths", "progress")
PROJECT = ("assets", "canonical", "format", "store")


@pytest.mark.parametrize(
    ("package", "modules", "heavy"), [("base", BASE, {*HEAVY, "PIL", "pydantic"}), ("project", PROJECT, HEAVY)]
)
def test_nothing_heavy_is_imported(package, modules, heavy):
    program = "import sys, {}; sys.stdout.write(' '.join(sys.modules))"
    run = subprocess.run(
        [sys.executable, "-c", program.format(", ".join(f"studio.{package}.{module}" for module in modules))],
        env=os.environ | {"PYTHONPATH": str(Path(studio.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(run.stdout.split())
    assert f"studio.{package}.{modules[-1]}" in loaded
    assert not heavy & loaded
