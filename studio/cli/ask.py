"""`keydream score`: what CLIP sees in pictures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from studio.cli.options import Device, Json


def score(
    images: Annotated[list[Path], typer.Argument(metavar="IMAGE...", help="Pictures.")],
    prompts: Annotated[
        list[str],
        typer.Option("--prompt", "-p", help="A text to compare them with; give it several times for several texts."),
    ],
    model: Annotated[str, typer.Option("--model", help="The perceptor; by default the starter.")] = "",
    device: Device = "auto",
    as_json: Json = False,
) -> None:
    """How well pictures fit texts: the cosine of their embeddings, and each text's probability among those given."""
    from studio.dream.device import pick
    from studio.models.catalogue import find
    from studio.models.loading import read_weights
    from studio.project.assets import read_picture
    from studio.render.pictures import from_image
    from studio.score.clip import build
    from studio.score.similarity import similarity

    chosen = pick(device)
    entry = find(model, "clip")
    pictures = []
    for path in images:
        with read_picture(path) as picture:
            pictures.append(from_image(picture).to(chosen))
    perceptor = build(read_weights(entry.path, name=entry.name, expect_kind="clip", expect_sha256=entry.sha256), chosen)
    found = similarity(perceptor, pictures, prompts)
    cosine, probability = found.cosine.tolist(), found.probability.tolist()
    if as_json:
        rows = [
            {
                "image": str(path),
                "cosine": dict(zip(prompts, cosine[n], strict=True)),
                "probability": dict(zip(prompts, probability[n], strict=True)),
            }
            for n, path in enumerate(images)
        ]
        typer.echo(json.dumps({"model": entry.name, "scores": rows}))
        return
    table = Table("image", "text", "cosine", "probability", title=f"as {entry.name} sees it")
    for n, path in enumerate(images):
        for k in sorted(range(len(prompts)), key=lambda k: -cosine[n][k]):
            table.add_row(path.name, prompts[k], f"{cosine[n][k]:+.3f}", f"{probability[n][k]:.1%}")
        table.add_section()
    Console().print(table)
