"""Pictures that are dropped, pasted or chosen become part of the project: init image, image prompt, or just there.

Projects and models among dropped files are told apart from them.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final, Literal

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtGui import QImage

from studio.app.context import Context
from studio.app.promoting import bring
from studio.app.texts import tr
from studio.base.errors import AssetError
from studio.export.embed import read_embedded
from studio.models.gathering import gather
from studio.project.changes import Change, add_asset, on_timeline, set_init_image, together
from studio.project.model import Asset
from studio.timeline.beginnings import heard_track
from studio.timeline.edit import Edit
from studio.timeline.model import Timeline
from studio.timeline.prompt import Image, Prompt, Term
from studio.timeline.track import Keyframe

ASSET: Final = "application/x-keydream-asset"
"""What a picture of the project is dragged as: its id. Its file's address comes along for other programs."""

How = Literal["init", "prompt", "library"]
"""As what a picture comes in: the init image, a term of a prompt, or a picture of the project and no more."""

_PROJECT: Final = ".keydream"
_MOVIES: Final = (".mp4", ".mov", ".webm", ".mkv")


class Intake(QObject):
    """Brings pictures into the document. Copying and reading happen in another thread; errors go to `tasks.failed`."""

    project_found = Signal(str)
    """A file that was offered is a project, or carries one."""

    pictures_found = Signal(object)
    """Paths of files that were offered and carry no project: pictures, as far as one can tell."""

    models_found = Signal(object)
    """Models among files that were offered, `Gathered` each."""

    taken = Signal(str)
    """A picture came in; what became of it, in words."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context

    def offer(self, paths: tuple[Path, ...]) -> None:
        """Look what files are; `project_found`, `models_found` or `pictures_found` tells."""
        self._context.tasks.start(self._sorted(paths))

    def take(self, source: Path | QImage, how: How, frame: int | None = None) -> None:
        """Copy a picture into the project's folder and use it.

        Args:
            source: its file, or the picture itself.
            how: as what.
            frame: where an image prompt goes; the playhead by default.
        """
        where = self._context.player.frame if frame is None else frame
        self._context.tasks.start(self._taken(source, how, where))

    def use(self, asset: Asset, how: How, frame: int) -> bool:
        """Use a picture that lies in the project's folder. Whether the project could be changed."""
        document = self._context.document
        if not document.apply(use_of(asset, how, frame)):
            return False
        document.seal()
        said = {
            "init": tr("{name} is the init image now", name=asset.id),
            "prompt": tr("{name} is part of the prompt at frame {frame} now", name=asset.id, frame=frame),
            "library": tr("{name} is in the library now", name=asset.id),
        }
        self.taken.emit(said[how])
        return True

    async def _sorted(self, paths: tuple[Path, ...]) -> None:
        found = []
        if models := gather(paths):
            self.models_found.emit(models)
            belonging = {path for model in models for path in model.files}
            paths = tuple(path for path in paths if path not in belonging)
            if not paths:
                return
        for path in paths:
            if path.suffix.lower() == _PROJECT or await self._context.tasks.in_thread(read_embedded, path) is not None:
                self.project_found.emit(str(path))
                return
            found.append(path)
        movies = [path.name for path in found if path.suffix.lower() in _MOVIES]
        if movies:
            raise AssetError(
                tr("{name} carries no project", name=movies[0]),
                tr("It is a film that Keydream did not make, or another program has changed it"),
                tr("Drop a picture, or a film that Keydream has exported"),
            )
        self.pictures_found.emit(tuple(found))

    async def _taken(self, source: Path | QImage, how: How, frame: int) -> None:
        self.use(await bring(self._context, source), how, frame)


def use_of(asset: Asset, how: How, frame: int) -> Change:
    """The change that uses a picture."""
    added = add_asset(asset)
    if how == "init":
        return together("Set init image", added, set_init_image(asset.id))
    if how == "prompt":
        return together("Add image prompt", added, on_timeline(add_image(asset.id, frame)))
    return added


def add_image(asset: str, frame: int) -> Edit:
    """Let the prompt at a frame ask for a picture too.

    The key on that frame gets another term. Where none is, one is set with the prompt of the key before it. It goes to
    the first prompt track that is not muted; where there is none, one is added.
    """

    def apply(timeline: Timeline) -> Timeline:
        timeline, track = heard_track(timeline)
        before = track.track.segment(frame, timeline.length, timeline.loop)[0] if track.track.keys else None
        term = Term(Image(asset))
        terms = before.value.terms if before is not None else ()
        wanted = terms if any(each.content == term.content for each in terms) else (*terms, term)
        key = Keyframe(frame, Prompt(wanted))
        if before is not None:
            key = replace(before, frame=frame, value=replace(before.value, terms=wanted))
        return timeline.with_prompt(replace(track, track=track.track.put(key)))

    return Edit("Add image prompt", apply)


def offered(data: QMimeData) -> tuple[tuple[Path, ...], QImage | None, str]:
    """What dragged or copied data offers: files, a picture, the id of a picture of the project."""
    if data.hasFormat(ASSET):
        return (), None, bytes(data.data(ASSET).data()).decode("utf-8", "replace")
    paths = tuple(Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile())
    if paths or not data.hasImage():
        return paths, None, ""
    image = QImage(data.imageData())
    return (), None if image.isNull() else image, ""


def is_offer(data: QMimeData) -> bool:
    """Whether dragged data may hold something to take; cheap."""
    return data.hasFormat(ASSET) or data.hasImage() or any(url.isLocalFile() for url in data.urls())
