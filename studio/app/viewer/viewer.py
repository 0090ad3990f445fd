"""The viewer: the playhead's picture or the dream in progress, and what can be done with a picture."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QMenu, QWidget

from studio.app.context import Context
from studio.app.icons import icon
from studio.app.texts import tr
from studio.app.theme import GRID
from studio.app.viewer import saving
from studio.app.viewer.bar import Bar
from studio.app.viewer.canvas import Canvas
from studio.app.viewer.empty import Empty
from studio.app.viewer.floating import Chip, ChipButton
from studio.app.viewer.hold import SpaceHold
from studio.app.viewer.intake import How, Intake, is_offer, offered
from studio.app.viewer.onion import Onion
from studio.app.viewer.overlay import Overlay
from studio.app.viewer.source import Source
from studio.app.viewer.view import STEP, View
from studio.models.gathering import Gathered


class Viewer(QWidget):
    """The picture with everything around it."""

    hint = Signal(str)
    """What just happened, or how a gesture goes on, for the status bar."""

    project_dropped = Signal(str)
    """A file that is a project, or carries one, was dropped: open it."""

    models_dropped = Signal(object)
    """Models were dropped, `Gathered` each, and the artist wants them among their own."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._onion = Onion(context)
        self._onion_on = False
        self.setAcceptDrops(True)
        self.setMinimumSize(240, 160)
        self.setAccessibleName(tr("Viewer"))
        self.source = Source(context, self)
        self.intake = Intake(context, self)
        self.canvas = Canvas(self)
        self.empty = Empty(context, self)
        self.chip = Chip(self)
        self.pinned_chip = Chip(self)
        self.back = ChipButton(tr("Back to the dream"), tr("Watch the picture that is being made now"), self)
        self.overlay = Overlay(context, self)
        self.bar = Bar(context, self)
        self.bar.wipe.setChecked(context.settings.flag("compare/wipe"))
        self.canvas.set_wipe(self.bar.wipe.isChecked())
        self._hold = SpaceHold(self)
        self._hold.held.connect(self.canvas.set_hand)
        self.canvas.pushed.connect(self._hold.dragged)
        self._hold.tapped.connect(self._tapped)
        self._hovering: QPoint | None = None
        self.intake.project_found.connect(self.project_dropped)
        self.intake.pictures_found.connect(self._ask)
        self.intake.models_found.connect(self._ask_about_models)
        self.intake.taken.connect(self.hint)
        self.back.clicked.connect(self.follow_dream)
        self.bar.shape_changed.connect(self._arrange)
        self.bar.wipe_changed.connect(self._wipe)
        self.overlay.shape_changed.connect(self._arrange)
        self.canvas.view_changed.connect(self._show_zoom)
        self.source.changed.connect(self._show)
        context.player.playing_changed.connect(self._show)
        context.pictures.loaded.connect(self._loaded)
        context.settings.changed.connect(self._setting)
        context.document.opened.connect(self._stop_comparing)
        context.document.changed.connect(self._follow_medium)
        self._follow_medium()
        self._show()

    @Slot()
    def _follow_medium(self) -> None:
        self.canvas.set_squares(self._context.document.project.medium.kind == "palette")

    def fit(self) -> None:
        """Show the whole picture, and keep doing so when the window changes."""
        self.canvas.set_view(View())

    def actual_size(self) -> None:
        """One pixel of the picture on one of the screen."""
        self.canvas.zoom_to(1.0)

    def double_size(self) -> None:
        """One pixel of the picture on two by two of the screen."""
        self.canvas.zoom_to(2.0)

    def zoom_in(self) -> None:
        """Larger."""
        self.canvas.zoom_to(self.canvas.zoom * STEP)

    def zoom_out(self) -> None:
        """Smaller."""
        self.canvas.zoom_to(self.canvas.zoom / STEP)

    def set_onion(self, on: bool) -> None:
        """Let the frames before and after show through; not while playing or watching a dream."""
        self._onion_on = on
        self._show()

    def set_compare(self, on: bool) -> None:
        """Pin what is shown now beside what will be shown, or let it go."""
        seen = self.source.seen
        if on and seen is None:
            self._stop_comparing()
            self.hint.emit(tr("There is no picture to compare with yet"))
            return
        if on and seen is not None:
            self.canvas.pin(seen.image, seen.size)
            self.pinned_chip.say(tr("pinned · frame {frame}", frame=seen.frame))
            self.hint.emit(tr("Go to another frame to see it beside this one"))
        else:
            self.canvas.pin(None, QSize())
            self.pinned_chip.say("")
        self.bar.show_wipe(on)
        self._show()

    @Slot()
    def follow_dream(self) -> None:
        """Watch what is being dreamed, now or as soon as a render runs."""
        self.source.follow()

    def current_image(self) -> QImage | None:
        """The picture that is shown, as it is, without onion skin; None while there is none."""
        return None if self.source.seen is None else self.source.seen.image

    def save_frame(self, path: str | Path) -> None:
        """Write the picture that is shown as a PNG file that carries the project. `hint` tells when it is done."""
        image = self.current_image()
        if image is None:
            self.hint.emit(tr("There is no picture to save yet"))
            return
        tasks = self._context.tasks
        work = tasks.in_thread(saving.save, image, Path(path), self._context.document.project)
        tasks.start(work, self._saved)

    def copy_frame(self) -> bool:
        """Put the picture that is shown on the clipboard. Whether there is one."""
        image = self.current_image()
        if image is None:
            self.hint.emit(tr("There is no picture to copy yet"))
            return False
        QGuiApplication.clipboard().setImage(image)
        self.hint.emit(tr("The picture is on the clipboard"))
        return True

    def paste(self) -> bool:
        """Ask what a picture or a file on the clipboard should become. Whether there is one."""
        return self._offer(QGuiApplication.clipboard().mimeData())

    def take_image(self, source: Path | str | QImage, how: How, frame: int | None = None) -> None:
        """Bring a picture into the project: as "init" image, image "prompt" of a frame, or to the "library"."""
        self.intake.take(Path(source) if isinstance(source, str) else source, how, frame)

    def resizeEvent(self, _event: QResizeEvent) -> None:  # noqa: N802
        """Keep everything in its corner."""
        self.canvas.resize(self.size())
        self._arrange()
        self._show_zoom()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Know the window, whose keys are looked at."""
        self._hold.watch()
        super().showEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        """What can be done with the picture."""
        menu, image = QMenu(self), self.current_image()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        actions = self._context.actions
        copied = menu.addAction(icon("copy"), tr("Copy Picture"), self.copy_frame)
        copied.setEnabled(image is not None)
        menu.addAction(actions["file.save_frame"])
        menu.addAction(actions["models.ask"])
        if image is not None:
            menu.addSeparator()
            self._add_uses(menu, image)
        menu.addSeparator()
        for name in ("view.fit", "view.actual", "view.double", "view.onion", "view.compare"):
            menu.addAction(actions[name])
        menu.popup(event.globalPos())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Show that a picture or a project may be dropped here."""
        if is_offer(event.mimeData()):
            event.acceptProposedAction()
            self.canvas.set_dropping(True)
            self.hint.emit(
                tr("Drop a picture to use it, a project or an exported film to open it, or a model to add it")
            )

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:  # noqa: N802
        """It is gone."""
        self.canvas.set_dropping(False)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """Ask what it should become."""
        self.canvas.set_dropping(False)
        if self.offer(event.mimeData(), self.mapToGlobal(event.position().toPoint())):
            event.acceptProposedAction()

    def offer(self, data: QMimeData, where: QPoint) -> bool:
        """Ask, at a place on the screen, what dropped data should become. Whether there is something to ask."""
        self._hovering = where
        return self._offer(data)

    def _offer(self, data: QMimeData | None) -> bool:
        if data is None:
            return False
        paths, image, asset = offered(data)
        if asset:
            self._ask_about(asset)
        elif image is not None:
            self._ask((image,))
        elif paths:
            self.intake.offer(paths)
        else:
            return False
        return True

    @Slot(object)
    def _ask(self, sources: tuple[Path | QImage, ...]) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if len(sources) == 1:
            self._add_uses(menu, sources[0])
        else:
            menu.addAction(icon("images"), tr("Add All to the Library"), partial(self._take_all, sources))
        self._popup(menu)

    @Slot(object)
    def _ask_about_models(self, models: tuple[Gathered, ...]) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        names = ", ".join(path.name for model in models for path in model.files)
        text = tr("Add {names} to Your Models", names=names)
        menu.addAction(icon("download"), text, partial(self.models_dropped.emit, models))
        self._popup(menu)

    def _ask_about(self, name: str) -> None:
        asset = next((each for each in self._context.document.project.assets if each.id == name), None)
        if asset is None:
            return
        menu, frame = QMenu(self), self._context.player.frame
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for how, image, text in uses(frame)[:2]:
            menu.addAction(icon(image), text, partial(self.intake.use, asset, how, frame))
        self._popup(menu)

    def _add_uses(self, menu: QMenu, source: Path | QImage) -> None:
        frame = self._context.player.frame
        for how, image, text in uses(frame):
            menu.addAction(icon(image), text, partial(self.intake.take, source, how, frame))

    def _take_all(self, sources: tuple[Path | QImage, ...]) -> None:
        for source in sources:
            self.intake.take(source, "library")

    def _popup(self, menu: QMenu) -> None:
        where = self._hovering or self.mapToGlobal(self.rect().center())
        self._hovering = None
        menu.popup(where)

    @Slot()
    def _show(self) -> None:
        seen = self.source.seen
        playing = self._context.player.playing
        self.empty.setVisible(seen is None)
        if seen is None:
            self.empty.refresh()
            self.canvas.show_image(None, QSize())
        else:
            onion = self._onion_on and not playing and seen.status is not None
            image = self._onion.over(seen.image, seen.frame) if onion else seen.image
            self.canvas.show_image(image, seen.size)
        self.chip.say(self._caption())
        self.back.setVisible(self.source.dreaming and not self.source.following)
        self._show_zoom()
        self._arrange()

    def _caption(self) -> str:
        seen = self.source.seen
        if seen is None:
            return ""
        named = seen.status is None or seen.frame != seen.wanted  # the caption itself names the frame then
        compared = tr("frame {frame}", frame=seen.frame) if self.canvas.pinned is not None and not named else ""
        return " · ".join(filter(None, (compared, seen.caption)))

    @Slot()
    def _show_zoom(self) -> None:
        view = self.canvas.view
        self.bar.show_zoom("" if view.zoom is None else tr("{zoom} %", zoom=round(view.zoom * 100)))

    @Slot()
    def _arrange(self) -> None:
        width, gap = self.width(), GRID + GRID // 2
        self.bar.move(width - self.bar.width() - gap, gap)
        comparing = self.canvas.pinned is not None
        top = self.bar.y() + self.bar.height() + GRID if comparing else gap
        left = gap
        self.pinned_chip.move(gap, top)
        if comparing:
            left = width - self.chip.width() - gap if self.canvas.wipe else width // 2 + gap
        self.chip.move(left, top)
        beside = self.chip.height() + GRID if self.chip.isVisibleTo(self) else 0
        self.back.move(left, top + beside)
        self.overlay.fit_into(width - 2 * gap)
        self.overlay.move((width - self.overlay.width()) // 2, self.height() - self.overlay.height() - gap)
        self.empty.move((width - self.empty.width()) // 2, (self.height() - self.empty.height()) // 2)

    @Slot()
    def _tapped(self) -> None:
        self._context.actions["play.toggle"].trigger()

    @Slot(bool)
    def _wipe(self, wipe: bool) -> None:
        self._context.settings.set("compare/wipe", wipe)
        self.canvas.set_wipe(wipe)
        self._arrange()

    @Slot()
    def _stop_comparing(self) -> None:
        action = self._context.actions["view.compare"]
        if action.isChecked():
            action.setChecked(False)
        if self.canvas.pinned is not None:
            self.set_compare(False)

    @Slot(object)
    def _saved(self, path: Path) -> None:
        self.hint.emit(tr("Saved {name}", name=path.name))

    @Slot(str, int)
    def _loaded(self, _path: str, height: int) -> None:
        if self._onion_on and height == 0:
            self._show()

    @Slot(str)
    def _setting(self, name: str) -> None:
        if name.startswith("onion/"):
            self._show()


def uses(frame: int) -> tuple[tuple[How, str, str], ...]:
    """What a picture can become: how, the icon, and what the menu says."""
    return (
        ("init", "image", tr("Init Image")),
        ("prompt", "image-plus", tr("Image Prompt at Frame {frame}", frame=frame)),
        ("library", "images", tr("Add to the Library")),
    )
