"""What the library shows: samples, pictures of the project, finished keyframes, as lists of items in one model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt, QUrl, Slot

from studio.app.context import Context
from studio.app.frames import Status
from studio.app.pictures import Pictures
from studio.app.texts import tr
from studio.app.viewer.intake import ASSET
from studio.base.errors import AssetError
from studio.project import samples
from studio.project.assets import resolve

ITEM: Final = int(Qt.ItemDataRole.UserRole)
"""The role under which a whole `Item` is given."""

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of the library.

    Attributes:
        id: a sample's name, an asset's id, a frame's number.
        name: what stands below it.
        tip: what more there is to say.
        picture: its file; None when there is none.
        badge: one word over its picture; may be empty.
        asset: whether it is a picture of the project.
        dragged: whether its file may be dragged out.
    """

    id: str
    name: str
    tip: str
    picture: Path | None = None
    badge: str = ""
    asset: bool = False
    dragged: bool = False


class Items(QAbstractListModel):
    """A list of items. Their pictures are repainted as they are decoded."""

    def __init__(self, pictures: Pictures, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.items: tuple[Item, ...] = ()
        pictures.loaded.connect(self._loaded)

    def put(self, items: Sequence[Item]) -> None:
        """Show these; what is selected stays so when only pictures and texts are others."""
        new = tuple(items)
        if new == self.items:
            return
        if [each.id for each in new] == [each.id for each in self.items]:
            self.items = new
            self.dataChanged.emit(self.index(0), self.index(len(new) - 1))
        else:
            self.beginResetModel()
            self.items = new
            self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008 (as Qt calls it)
        """How many."""
        return 0 if parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 (as Qt has it)
        """Name, help, or the item itself."""
        if not index.isValid():
            return None
        item = self.items[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return item.name
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            return item.tip
        return item if role == ITEM else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Items with a file of their own can be dragged."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() and self.items[index.row()].dragged else flags

    def mimeTypes(self) -> list[str]:  # noqa: N802
        """As what items are dragged."""
        return ["text/uri-list", ASSET]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:  # noqa: N802
        """The files of items, and the id of a picture of the project."""
        data = QMimeData()
        chosen = [self.items[index.row()] for index in indexes]
        data.setUrls([QUrl.fromLocalFile(str(item.picture)) for item in chosen if item.picture is not None])
        if len(chosen) == 1 and chosen[0].asset:
            data.setData(ASSET, chosen[0].id.encode())
        return data

    @Slot(str, int)
    def _loaded(self, path: str, _height: int) -> None:
        for row, item in enumerate(self.items):
            if item.picture is not None and str(item.picture) == path:
                self.dataChanged.emit(self.index(row), self.index(row))


Lister = Callable[[Context], list[Item]]


def sample_items(_context: Context) -> list[Item]:
    """The samples that ship with Keydream."""
    return [
        Item(
            name,
            name.replace("-", " ").capitalize(),
            tr("Double-click to open this sample. It stays as it is: saving asks for a file."),
            samples.animation(name),
        )
        for name in samples.names()
    ]


def picture_items(context: Context) -> list[Item]:
    """The pictures of the project."""
    project, folder = context.document.project, context.document.folder
    found = []
    for asset in project.assets:
        try:
            path: Path | None = resolve(folder, asset)
            tip = tr("Drag it onto the viewer or a prompt; the menu has more. File: {path}", path=asset.path)
        except AssetError as error:
            path, tip = None, str(error)
        badge = tr("init") if project.init_image == asset.id else ""
        found.append(Item(asset.id, asset.id, tip, path, badge, asset=True, dragged=path is not None))
    return found


def frame_items(context: Context) -> list[Item]:
    """The keyframes of prompts that have a picture."""
    tracks = context.document.timeline.prompts
    keyed = sorted({key.frame for track in tracks if not track.muted for key in track.track.keys})
    badges = {Status.STALE: tr("stale"), Status.DRAFT: tr("draft")}
    found = []
    for frame in keyed:
        path = context.frames.picture(frame)
        if path is not None:
            name, tip = tr("Frame {frame}", frame=frame), tr("Click to go to frame {frame}", frame=frame)
            badge = badges.get(context.frames.status(frame), "")
            found.append(Item(str(frame), name, tip, path, badge, dragged=True))
    return found
