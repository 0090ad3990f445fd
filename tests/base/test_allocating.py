"""Memory is taken in large pages and kept, and left alone where somebody else has said how."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

import studio
from studio.base import allocating
from studio.base.allocating import HUGE, keep_memory, settle

ROOT = str(Path(studio.__file__).parents[1])
GLIBC = sys.platform == "linux" and platform.libc_ver()[0] == "glibc"
OWN = {name: value for name, value in os.environ.items() if not name.startswith(("GLIBC_TUNABLES", "MALLOC_"))}

AGAIN = """
import resource
from studio.base.allocating import keep_memory
print(keep_memory() if {wanted} else False)
import ctypes
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_size_t], [ctypes.c_void_p]
libc.memset.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]

def used():
    pieces = [libc.malloc(20 << 20) for _ in range(3)]
    for piece in pieces:
        libc.memset(piece, 1, 20 << 20)
    for piece in pieces:
        libc.free(piece)

used()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(4):
    used()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""

COMMAND = """
import ctypes, json, os, sys
from studio.base.allocating import settle
settle()
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
libc.memset.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]
libc.memset(libc.malloc(24 << 20), 1, 24 << 20)
with open("/proc/self/smaps") as file:
    asked = any(line.startswith("VmFlags") and " hg" in line for line in file)
print(json.dumps([sys.argv[1:], asked, [name for name in os.environ if name.startswith("GLIBC")]]))
"""


def pages(wanted: bool) -> tuple[str, int]:
    """What `keep_memory` said in a process of its own, and the pages that it was given after it had let them go."""
    command = [sys.executable, "-c", AGAIN.format(wanted=wanted)]
    done = subprocess.run(
        command, text=True, check=True, timeout=60, env={**OWN, "PYTHONPATH": ROOT}, stdout=subprocess.PIPE
    )
    said, count = done.stdout.split()
    return said, int(count)


@pytest.mark.skipif(not GLIBC, reason="another C library")
def test_what_is_taken_again_needs_no_new_pages() -> None:
    plain = pages(False)[1]
    said, kept = pages(True)
    assert said == "True"
    assert plain > 1000  # or there would be nothing to gain here
    assert kept < plain / 10


@pytest.mark.skipif(not GLIBC, reason="another C library")
@pytest.mark.parametrize("named", [True, False])
def test_a_command_begins_anew_with_large_pages_where_they_are_for_who_asks(tmp_path: Path, named: bool) -> None:
    script = tmp_path / ("keydream" if named else "another.py")
    script.write_text(COMMAND, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-B", str(script), "a b", "", "-c"],
        text=True,
        check=True,
        timeout=60,
        env={**OWN, "PYTHONPATH": ROOT},
        stdout=subprocess.PIPE,
    )
    given, asked, told = json.loads(done.stdout)
    assert given == ["a b", "", "-c"]
    assert asked == (named and allocating._asked_for())
    assert told == []  # whoever is started from there is not told


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[str], str | None]]:
    """What was begun anew by a command in an environment of nobody's making: program, arguments and tunables."""
    found: list[tuple[str, list[str], str | None]] = []
    for name in [name for name in os.environ if name not in OWN]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(os, "execve", lambda path, given, env: found.append((path, given, env.get("GLIBC_TUNABLES"))))
    monkeypatch.setattr(allocating, "_asked_for", lambda: True)
    monkeypatch.setattr(allocating, "keep_memory", lambda: True)
    monkeypatch.setattr(sys, "argv", ["/somewhere/bin/keydream", "render"])
    return found


@pytest.mark.parametrize("name", ["/somewhere/bin/keydream", "/somewhere/studio/__main__.py"])
def test_a_command_begins_anew_as_it_was_begun(
    name: str, begun: list[tuple[str, list[str], str | None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", [name, "render"])
    settle()
    assert begun == [(sys.executable, sys.orig_argv, HUGE)]


def test_it_begins_anew_once(begun: list[tuple[str, list[str], str | None]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLIBC_TUNABLES", HUGE)
    settle()
    assert begun == []
    assert "GLIBC_TUNABLES" not in os.environ


@pytest.mark.parametrize("name", ["GLIBC_TUNABLES", "MALLOC_ARENA_MAX"])
def test_what_the_environment_says_holds(
    name: str, begun: list[tuple[str, list[str], str | None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "glibc.malloc.arena_max=2")
    monkeypatch.setattr(allocating, "keep_memory", keep_memory)
    settle()
    assert begun == []
    assert os.environ[name] == "glibc.malloc.arena_max=2"
    assert keep_memory() is False


@pytest.mark.parametrize(
    "given", ["", "-c", "keydream", "/somewhere/pytest/__main__.py", "/somewhere/bin/keydream-other"]
)
def test_whoever_else_calls_it_goes_on(
    given: str, begun: list[tuple[str, list[str], str | None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", [given, "render"])
    settle()
    assert begun == []


def test_a_system_that_refuses_leaves_it_as_it_is(
    begun: list[tuple[str, list[str], str | None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError

    kept: list[bool] = []
    monkeypatch.setattr(os, "execve", refused)
    monkeypatch.setattr(allocating, "keep_memory", lambda: kept.append(True))
    settle()
    assert kept == [True]
    assert "GLIBC_TUNABLES" not in os.environ


@pytest.mark.parametrize(
    ("library", "pages", "asked"),
    [
        ("glibc 2.36", "always [madvise] never", True),
        ("glibc 3.0", "always [madvise] never", True),
        ("glibc 2.34", "always [madvise] never", False),
        ("glibc 2.36", "[always] madvise never", False),
        ("glibc 2.36", "always madvise [never]", False),
        ("glibc 2.36", None, False),
        (None, "always [madvise] never", False),
    ],
)
def test_large_pages_are_asked_for_where_that_is_of_use(
    library: str | None, pages: str | None, asked: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if pages is not None:
        (tmp_path / "enabled").write_text(pages + "\n", encoding="ascii")
    monkeypatch.setattr(allocating, "_PAGES", str(tmp_path / "enabled"))
    monkeypatch.setattr(os, "confstr", lambda name: library)
    assert allocating._asked_for() is asked


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name not in OWN]:
        monkeypatch.delenv(name)
    monkeypatch.setattr("ctypes.CDLL", lambda name: object())
    assert keep_memory() is False
    monkeypatch.setattr(sys, "platform", "darwin")
    assert keep_memory() is False
