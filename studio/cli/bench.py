"""`keydream bench`: what this machine takes for what an artist does."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from studio.base.errors import InputError
from studio.cli.benching import contest, last
from studio.cli.enlarging import enlarge
from studio.cli.options import Device, Json
from studio.cli.window import check_screen

_STEPS = 10


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
    large: Annotated[
        int,
        typer.Option("--large", min=0, metavar="SIDE", help="A workload's steps at SIDE pixels: what memory takes."),
    ] = 0,
    memory: Annotated[
        float, typer.Option("--memory", min=0, metavar="GIB", help="With --large: as if so much were free; 0: what is.")
    ] = 0,
    workload: Annotated[
        str, typer.Option("--workload", metavar="LETTERS", help="What to measure: A, B, C, D, E; see the README.")
    ] = "AE",
    steps: Annotated[
        int,
        typer.Option(
            "--steps",
            min=0,
            help="Of each workload and its reference (0 for 10), of the plain loop (100), or of the long dream (2000).",
        ),
    ] = 0,
    reference: Annotated[
        bool, typer.Option("--reference/--no-reference", help="Also take the plain reference step, in turn.")
    ] = True,
    precision: Annotated[
        str, typer.Option("--precision", help="fp32, bf16 or fp16; by default what is fastest here.")
    ] = "",
    threads: Annotated[int, typer.Option("--threads", min=0, help="Of the CPU; 0 for PyTorch's own number.")] = 0,
    device: Device = "auto",
    curves: Annotated[
        Path | None, typer.Option("--curves", metavar="FILE.svg", help="Draw the workloads' loss curves.")
    ] = None,
    compare: Annotated[
        Path | None, typer.Option("--compare", help="Figures of an earlier run (--json) to print ratios to.")
    ] = None,
    quality: Annotated[
        bool,
        typer.Option(
            "--quality", help="Time until the picture is as good as the plain loop's, to an independent judge."
        ),
    ] = False,
    prompts: Annotated[int, typer.Option("--prompts", min=1, help="Of those that ship, for --quality.")] = 20,
    seeds: Annotated[int, typer.Option("--seeds", min=1, help="Of each prompt, for --quality.")] = 3,
    medium: Annotated[
        str, typer.Option("--medium", help="Keydream's, for --quality (vqgan if empty) and --long (pixels).")
    ] = "",
    rate: Annotated[
        float,
        typer.Option(
            "--rate", min=0, help="The plain loop's, in the codebook's spread, for --quality; 0 for its best."
        ),
    ] = 0.0,
    keep: Annotated[
        Path | None,
        typer.Option("--keep", metavar="FILE", help="Keep each picture's figures there, and go on from them."),
    ] = None,
    long: Annotated[
        bool, typer.Option("--long", help="Memory over one dream of many steps, and over a follow of many frames.")
    ] = False,
    frames: Annotated[int, typer.Option("--frames", min=20, max=10_000, help="Of the follow, for --long.")] = 500,
    as_json: Json = False,
) -> None:
    """Measure this machine: its ceilings, the step of each workload, and the plain reference step beside it.

    Or how soon a picture is as good, or memory over a long run, or the window, or what the published models would take.
    """
    if quality:
        contest(prompts, seeds, steps, medium, rate, keep, threads, device, as_json=as_json)
        return
    if long:
        last(steps, frames, medium, threads, device, as_json=as_json)
        return
    if proof:
        _prove(architecture, as_json)
        return
    if strokes:
        _draw(as_json)
        return
    if large:
        letter = "A" if workload == "AE" else workload
        enlarge(large, memory, steps, precision, threads, device, letter, as_json=as_json)
        return
    if not gui:
        _step(workload, steps or _STEPS, reference, precision, threads, device, curves, compare, as_json)
        return
    check_screen()
    import torch  # noqa: F401  (before Qt; see `studio.cli.window`)

    from studio.app.bench import measure

    found = measure(lambda text: typer.echo(f"{text} …", err=True))
    if as_json:
        typer.echo(json.dumps({name: round(value, 3) for name, value in found.items()}))
        return
    for name, value in found.items():
        typer.echo(f"{value:10.1f}  {name}")


def _step(
    letters: str,
    steps: int,
    referred: bool,
    precision: str,
    threads: int,
    where: str,
    drawn: Path | None,
    compare: Path | None,
    as_json: bool,
) -> None:
    import torch

    from studio.base import atomic
    from studio.bench import ceilings, curves, report, workshop
    from studio.bench.steps import measure
    from studio.bench.workloads import workloads
    from studio.dream.device import pick
    from studio.models.precision import PRECISIONS, fastest

    device = pick(where)
    known = workloads(device)
    names = sorted([*known, workshop.NAME])
    if unknown := [letter for letter in letters if letter not in names]:
        raise InputError(
            f"There is no workload {unknown[0]!r}", f"There are {', '.join(names)}", "Name some of them, as in AE"
        )
    chosen = next((each for each in PRECISIONS if each == (precision or fastest(device))), None)
    if chosen is None:
        raise InputError(f"There is no precision {precision!r}", "", f"Use {', '.join(PRECISIONS)}")
    earlier = report.read(compare) if compare else None
    if threads:
        torch.set_num_threads(threads)
    say = partial(typer.echo, err=True)
    say("measuring what this machine can do at best …")
    best = ceilings.measure(device, chosen)
    found = [
        workshop.measure(workshop.workshop(), device, best, chosen, referred=referred, report=say)
        if letter == workshop.NAME
        else measure(known[letter], device, best, chosen, steps=steps, referred=referred, report=say)
        for letter in letters
    ]
    figures = report.document(best, found, device)
    if drawn:
        atomic.write_bytes(drawn, curves.svg(figures).encode())
    if as_json:
        typer.echo(json.dumps(figures))
    else:
        typer.echo("\n".join(report.table(figures)))
    if earlier:
        for line in report.comparison(figures, earlier):
            typer.echo(line, err=as_json)


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
