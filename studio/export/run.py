"""The whole of an export: check, encode beside the target, probe, put in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from studio.base import atomic
from studio.base.cancel import CancelToken
from studio.base.errors import ExportError, FileError
from studio.base.progress import Report
from studio.export import embed, probe, sequence
from studio.export.chunks import LIMIT
from studio.export.coming import Coming
from studio.export.encode import encode, failed
from studio.export.frames import Frames
from studio.export.job import Job, Written
from studio.export.meter import Meter
from studio.export.options import Exported, ExportOptions, checked_rate
from studio.export.presets import Format, choose, is_pattern


def export(
    frames: Sequence[Path],
    out: Path,
    rate: Fraction,
    *,
    settings: ExportOptions,
    project_json: str | None = None,
    token: CancelToken,
    report: Report,
) -> Exported:
    """Encode frames as one animation. It exists complete and probed when this returns, or not at all.

    Args:
        frames: PNG files of 8 bits a channel and one size, in playing order. None of them is ever written to.
        out: the file; or a folder, or a name like `shot_####.png`, for a PNG sequence.
        rate: frames per second, exact, 1/100 to 1000.
        settings: format, quality, looping, size, another rate, overwriting.
        project_json: the project's text, to be embedded; `embed.read_embedded` gives it back.
        token: polled for every frame that is read, encoded or probed.
        report: told about every frame; each counts twice, once encoded and once probed.

    Returns:
        What decoding the finished file found.

    Raises:
        ExportError: bad frames or options, a target that may not be replaced or written, a missing codec, an encoder or
            a disk that failed. Whatever was at `out` before is untouched, and no other file is left.
        Cancelled: the token was fired; the same holds.
    """
    return prepare(frames, out, rate, settings=settings, project_json=project_json, token=token, report=report).run()


@dataclass(frozen=True, slots=True)
class Ready:
    """An export that nothing speaks against, as far as can be told before it is begun.

    Attributes:
        frames: as given.
        out: where it goes.
        overwrite: whether what is there may be replaced.
        layout: of a sequence, what goes where.
        job: what is encoded.
        notes: what the artist should know beside the encoder's own.
    """

    frames: Sequence[Path]
    out: Path
    overwrite: bool
    layout: sequence.Layout | None
    job: Job
    notes: tuple[str, ...]

    def run(self) -> Exported:
        """Encode, probe, put in place; see `export`. Of coming frames it waits for all of them."""
        out, job = self.out, self.job
        try:
            if self.layout is not None:
                with sequence.staging(self.layout, self._layout_now) as staged:
                    written, found, size = _made(job, staged, out)
            else:
                with atomic.replacing(out) as temporary:
                    written, found, size = _made(job, temporary, out)
                    if isinstance(self.frames, Coming):
                        _check_target(out, self.frames, None, overwrite=self.overwrite)
        except FileError as error:
            raise ExportError(error.what, error.why, error.fix) from error
        except (OSError, MemoryError) as error:
            raise failed(error, str(out)) from error
        job.meter.finish()
        return Exported(out, found.frames, found.width, found.height, found.seconds, size, written.notes + self.notes)

    def _layout_now(self) -> sequence.Layout:
        """What goes where when all frames are known: hours after `prepare` looked, if they were coming."""
        assert self.layout is not None, "only sequences have one"
        if not isinstance(self.frames, Coming):
            return self.layout
        layout = sequence.plan(self.out, len(self.frames), overwrite=self.overwrite)
        _check_target(self.out, self.frames, layout, overwrite=self.overwrite)
        return layout


def prepare(
    frames: Sequence[Path],
    out: Path,
    rate: Fraction,
    *,
    settings: ExportOptions,
    project_json: str | None = None,
    token: CancelToken,
    report: Report,
) -> Ready:
    """The first half of `export`, with the same arguments: refuse what can be refused. Nothing is written.

    Frames that are `Coming` need not be there yet: they are looked at when they are read, and whether one of them would
    be replaced is asked before anything is.

    Raises:
        ExportError: as `export`.
        Cancelled: the token was fired.
    """
    out = out if out.name not in {"", ".."} else out.resolve()
    chosen = choose(out, settings.format)
    exact = checked_rate(settings.rate or rate)
    layout = sequence.plan(out, len(frames), overwrite=settings.overwrite) if chosen.sequence else None
    if isinstance(frames, Coming):
        _check_target(out, (), layout, overwrite=settings.overwrite)
        opened = Frames.awaited(frames, size=settings.size)
    else:
        _check_target(out, frames, layout, overwrite=settings.overwrite)
        opened = Frames.open(frames, size=settings.size, keep_alpha=chosen.alpha, token=token)
    _check_size(opened, chosen)
    project, notes = _project(project_json, chosen, opened)
    meter = Meter(token, report, 2 * len(frames))
    job = Job(opened, exact, chosen, settings.quality, settings.loop, project, meter)
    return Ready(frames, out, settings.overwrite, layout, job, notes)


def _made(job: Job, path: Path, out: Path) -> tuple[Written, probe.Probe, int]:
    written = encode(job, path, str(out))
    found = probe.check(path, written, str(out), step=lambda: job.meter.step("checking"))
    if job.project is not None and embed.read_embedded(path) != job.project:
        raise ExportError(f"{out} came out wrong", "The project in it cannot be read back", probe.FIX)
    return written, found, size_of(path)


def size_of(path: Path) -> int:
    """Bytes on disk of a file, or of the pictures in a folder."""
    files = path.glob("*.png") if path.is_dir() else (path,)
    return sum(file.stat().st_size for file in files)


def _check_target(out: Path, frames: Sequence[Path], layout: sequence.Layout | None, *, overwrite: bool) -> None:
    """Refuse to replace what may not be replaced, before anything is read or encoded."""
    targets = {out} if layout is None else {out, *layout.replaced}
    taken = {identity for target in targets if (identity := _identity(target)) is not None}
    for number, frame in enumerate(frames):
        inside = layout is not None and not is_pattern(out) and _identity(frame.parent) in taken
        if taken and (inside or _identity(frame) in taken):
            raise ExportError(
                f"{out} was not exported",
                f"It would replace frame {number} of this very export ({frame})",
                "Choose another name or folder",
            )
    if layout is None and out.is_dir():
        raise ExportError(f"{out} was not exported", "A folder of that name exists", "Choose another name")
    if layout is None and not overwrite and (out.exists() or out.is_symlink()):
        raise ExportError(
            f"{out} was not exported", "A file of that name exists", "Choose another name, or allow overwriting"
        )


def _identity(path: Path) -> tuple[int, int] | None:
    """What makes two names the same file, also through links and other spellings; None when there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _check_size(frames: Frames, chosen: Format) -> None:
    if max(frames.size) > chosen.largest:
        raise ExportError(
            f"Pictures of {frames.size[0]}x{frames.size[1]} cannot be exported as {chosen.label}",
            f"Its sides are at most {chosen.largest} pixels",
            "Choose a smaller size, or another format",
        )


def _project(text: str | None, chosen: Format, frames: Frames) -> tuple[str | None, tuple[str, ...]]:
    notes: tuple[str, ...] = ()
    if frames.flattened:
        notes = (f"{chosen.label} keeps no transparency: it became black",)
    if text is None:
        return None, notes
    project = embed.storable(text)
    if embed.fits(project):
        return project, notes
    return None, (*notes, f"The project was not embedded: it has more than {LIMIT // (1 << 20)} MiB")
