"""`keydream bench --large`: what memory a large picture takes, and what is done where there is not so much."""

from __future__ import annotations

import json
import statistics
from dataclasses import asdict
from functools import partial

import typer

from studio.base.errors import InputError

_STEPS = 2


def enlarge(
    side: int, memory: float, steps: int, precision: str, threads: int, where: str, letter: str, *, as_json: bool
) -> None:
    """Take steps of workload A, or another, at another size, sparing memory as a render does, and tell what it took.

    Args:
        side: of the picture, in pixels.
        memory: GiB of main memory that are taken for free; 0 for what is.
        steps: how many; 0 for two.
        precision: in which it is dreamed, "" for the device's fastest.
        threads: of the CPU; 0 for PyTorch's own number.
        where: the device's name.
        letter: the workload's.
        as_json: print figures as JSON.

    Raises:
        InputError: there is no such precision or workload.
        RenderError: not even the least fits into memory.
    """
    import torch

    from studio.bench.large import measure
    from studio.bench.workloads import workloads
    from studio.dream.device import pick
    from studio.models.precision import PRECISIONS, fastest
    from studio.render.session import device_faults

    device = pick(where)
    chosen = next((each for each in PRECISIONS if each == (precision or fastest(device))), None)
    if chosen is None:
        raise InputError(f"There is no precision {precision!r}", "", f"Use {', '.join(PRECISIONS)}")
    if letter not in (known := workloads(device)):
        raise InputError(f"There is no workload {letter!r} of a size", f"There are {', '.join(known)}", "Name one")
    if threads:
        torch.set_num_threads(threads)
    room = int(memory * 2**30) or None
    say = partial(typer.echo, err=True)
    with device_faults():
        found = measure(side, device, chosen, steps=steps or _STEPS, room=room, work=letter, report=say)
    if as_json:
        typer.echo(json.dumps(asdict(found)))
        return
    for name, amount in (
        ("free before the first step", found.free),
        ("of them a step would take, nothing spared: estimated", found.needed),
        ("a step takes as it was made: estimated", found.planned),
        ("measured", found.step),
        ("the finished picture takes: measured", found.picture),
        ("all of Keydream at most, networks and all", found.whole),
    ):
        typer.echo(f"{'      ?' if amount is None else f'{amount / 2**30:7.2f}'} GiB  {name}")
    typer.echo(f"{statistics.median(found.seconds):7.1f} s    a step, the median of {len(found.seconds)}")
    typer.echo(f"{found.drawing:7.1f} s    the finished picture")
