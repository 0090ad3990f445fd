"""Takes that become keyframes: what they are dragged as, the prompt they bring, and where they go."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import QMimeData, QUrl

from studio.app.context import Context
from studio.app.dialogs.ask import tame
from studio.app.promoting import bring
from studio.app.texts import tr
from studio.base.errors import AssetError, FileError, InputError
from studio.project import changes
from studio.project.model import Project
from studio.takes.take import PICTURE, SIDECAR, SIDECAR_BYTES, Take, read
from studio.timeline.model import KeyRef
from studio.timeline.prompt import Image, Prompt, parse_prompt
from studio.timeline.region import Mask

TAKES: Final = "application/x-keydream-takes"
"""What takes are dragged as: a JSON list of their folders. Their pictures' addresses come along for others."""

_NAME: Final = 40  # letters of a prompt that name its picture


def mime(folders: Iterable[Path], prompts: Iterable[str]) -> QMimeData:
    """Takes as they are dragged."""
    places = list(folders)
    data = QMimeData()
    data.setData(TAKES, json.dumps([str(place) for place in places]).encode())
    data.setUrls([QUrl.fromLocalFile(str(place / PICTURE)) for place in places])
    data.setText("\n".join(prompts))
    return data


def dragged(data: QMimeData) -> tuple[Path, ...]:
    """The folders of takes that are dragged; none where something else is."""
    if not data.hasFormat(TAKES):
        return ()
    try:
        return tuple(Path(str(each)) for each in json.loads(bytes(data.data(TAKES).data())))
    except (ValueError, TypeError):
        return ()


def use(context: Context, folders: Sequence[Path], frame: int | None = None) -> None:
    """Let keyframes begin from takes, with their prompts, as one entry of the history; they are selected then.

    Files are read and copied in another thread, so the keyframes are there a moment later. What goes wrong is told by
    `context.tasks.failed`, or by the document's `refused`.

    Args:
        context: whose document gets them.
        folders: of the takes, in their order; those after the first follow a second apart, as far as there is room.
        frame: where the first goes; the playhead by default.
    """
    context.tasks.start(_used(context, tuple(folders), context.player.frame if frame is None else frame))


def places(start: int, count: int, apart: int, length: int) -> list[int]:
    """Frames for takes that are set one after another: closer where there is too little room, and on the last frame at
    most."""
    room = max(0, length - 1 - start)
    step = min(apart, room // (count - 1)) if count > 1 else apart
    found = [start + number * max(1, step) for number in range(count)]
    return [frame for frame in found if frame < length]


def prompt_of(take: Take, project: Project, folder: Path) -> Prompt:
    """What a take asks for, as another project can ask for it: without pictures that only its own project has.

    Raises:
        InputError: nothing else is asked for.
    """
    own = {asset.id for asset in project.assets} if take.folder == str(folder.absolute()) else set[str]()
    wanted = parse_prompt(take.prompt).terms
    terms = [
        replace(term, region=None) if isinstance(term.region, Mask) and term.region.asset not in own else term
        for term in wanted
        if not isinstance(term.content, Image) or term.content.asset in own
    ]
    if not terms:
        raise InputError(
            tr("The take {name} asks for nothing that this project has", name=take.short),
            tr("Its prompt is made of pictures of another project"),
            tr("Drop its picture into the library, and write a prompt"),
        )
    return Prompt(tuple(terms))


async def _used(context: Context, folders: tuple[Path, ...], start: int) -> None:
    document = context.document
    timeline, place = document.timeline, document.folder
    frames = places(start, len(folders), timeline.rate.nominal, timeline.length)
    made = []
    for folder, frame in zip(folders, frames, strict=False):
        take, picture = await context.tasks.in_thread(_read, folder)
        prompt = prompt_of(take, document.project, place)
        asset = await bring(context, picture, tame(take.prompt[:_NAME]) or take.short)
        made.append(changes.promote(asset, prompt, frame))
        if document.folder != place:
            raise AssetError(
                tr("The takes were not used"), tr("Another project was opened meanwhile"), tr("Do it again there")
            )
    document.seal()
    if not made or not document.apply(made[0] if len(made) == 1 else changes.together("Keyframes from takes", *made)):
        return
    document.seal()
    track = next(each for each in document.timeline.prompts if not each.muted)
    context.choice.select([KeyRef(track.ref, frame) for frame in frames])


def _read(folder: Path) -> tuple[Take, bytes]:
    path = folder / SIDECAR
    try:
        with path.open("rb") as file:
            take = read(file.read(SIDECAR_BYTES + 1), str(path))
        return take, (folder / PICTURE).read_bytes()
    except OSError as error:
        raise FileError(
            tr("The take in {folder} cannot be used", folder=folder),
            error.strerror or str(error),
            tr("It may have been put away meanwhile; look into the bin"),
        ) from error
