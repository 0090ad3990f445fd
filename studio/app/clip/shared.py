"""What the page's tabs share: the perceptor that is asked, and the ways to files and to each other."""

from __future__ import annotations

import hashlib
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from studio.app.clip.perceptors import Perceptors, Source
from studio.app.context import Context
from studio.app.dialogs.ask import Ask
from studio.app.texts import tr
from studio.app.viewer.intake import Intake
from studio.app.viewer.saving import png
from studio.base import atomic, paths
from studio.models.catalogue import Entry, entries

MODEL = "clip/perceptor"
"""The setting that remembers who is asked: a name of the catalogue, "" for the project's first."""


class Shared(QObject):
    """One for the page."""

    model_changed = Signal()
    """Another perceptor is asked from now on."""

    shown = Signal(str, object, str)
    """(tab, `Source`, text): go to that tab with this picture, and with this text unless it is empty."""

    said = Signal(str)
    """What became of a picture, for the page's last line."""

    def __init__(self, context: Context, over: QWidget, perceptors: Perceptors | None = None) -> None:
        """`over` is the window above which files are asked for."""
        super().__init__(over)
        self.context = context
        self.perceptors = perceptors or Perceptors()
        self.ask = Ask(over, context.settings)
        self.intake = Intake(context, self)
        self.intake.taken.connect(self.said)

    @property
    def model(self) -> str:
        """The name of the perceptor that is asked; "" for the starter."""
        chosen = self.context.settings.text(MODEL)
        known = {entry.name for entry in installed()}
        return chosen if chosen in known else self.project_model

    @property
    def project_model(self) -> str:
        """The name of the project's first perceptor; "" for the starter."""
        listed = self.context.document.project.perceptors
        return listed[0].model if listed else ""

    def choose(self, name: str) -> None:
        """Ask another one from now on; "" for the project's first, whichever that is."""
        before = self.model
        self.context.settings.set(MODEL, name)
        if self.model != before:
            self.model_changed.emit()

    def frame(self) -> Source | None:
        """The picture that stands at the playhead; None while there is none."""
        shown = self.context.frames.shown(self.context.player.frame)
        return None if shown is None else Source(shown.path, tr("Frame {frame}", frame=shown.frame))


def installed() -> tuple[Entry, ...]:
    """Every perceptor that is on this machine; asking does no harm, so the judge of finished pictures is among them."""
    return tuple(entry for entry in entries() if entry.kind == "clip")


def kept(image: QImage) -> Path:
    """A picture that came without a file, in one of its own in the cache. Any thread may do it.

    Raises:
        FileError: it could not be written.
        ExportError: it could not be encoded.
    """
    data = png(image)
    path = paths.cache_dir() / "asked" / f"{hashlib.sha256(data).hexdigest()[:20]}.png"
    atomic.write_bytes(path, data)
    return path
