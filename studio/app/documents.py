"""Projects and their files: new, open, save, recover, and the question what would be lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QMenu, QWidget

from studio.app import losses, reading
from studio.app.context import Context
from studio.app.dialogs.ask import Ask, tame
from studio.app.dialogs.message import Choice
from studio.app.dialogs.recovery import RecoveryDialog
from studio.app.panels.media import USUAL
from studio.app.reading import SUFFIX, Opened
from studio.app.recent import Recent
from studio.app.recovering import Recovering
from studio.app.saving import Saved, room_for, save
from studio.app.texts import tr
from studio.app.waiting import wait_for
from studio.base.errors import FileError, StudioError
from studio.base.presence import Presence, holder
from studio.project import recovery, store
from studio.project.carry import carry, moved
from studio.project.model import Medium, Project
from studio.project.recovery import Copy
from studio.project.stamp import Stamp
from studio.timeline.model import PromptTrack, Timeline
from studio.timeline.time import FrameRate
from studio.timeline.track import Track

SETTLED: Final = 3000
"""Milliseconds after which a file that was opened counts as one that does not kill the program."""

_UNTITLED = "Untitled"
_SECONDS = 4  # of a new timeline
_RATE = 24


class Documents(QObject):
    """What the File menu does to the document.

    Attributes:
        ask: asks the artist; tests put another in its place.
        recovering: keeps the recovery copy.
    """

    opened = Signal(str)
    """The name of what was opened: a file's, or a sample's."""

    said = Signal(str)
    """What was done, for the status bar."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self.ask = Ask(parent, context.settings)
        self.recovering = Recovering(context.document, context.settings, parent=self)
        self._context = context
        self._parent = parent
        self._document = context.document
        self._recent = Recent(context.settings, context.tasks, self.open, self)
        self._stamp: Stamp | None = None
        self._suggested: Path | None = None
        self._lock: Presence | None = None
        self._note: Presence | None = None
        self._clean_at: int | None = 0
        self._forgotten = False
        self._others: list[Callable[[], str]] = []
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(SETTLED)
        self._settled.timeout.connect(self._settle)
        self._document.history_changed.connect(self._count)
        self.recovering.failed.connect(self._autosave_failed)

    @property
    def last_autosave(self) -> float | None:
        """When a recovery copy was last written, by `time.monotonic`; None when none was for this document."""
        return self.recovering.last

    def also_lost(self, loss: Callable[[], str]) -> None:
        """Let `may_close` also name what that function says, when it says anything: an export that runs, say."""
        self._others.append(loss)

    def new(self) -> bool:
        """Begin with an empty timeline and every setting at its default. Whether it was done."""
        if not self._may_leave():
            return False
        prompts = (PromptTrack(tr("Prompt"), Track(())),)
        timeline = Timeline(FrameRate(_RATE), _SECONDS * _RATE, prompts=prompts)
        project = Project(tr("Untitled"), timeline, medium=Medium(USUAL))
        return self._show(Opened(project, project.name, None, Path(), loose=True))

    def open(self, wanted: str | Path | None = None) -> bool:
        """Open a file or a sample; asks which when none is named. Whether it was done."""
        if not wanted:
            filters = (
                f"{tr('Projects and exports')} (*{SUFFIX} *{SUFFIX}~* *.gif *.mp4 *.webm *.webp *.png *.apng *.mov)"
            )
            wanted = self.ask.choose_file(tr("Open"), f"{filters};;{tr('All files')} (*)")
        if not wanted:
            return False
        note = recovery.opening(Path(wanted)) if Path(wanted).suffix else None
        try:
            opened = wait_for(lambda: reading.read(wanted))
        except StudioError as error:
            _leave(note)
            return self._offer_other(error, Path(wanted))
        done = self._may_leave() and self._show(opened)
        if not done:
            _leave(note)
            return False
        _leave(self._note)
        self._note = note
        self._settled.start()
        if opened.path is None and opened.suggested is not None:
            self.said.emit(tr("Opened the project in {name}; saving asks for a new file", name=opened.name))
        return True

    def safe(self, path: Path) -> bool:
        """Whether a file may be opened unasked: not when the program died the last time that it did."""
        if recovery.crashed(path):
            self.said.emit(tr("{name} was not opened again: Keydream ended while opening it", name=path.name))
            return False
        return True

    def save(self) -> bool:
        """Write the project to its file; asks for one when it has none. Whether it was done."""
        path = self._document.path
        if path is None:
            return self.save_as()
        if self._stamp is not None and self._stamp.differs(path):
            answer = self.ask.question(
                tr("{name} was changed by another program", name=path.name),
                tr("Saving replaces what it wrote; the version on the disk is kept as a backup beside it."),
                (
                    Choice("replace", tr("Replace"), aside=True),
                    Choice("cancel", tr("Cancel")),
                    Choice("as", tr("Save As…"), primary=True),
                ),
                kind="warning",
            )
            if answer != "replace":
                return answer == "as" and self.save_as()
        return self._write(path)

    def save_as(self) -> bool:
        """Write the project to another file and go on there. Whether it was done."""
        path = self._choose(tr("Save As"))
        return path is not None and self._write(path)

    def save_copy(self) -> bool:
        """Write the project to another file and go on here. Whether it was done."""
        path = self._choose(tr("Save a Copy"))
        if path is None:
            return False
        project, source = self._document.project, self._document.folder
        try:
            wait_for(lambda: save(project, (project,), source, path))
        except StudioError as error:
            self.ask.explain(error)
            return False
        self.said.emit(tr("Saved a copy as {name}", name=path.name))
        return True

    def fill_recent_menu(self, menu: QMenu) -> None:
        """Put the recent files into a menu, in place of what is in it."""
        self._recent.fill(menu)

    def left_over(self) -> tuple[Copy, ...]:
        """The recovery copies that crashes have left."""
        return recovery.left()

    def recover(self) -> None:
        """Show what crashes have left: open, discard, or leave it for later."""
        dialog = RecoveryDialog(self.left_over, self._discard, self._parent)
        dialog.exec()
        copy = dialog.chosen
        dialog.deleteLater()
        if copy is not None:
            self.open_copy(copy)

    def may_close(self) -> bool:
        """Whether the window may go: asks when something would be lost, and says what."""
        if self._forgotten:
            return True
        others = [said for loss in self._others if (said := loss())]
        renders = losses.renders(self._context.rendering.queue)
        drafts = losses.drafts(self._context.exploring)
        return self._may_leave(ending=(*renders, *drafts, *others))

    def forget(self) -> None:
        """Let go of all that is unsaved or runs: `may_close` asks nothing any more. For whoever drives this."""
        self._forgotten = True
        self._document.saved_as(None)

    def close(self) -> None:
        """The window goes: let go of the file, and remove the recovery copy."""
        self._settled.stop()
        self._settle()
        _leave(self._lock)
        self._lock = None
        self.recovering.close()

    def _may_leave(self, ending: Sequence[str] = ()) -> bool:
        """Ask whether unsaved edits, and what else would end, may go."""
        document = self._document
        if not document.dirty and not ending:
            return True
        points = (*((losses.edits(document, self._clean_at),) if document.dirty else ()), *ending)
        name = document.path.name if document.path else document.project.name
        cancel = Choice("cancel", tr("Cancel"))
        last: tuple[Choice, ...]
        if document.dirty:
            heading = tr("Save {name} before it closes?", name=name)
            last = (Choice("discard", tr("Discard"), aside=True), Choice("save", tr("Save"), primary=True))
        else:
            heading = tr("Stop what is running?")
            last = (Choice("discard", tr("Stop and Close"), primary=True),)
        answer = self.ask.question(heading, tr("This would be lost:"), (cancel, *last), points=points, kind="warning")
        return answer == "discard" or (answer == "save" and self.save())

    def _show(self, opened: Opened) -> bool:
        """Put a project that was read in place of the one on screen."""
        path, suggested = opened.path, opened.suggested
        lock = self._claim(path) if path is not None else None
        if path is not None and lock is None and (there := holder(recovery.lock_note(path))) is not None:
            answer = self.ask.question(
                tr("{name} is open in another window", name=path.name),
                tr("Process {process} on {computer} has it.", process=there.process, computer=there.computer),
                (Choice("cancel", tr("Cancel")), Choice("copy", tr("Open a Copy"), primary=True)),
                kind="warning",
            )
            if answer != "copy":
                return False
            suggested = path.with_name(f"{path.stem} {tr('copy')}{SUFFIX}")
            path = None
        project, folder = opened.project, opened.source
        if opened.loose:
            try:
                folder = self.recovering.scratch()
                project = moved(project, carry((project,), opened.source, folder))
            except FileError as error:
                self.ask.explain(error)
                return False
        self._change_lock(lock, path)
        self._stamp, self._suggested = opened.stamp if path else None, suggested
        self._document.open(project, path, folder, dirty=opened.dirty)
        if path is not None:
            self._context.settings.opened(path)
        self.opened.emit(opened.name)
        return True

    def _write(self, path: Path) -> bool:
        document = self._document
        lock = self._claim(path)
        if lock is None and path != document.path and holder(recovery.lock_note(path)) is not None:
            why = tr("Another window of Keydream has it open")
            self.ask.explain(FileError(f"{path.name} was not saved", why, tr("Choose another name, or close it there")))
            return False
        project, projects, source = document.project, document.projects, document.folder
        if project.name in (_UNTITLED, tr("Untitled")):
            project = replace(project, name=path.stem)
        try:
            saved = wait_for(lambda: save(project, projects, source, path))
        except StudioError as error:
            if lock is not self._lock:
                _leave(lock)
            again = (Choice("cancel", tr("Cancel")), Choice("as", tr("Save As…"), primary=True))
            answer = self.ask.explain(room_for(error, path), again if isinstance(error, FileError) else ())
            return answer == "as" and self.save_as()
        self._follow(saved, project.name, path)
        self._change_lock(lock, path)
        self.said.emit(tr("Saved {name}", name=path.name))
        return True

    def _follow(self, saved: Saved, name: str, path: Path) -> None:
        """The document is in that file now, its pictures where they were put."""
        document = self._document
        if saved.renamed or name != document.project.name:
            document.amend(lambda each: moved(replace(each, name=name), saved.renamed))
        document.saved_as(path)
        self._stamp, self._suggested = saved.stamp, None
        self._context.settings.opened(path)

    def _choose(self, title: str) -> Path | None:
        document = self._document
        suggested: str | Path = document.path or self._suggested or tame(document.project.name) + SUFFIX
        path = self.ask.save_file(title, suggested, f"{tr('Keydream project')} (*{SUFFIX})")
        if path is None or path.suffix.lower() == SUFFIX:
            return path
        return path.with_name(path.name + SUFFIX)

    def _offer_other(self, error: StudioError, path: Path) -> bool:
        """Tell why a file cannot be opened; its newest backup, or what a crash left of it, can be opened instead."""
        found = next((copy for copy in self.left_over() if copy.origin == path), None)
        backup = store.newest_backup(path) if isinstance(error.__cause__, StudioError) else None
        choices = (
            Choice("cancel", tr("Cancel")),
            *((Choice("backup", tr("Open the Backup"), primary=found is None),) if backup else ()),
            *((Choice("copy", tr("Open the Recovery Copy"), primary=True),) if found else ()),
        )
        answer = self.ask.explain(error, choices if len(choices) > 1 else ())
        if answer == "backup" and backup is not None:
            return self.open(backup)
        return answer == "copy" and found is not None and self.open_copy(found)

    def open_copy(self, copy: Copy) -> bool:
        """Open what a crash left, as unsaved. Whether it is open; other unsaved work is asked about first."""
        try:
            project = wait_for(copy.read)
        except StudioError as error:
            self.ask.explain(error)
            return False
        origin = copy.origin or Path(tame(project.name) + SUFFIX)
        suggested = origin.with_name(f"{origin.stem} {tr('recovered')}{SUFFIX}")
        if not (self._may_leave() and self._show(Opened(project, copy.name, None, copy.folder, suggested, dirty=True))):
            return False
        if self.recovering.flush():  # ours is written: the other is not needed any more
            self._discard(copy)
        self.said.emit(tr("Recovered {name}; it is in no file yet", name=copy.name))
        return True

    def _discard(self, copy: Copy) -> None:
        try:
            recovery.discard(copy)
        except StudioError as error:
            self.ask.explain(error)

    def _claim(self, path: Path) -> Presence | None:
        """The note that this window has a file open; None when another has it, or it cannot be noted there."""
        note = recovery.lock_note(path)
        if self._lock is not None and self._lock.path == note:
            return self._lock
        try:
            return Presence.take(note)
        except FileError:
            return None

    def _change_lock(self, lock: Presence | None, path: Path | None) -> None:
        if lock is not self._lock:
            _leave(self._lock)
        self._lock = lock if path is not None else None

    @Slot()
    def _settle(self) -> None:
        _leave(self._note)
        self._note = None

    @Slot()
    def _count(self) -> None:
        """Remember where in the history the file is, to say how many edits it lacks."""
        if not self._document.dirty:
            self._clean_at = self._document.position
        elif not self._document.labels:
            self._clean_at = None

    @Slot(object)
    def _autosave_failed(self, error: StudioError) -> None:
        self.said.emit(tr("No recovery copy could be written: {why}", why=str(error)))


def _leave(presence: Presence | None) -> None:
    if presence is not None:
        presence.leave()
