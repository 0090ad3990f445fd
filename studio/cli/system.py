"""`keydream doctor` and `keydream schema`: this installation, and the form of project files."""

from __future__ import annotations

import importlib.metadata
import json
import platform
import shutil
import sys

import typer
from rich.console import Console
from rich.table import Table

from studio import __version__
from studio.base import paths
from studio.base.errors import StudioError
from studio.cli.options import Json

_PACKAGES = (
    "torch",
    "open_clip_torch",
    "taming-transformers-rom1504",
    "pillow",
    "imageio",
    "av",
    "numpy",
    "PySide6-Essentials",
)
_WINDOW_LIBRARIES = {
    "EGL": "libegl1",
    "xkbcommon-x11": "libxkbcommon-x11-0",
    "dbus-1": "libdbus-1-3",
    "xcb-cursor": "libxcb-cursor0",
    "xcb-icccm": "libxcb-icccm4",
    "xcb-image": "libxcb-image0",
    "xcb-keysyms": "libxcb-keysyms1",
    "xcb-render-util": "libxcb-render-util0",
    "xcb-shape": "libxcb-shape0",
    "xcb-xinerama": "libxcb-xinerama0",
    "xcb-xkb": "libxcb-xkb1",
}
_ROOM = 1 << 30  # bytes; a few thousand frames and their latents


def doctor(as_json: Json = False) -> None:
    """Look at this machine and this installation, and say what is missing and how to get it."""
    checks = [*_program(), *_devices(), *_models(), *_disk(), *_window()]
    bad = [check for check in checks if check["state"] == "missing"]
    if as_json:
        typer.echo(json.dumps({"version": __version__, "checks": checks, "healthy": not bad}))
    else:
        table = Table("", "what", "found", title=f"Keydream {__version__}")
        marks = {"ok": "[green]ok[/green]", "note": "[yellow]note[/yellow]", "missing": "[red]missing[/red]"}
        for check in checks:
            table.add_row(marks[check["state"]], check["what"], check["found"])
        Console().print(table)
        for check in checks:
            if check["fix"]:
                typer.echo(f"{check['what']}: {check['fix']}")
    if bad:
        raise typer.Exit(1)


def schema() -> None:
    """Print the JSON schema of .keydream files."""
    from studio.project.format import schema as project_schema

    typer.echo(json.dumps(project_schema(), indent=2))


def _check(state: str, what: str, found: str, fix: str = "") -> dict[str, str]:
    return {"state": state, "what": what, "found": found, "fix": fix}


def _program() -> list[dict[str, str]]:
    checks = [_check("ok", "Python", f"{platform.python_version()} on {platform.system()} {platform.machine()}")]
    for package in _PACKAGES:
        try:
            checks.append(_check("ok", package, importlib.metadata.version(package)))
        except importlib.metadata.PackageNotFoundError:
            checks.append(_check("missing", package, "not installed", f"pip install {package}"))
    return checks


def _devices() -> list[dict[str, str]]:
    import torch

    checks = [_check("ok", "cpu", f"{torch.get_num_threads()} threads")]
    for number in range(torch.cuda.device_count()):
        properties = torch.cuda.get_device_properties(number)
        checks.append(_check("ok", f"cuda:{number}", f"{properties.name}, {properties.total_memory / 2**30:.1f} GiB"))
    if torch.backends.mps.is_available():
        checks.append(_check("ok", "mps", "Apple graphics processor"))
    if len(checks) == 1:
        checks.append(_check("note", "graphics processor", "none that PyTorch can use; dreaming runs on the CPU"))
    return checks


def _models() -> list[dict[str, str]]:
    from studio.models.catalogue import entries
    from studio.models.loading import read_weights

    checks = []
    for entry in entries():
        try:
            weights = read_weights(entry.path, name=entry.name, expect_kind=entry.kind, expect_sha256=entry.sha256)
            numbers = sum(tensor.numel() for tensor in weights.tensors.values())
            checks.append(
                _check(
                    "ok", entry.name, f"{entry.kind}, {numbers / 1e6:.1f} million numbers, {entry.size / 2**20:.1f} MiB"
                )
            )
        except StudioError as error:
            checks.append(_check("missing", entry.name, error.why, error.fix))
    return checks


def _disk() -> list[dict[str, str]]:
    folder = paths.cache_dir()
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = shutil.disk_usage(existing).free
    state = "ok" if free > _ROOM else "note"
    return [
        _check(
            state,
            "frames are kept in",
            f"{folder / 'frames'} ({free / 2**30:.1f} GiB free)",
            "" if state == "ok" else "Free some space before a long render",
        )
    ]


def _window() -> list[dict[str, str]]:
    if sys.platform != "linux":
        return []
    from ctypes.util import find_library

    missing = [package for library, package in _WINDOW_LIBRARIES.items() if find_library(library) is None]
    if not missing:
        return [_check("ok", "libraries for a window", "all there")]
    return [
        _check(
            "note",
            "libraries for a window",
            f"{len(missing)} missing; rendering does not need them",
            f"sudo apt install {' '.join(missing)}",
        )
    ]
