"""Small pictures of a project's assets, decoded in another thread."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from studio.app.context import Context
from studio.app.icons import icon
from studio.app.texts import tr
from studio.app.theme import GRID
from studio.base.errors import AssetError
from studio.project.assets import resolve
from studio.project.model import Asset

SIDE = 56
"""Pixels of a thumbnail's longer side."""


class Thumbnails(QObject):
    """The assets' pictures as they come."""

    changed = Signal()
    """One more is here."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._wanted: dict[str, None] = {}
        self._paths: dict[tuple[Path, Asset], Path | None] = {}
        context.pictures.loaded.connect(self._take)
        context.document.opened.connect(self._paths.clear)

    def pixmap(self, name: str, ratio: float = 1.0) -> QPixmap | None:
        """The picture of that id; None while it is not here, or when it cannot be: `missing` tells.

        Args:
            name: the asset's id.
            ratio: device pixels in a pixel.
        """
        path = self._path(name)
        if path is None:
            return None
        self._wanted[str(path)] = None
        image = self._context.pictures.image(path, round(SIDE * ratio))
        if image is None:
            return None
        side = QSize(round(SIDE * ratio), round(SIDE * ratio))
        keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        made = QPixmap.fromImage(image.scaled(side, keep, smooth))
        made.setDevicePixelRatio(ratio)
        return made

    def missing(self, name: str) -> str:
        """Why the picture of that id cannot be shown; empty when it can."""
        document = self._context.document
        try:
            resolve(document.folder, document.project.asset(name))
        except AssetError as error:
            return str(error)
        return ""

    def _path(self, name: str) -> Path | None:
        document = self._context.document
        asset = next((each for each in document.project.assets if each.id == name), None)
        if asset is None:
            return None
        place = (document.folder, asset)
        if self._paths.get(place) is None:
            try:
                self._paths[place] = resolve(document.folder, asset)
            except AssetError:
                self._paths[place] = None
        return self._paths[place]

    @Slot(str, int)
    def _take(self, path: str, _height: int) -> None:
        if path in self._wanted:
            self.changed.emit()


class NameLabel(QLabel):
    """A name on one line, without its middle where there is no room; a long one must not widen the panel."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_name(self, name: str) -> None:
        """Show another name."""
        self._whole = name
        self.setAccessibleName(name)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """More of it, or less."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = self.contentsRect().width()
        self.setText(self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideMiddle, room))


class Thumbnail(QWidget):
    """A picture and its name, beside it or below it."""

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None, *, below: bool = False) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._name = ""
        self.picture = QLabel()
        self.picture.setFixedSize(SIDE, SIDE)
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.name = NameLabel()
        row = QVBoxLayout(self) if below else QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID // 2 if below else GRID)
        row.addWidget(self.picture)
        row.addWidget(self.name, 1)
        thumbnails.changed.connect(self._fill)

    def show_asset(self, name: str) -> None:
        """Show the picture of that id; empty for none."""
        self._name = name
        self.name.show_name(name)
        self._fill()

    @Slot()
    def _fill(self) -> None:
        if not self._name:
            return
        found = self._thumbnails.pixmap(self._name, self.devicePixelRatioF())
        self.picture.setPixmap(found or icon("image").pixmap(24, 24))
        why = "" if found is not None else self._thumbnails.missing(self._name)
        self.setToolTip(why or tr("The project's picture {name}", name=self._name))
        self.picture.setAccessibleName(self.toolTip())
        self.name.show_name(tr("{name}: missing", name=self._name) if why else self._name)
        role = "error" if why else ""
        if self.name.property("role") != role:
            self.name.setProperty("role", role)
            self.name.style().polish(self.name)
