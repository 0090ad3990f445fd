"""What a keyframe begins from: a picture of its own, or what every picture of the project begins from."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLabel, QMenu, QToolButton, QWidget

from studio.app import promoting
from studio.app.context import Context
from studio.app.dialogs.ask import Ask
from studio.app.icons import icon
from studio.app.panels.fields import Field, small_button
from studio.app.panels.thumbnails import Thumbnail, Thumbnails
from studio.app.texts import tr
from studio.timeline.beginnings import begin_from
from studio.timeline.model import KeyRef


class BeginField(Field):
    """Shows and changes the picture that a key begins from.

    Attributes:
        ask: what is asked for files.
    """

    def __init__(self, context: Context, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        help_text = tr(
            "The picture that this keyframe is dreamed on from; in a follow, the film cuts to it. "
            "Drop one on the card to set it."
        )
        super().__init__(tr("Begins from"), help_text, parent)
        self.ask = Ask(self, context.settings)
        self._context = context
        self._key: KeyRef | None = None
        self.picture = Thumbnail(thumbnails, below=True)  # beside it, two buttons leave no room for a name
        self.usual = QLabel(tr("as the project does"))
        self.usual.setProperty("role", "muted")
        self.choose = small_button("image-plus", tr("Let it begin from a picture"), tr("Choose what it begins from"))
        self.menu = QMenu(self.choose)
        self.menu.aboutToShow.connect(self._fill)
        self.choose.setMenu(self.menu)
        self.choose.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.clear = small_button("x", tr("Let it begin as the project does"), tr("Begin from no picture of its own"))
        self.clear.clicked.connect(lambda: self._set(""))
        self.finish(self.picture, self.usual, self.choose, self.clear)
        self.row.removeWidget(self.back)  # `clear` is the way back
        for shown in (self.picture, self.usual):
            self.row.setStretchFactor(shown, 1)

    def show_key(self, key: KeyRef, begin: str) -> None:
        """Show what a key begins from: an asset's id, or nothing."""
        self._key = key
        self.picture.setVisible(bool(begin))
        self.picture.show_asset(begin)
        self.usual.setVisible(not begin)
        self.clear.setVisible(bool(begin))

    @Slot()
    def _fill(self) -> None:
        self.menu.clear()
        self.menu.addAction(icon("folder-open"), tr("Choose Picture…"), self.choose_file)
        shown = self.menu.addAction(icon("eye"), tr("Use the Picture Shown"), self.use_shown)
        shown.setEnabled(self._context.frames.shown(self._context.player.frame) is not None)
        assets = self._context.document.project.assets
        if assets:
            self.menu.addSeparator()
        for asset in assets:
            self.menu.addAction(icon("image"), asset.id.replace("&", "&&"), partial(self._set, asset.id))

    def choose_file(self) -> None:
        """Ask for a file, and let the key begin from it."""
        key = self._key
        types = "*.png *.jpg *.jpeg *.webp *.gif *.bmp *.tif *.tiff"
        path = self.ask.choose_file(tr("Begin From a Picture"), f"{tr('Pictures')} ({types});;{tr('All files')} (*)")
        if path is not None and key is not None:
            promoting.begin(self._context, path, key)

    def use_shown(self) -> None:
        """Let the key begin from the picture that stands for the playhead's frame."""
        shown = self._context.frames.shown(self._context.player.frame)
        if shown is not None and self._key is not None:
            name = f"{self._context.document.project.medium.kind} {shown.frame:04d}"
            promoting.begin(self._context, shown.path, self._key, name)

    def _set(self, asset: str) -> None:
        if self._key is not None:
            self._context.document.edit(begin_from([self._key], asset))
