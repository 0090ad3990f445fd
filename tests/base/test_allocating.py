"""Memory that the C library keeps: as much as is said, and nothing where somebody else has said how much."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

import studio
from studio.base import allocating

ROOT = str(Path(studio.__file__).parents[1])
GLIBC = sys.platform == "linux" and platform.libc_ver()[0] == "glibc"

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


def ran(wanted: bool, **environment: str) -> tuple[str, int]:
    """What `keep_memory` said in a process of its own, and the pages that it was given after it had let them go."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(allocating._SET_BY_HAND)}
    command = [sys.executable, "-c", AGAIN.format(wanted=wanted)]
    environment = {**own, "PYTHONPATH": ROOT, **environment}
    said, pages = subprocess.run(
        command, text=True, check=True, timeout=60, env=environment, stdout=subprocess.PIPE
    ).stdout.split()
    return said, int(pages)


@pytest.mark.skipif(not GLIBC, reason="another C library")
def test_what_is_taken_again_needs_no_new_pages() -> None:
    plain = ran(False)[1]
    said, pages = ran(True)
    assert said == "True"
    assert plain > 1000  # or there would be nothing to gain here
    assert pages < plain / 10


@pytest.mark.parametrize("name", ["GLIBC_TUNABLES", "MALLOC_ARENA_MAX"])
def test_what_the_environment_says_holds(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "glibc.malloc.arena_max=2" if name == "GLIBC_TUNABLES" else "2")
    assert allocating.keep_memory() is False


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(allocating._SET_BY_HAND)]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(allocating.ctypes, "CDLL", lambda name: object())
    assert allocating.keep_memory() is False
    monkeypatch.setattr(allocating.sys, "platform", "darwin")
    assert allocating.keep_memory() is False
