"""The document on screen: a project, its file, and its history. The one QObject through which projects change."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from studio.base.errors import StudioError
from studio.project.changes import Change, on_timeline
from studio.project.model import Project
from studio.timeline.edit import Edit
from studio.timeline.history import History
from studio.timeline.model import Timeline


class Document(QObject):
    """A project being edited.

    Gestures (a drag, a slider, typing) pass one `merge` key: their edits make one entry of the history; `seal` ends
    them, `cancel` takes them back.
    """

    opened = Signal()
    """Another project is here now: forget what was about the old one."""

    changed = Signal(object, object)
    """(before, after): two `Project`s. After every edit, undo and redo; also when another was opened."""

    history_changed = Signal()
    """What can be undone or redone, or how it is called, or whether the file is up to date."""

    refused = Signal(object)
    """A `StudioError`: an edit that could not be made. Nothing has changed."""

    def __init__(self, project: Project, path: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = path
        self._folder = Path() if path is None else path.parent
        self._history = History(project)

    @property
    def project(self) -> Project:
        """The project as it is now: a snapshot, for it is frozen."""
        return self._history.current

    @property
    def timeline(self) -> Timeline:
        """The project's timeline as it is now."""
        return self._history.current.timeline

    @property
    def path(self) -> Path | None:
        """Its file; None when it was never saved."""
        return self._path

    @property
    def folder(self) -> Path:
        """What its pictures are relative to: the file's folder, or where the pictures of an unsaved project lie."""
        return self._folder

    @property
    def dirty(self) -> bool:
        """Whether there is something that the file does not hold."""
        return not self._history.is_clean

    @property
    def undo_name(self) -> str | None:
        """What undo would take back; None when there is nothing."""
        return self._history.undo_name

    @property
    def redo_name(self) -> str | None:
        """What redo would make again; None when there is nothing."""
        return self._history.redo_name

    @property
    def labels(self) -> tuple[str, ...]:
        """All entries of the history, oldest first, undone ones last."""
        return self._history.labels

    @property
    def position(self) -> int:
        """How many of `labels` are done."""
        return self._history.position

    @property
    def projects(self) -> tuple[Project, ...]:
        """Every project that undo and redo lead to, the one as it is now first."""
        return self._history.documents

    def open(self, project: Project, path: Path | None, folder: Path, *, dirty: bool = False) -> None:
        """Put another project in place of this one, with an empty history.

        Args:
            project: which.
            path: its file; None when it has none (a new one, a sample, one that was recovered).
            folder: what its pictures are relative to.
            dirty: whether its file (if any) holds something else.
        """
        before = self.project
        self._path, self._folder = path, folder
        self._history = History(project)
        if dirty:
            self._history.forget_clean()
        self.opened.emit()
        self.changed.emit(before, project)
        self.history_changed.emit()

    def saved_as(self, path: Path | None) -> None:
        """Note that the file now holds the project as it is."""
        if path is not None:
            self._path, self._folder = path, path.parent
        self._history.mark_clean()
        self.history_changed.emit()

    def apply(self, change: Change, merge: Hashable | None = None, *, from_start: bool = False) -> bool:
        """Make a change; see `History.apply`. Whether it could be made: otherwise `refused` says why."""
        before = self.project
        try:
            self._history.apply(change, merge, from_start=from_start)
        except StudioError as error:
            self.refused.emit(error)
            return False
        self._tell(before)
        return True

    def edit(self, edit: Edit, merge: Hashable | None = None, *, from_start: bool = False) -> bool:
        """Make an edit of the timeline; as `apply`."""
        return self.apply(on_timeline(edit), merge, from_start=from_start)

    def amend(self, change: Callable[[Project], Project]) -> None:
        """Change the project and all that undo and redo lead to, without an entry; see `History.amend`."""
        before = self.project
        self._history.amend(change)
        self._tell(before)

    def seal(self, merge: Hashable | None = None) -> None:
        """End the gesture, or only the one of that key: who merely watches a drag must not end it."""
        self._history.seal(merge)

    def cancel(self, merge: Hashable) -> None:
        """Take the gesture back without a trace."""
        before = self.project
        self._history.cancel(merge)
        self._tell(before)

    def undo(self) -> None:
        """Take back the latest entry; nothing happens when there is none."""
        self.go_to(self.position - 1)

    def redo(self) -> None:
        """Make the entry again that was undone last; nothing happens when there is none."""
        self.go_to(self.position + 1)

    def go_to(self, position: int) -> None:
        """Undo or redo until that many entries are done; clamped to those that there are."""
        before = self.project
        target = min(max(position, 0), len(self.labels))
        while self._history.position > target:
            self._history.undo()
        while self._history.position < target:
            self._history.redo()
        self._tell(before)

    def _tell(self, before: Project) -> None:
        after = self.project
        if after is not before:
            self.changed.emit(before, after)
        self.history_changed.emit()
