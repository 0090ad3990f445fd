"""The longer measurements of `keydream bench`: time to equal quality, and memory over a long run."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from studio.base import paths
from studio.base.errors import InputError

if TYPE_CHECKING:
    from studio.evaluation.prompts import Prompt
    from studio.project.model import Project

_SIDE = 256
_JUDGE = "starter-evaluator"
_MEDIUM = "vqgan"


def contest(
    prompts: int,
    seeds: int,
    steps: int,
    medium: str,
    rate: float,
    keep: Path | None,
    threads: int,
    where: str,
    *,
    as_json: bool,
) -> None:
    """Dream prompts in Keydream's way and in the plain loop's, and tell how soon the one is as good as the other.

    Args:
        prompts: how many of those that ship, from the first.
        seeds: of each, from 0.
        steps: of the plain loop; 0 for its usual.
        medium: of Keydream's projects, "" for the VQGAN, which is the plain loop's.
        rate: of the plain loop, in the codebook's spread; 0 for its usual.
        keep: the file in which figures are kept, and from which they are taken up.
        threads: of the CPU; 0 for PyTorch's own number.
        where: the device's name.
        as_json: print figures as JSON.

    Raises:
        InputError: there are not so many prompts, or `keep` holds something else.
        StudioError: something cannot be rendered.
    """
    from studio.evaluation.prompts import read_prompts

    medium = medium or _MEDIUM
    known = read_prompts(paths.resources() / "starter" / "prompts-24.txt")
    if prompts > len(known):
        raise InputError(f"There are no {prompts} prompts", f"{len(known)} ship", "Ask for fewer")
    import torch

    from studio.bench import quality, standings
    from studio.canvas.pack import read_pack
    from studio.cli.render import STILL_STEPS, single
    from studio.dream.device import pick
    from studio.evaluation.reals import drawable
    from studio.models.catalogue import find
    from studio.models.loading import read_weights
    from studio.render.keys import ALGORITHM
    from studio.render.toolbox import LocalToolbox
    from studio.score.clip import build

    def project(prompt: Prompt, seed: int) -> Project:
        return single(prompt.text, medium, "", STILL_STEPS, (_SIDE, _SIDE), seed)

    if threads:
        torch.set_num_threads(threads)
    say = partial(typer.echo, err=True)
    computing = pick(where)
    toolbox = LocalToolbox(Path(), computing)
    entry = find(_JUDGE, "clip")
    judge = build(read_weights(entry.path, name=entry.name, expect_kind="clip", expect_sha256=entry.sha256), computing)
    steps, rate = steps or quality.PLAIN_STEPS, rate or quality.RATE
    about: dict[str, Any] = {
        "medium": medium,
        "steps": STILL_STEPS,
        "plain_steps": steps,
        "plain_rate": rate,
        "size": f"{_SIDE}x{_SIDE}",
        "judge": judge.identity,
        "algorithm": ALGORITHM,
        "device": computing.type,
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
    }
    kept = standings.Kept(keep, about)
    wanted = [(prompt, seed) for seed in range(seeds) for prompt in known[:prompts]]
    asked = {(prompt.text, seed) for prompt, seed in wanted}
    todo = [(prompt, seed) for prompt, seed in wanted if not kept.has(prompt.text, seed)]
    if todo:
        say("loading …")
        others = drawable(read_pack(paths.resources() / "starter" / "noto.zip"))
        both = quality.Contest(toolbox, judge, project(*todo[0]), others, steps=steps, rate=rate)
    for number, (prompt, seed) in enumerate(todo, len(wanted) - len(todo) + 1):
        kept.add(both.case(project(prompt, seed), prompt))
        say(f"{number} of {len(wanted)}: {standings.told(kept.cases[-1])}")
    figures = standings.summary([case for case in kept.cases if (case.prompt, case.seed) in asked])
    if as_json:
        typer.echo(json.dumps(about | figures))
        return
    typer.echo(
        f"{medium}, {_SIDE}x{_SIDE}, {STILL_STEPS} steps, against {steps} plain steps at {rate:g} of the codebook's "
        f"spread; {torch.get_num_threads()} threads"
    )
    typer.echo("\n".join(standings.lines(figures)))


def last(steps: int, frames: int, medium: str, threads: int, where: str, *, as_json: bool) -> None:
    """Tell what memory the process holds over a long dream and over a long follow.

    Args:
        steps: of the dream; 0 for its usual.
        frames: of the follow.
        medium: of both; "" for pixels.
        threads: of the CPU; 0 for PyTorch's own number.
        where: the device's name.
        as_json: print figures as JSON.

    Raises:
        InputError: there is no such medium, there are too many steps, or this system does not say what a process holds.
        typer.Exit: with 1 where memory grew.
    """
    import torch

    from studio.bench import lasting
    from studio.dream.device import pick
    from studio.project.limits import STEPS
    from studio.project.model import MEDIA
    from studio.render.toolbox import LocalToolbox

    if threads:
        torch.set_num_threads(threads)
    toolbox = LocalToolbox(Path(), pick(where))
    say = partial(typer.echo, err=True)
    if medium and medium not in MEDIA:
        raise InputError(f"There is no medium {medium!r}", f"There are {', '.join(MEDIA)}", "Choose one of these")
    if steps > STEPS:
        raise InputError(f"A dream cannot have {steps} steps", f"{STEPS} are the most", "Ask for fewer")
    medium = medium or lasting.MEDIUM
    found = [
        lasting.steps(toolbox, medium, steps or lasting.STEPS, say),
        lasting.frames(toolbox, medium, frames, say),
    ]
    if as_json:
        told = [asdict(each) | {"growth": each.growth, "bound": each.bound, "flat": each.flat} for each in found]
        typer.echo(json.dumps(told))
    else:
        for each in found:
            typer.echo("\n".join(lasting.lines(each)))
    if not all(each.flat for each in found):
        raise typer.Exit(1)
