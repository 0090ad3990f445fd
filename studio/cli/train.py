"""`keydream train`: the very commands that made the shipped starter models; and models of an artist's own pictures."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from studio.base import paths
from studio.base.errors import InputError
from studio.cli.console import Bar, interruptible
from studio.cli.options import Json

if TYPE_CHECKING:
    from studio.models.loading import Weights
    from studio.starter.pictures import Pictures

MODELS = ("clip", "evaluator", "vqgan", "biggan", "pack")
"""What can be trained."""


def train(
    model: Annotated[str, typer.Argument(metavar="MODEL", help=f"One of {', '.join(MODELS)}.")],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="What to write: .safetensors, or .zip for a pack; own pictures go among your models by default.",
        ),
    ] = None,
    images: Annotated[
        Path | None,
        typer.Option(
            "--images",
            help="A folder of your own pictures to learn. A clip wants captions: in their names, in a .txt beside "
            "each, or in a captions.csv.",
        ),
    ] = None,
    begin: Annotated[
        str,
        typer.Option("--from", metavar="NAME", help="With --images: what to go on from; the starter if empty."),
    ] = "",
    fresh: Annotated[bool, typer.Option("--fresh", help="With --images: begin from nothing instead.")] = False,
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
    clean: Annotated[
        bool, typer.Option("--clean", help="A clip or evaluator without attacks on its pictures, for comparison.")
    ] = False,
    artwork: Annotated[
        Path | None,
        typer.Option(
            "--artwork", help="A folder with the artwork packages (.tgz); by default they are fetched with npm."
        ),
    ] = None,
    threads: Annotated[
        int, typer.Option("--threads", min=1, help="Processor threads; the shipped weights were made with 2.")
    ] = 2,
    as_json: Json = False,
) -> None:
    """Train a starter model on captioned pictures that are drawn as it goes, or on your own with --images.

    It says how good the model became, and lists it among your models under the file's name. The same command goes on
    where it was stopped.
    """
    if model not in MODELS:
        raise InputError(
            f"There is no model {model!r} to train", f"There are {', '.join(MODELS)}", "Choose one of these"
        )
    if images is None and (begin or fresh):
        raise InputError("There are no pictures to go on with", "--from and --fresh need --images", "Name a folder")
    if clean and model not in ("clip", "evaluator"):
        raise InputError(f"A {model} has no attacks to do without", "--clean is for perceptors", "Leave --clean out")
    out = _target(out, images, model)
    import torch

    torch.set_num_threads(threads)
    changes: dict[str, Any] = {name: value for name, value in (("steps", steps), ("seed", seed)) if value}
    if clean:
        changes["clean"] = 1.0
    where = folder or paths.data_dir() / "training" / (out.stem if images else model)
    if images is None:
        figures = _starter(model, out, where, artwork, changes)
        if model != "pack":
            _list(model, out, figures)
    else:
        figures = _own(model, out, where, images, begin, artwork, changes, fresh=fresh)
    if as_json:
        typer.echo(json.dumps(figures))
        return
    for name, value in figures.items():
        typer.echo(f"{name}: {value}")


def _target(out: Path | None, images: Path | None, model: str) -> Path:
    from studio.models import own

    if out is None:
        if images is None:
            raise InputError("There is no place for the weights", "--out is missing", "Add -o NAME.safetensors")
        out = own.folder() / f"{images.resolve().name} {model}.safetensors"
    own.check(out.stem)  # before hours of work rather than after
    wanted = ".zip" if model == "pack" else ".safetensors"
    if out.suffix != wanted:
        raise InputError(
            f"{out} cannot be written", f"A {model} is a {wanted} file", f"Choose a name that ends in {wanted}"
        )
    return out


def _starter(model: str, out: Path, folder: Path, artwork: Path | None, changes: dict[str, Any]) -> dict[str, Any]:
    from studio.starter.clip_training import ClipSettings
    from studio.starter.evaluator import EVALUATOR
    from studio.starter.making import make_clip, make_vqgan
    from studio.starter.vqgan_training import VqganSettings

    with interruptible() as token, Bar("starting", 0) as bar:
        if model == "pack":
            from studio.starter.pack import make_pack

            return make_pack(out, artwork=artwork)
        if model == "biggan":
            from studio.starter.biggan_training import BigGanSettings
            from studio.starter.making_biggan import make_biggan

            biggan = replace(BigGanSettings(), **changes)
            return make_biggan(out, folder, token, bar.report, artwork=artwork, settings=biggan)
        if model == "vqgan":
            vqgan = replace(VqganSettings(), **changes)
            return make_vqgan(out, folder, token, bar.report, artwork=artwork, settings=vqgan)
        clip = replace(EVALUATOR if model == "evaluator" else ClipSettings(), **changes)
        return make_clip(out, folder, token, bar.report, artwork=artwork, settings=clip)


def _list(model: str, out: Path, figures: dict[str, Any]) -> None:
    """Add what was trained to the artist's models, so that projects can name it."""
    from studio.models import own

    kind = "clip" if model == "evaluator" else model
    steps = figures["settings"]["steps"]
    about = f"Trained by keydream train {model}, {steps} steps"
    own.add(own.Own(out.stem, kind, out, figures["sha256"], figures["bytes"], about))


def _own(
    model: str,
    out: Path,
    folder: Path,
    images: Path,
    begin: str,
    artwork: Path | None,
    changes: dict[str, Any],
    *,
    fresh: bool,
) -> dict[str, Any]:
    from studio.starter.making_own import CLIP, FRESH, make_own_clip
    from studio.starter.making_own_vqgan import FRESH_VQGAN, VQGAN, make_own_vqgan

    if model not in ("clip", "vqgan"):
        raise InputError(
            f"A {model} cannot be made from your own pictures",
            "A clip and a vqgan can",
            "Use: keydream train clip, or keydream train vqgan",
        )
    if model == "vqgan":
        chosen = replace(FRESH_VQGAN if fresh else VQGAN, **changes)
        start = None if fresh else _weights(begin, "vqgan")
        with interruptible() as token, Bar("starting", 0) as bar:
            return make_own_vqgan(out, folder, images, token, bar.report, begin=start, settings=chosen)
    settings = replace(FRESH if fresh else CLIP, **changes)
    with interruptible() as token, Bar("starting", 0) as bar:
        return make_own_clip(
            out,
            folder,
            images,
            token,
            bar.report,
            begin=None if fresh else _weights(begin, "clip"),
            drawn=_drawn(artwork, settings.side, settings.seed),
            settings=settings,
        )


def _weights(name: str, kind: str) -> Weights:
    from studio.models.catalogue import find
    from studio.models.loading import read_weights

    entry = find(name, kind)
    return read_weights(entry.path, name=entry.name, expect_kind=kind, expect_sha256=entry.sha256)


def _drawn(artwork: Path | None, side: int, seed: int) -> Pictures:
    """Pictures drawn from the artwork, where it was named, or else from the pack that ships."""
    from studio.starter.artwork import load_atlas
    from studio.starter.objects import read_kinds
    from studio.starter.packed import from_pack
    from studio.starter.pictures import Pictures

    if artwork is None:
        from studio.canvas.pack import read_pack

        kinds, atlas = from_pack(read_pack(paths.resources() / "starter" / "noto.zip"), 96)
    else:
        kinds = read_kinds()
        atlas = load_atlas(kinds, 96, artwork)
    return Pictures(kinds, atlas, side, seed)
