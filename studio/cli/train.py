"""`keydream train`: the very commands that made the shipped starter models."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from studio.base import paths
from studio.base.errors import InputError
from studio.cli.console import Bar, interruptible
from studio.cli.options import Json


def train(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="clip or vqgan.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The weights to write, a .safetensors file.")],
    folder: Annotated[
        Path | None,
        typer.Option("--folder", help="Where checkpoints are kept; the same folder goes on where it stopped."),
    ] = None,
    steps: Annotated[
        int, typer.Option("--steps", min=0, help="Optimiser steps; by default those of the shipped weights.")
    ] = 0,
    seed: Annotated[
        int, typer.Option("--seed", min=0, help="Of pictures and weights; by default that of the shipped weights.")
    ] = 0,
    artwork: Annotated[
        Path | None,
        typer.Option(
            "--artwork", help="A folder with the artwork packages (.tgz); by default they are fetched with npm."
        ),
    ] = None,
    threads: Annotated[
        int, typer.Option("--threads", min=1, help="Processor threads; the shipped weights were made with 1.")
    ] = 1,
    as_json: Json = False,
) -> None:
    """Train a starter model on captioned pictures that are drawn as it goes, and say how good it became."""
    if model not in ("clip", "vqgan"):
        raise InputError(f"There is no model {model!r} to train", "There are clip and vqgan", "Choose one of these")
    if out.suffix != ".safetensors":
        raise InputError(
            f"{out} cannot be written", "Weights are .safetensors files", "Choose a name that ends in .safetensors"
        )
    import torch

    from studio.starter.clip_training import ClipSettings
    from studio.starter.making import make_clip, make_vqgan
    from studio.starter.vqgan_training import VqganSettings

    torch.set_num_threads(threads)
    where = folder or paths.data_dir() / "training" / model
    changes: dict[str, Any] = {name: value for name, value in (("steps", steps), ("seed", seed)) if value}
    with interruptible() as token, Bar("starting", 0) as bar:
        if model == "clip":
            figures = make_clip(
                out, where, token, bar.report, artwork=artwork, settings=replace(ClipSettings(), **changes)
            )
        else:
            figures = make_vqgan(
                out, where, token, bar.report, artwork=artwork, settings=replace(VqganSettings(), **changes)
            )
    if as_json:
        typer.echo(json.dumps(figures))
        return
    for name, value in figures.items():
        typer.echo(f"{name}: {value}")
