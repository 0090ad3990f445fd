"""The takes as a model of a list: thousands of rows, each light, their thumbnails decoded as they come into sight."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt, Slot

from studio.app.keyframing import TAKES, mime
from studio.app.pictures import Pictures
from studio.app.texts import tr
from studio.takes.index import Row
from studio.takes.take import PICTURE, THUMBNAIL

ROW: Final = int(Qt.ItemDataRole.UserRole)
"""The role under which a whole `Row` is given."""

Index = QModelIndex | QPersistentModelIndex


class TakesModel(QAbstractListModel):
    """Rows, perhaps with how well each fits a text: then the best come first."""

    def __init__(self, pictures: Pictures, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[Row, ...] = ()
        self.fits: Mapping[str, float] | None = None
        self._folder = Path()
        self._places: dict[str, int] = {}
        pictures.loaded.connect(self._loaded)

    def put(self, rows: Sequence[Row], folder: Path, fits: Mapping[str, float] | None = None) -> bool:
        """Show these. Whether they are others, or in another order: then nothing is selected any more.

        Args:
            rows: in their order.
            folder: in which their folders lie.
            fits: cosine of each take's picture with the text that is searched for; those without one come last.
        """
        if fits is not None:
            rows = sorted(rows, key=lambda row: -fits.get(row.key, -2.0))
        new = tuple(rows)
        moved = folder != self._folder or [row.key for row in new] != [row.key for row in self.rows]
        if moved:
            self.beginResetModel()
        elif new == self.rows and fits == self.fits:
            return False
        self.rows, self.fits, self._folder = new, fits, folder
        if moved:
            self._places = {row.key: place for place, row in enumerate(new)}
            self.endResetModel()
        elif new:
            self.dataChanged.emit(self.index(0), self.index(len(new) - 1))
        return moved

    def place(self, key: str) -> int | None:
        """The row of a take; None when it is not shown."""
        return self._places.get(key)

    def folder(self, key: str) -> Path:
        """The folder of a take that is shown."""
        return self._folder / key

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008 (as Qt calls it)
        """How many."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 (as Qt has it)
        """Prompt, what more there is to say, or the row itself."""
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == ROW:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.prompt
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            return self._tip(row)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Takes can be dragged."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else flags

    def mimeTypes(self) -> list[str]:  # noqa: N802
        """As what takes are dragged."""
        return [TAKES, "text/uri-list", "text/plain"]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:  # noqa: N802
        """The takes' folders; their pictures and prompts for other programs."""
        rows = [self.rows[place] for place in sorted({index.row() for index in indexes})]
        return mime([self.folder(row.key) for row in rows], [row.prompt for row in rows])

    def _tip(self, row: Row) -> str:
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(row.created))
        facts = [tr("{medium}, {width} × {height}", medium=row.medium, width=row.size[0], height=row.size[1]), when]
        if row.score is not None:
            facts.append(tr("score {score}", score=f"{row.score:.3f}"))
        if self.fits is not None and row.key in self.fits:
            facts.append(tr("fits the search by {fit}", fit=f"{self.fits[row.key]:.3f}"))
        if row.star:
            facts.append(tr("with a star"))
        if row.tags:
            facts.append(", ".join(row.tags))
        return "\n".join((row.prompt, " · ".join(facts)))

    @Slot(str, int)
    def _loaded(self, path: str, _height: int) -> None:
        place = self._places.get(Path(path).parent.name)
        if place is not None:
            self.dataChanged.emit(self.index(place), self.index(place))


def thumbnail(folder: Path, pixels: int) -> Path:
    """The file whose picture fills so many pixels: the thumbnail where it is large enough."""
    return folder / (THUMBNAIL if pixels <= _THUMBNAIL_ENOUGH else PICTURE)


_THUMBNAIL_ENOUGH: Final = 144  # a thumbnail of 128 pixels, slightly enlarged, is sharp enough


def runs(places: Sequence[int]) -> Iterator[tuple[int, int]]:
    """First and last of every run of places that follow each other."""
    found: list[list[int]] = []
    for place in places:
        if found and found[-1][-1] == place - 1:
            found[-1][-1] = place
        else:
            found.append([place, place])
    return ((first, last) for first, last in found)
