"""How this process takes its memory from the system: in large pages, and without giving it back at every step.

A processor finds its way in memory by tables of pages. In pages of 4 KiB, networks and pictures take so many that it
looks things up all the time, on a virtual machine twice over; Linux has pages of 2 MiB, which many systems give to who
asks alone. And what a step lets go at its end glibc gives back, to be mapped and cleared anew page by page.
"""

from __future__ import annotations

import os
import sys

# nothing else is imported before it is needed: a process that begins anew imports it twice

LARGEST = 32 << 20
"""Bytes of a block up to which it comes from what is kept; glibc's own adjustment goes no further either."""

KEPT = 128 << 20
"""Bytes that are kept at most, beyond what is in use, for whoever asks next."""

HUGE = "glibc.malloc.hugetlb=1"
"""What glibc (2.35 and newer) is told to ask for large pages. It is read when a process begins, and never again."""

_TOLD = "GLIBC_TUNABLES"
_PAGES = "/sys/kernel/mm/transparent_hugepage/enabled"
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8  # of `mallopt`, in glibc's malloc.h


def settle() -> None:
    """Take memory so from now on. To be called first of all by a command, which may begin anew here, once.

    Elsewhere than on Linux with glibc, and where the environment sets its allocator by hand, nothing is done.
    """
    if os.environ.get(_TOLD) == HUGE:
        del os.environ[_TOLD]  # it is nobody else's, such as a browser's that is opened later
    elif _by_hand():
        return
    elif _asked_for() and _begun_as_command():
        _begin_anew()
    keep_memory()


def _begin_anew() -> None:
    """Become the same process with large pages; come back where the system refuses."""
    told = {**os.environ, _TOLD: HUGE}
    try:
        os.execve(sys.executable, sys.orig_argv, told)  # noqa: S606 (no other program, and no shell)
    except OSError:
        return


def keep_memory() -> bool:
    """Let the C library keep up to `KEPT` bytes, for all threads together; whether it does now.

    To be called before there are threads.
    """
    if sys.platform != "linux" or _by_hand():
        return False
    import ctypes

    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):  # another C library
        return False
    settings = ((_MMAP_THRESHOLD, LARGEST), (_TRIM_THRESHOLD, KEPT), (_ARENA_MAX, 1))
    return all(mallopt(ctypes.c_int(name), ctypes.c_int(value)) == 1 for name, value in settings)


def _by_hand() -> bool:
    return any(name == _TOLD or name.startswith("MALLOC_") for name in os.environ)


def _asked_for() -> bool:
    """Whether large pages are for those who ask, and glibc can."""
    try:
        name, _, version = (os.confstr("CS_GNU_LIBC_VERSION") or "").partition(" ")
        major, minor = (int(part) for part in version.split(".")[:2])
        with open(_PAGES, encoding="ascii") as file:  # noqa: PTH123 (pathlib takes long to import)
            return name == "glibc" and (major, minor) >= (2, 35) and "[madvise]" in file.read()
    except (OSError, ValueError, AttributeError):  # another system
        return False


def _begun_as_command() -> bool:
    """Whether this process is `keydream` or `python -m studio`, and nothing else that calls it."""
    name = sys.argv[0]
    return bool(sys.executable) and name.endswith(("/keydream", "/studio/__main__.py"))
