"""`keydream scores`: how much of each prompt is seen in each frame, by who guided it and by a witness who did not."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from studio.base import atomic, paths
from studio.base.errors import InputError
from studio.base.progress import Progress
from studio.cli.asking import check_out
from studio.cli.console import Bar, interruptible
from studio.cli.options import Device, Force, Json, ProjectFile, Store, open_project

if TYPE_CHECKING:
    from studio.witness.series import Scores, Sight

_ROWS = 60  # most frames that are printed

ADVICE = (
    "The guide sees more and more of the prompt there, the witness less and less: the picture pleases one network with "
    "patterns, not with things. What helps: fewer steps, more cutouts, a lower weight of that prompt, or a second CLIP "
    "as guide."
)
"""What a warning means, and what to do about it."""


def scores(
    project: ProjectFile,
    witness: Annotated[
        str,
        typer.Option("--witness", help="The CLIP that looks and did not guide; by default the starter's evaluator."),
    ] = "",
    plot: Annotated[Path | None, typer.Option("--plot", help="Draw the lines into this picture, a .png file.")] = None,
    store: Store = None,
    device: Device = "auto",
    force: Force = False,
    as_json: Json = False,
) -> None:
    """How much of each prompt CLIP sees in each rendered frame: 0 % is chance, 100 % a true picture of it.

    By who guides the project and by a witness who does not, side by side; a warning where the one rises and the other
    falls. What was seen before is remembered.
    """
    opened, folder = open_project(project)
    check_out(plot, ".png", force=force)
    from studio.dream.device import pick
    from studio.project import samples
    from studio.render.store import FrameStore
    from studio.witness.choosing import witness_of
    from studio.witness.plot import plot as drawn
    from studio.witness.rendered import rendered
    from studio.witness.series import Scorer

    chosen = pick(device)
    name = witness_of(opened, witness)
    shipped = samples.frames(project) if project in samples.names() else ()
    pictures = rendered(opened, folder, FrameStore(store or paths.cache_dir() / "frames"), chosen.type, shipped)
    there = [path for path in pictures if path is not None]
    if not there:
        raise InputError(
            f"There is nothing to look at in {opened.name}",
            "None of its frames is rendered yet",
            f"Run: keydream render {project} -o out.gif",
        )
    scorer = Scorer(chosen)
    try:
        with interruptible() as token, Bar("looking", len(there)) as bar:
            panel = scorer.panel(opened, folder, name, token)
            for left in scorer.look(panel, there, token):
                bar.report(Progress(len(there) - left, len(there), "looking at frames"))
            found = scorer.scores(panel, opened.timeline, pictures)
    finally:
        scorer.close()
    if plot is not None:
        atomic.write_bytes(plot, drawn(found))
    if as_json:
        typer.echo(json.dumps(_told(found, plot)))
    else:
        _print(found)


def _told(found: Scores, plot: Path | None) -> dict[str, Any]:
    sides = {"guide": found.guide, **({"witness": found.witness} if found.witness else {})}
    frames = [
        {
            "frame": frame,
            "asked": [name for name, wanted in zip(found.prompts, found.asked[frame].tolist(), strict=True) if wanted],
            **{side: _row(sight, frame) for side, sight in sides.items()},
        }
        for frame in _known(found)
    ]
    warnings = [
        {"prompt": found.prompts[s.prompt], "start": s.start, "stop": s.stop, "rise": s.rise, "fall": s.fall}
        for s in found.fooled
    ]
    return {
        "prompts": found.prompts,
        **{side: sight.name for side, sight in sides.items()},
        "frames": frames,
        "missing": len(found.guide.seen) - len(frames),
        "warnings": warnings,
        "plot": str(plot) if plot else None,
    }


def _row(sight: Sight, frame: int) -> dict[str, list[float]]:
    return {"cosine": _rounded(sight.cosine[frame].tolist()), "seen": _rounded(sight.seen[frame].tolist())}


def _rounded(values: list[float]) -> list[float]:
    return [round(value, 4) for value in values]


def _known(found: Scores) -> list[int]:
    return [frame for frame, row in enumerate(found.guide.seen.tolist()) if not any(map(math.isnan, row))]


def _print(found: Scores) -> None:
    sides = [found.guide, *([found.witness] if found.witness else [])]
    table = Table("frame", title=" and ".join(sight.name for sight in sides) + ": how much is seen of each prompt")
    for prompt in found.prompts:
        table.add_column(Text(prompt))
    frames = _known(found)
    step = math.ceil(len(frames) / _ROWS)
    for frame in frames[:: max(1, step)]:
        cells = [
            Text("  ".join(f"{sight.seen[frame, k]:4.0%}" for sight in sides), "" if found.asked[frame, k] else "dim")
            for k in range(len(found.prompts))
        ]
        table.add_row(str(frame), *cells)
    console = Console()
    console.print(table)
    if step > 1:
        console.print(f"Every {step} frames; --json has them all.")
    for span in found.fooled:
        console.print(
            Text(
                f"CLIP is being fooled in frames {span.start} to {span.stop - 1} about “{found.prompts[span.prompt]}”: "
                f"{found.guide.name} {span.rise:+.0%}, {sides[-1].name} {-span.fall:+.0%}",
                "yellow",
            )
        )
    if found.fooled:
        console.print(ADVICE)
