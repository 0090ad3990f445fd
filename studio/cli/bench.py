"""`keydream bench`: what this machine takes for what an artist does."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from studio.base.errors import InputError
from studio.cli.options import Json
from studio.cli.window import check_screen


def bench(
    gui: Annotated[bool, typer.Option("--gui", help="Measure the window: paint times, delays, memory.")] = False,
    as_json: Json = False,
) -> None:
    """Measure this machine. For now the window alone."""
    if not gui:
        raise InputError("There is nothing to measure", "Only the window can be measured yet", "Add --gui")
    check_screen()
    import torch  # noqa: F401  (before Qt; see `studio.cli.window`)

    from studio.app.bench import measure

    found = measure(lambda text: typer.echo(f"{text} …", err=True))
    if as_json:
        typer.echo(json.dumps({name: round(value, 3) for name, value in found.items()}))
        return
    for name, value in found.items():
        typer.echo(f"{value:10.1f}  {name}")
