"""`keydream bench`: what this machine takes for what an artist does."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from studio.base.errors import InputError
from studio.cli.options import Json
from studio.cli.window import check_screen


def bench(
    gui: Annotated[bool, typer.Option("--gui", help="Measure the window: paint times, delays, memory.")] = False,
    proof: Annotated[
        bool,
        typer.Option("--proof", help="Take five steps of each medium, with random weights of the published sizes."),
    ] = False,
    architecture: Annotated[
        str, typer.Option("--architecture", metavar="NAME", help="Who guides the proof: open_clip's, as RN50x4.")
    ] = "ViT-B-32",
    strokes: Annotated[
        bool, typer.Option("--strokes", help="Steps of 256 strokes at 224x224 with 4 views, without a perceptor.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Measure this machine: the window, or what the published models would take, without fetching them."""
    if proof:
        _prove(architecture, as_json)
        return
    if strokes:
        _draw(as_json)
        return
    if not gui:
        raise InputError("There is nothing to measure", "Nothing was asked for", "Add --gui, --proof or --strokes")
    check_screen()
    import torch  # noqa: F401  (before Qt; see `studio.cli.window`)

    from studio.app.bench import measure

    found = measure(lambda text: typer.echo(f"{text} …", err=True))
    if as_json:
        typer.echo(json.dumps({name: round(value, 3) for name, value in found.items()}))
        return
    for name, value in found.items():
        typer.echo(f"{value:10.1f}  {name}")


def _draw(as_json: bool) -> None:
    import statistics

    from studio.bench.strokes import measure

    for found in measure():
        told = asdict(found) | {"median": found.median, "best": min(found.seconds), "steps_a_second": found.rate}
        if as_json:
            typer.echo(json.dumps(told))
        else:
            typer.echo(
                f"{found.rate:8.2f} steps a second, {found.drawing:9} (median {1000 * found.median:.0f} ms, best "
                f"{1000 * min(found.seconds):.0f}) with {found.threads} threads; "
                f"{1000 * statistics.median(found.processor):.0f} ms of processors"
            )


def _prove(architecture: str, as_json: bool) -> None:
    from studio.bench import proof, published
    from studio.dream import device
    from studio.score import clip

    place = device.pick("auto")
    perceptor = clip.build(published.perceptor(architecture), place)
    if not as_json:
        typer.echo(f"{proof.STEPS} steps of 256x256 pixels each, on {place}, guided by a random {architecture}")
    sound = True
    for found in proof.prove(proof.media(256, place), perceptor):
        sound = sound and found.sound
        if as_json:
            typer.echo(json.dumps(asdict(found)))
        else:
            said = "finite gradients" if found.sound else "NOT SOUND"
            typer.echo(f"{found.seconds:8.2f} s a step  {found.medium:32} {said}, up to {found.gradient:.2g}")
    if not sound:
        raise typer.Exit(1)
