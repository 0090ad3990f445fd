"""`keydream explain`: what in a picture speaks for a text, as a heat map over it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from studio.cli.asking import PerceptorName, check_out, open_perceptor, write_npz
from studio.cli.console import interruptible
from studio.cli.options import Device, Force, Json

_COPIES = 32  # as studio.score.heat.COPIES, which would bring torch


def explain(
    image: Annotated[Path, typer.Argument(metavar="IMAGE", help="A picture.")],
    prompt: Annotated[str, typer.Argument(metavar="PROMPT", help="What it may show.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The heat map over the picture, a .png.")],
    copies: Annotated[
        int, typer.Option("--copies", min=1, max=10_000, help="Noisy copies to average over: more are smoother.")
    ] = _COPIES,
    npz: Annotated[Path | None, typer.Option("--npz", help="Also write the map's values, for numpy.")] = None,
    perceptor: PerceptorName = "",
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of the noise.")] = 0,
    force: Force = False,
    device: Device = "auto",
    json_out: Json = False,
) -> None:
    """Show what in a picture speaks for a text: red to yellow for it, blue against it."""
    check_out(out, ".png", force=force)
    check_out(npz, ".npz", force=force)
    import numpy as np

    from studio.base import atomic
    from studio.dream.seeds import generator
    from studio.library.reading import read
    from studio.render.pictures import to_png
    from studio.score.heat import heat, overlay

    clip = open_perceptor(perceptor, device)
    target = clip.embed_text([prompt])[0]
    picture = read(image)
    with interruptible() as token:
        found = heat(clip, picture, target, generator(seed, "heat"), copies=copies, token=token)
    atomic.write_bytes(out, to_png(overlay(picture, found.values)))
    if npz:
        values = {"values": found.values.numpy(), "cosine": np.array(found.cosine), "plain": np.array(found.plain)}
        write_npz(npz, values)
    height, width = found.values.shape
    row, column = divmod(int(found.values.argmax()), width)
    peak = [(column + 0.5) / width, (row + 0.5) / height]
    if json_out:
        told = {"model": clip.name, "cosine": found.cosine, "plain": found.plain, "peak": peak, "out": str(out)}
        typer.echo(json.dumps(told))
    else:
        typer.echo(f"{out}: cosine {found.cosine:+.3f}, of a plain picture in its mean colour {found.plain:+.3f}")
        typer.echo(f"most speaks for it {peak[0]:.0%} from the left and {peak[1]:.0%} from the top")
