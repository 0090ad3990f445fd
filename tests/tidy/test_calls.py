"""What may be called where: no code out of files, files replaced in one place, randomness that has a seed."""

from __future__ import annotations

import ast
import builtins
import functools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import studio

STUDIO = Path(studio.__file__).parent
MODULES = {path.relative_to(STUDIO).as_posix(): path for path in sorted(STUDIO.rglob("*.py"))}

Rule = Callable[[str], Iterator[ast.AST]]


@functools.cache
def nodes(source: str) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(source)))


@functools.cache
def uses(source: str) -> tuple[tuple[str, ast.AST], ...]:
    """Every import, and every reference to something imported or built in, by its full name ("os.replace").

    Names that imports give are followed: after `from os import replace as r`, `r` is "os.replace".
    """
    known = {name: f"builtins.{name}" for name in dir(builtins)}
    found: list[tuple[str, ast.AST]] = []
    for node in nodes(source):
        if isinstance(node, ast.Import):
            for alias in node.names:
                root = alias.name.partition(".")[0]
                known[alias.asname or root] = alias.name if alias.asname else root
                found.append((alias.name, node))
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                known[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                found.append((f"{node.module}.{alias.name}", node))
    for node in nodes(source):
        if isinstance(node, ast.Name | ast.Attribute):
            root, dot, rest = dotted(node).partition(".")
            if root in known:
                found.append((f"{known[root]}{dot}{rest}", node))
    return tuple(found)


def dotted(node: ast.expr) -> str:
    """Names joined by dots as they stand, or "" where there is a call or an index among them."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


def calls(source: str) -> Iterator[ast.Call]:
    return (node for node in nodes(source) if isinstance(node, ast.Call))


def named(*names: str) -> Rule:
    """Refers to one of these names, or to something inside of them."""

    def found(source: str) -> Iterator[ast.AST]:
        return (node for name, node in uses(source) if any(f"{name}.".startswith(f"{top}.") for top in names))

    return found


def keyword(name: str, harmless: object) -> Rule:
    """Passes this argument by name with anything but the harmless value."""

    def found(source: str) -> Iterator[ast.AST]:
        for call in calls(source):
            for given in call.keywords:
                if given.arg == name and not (isinstance(given.value, ast.Constant) and given.value.value is harmless):
                    yield call

    return found


def path_moves(source: str) -> Iterator[ast.AST]:
    """Moves a path by a method of `pathlib`: `.rename(x)`, or `.replace(x)`, which on strings takes two arguments."""
    for call in calls(source):
        if isinstance(call.func, ast.Attribute):
            one = len(call.args) == 1 and not call.keywords
            if (call.func.attr == "replace" and one) or call.func.attr == "rename":
                yield call


_SAMPLERS = {"rand", "randn", "randint", "randperm", "normal", "bernoulli", "multinomial", "poisson"}
_SAMPLERS |= {"rand_like", "randn_like", "randint_like"}
_IN_PLACE = {"normal_", "uniform_", "bernoulli_", "random_", "exponential_", "cauchy_", "log_normal_", "geometric_"}


def unseeded(source: str) -> Iterator[ast.AST]:
    """Draws from torch's global randomness: without `generator=`."""
    names = {id(node): name for name, node in uses(source)}
    for call in calls(source):
        name = names.get(id(call.func), "")
        sampler = name.startswith("torch.") and name.removeprefix("torch.") in _SAMPLERS
        in_place = isinstance(call.func, ast.Attribute) and call.func.attr in _IN_PLACE
        if (sampler or in_place) and not any(given.arg == "generator" for given in call.keywords):
            yield call


NOWHERE: frozenset[str] = frozenset()
STARTER = frozenset({"starter/"})  # a training seeds everything itself, once, when it is made

RULES: dict[str, tuple[Rule, frozenset[str]]] = {
    "code out of files": (
        named("torch.load", "torch.save", "torch.jit", "torch.hub", "torch.package", "safetensors.torch.load_file"),
        NOWHERE,
    ),
    "pickles": (named("pickle", "_pickle", "cloudpickle", "dill", "joblib", "marshal", "shelve", "copyreg"), NOWHERE),
    # it reads what pickles say, and does none of it
    "pickles as data": (named("pickletools"), frozenset({"models/legacy.py"})),
    "numpy's pickles": (keyword("allow_pickle", harmless=False), NOWHERE),
    "code out of strings": (
        named("builtins.eval", "builtins.exec", "builtins.compile", "builtins.__import__", "code", "runpy"),
        NOWHERE,
    ),
    "a shell": (keyword("shell", harmless=False), NOWHERE),
    "a shell by another name": (named("os.system", "os.popen", "os.execv", "os.spawnv", "pty", "commands"), NOWHERE),
    "other programs": (named("subprocess", "multiprocessing"), frozenset({"starter/artwork.py"})),
    "replacing files": (named("os.replace"), frozenset({"base/atomic.py"})),
    "moving files": (named("os.rename", "os.renames", "shutil.move", "os.link"), NOWHERE),
    # a folder of frames cannot be replaced in one step, so its parts are moved there and back again
    "moving paths": (path_moves, frozenset({"export/sequence.py"})),
    "weights": (named("safetensors.safe_open"), frozenset({"models/loading.py"})),
    "sockets": (
        named("socket", "ssl", "http", "urllib.request", "urllib3", "requests", "httpx", "aiohttp", "ftplib"),
        frozenset({"models/http.py"}),
    ),
    "windows": (named("PySide6", "PyQt6", "PyQt5", "PySide2", "qasync", "tkinter"), frozenset({"app/"})),
    "global randomness": (named("random", "torch.manual_seed", "torch.seed", "numpy.random.seed"), STARTER),
    # whoever calls these hands them a generator or a seed
    "numpy's randomness": (named("numpy.random"), STARTER | {"scenery/", "evaluation/", "dream/arrange.py"}),
    "randomness without a seed": (unseeded, STARTER),
    "names of temporary files that can be guessed": (named("tempfile.mktemp"), NOWHERE),
}


@pytest.mark.parametrize("rule", RULES)
def test_only_where_it_is_allowed(rule):
    find, allowed = RULES[rule]
    faults = [
        f"{name}:{node.lineno}"
        for name, path in MODULES.items()
        if not any(name == place or (place.endswith("/") and name.startswith(place)) for place in allowed)
        for node in find(path.read_text("utf-8"))
    ]
    assert faults == []


@pytest.mark.parametrize("rule", [rule for rule, (_, allowed) in RULES.items() if allowed])
def test_an_allowance_is_used(rule):
    find, allowed = RULES[rule]
    using = [name for name, path in MODULES.items() if any(find(path.read_text("utf-8")))]
    unused = [place for place in allowed if not any(name.startswith(place) for name in using)]
    assert unused == []


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        ("code out of files", "import torch\ntorch.load('x')"),
        ("code out of files", "from torch import load as read\nread('x')"),
        ("code out of files", "import torch as t\nt.jit.load('x')"),
        ("pickles", "import pickle"),
        ("pickles", "from pickle import loads"),
        ("pickles", "def f():\n    import _pickle"),
        ("pickles as data", "import pickletools\npickletools.genops(b'')"),
        ("numpy's pickles", "import numpy as np\nnp.load('x', allow_pickle=True)"),
        ("numpy's pickles", "np.load('x', allow_pickle=flag)"),
        ("code out of strings", "eval('1')"),
        ("code out of strings", "run = exec"),
        ("code out of strings", "import builtins\nbuiltins.eval('1')"),
        ("a shell", "subprocess.run('x', shell=True)"),
        ("a shell by another name", "import os\nos.system('x')"),
        ("other programs", "from subprocess import run"),
        ("replacing files", "import os\nos.replace(a, b)"),
        ("replacing files", "from os import replace\nreplace(a, b)"),
        ("moving files", "import shutil\nshutil.move(a, b)"),
        ("moving paths", "path.replace(target)"),
        ("moving paths", "path.with_name('x').rename(target)"),
        ("weights", "from safetensors import safe_open"),
        ("sockets", "import urllib.request"),
        ("sockets", "from http.client import HTTPSConnection"),
        ("windows", "from PySide6.QtWidgets import QApplication"),
        ("global randomness", "import random"),
        ("numpy's randomness", "import numpy as np\nnp.random.default_rng(3)"),
        ("randomness without a seed", "import torch\ntorch.randn(3)"),
        ("randomness without a seed", "from torch import rand\nrand(3)"),
        ("randomness without a seed", "x.normal_(0, 1)"),
        ("names of temporary files that can be guessed", "import tempfile\ntempfile.mktemp()"),
    ],
)
def test_a_rule_sees_what_breaks_it(rule, source):
    assert any(RULES[rule][0](source))


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        ("code out of files", "import json\njson.load(file)\nstore.load(path)"),
        ("code out of strings", "import re\nre.compile('x')\nmodel.eval()\ncode.run()"),
        ("numpy's pickles", "np.load('x', allow_pickle=False)"),
        ("moving paths", "'a'.replace('a', 'b')\nreplace(project, name='x')\nmoment.replace(tzinfo=None)"),
        ("sockets", "from urllib.parse import quote\nhttp = 1\nhttp.x"),
        ("randomness without a seed", "import torch\ntorch.randn(3, generator=g)\ntorch.zeros(3)"),
        ("replacing files", "'os.replace'  # os.replace\nreplace(a, b)"),
    ],
)
def test_a_rule_leaves_alone_what_keeps_it(rule, source):
    assert not any(RULES[rule][0](source))
