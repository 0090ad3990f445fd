"""Presets: how pictures are made, without what they show, kept under a name for other projects."""

from __future__ import annotations

import contextlib
import json
import re
from dataclasses import dataclass, replace
from pathlib import Path

from studio.base import atomic, paths
from studio.base.errors import FileError, InputError, ProjectError
from studio.project.changes import Change
from studio.project.format import dumps, loads
from studio.project.model import Project
from studio.project.swatches import Colours
from studio.timeline.model import Timeline
from studio.timeline.validate import MAXIMUM_FRAMES

_SUFFIX = ".preset.json"
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]|^\.|[. ]$')


@dataclass(frozen=True, slots=True)
class Preset:
    """A name, and a project of which only size, medium, motion, perceptors and parameters count."""

    name: str
    settings: Project


def folder() -> Path:
    """Where presets are kept."""
    return paths.data_dir() / "presets"


def listed() -> tuple[Preset, ...]:
    """The artist's presets by name; files that cannot be read are passed over."""
    found = []
    for path in sorted(folder().glob(f"*{_SUFFIX}")):
        with contextlib.suppress(OSError, ProjectError, ValueError, KeyError, TypeError):
            data = json.loads(path.read_text(encoding="utf-8"))
            found.append(Preset(str(data["name"]), loads(json.dumps(data["settings"]))))
    return tuple(sorted(found, key=lambda preset: preset.name.casefold()))


def save(name: str, project: Project) -> Preset:
    """Keep how a project makes pictures; a preset of that name is replaced.

    Raises:
        InputError: the name is empty or cannot be a file's.
        FileError: it could not be written.
    """
    name = name.strip()
    path = _path(name)
    settings = replace(
        project,
        name=name,
        timeline=_only_parameters(project.timeline),
        init_image="",
        assets=(),
        seed=0,
        extra={},
        kept={},
    )
    data = {"name": name, "settings": json.loads(dumps(settings))}
    atomic.write_bytes(path, json.dumps(data, indent=2, ensure_ascii=False).encode())
    return Preset(name, settings)


def remove(name: str) -> None:
    """Forget a preset; harmless when there is none.

    Raises:
        FileError: the file could not be removed.
    """
    try:
        _path(name).unlink(missing_ok=True)
    except OSError as error:
        raise FileError(f"The preset {name} could not be removed", error.strerror or str(error), "Try again") from error


def use(preset: Preset) -> Change:
    """Make pictures the preset's way. Prompts, seed, length, assets and the curves of other parameters stay.

    So do the project's colours, where the preset has none of its own.
    """

    def apply(project: Project) -> Project:
        settings = preset.settings
        theirs = {track.name: track for track in settings.timeline.parameters}
        kept = tuple(track for track in project.timeline.parameters if track.name not in theirs)
        length = project.timeline.length
        cut = tuple(
            replace(
                track, track=replace(track.track, keys=tuple(key for key in track.track.keys if key.frame < length))
            )
            for track in theirs.values()
        )
        timeline = replace(project.timeline, parameters=(*kept, *cut))
        return replace(
            project,
            timeline=timeline,
            width=settings.width,
            height=settings.height,
            medium=settings.medium,
            motion=settings.motion,
            perceptors=settings.perceptors,
            colours=project.colours if settings.colours == Colours() else settings.colours,
        )

    return Change(f"Use preset {preset.name}", apply)


def _only_parameters(timeline: Timeline) -> Timeline:
    return replace(timeline, length=MAXIMUM_FRAMES, prompts=(), markers=(), range=None)


def _path(name: str) -> Path:
    if not name or _FORBIDDEN.search(name) or len(name.encode()) > 100:
        raise InputError(
            f"A preset cannot be called {name[:40]!r}",
            "The name becomes a file's: it may not be empty, long, or hold signs such as / and :",
            "Choose another name",
        )
    return folder() / f"{name}{_SUFFIX}"
