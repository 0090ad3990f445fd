"""Which keys are selected: shared by the timeline, the inspector and the actions."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal, Slot

from studio.app.document import Document
from studio.timeline.model import KeyRef
from studio.timeline.selection import Selection


class Choice(QObject):
    """The selection of a document. It forgets keys that no longer exist by itself."""

    changed = Signal()

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._selection = Selection()
        document.opened.connect(self.clear)
        document.changed.connect(self._forget)

    @property
    def selection(self) -> Selection:
        """What is selected."""
        return self._selection

    @property
    def keys(self) -> frozenset[KeyRef]:
        """The selected keys."""
        return self._selection.keys

    def select(self, keys: Iterable[KeyRef]) -> None:
        """Select these keys and no others."""
        self.set(Selection(frozenset(keys)))

    def set(self, selection: Selection) -> None:
        """Select what a `Selection` holds, as far as it exists."""
        kept = selection.surviving(self._document.timeline)
        if kept != self._selection:
            self._selection = kept
            self.changed.emit()

    @Slot()
    def clear(self) -> None:
        """Select nothing."""
        self.set(Selection())

    @Slot(object, object)
    def _forget(self, _before: object, _after: object) -> None:
        self.set(self._selection)
