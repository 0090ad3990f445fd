"""The commands put together, and the one place where an error ends up in a terminal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated

import typer

from studio import __version__
from studio.base.cancel import Cancelled
from studio.base.errors import StudioError
from studio.base.shortage import explained
from studio.cli import (
    ask,
    bench,
    evaluate,
    explain,
    explore,
    handover,
    models,
    render,
    scores,
    search,
    svg,
    system,
    takes,
    train,
    window,
)

app = typer.Typer(
    name="keydream",
    help="A studio for CLIP-guided animation: prompts on a timeline, pictures that grow into one another.",
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("open")(window.open_window)
app.command()(render.render)
app.command()(render.still)
app.command()(render.export)
app.command()(svg.svg)
app.command()(handover.handover)
app.add_typer(takes.takes, name="takes")
app.command()(takes.walk)
app.command()(takes.batch)
app.command()(ask.score)
app.command()(ask.classify)
app.command()(scores.scores)
app.command()(search.search)
app.command()(explain.explain)
app.command()(explore.explore)
app.command()(train.train)
app.command()(evaluate.evaluate)
app.command()(bench.bench)
app.add_typer(models.app)
app.command()(system.doctor)
app.command()(system.schema)

INTERRUPTED = 130
"""The exit status after Ctrl+C or SIGTERM, as shells expect it."""


def _say_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"keydream {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _main(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_say_version, help="Say which version this is, and stop."),
    ] = False,
) -> None:
    """Without a command, the window opens."""
    if context.invoked_subcommand is None:
        window.open_window("")


def run(arguments: Sequence[str]) -> int:
    """Run one command.

    Args:
        arguments: as typed, without the program's name.

    Returns:
        The exit status: 0 done; 1 it could not be done, and the terminal says why; 2 the command was mistyped; 130
            interrupted.
    """
    command = typer.main.get_command(app)
    try:
        command.main(args=list(arguments), prog_name="keydream")
    except StudioError as error:
        _explain(error, as_json="--json" in arguments)
        return 1
    except (MemoryError, RuntimeError) as error:
        if (told := explained(error, "Keydream ran out of memory")) is None:
            raise
        _explain(told, as_json="--json" in arguments)
        return 1
    except (Cancelled, KeyboardInterrupt):
        typer.echo("Stopped. What was finished is kept; run the same command to go on.", err=True)
        return INTERRUPTED
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    return 0


def _explain(error: StudioError, *, as_json: bool) -> None:
    from rich.console import Console
    from rich.text import Text

    if as_json:
        typer.echo(json.dumps({"error": {"what": error.what, "why": error.why, "fix": error.fix}}))
    console = Console(stderr=True)
    console.print(Text.assemble(("Error: ", "bold red"), (error.what, "bold")))
    for part in (error.why, error.fix):
        if part:
            console.print(Text("  " + part))
