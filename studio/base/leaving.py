"""The end of a process that has done its work, without taking apart what it had loaded."""

from __future__ import annotations

import atexit
import os
import sys
import threading
from typing import NoReturn

UNSAID = 120
"""The exit status where the last of the output could not be written, as Python has it."""


def leave(status: int) -> NoReturn:
    """End the process with this exit status.

    Python takes every object apart at the end, and of torch's there are half a million. Nothing in them needs that:
    what has to happen is registered with atexit (temporary folders are removed, logs closed, children ended), happens
    here as ever, and the system gets the memory back in any case.

    Python's own end is taken where something else counts on it: threads that are waited for, Qt, or whoever looks on
    (a debugger, a profiler, `python -i`). And output that cannot be written is left to it to complain about, but where
    the reader of a pipe has gone nobody is told.

    Raises:
        SystemExit: for Python's own end.
    """
    if "PySide6" in sys.modules or _others() or _watched():
        sys.exit(status)
    atexit._run_exitfuncs()  # private, and the same since Python 2; there is no other way to them
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None and not stream.closed:
                stream.flush()
        except BrokenPipeError:
            status = UNSAID
        except OSError:
            sys.exit(status)
    os._exit(status)


def _others() -> bool:
    """Whether there is a thread beside this one that Python would wait for."""
    return any(thread is not threading.current_thread() and not thread.daemon for thread in threading.enumerate())


def _watched() -> bool:
    if sys.flags.interactive or sys.flags.inspect or sys.gettrace() or sys.getprofile():
        return True
    monitoring = getattr(sys, "monitoring", None)  # since Python 3.12, with six places for tools
    return monitoring is not None and any(monitoring.get_tool(place) for place in range(6))
