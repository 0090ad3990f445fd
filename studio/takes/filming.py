"""A walk between takes made into a file: drawn, measured, encoded."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from studio.base.cancel import CancelToken
from studio.base.progress import Report
from studio.export import Exported, ExportOptions, export
from studio.render.toolbox import Toolbox
from studio.takes.course import Timing
from studio.takes.store import Takes
from studio.takes.take import Kept
from studio.takes.walking import Walked, walk
from studio.takes.way import Way, project_of


def film(
    takes: Sequence[Kept],
    library: Takes,
    toolbox: Toolbox,
    timing: Timing,
    out: Path,
    rate: Fraction,
    *,
    options: ExportOptions,
    token: CancelToken,
    report: Report,
    perceptor: str = "",
) -> tuple[Walked, Exported]:
    """Walk between takes and write it to a file.

    Args:
        takes: in the order of the walk; of one medium, model and size.
        library: that keeps them.
        toolbox: draws them.
        timing: how it moves.
        out: the file.
        rate: frames a second.
        options: for the encoder.
        token: stops it.
        report: told how far it is.
        perceptor: in whose eyes changes are measured; by default the starter.

    Returns:
        The walk, whose frames are gone, and what was made of it.

    Raises:
        Cancelled: the token was fired; no file is left.
        StudioError: there is no way between these takes, or the file could not be written.
    """
    with tempfile.TemporaryDirectory(prefix="keydream-walk-") as folder:
        way = Way(takes, library, toolbox, token)
        looker = toolbox.perceptors(project_of(takes[0].take, perceptor))[0][0]
        walked = walk(way, looker, timing, Path(folder), report=report)
        made = export(walked.frames, out, rate, settings=options, token=token, report=report)
    return walked, made
