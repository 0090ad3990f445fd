"""The package needs nothing but the standard library and studio.base.errors, and is quick to import."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import studio.timeline

CODE = """
import sys, json, pkgutil, importlib
before = set(sys.modules)
import studio.timeline
bare = sorted(name for name in set(sys.modules) - before if name.startswith("studio"))
for module in pkgutil.iter_modules(studio.timeline.__path__):
    importlib.import_module(f"studio.timeline.{module.name}")
print(json.dumps([bare, sorted(set(sys.modules) - before)]))
"""


@pytest.fixture(scope="module")
def imported() -> tuple[list[str], list[str]]:
    run = subprocess.run([sys.executable, "-c", CODE], check=True, capture_output=True, text=True)
    bare, all_modules = json.loads(run.stdout)
    return bare, all_modules


def test_the_package_itself_loads_nothing(imported):
    assert imported[0] == ["studio", "studio.timeline"]


def test_only_the_standard_library_and_the_errors(imported):
    roots = {name.partition(".")[0] for name in imported[1]}
    assert roots - set(sys.stdlib_module_names) == {"studio"}
    ours = {name for name in imported[1] if name.startswith("studio.") and not name.startswith("studio.timeline")}
    assert ours == {"studio.base", "studio.base.errors"}


def test_no_files_no_clock_no_randomness():
    pure = {"__future__", "bisect", "collections", "dataclasses", "enum", "fractions", "math", "re", "typing", "studio"}
    folder = Path(studio.timeline.__file__).parent
    used = set()
    for path in folder.glob("*.py"):
        nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
        used |= {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
        used |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
        called = {node.func.id for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
        assert not called & {"open", "print", "input", "eval", "exec", "__import__"}, path.name
    assert "math" in used
    assert {name.partition(".")[0] for name in used} <= pure
