"""A PNG sequence: a folder of frames, or `name_####.png` among other files, in place all at once or not at all."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from studio.base import atomic
from studio.base.errors import ExportError
from studio.export import embed
from studio.export.ahead import ahead
from studio.export.frames import compressed
from studio.export.job import Job, Written
from studio.export.presets import is_pattern

_STAGED = re.compile(r"frame_\d{4,}\.png")
_RUN = re.compile(r"#+")


def staged_name(number: int, count: int) -> str:
    """The name of frame `number` (from 0) of `count` in a folder."""
    return f"frame_{number:0{max(4, len(str(count - 1)))}d}.png"


def write(job: Job, path: Path) -> Written:
    """Make the folder `path` and write the frames, and the project beside them, into it. See `job.Encoder`."""
    path.mkdir()
    count = len(job.frames)
    numbers = job.frames.arriving(range(count))
    with ahead(lambda number: compressed(job.frames.read(number)), numbers) as pictures:
        for number, data in enumerate(pictures):
            job.meter.step("encoding")
            with (path / staged_name(number, count)).open("wb") as file:
                file.write(data)
                _flush(file)
    if job.project is not None:
        with (path / embed.SIDECAR).open("wb") as file:
            file.write(job.project.encode())
            _flush(file)
    width, height = job.frames.size
    return Written(count, width, height, count / job.rate)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the files of a sequence go.

    Attributes:
        out: what the artist named: a folder or a pattern.
        folder: the folder that is made (folder), or that the files go into (pattern).
        count: how many frames.
        replaced: what is there now and will go, when overwriting was asked for.
    """

    out: Path
    folder: Path
    count: int
    replaced: tuple[Path, ...]

    def moves(self, staged: Path) -> list[tuple[Path, Path]]:
        """(from, to) for everything in the staged folder."""
        if not is_pattern(self.out):
            return [(staged, self.out)]
        names = [staged_name(number, self.count) for number in range(self.count)]
        moves = [(staged / name, self.folder / self.numbered(number)) for number, name in enumerate(names)]
        project = staged / self.sidecar.name
        return [*moves, (project, self.sidecar)] if project.exists() else moves

    def numbered(self, number: int) -> str:
        """The name of frame `number` by the pattern: the last run of `#`, widened when it is too short."""
        run = list(_RUN.finditer(self.out.name))[-1]
        width = max(len(run[0]), len(str(self.count - 1)))
        return f"{self.out.name[: run.start()]}{number:0{width}d}{self.out.name[run.end() :]}"

    @property
    def sidecar(self) -> Path:
        """Where the project goes."""
        return embed.sidecar(self.out, folder=not is_pattern(self.out))


def plan(out: Path, count: int, *, overwrite: bool) -> Layout:
    """Decide where the files go, and what has to go for them.

    With `overwrite`, every earlier file of the same pattern is replaced, also frames beyond the new last one, so that
    two exports never mix; a folder is replaced only when nothing but an earlier sequence is in it.

    Raises:
        ExportError: something is there that may not be replaced.
    """
    if not is_pattern(out):
        layout = Layout(out, out, count, (out,) if out.exists() else ())
        _check_folder(layout, overwrite=overwrite)
        return layout
    run = list(_RUN.finditer(out.name))[-1]
    numbers = rf"\d{{{len(run[0])},}}"
    pattern = re.compile(re.escape(out.name[: run.start()]) + numbers + re.escape(out.name[run.end() :]))
    there = sorted(out.parent.iterdir()) if out.parent.is_dir() else []
    sidecar = embed.sidecar(out, folder=False)
    replaced = tuple(path for path in there if path == sidecar or pattern.fullmatch(path.name))
    if replaced and not overwrite:
        raise ExportError(
            f"{out} was not exported",
            f"{len(replaced)} of its files exist already, the first is {replaced[0].name}",
            "Choose another name, or allow overwriting",
        )
    return Layout(out, out.parent, count, replaced)


def _check_folder(layout: Layout, *, overwrite: bool) -> None:
    out = layout.out
    if not layout.replaced:
        return
    if not out.is_dir():
        raise ExportError(f"{out} was not exported", "A file of that name exists", "Choose another name")
    inside = sorted(path.name for path in out.iterdir())
    foreign = [name for name in inside if not _STAGED.fullmatch(name) and name != layout.sidecar.name]
    if foreign:
        raise ExportError(
            f"{out} was not exported",
            f"The folder holds other files, the first is {foreign[0]}",
            f"Choose a new folder, or {out / (out.name + '_####.png')} to put the frames among them",
        )
    if inside and not overwrite:
        raise ExportError(
            f"{out} was not exported",
            f"The folder holds {len(inside)} files of an earlier export",
            "Choose another folder, or allow overwriting",
        )


@contextlib.contextmanager
def staging(layout: Layout, again: Callable[[], Layout]) -> Iterator[Path]:
    """Give a path for `write` beside the target; put what is there in place when the block ends well.

    What is replaced is moved aside first and removed last. When a move fails, all moves are undone. When the block
    raises, nothing has changed.

    Args:
        layout: where everything goes.
        again: called before the moves, for the layout as it has to be by then; when it raises, nothing has changed.
    """
    base = layout.out.with_name(f".{layout.out.stem[:40]}.{secrets.token_hex(4)}{atomic.TEMPORARY}")
    aside = base.with_name(base.name + "-old")
    try:
        base.parent.mkdir(parents=True, exist_ok=True)
        yield base
        layout = again()
        if (base / embed.SIDECAR).exists():
            (base / embed.SIDECAR).rename(base / layout.sidecar.name)
        aside.mkdir()
        _move([(path, aside / path.name) for path in layout.replaced] + layout.moves(base))
        shutil.rmtree(aside, ignore_errors=True)
    finally:
        shutil.rmtree(base, ignore_errors=True)
        with contextlib.suppress(OSError):
            aside.rmdir()  # only when it is empty: what could not be moved back is the artist's and stays there


def _move(moves: list[tuple[Path, Path]]) -> None:
    done: list[tuple[Path, Path]] = []
    try:
        for source, target in moves:
            source.rename(target)
            done.append((source, target))
    except OSError:
        for source, target in reversed(done):
            with contextlib.suppress(OSError):
                target.rename(source)
        raise


def _flush(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())
