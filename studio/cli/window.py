"""`keydream` and `keydream open`: the window."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Annotated

import typer

from studio.base.errors import InputError


def open_window(
    project: Annotated[
        str,
        typer.Argument(
            metavar="[PROJECT]",
            help="A .keydream file, an export that carries its project, or a sample; what was open last by default.",
        ),
    ] = "",
) -> None:
    """Open the studio's window. The command without any other does the same."""
    check_screen()
    # PyTorch before Qt: on Windows the other order loads a library of Qt's in its place. Without it the window opens
    # all the same, and says what cannot be done.
    with contextlib.suppress(ImportError, OSError):
        import torch  # noqa: F401
    from studio.app.main import run

    status = run(project)
    if status:
        raise typer.Exit(status)


def check_screen() -> None:
    """Qt ends the program where there is no screen: `InputError` instead."""
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM"):
        return
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise InputError(
            "The window cannot be opened",
            "There is no screen: neither DISPLAY nor WAYLAND_DISPLAY is set",
            "Start it from a desktop; keydream --help lists what works in a terminal",
        )
