"""What every action does: the table of actions tied to the parts of the window, and when each can be used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTextEdit

from studio.app.context import Context
from studio.app.dialogs.about import AboutDialog
from studio.app.dialogs.hand_over import HandOverDialog
from studio.app.dialogs.length import LengthDialog
from studio.app.dialogs.palette import CommandPalette
from studio.app.dialogs.preferences import PreferencesDialog
from studio.app.dialogs.shortcuts import ShortcutsDialog
from studio.app.dialogs.text import show_changelog, show_log
from studio.app.table import EASES
from studio.app.texts import tr
from studio.project.model import Project
from studio.render.plan import Quality
from studio.render.queue import State
from studio.timeline import edits
from studio.timeline.time import FrameRange, whole_range

if TYPE_CHECKING:
    from studio.app.window import Window

_FAR = 10  # frames
_HEAVIER = 1.1  # times the weight, as other tools of the field step it


@dataclass(frozen=True, slots=True)
class Wanted:
    """A render that was asked for: the project as it was then, its pictures' folder and file, which frames, and how."""

    project: Project
    folder: Path
    frames: FrameRange
    quality: Quality
    front: bool
    source: Path | None


class Commands(QObject):
    """Ties actions to the window's parts."""

    def __init__(self, context: Context, window: Window) -> None:
        super().__init__(window)
        self._context = context
        self._window = window
        self._wanted: Wanted | None = None
        context.frames.changed.connect(self._submit)
        self._file()
        self._edit()
        self._view()
        self._timeline()
        self._play()
        self._render()
        self._help()
        self._conditions()

    @property
    def quality(self) -> Quality:
        """What the Draft switch says."""
        return "draft" if self._context.actions["render.draft"].isChecked() else "final"

    def render(self, frames: FrameRange | None, *, front: bool = False) -> None:
        """Queue a render of the project as it is now: of the range by default, as far as it lacks pictures.

        Where it lacks none but some only came with a sample, these are dreamed anew.
        """
        document = self._context.document
        whole = frames or document.timeline.frames
        if self._resumed(whole):
            return
        self._wanted = Wanted(document.project, document.folder, whole, self.quality, front, document.path)
        self._submit()

    @Slot()
    def _submit(self) -> None:
        """Queue what was wanted, once it is known which frames an edit of just now has changed."""
        wanted, shown = self._wanted, self._context.frames
        if wanted is None or not shown.fresh:
            return
        self._wanted = None
        frames: FrameRange | None = wanted.frames
        if wanted.project is self._context.document.project:  # else it was edited again: the render itself looks
            frames = shown.lacking(wanted.frames, wanted.quality)
            if frames is None and not shown.lent(wanted.frames):
                self._window.status.say(tr("Everything there is rendered already"))
                return
        self._context.rendering.submit(
            wanted.project,
            wanted.folder,
            frames or wanted.frames,
            wanted.quality,
            front=wanted.front,
            source=wanted.source,
        )
        self._window.viewer.follow_dream()

    def _resumed(self, frames: FrameRange) -> bool:
        """Whether a paused render of this very project and range goes on instead of a new one."""
        rendering = self._context.rendering
        for job in rendering.queue:
            same = job.project == self._context.document.project and job.quality == self.quality
            if job.state is State.PAUSED and same and set(frames) <= set(job.range):
                rendering.resume(job.number)
                self._window.viewer.follow_dream()
                return True
        return False

    def _file(self) -> None:
        on, documents = self._context.actions.on, self._window.documents
        on("file.new", documents.new)
        on("file.open", documents.open)
        on("file.recover", documents.recover)
        on("file.save", documents.save)
        on("file.save_as", documents.save_as)
        on("file.save_copy", documents.save_copy)
        on("file.export", self._window.export_dialog.present)
        on("file.save_frame", self._save_frame)
        on("file.quit", self._window.close)

    def _edit(self) -> None:
        on, timeline = self._context.actions.on, self._window.timeline
        document = self._context.document
        on("edit.undo", document.undo)
        on("edit.redo", document.redo)
        on("edit.cut", timeline.cut)
        on("edit.copy", self._copy)
        on("edit.paste", self._paste)
        on("edit.duplicate", timeline.duplicate)
        on("edit.delete", timeline.delete)
        on("edit.select_all", timeline.select_all)
        on("edit.select_none", self._context.choice.clear)
        on("edit.nudge_left", lambda: timeline.nudge(-1))
        on("edit.nudge_right", lambda: timeline.nudge(1))
        on("edit.nudge_far_left", lambda: timeline.nudge(-_FAR))
        on("edit.nudge_far_right", lambda: timeline.nudge(_FAR))
        on("edit.heavier", lambda: timeline.change_weight(_HEAVIER))
        on("edit.lighter", lambda: timeline.change_weight(1 / _HEAVIER))
        on("edit.add_wish", self._add_wish)
        on("edit.preferences", lambda: PreferencesDialog(self._context, self._window).exec())

    def _view(self) -> None:
        actions, viewer, window = self._context.actions, self._window.viewer, self._window
        actions.on("view.fit", viewer.fit)
        actions.on("view.actual", viewer.actual_size)
        actions.on("view.double", viewer.double_size)
        actions.on("view.closer", viewer.zoom_in)
        actions.on("view.farther", viewer.zoom_out)
        actions.switched("view.onion", viewer.set_onion)
        actions.switched("view.compare", viewer.set_compare)
        actions.switched("view.curves", window.curves.setVisible)
        actions.switched("view.scores", self._show_scores)
        actions["view.scores"].setChecked(self._context.settings.flag("scores/shown"))
        window.timeline.fold_wanted.connect(lambda: actions["view.scores"].setChecked(False))
        actions.on("view.palette", lambda: CommandPalette(self._context, window).present())
        actions.switched("view.panels", window.hide_panels)
        actions.switched("view.fullscreen", lambda on: window.showFullScreen() if on else window.showNormal())
        actions.on("view.reset", window.reset_layout)

    def _timeline(self) -> None:
        actions, timeline, window = self._context.actions, self._window.timeline, self._window
        actions.on("timeline.key", timeline.add_key_at_playhead)
        actions.on("timeline.previous_key", timeline.previous_key)
        actions.on("timeline.next_key", timeline.next_key)
        actions.on("timeline.marker", timeline.add_marker)
        actions.on("timeline.previous_marker", timeline.previous_marker)
        actions.on("timeline.next_marker", timeline.next_marker)
        actions.on("timeline.in", timeline.set_in)
        actions.on("timeline.out", timeline.set_out)
        actions.on("timeline.clear_range", timeline.clear_range)
        actions.on("timeline.go", window.transport.focus_frame)
        actions.on("timeline.reverse", timeline.reverse)
        actions.on("timeline.insert_time", self._insert_time)
        actions.on("timeline.remove_time", self._remove_range)
        actions.on("timeline.length", self._length)
        actions.on("timeline.prompt_track", self._add_prompt_track)
        actions.on("timeline.closer", timeline.zoom_in)
        actions.on("timeline.farther", timeline.zoom_out)
        actions.on("timeline.fit", timeline.fit)
        for name, ease in EASES.items():
            actions.on(name, partial(timeline.set_ease, ease))
        window.transport.asked_length.connect(self._length)
        snap = actions["timeline.snap"]
        snap.setChecked(self._context.settings.flag("snap", True))
        actions.switched("timeline.snap", lambda on: self._context.settings.set("snap", on))

    def _play(self) -> None:
        actions, player = self._context.actions, self._context.player
        actions.on("play.toggle", player.toggle)
        actions.on("play.back", lambda: player.shuttle(-1))
        actions.on("play.stop", player.stop)
        actions.on("play.forward", lambda: player.shuttle(1))
        actions.on("play.left", lambda: player.step(-1))
        actions.on("play.right", lambda: player.step(1))
        actions.on("play.far_left", lambda: player.step(-_FAR))
        actions.on("play.far_right", lambda: player.step(_FAR))
        actions.on("play.start", lambda: player.seek(player.range.start))
        actions.on("play.end", lambda: player.seek(player.range.stop - 1))
        actions["play.loop"].setChecked(player.loop)
        actions.switched("play.loop", player.set_loop)

    def _render(self) -> None:
        actions, rendering = self._context.actions, self._context.rendering
        player, document = self._context.player, self._context.document
        actions.on("render.range", lambda: self.render(None))
        actions.on("render.front", lambda: self.render(None, front=True))
        actions.on("render.frame", lambda: self.render(FrameRange(player.frame, player.frame + 1), front=True))
        actions.on("render.all", lambda: self.render(whole_range(document.timeline.length)))
        actions.on("render.explore", self._window.explore.present)
        self._window.explore.continued.connect(self._dream_on)
        self._window.explore.said.connect(self._say)
        actions.on("render.hand_over", self._hand_over)
        actions.on("render.pause", lambda: self._stop(rendering.pause))
        actions.on("render.resume", self._resume)
        actions.on("render.cancel", lambda: self._stop(rendering.cancel))

    def _help(self) -> None:
        on, window = self._context.actions.on, self._window
        on("models.manage", window.models.present)
        on("models.ask", window.ask_clip.present)
        on("help.shortcuts", lambda: ShortcutsDialog(self._context, window).exec())
        on("help.news", lambda: show_changelog(window))
        on("help.log", lambda: show_log(window))
        on("help.about", lambda: AboutDialog(window).exec())

    def _conditions(self) -> None:
        actions, rendering, document = self._context.actions, self._context.rendering, self._context.document
        choice, timeline = self._context.choice, self._window.timeline
        condition = actions.condition
        condition("undo", lambda: document.undo_name is not None)
        condition("redo", lambda: document.redo_name is not None)
        condition("selection", lambda: bool(choice.keys))
        condition("copy", lambda: bool(choice.keys) or self._window.viewer.current_image() is not None)
        condition("paste", lambda: timeline.can_paste or _clipboard_has_image())
        condition("prompt", lambda: any(track.track.keys for track in document.timeline.prompts))
        condition("range", lambda: document.timeline.range is not None)
        condition("picture", lambda: self._window.viewer.current_image() is not None)
        condition("rendering", lambda: rendering.running is not None)
        condition("paused", lambda: any(job.state is State.PAUSED for job in rendering.queue))
        condition("renderable", lambda: self._context.frames.problem is None)
        for changed in (
            document.history_changed,
            rendering.queue_changed,
            choice.changed,
            self._context.frames.changed,
        ):
            changed.connect(self._refresh)
        self._window.timeline.clip_changed.connect(self._refresh)
        self._pictured = False
        self._window.viewer.source.changed.connect(self._look)
        QGuiApplication.clipboard().dataChanged.connect(self._refresh)
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        actions, document = self._context.actions, self._context.document
        undo, redo = document.undo_name, document.redo_name
        actions.retitle("edit.undo", tr("Undo {what}", what=undo) if undo else tr("Undo"))
        actions.retitle("edit.redo", tr("Redo {what}", what=redo) if redo else tr("Redo"))
        actions.refresh()

    @Slot()
    def _look(self) -> None:
        """Frames change often; whether there is a picture at all does not."""
        pictured = self._window.viewer.current_image() is not None
        if pictured != self._pictured:
            self._pictured = pictured
            self._refresh()

    def _show_scores(self, shown: bool) -> None:
        self._window.timeline.show_scores(shown)
        self._context.settings.set("scores/shown", shown)

    def _save_frame(self) -> None:
        name = f"{self._context.document.project.name} {self._context.player.frame:04d}.png"
        path = self._window.documents.ask.save_file(tr("Save Frame"), name, tr("PNG picture (*.png)"))
        if path is not None:
            self._window.viewer.save_frame(path)

    def _copy(self) -> None:
        focused = QApplication.focusWidget()
        if isinstance(focused, QLineEdit | QPlainTextEdit | QTextEdit):
            focused.copy()
        elif self._context.choice.keys:
            self._window.timeline.copy()
        else:
            self._window.viewer.copy_frame()
        self._refresh()

    def _paste(self) -> None:
        focused = QApplication.focusWidget()
        if isinstance(focused, QLineEdit | QPlainTextEdit | QTextEdit):
            focused.paste()
        elif _clipboard_has_image():
            self._window.viewer.paste()
        elif self._window.timeline.can_paste:
            self._window.timeline.paste()

    def _add_wish(self) -> None:
        dock = self._window.docks["inspector"]
        dock.show()
        dock.raise_()
        self._window.inspector.prompt.add_term()

    @Slot(int)
    def _dream_on(self, frame: int) -> None:
        """Render a frame before all that waits: its keyframe has come from a draft."""
        self.render(FrameRange(frame, frame + 1), front=True)

    @Slot(str)
    def _say(self, text: str) -> None:
        self._window.status.say(text)  # the status bar comes after the commands

    def _hand_over(self) -> None:
        frame = self._context.player.frame
        shown = self._context.frames.shown(frame)
        if shown is None or shown.frame != frame:
            self._window.status.say(tr("Frame {frame} has no picture yet: render it first", frame=frame))
            return
        HandOverDialog(self._context, shown, self._window).exec()

    def _stop(self, how: Callable[[int], None]) -> None:
        running = self._context.rendering.running
        if running is not None:
            how(running.number)

    def _resume(self) -> None:
        for job in self._context.rendering.queue:
            if job.state is State.PAUSED:
                self._context.rendering.resume(job.number)
                return

    def _length(self) -> None:
        LengthDialog(self._context, self._window).exec()

    def _insert_time(self) -> None:
        document = self._context.document
        number = self._window.documents.ask.number(
            tr("Insert Time"), tr("How many frames to put in before the playhead:"), document.timeline.rate.nominal, 1
        )
        if number is not None:
            document.edit(edits.insert_time(self._context.player.frame, number))

    def _remove_range(self) -> None:
        frames = self._context.document.timeline.range
        if frames is not None:
            self._context.document.edit(edits.remove_time(frames))

    def _add_prompt_track(self) -> None:
        names = {track.name for track in self._context.document.timeline.prompts}
        number = next(number for number in range(1, len(names) + 2) if tr("Prompt {n}", n=number) not in names)
        self._context.document.edit(edits.add_prompt_track(tr("Prompt {n}", n=number)))


def _clipboard_has_image() -> bool:
    data = QGuiApplication.clipboard().mimeData()
    return data is not None and data.hasImage()
