"""Exports of the command line: of frames that are there, and of frames that are being rendered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.cli.console import Bar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from studio.base.cancel import CancelToken
    from studio.export import Beside, Exported, ExportOptions
    from studio.project.model import Project
    from studio.render.events import Event
    from studio.render.plan import Quality
    from studio.timeline.time import FrameRange


def encoded(project: Project, frames: tuple[Path, ...], out: Path, quality: int | None, token: CancelToken) -> Exported:
    """Export frames that are there; `quality` None is the project's own.

    Raises:
        ExportError, Cancelled: as `studio.export.export`.
    """
    from studio.export import export
    from studio.project.format import dumps

    with Bar("encoding", 2 * len(frames)) as bar:
        return export(
            frames,
            out,
            project.timeline.rate.fraction,
            settings=_options(project, quality),
            project_json=dumps(project),
            token=token,
            report=bar.report,
        )


def beside(project: Project, frames: FrameRange, rendered: Quality, out: Path, quality: int | None) -> Beside:
    """The export of frames that are about to be rendered; to be told of them by `told`, and ended by `finished`.

    Raises:
        ExportError: what can be refused before anything is rendered.
    """
    from studio.export import Beside, Coming
    from studio.project.format import dumps
    from studio.render.plan import frame_size

    return Beside(
        Coming(len(frames), frame_size(project, rendered)),
        out,
        project.timeline.rate.fraction,
        settings=_options(project, quality),
        project_json=dumps(project),
    )


def told(events: Iterator[Event], export: Beside, frames: FrameRange) -> Iterator[Event]:
    """The same events of the render of `frames`; the export hears of each frame as soon as it is finished."""
    from studio.render.events import FrameDone

    for event in events:
        if isinstance(event, FrameDone) and event.asked:
            export.tell(event.frame - frames.start, event.path)
        yield event


def finished(export: Beside, token: CancelToken) -> Exported:
    """Wait for what is left of the export when the render is over, and show it if there is anything.

    Raises:
        ExportError: the export failed, now or earlier.
        Cancelled: the token was fired.
    """
    from studio.base.progress import silent

    if export.over:
        return export.finish(token, silent)
    with Bar("encoding", 0) as bar:
        return export.finish(token, bar.report)


def _options(project: Project, quality: int | None) -> ExportOptions:
    from studio.export import ExportOptions

    return ExportOptions(
        quality=project.export.quality if quality is None else quality, loop=project.export.loop, overwrite=True
    )
