"""Pictures that are dragged over the lanes: over a prompt's card they can be what its keyframe begins from."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, Qt, Slot
from PySide6.QtGui import QDropEvent, QImage
from PySide6.QtWidgets import QMenu, QWidget

from studio.app import promoting
from studio.app.icons import icon
from studio.app.texts import tr
from studio.app.timeline.geometry import Part
from studio.app.timeline.stage import Stage
from studio.app.viewer.intake import Intake, is_offer, offered
from studio.app.viewer.viewer import uses
from studio.timeline.beginnings import begin_from
from studio.timeline.model import KeyRef


class PictureDrop(QObject):
    """What the lanes ask while a picture is dragged over them. Dropped, a menu asks what it should become.

    Attributes:
        intake: brings it into the project; `project_found` and `models_found` tell of files that are no pictures.
    """

    def __init__(self, stage: Stage, lanes: QWidget) -> None:
        super().__init__(lanes)
        self._stage = stage
        self._lanes = lanes
        self._where = QPoint()
        self._key: KeyRef | None = None
        self._frame = 0
        self.intake = Intake(stage.context, self)
        self.intake.pictures_found.connect(self._ask)
        self.intake.taken.connect(stage.say)

    def follow(self, event: QDropEvent) -> bool:
        """Say what a drop would do. Whether a picture is dragged."""
        if not is_offer(event.mimeData()):
            return False
        key = self._under(event)
        if key is None:
            self._stage.say(tr("Drop a picture on a prompt's card: its keyframe can begin from it"))
        else:
            self._stage.say(tr("Drop it: the keyframe at {frame} can begin from it", frame=key.frame))
        return True

    def leave(self) -> None:
        """It is dragged elsewhere."""
        self._stage.say("")

    def drop(self, event: QDropEvent) -> bool:
        """Ask what it should become. Whether a picture was dropped."""
        if not is_offer(event.mimeData()):
            return False
        self._where = self._lanes.mapToGlobal(event.position().toPoint())
        self._key = self._under(event)
        stage = self._stage
        self._frame = min(max(stage.scale.frame(event.position().x()), 0), stage.timeline.length - 1)
        self.leave()
        paths, image, asset = offered(event.mimeData())
        if asset:
            self._ask_about(asset)
        elif image is not None:
            self._ask((image,))
        elif paths:
            self.intake.offer(paths)
        return True

    def _under(self, event: QDropEvent) -> KeyRef | None:
        """The key of the prompt under the pointer."""
        hit = self._stage.hit(event.position().x(), event.position().y())
        on_card = hit.part in (Part.CARD, Part.KEY) and hit.key is not None and hit.key.track.kind == "prompt"
        return hit.key if on_card else None

    @Slot(object)
    def _ask(self, sources: tuple[Path | QImage, ...]) -> None:
        context, menu = self._stage.context, self._menu()
        if len(sources) > 1:
            menu.addAction(icon("images"), tr("Add All to the Library"), partial(self._take_all, sources))
        else:
            if self._key is not None:
                begin = partial(promoting.begin, context, sources[0], self._key)
                menu.addAction(icon("blend"), self._words(self._key), begin)
            for how, image, text in uses(self._frame):
                menu.addAction(icon(image), text, partial(self.intake.take, sources[0], how, self._frame))
        menu.popup(self._where)

    def _ask_about(self, name: str) -> None:
        document, menu = self._stage.context.document, self._menu()
        asset = next((each for each in document.project.assets if each.id == name), None)
        if asset is None:
            return
        if self._key is not None:
            menu.addAction(icon("blend"), self._words(self._key), partial(document.edit, begin_from([self._key], name)))
        for how, image, text in uses(self._frame)[:2]:
            menu.addAction(icon(image), text, partial(self.intake.use, asset, how, self._frame))
        menu.popup(self._where)

    def _take_all(self, sources: tuple[Path | QImage, ...]) -> None:
        for source in sources:
            self.intake.take(source, "library")

    def _menu(self) -> QMenu:
        menu = QMenu(self._lanes)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return menu

    def _words(self, key: KeyRef) -> str:
        return tr("Begin the Keyframe at {frame} From It", frame=key.frame)
