"""What importing a package brings along, seen from a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import studio

STUDIO = Path(studio.__file__).parent
QT = {"PySide6", "shiboken6", "PyQt6", "PyQt5", "PySide2", "qasync"}
TORCH = {"torch", "torchvision", "open_clip", "timm", "transformers", "taming"}

TORCHLESS = {
    "base": ["base"],
    "timeline": ["timeline"],
    "project": ["project"],
    "export": ["export"],
    "cli": ["cli", "__main__"],
    "what the render's queue and window need": ["render.plan", "render.store", "render.events", "models.catalogue"],
}

PROGRAM = """
import importlib, json, sys
before = set(sys.modules)
for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def names(package: str) -> list[str]:
    """A module of `studio`, or a package with all modules in it; "" is everything but the entry point."""
    path = STUDIO.joinpath(*package.split(".")) if package else STUDIO
    if not path.is_dir():
        return [f"studio.{package}"]
    found = [file.relative_to(STUDIO.parent).with_suffix("").parts for file in sorted(path.rglob("*.py"))]
    found = [parts[:-1] if parts[-1] == "__init__" else parts for parts in found]
    return [".".join(parts) for parts in found if parts[-1] != "__main__"]


def loaded(*modules: str) -> set[str]:
    """The modules that a fresh process has loaded after importing these."""
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(modules)],
        env=os.environ | {"PYTHONPATH": str(STUDIO.parent)},
        capture_output=True,
        text=True,
        check=True,
    )
    after = set(json.loads(run.stdout.splitlines()[-1]))
    assert after.issuperset(modules)
    return after


def roots(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}


def test_importing_studio_loads_nothing_else():
    assert loaded("studio") == {"studio"}


@pytest.mark.parametrize("packages", TORCHLESS.values(), ids=TORCHLESS.keys())
def test_no_torch_where_nothing_is_computed(packages):
    after = roots(loaded(*(name for package in packages for name in names(package))))
    assert after & (TORCH | QT) == set()


def test_base_needs_little_more_than_the_standard_library():
    assert roots(loaded(*names("base"))) - sys.stdlib_module_names <= {"studio", "platformdirs"}


def test_no_qt_anywhere_but_in_the_window():
    everything = [name for name in names("") if not name.startswith("studio.app")]
    assert {"studio.cli.app", "studio.starter.making", "studio.canvas.vqgan", "studio.score.clip"} <= set(everything)
    after = roots(loaded(*everything))
    assert "torch" in after  # it has been looked at where it could be
    assert after & QT == set()
