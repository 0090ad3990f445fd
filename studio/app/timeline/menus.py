"""Context menus of the timeline. What the table of actions has is taken from there, with its shortcut."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QColor, QIcon, QKeySequence, QPainter, QPixmap
from PySide6.QtWidgets import QMenu

from studio.app.ease_icons import ease_icon
from studio.app.icons import icon
from studio.app.table import EASES
from studio.app.texts import tr
from studio.app.theme import theme
from studio.app.timeline.geometry import Hit, Part
from studio.timeline.edits import (
    add_parameter_track,
    add_prompt_track,
    change_marker,
    remove_marker,
    remove_track,
    rename_track,
    set_muted,
)
from studio.timeline.model import ParameterTrack, Timeline, TrackRef
from studio.timeline.parameters import PARAMETERS

if TYPE_CHECKING:
    from studio.app.timeline.editor import TimelineEditor

_KEYS = ("edit.cut", "edit.copy", "edit.paste", "edit.duplicate", "edit.delete")


def menu_of(editor: TimelineEditor, hit: Hit) -> QMenu:
    """The menu of what is under the pointer. That of the ruler acts at the playhead, which goes there first."""
    if hit.part in (Part.RULER, Part.STRIP, Part.IN, Part.OUT):
        return _place_menu(editor, hit)
    if hit.part in (Part.KEY, Part.CARD):
        return _key_menu(editor, hit)
    if hit.part is Part.MARKER:
        return _marker_menu(editor, hit.frame)
    menu = _new(editor)
    if hit.part is Part.LANE and hit.row is not None and hit.row.ref is not None:
        ref = hit.row.ref
        words = tr("Add Prompt Here") if ref.kind == "prompt" else tr("Add Key Here")
        _add(menu, words, "diamond-plus", lambda: editor.write_key(ref, hit.frame))
        _actions(menu, editor, "edit.paste", "edit.select_all")
        menu.addSeparator()
        _fill_track_menu(menu, editor, ref)
        return menu
    _actions(menu, editor, "edit.paste", "edit.select_all")
    menu.addSeparator()
    fill_add_menu(menu, editor)
    return menu


def track_menu(editor: TimelineEditor, ref: TrackRef) -> QMenu:
    """The menu of a track's header."""
    menu = _new(editor)
    _fill_track_menu(menu, editor, ref)
    return menu


def fill_add_menu(menu: QMenu, editor: TimelineEditor) -> None:
    """What can be added: another prompt track, and each parameter that has none."""
    _add(menu, tr("Add Prompt Track"), "plus", lambda: _add_prompts(editor))
    parameters = menu.addMenu(icon("plus"), tr("Add Parameter Track"))
    parameters.setToolTipsVisible(True)
    used = {track.name for track in editor.stage.timeline.parameters}
    for name, spec in PARAMETERS.items():
        action = _add(parameters, tr(spec.label), "", functools.partial(_add_parameter, editor, name))
        action.setToolTip(tr(spec.help))
        action.setEnabled(name not in used)


def open_menu(menu: QMenu, at: QPoint) -> None:
    """Show a menu that is forgotten when it closes."""
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.popup(at)


def free_name(timeline: Timeline) -> str:
    """A name for another prompt track."""
    taken = {track.name for track in timeline.prompts}
    names = (tr("Prompt") if number == 1 else f"{tr('Prompt')} {number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def _place_menu(editor: TimelineEditor, hit: Hit) -> QMenu:
    player = editor.stage.context.player
    player.stop()
    player.seek(hit.frame - 1 if hit.part is Part.OUT else hit.frame)
    menu = _new(editor)
    _add(menu, tr("Add Marker Here"), "bookmark", editor.add_marker)
    _actions(menu, editor, "timeline.in", "timeline.out", "timeline.clear_range")
    menu.addSeparator()
    _actions(menu, editor, "render.range", "render.frame")
    return menu


def _key_menu(editor: TimelineEditor, hit: Hit) -> QMenu:
    assert hit.key is not None
    key, choice = hit.key, editor.stage.context.choice
    if key not in choice.keys:
        choice.select([key])
    menu = _new(editor)
    prompt = key.track.kind == "prompt"
    words = tr("Edit Prompt") if prompt else tr("Edit Frame and Value…")
    _add(menu, words, "type" if prompt else "sliders-horizontal", lambda: editor.lanes.edit(key))
    if hit.part is Part.CARD:
        here = _add(menu, tr("Add Prompt Here"), "diamond-plus", lambda: editor.write_key(key.track, hit.frame))
        here.setEnabled(editor.stage.timeline.find(key.track).track.find(hit.frame) is None)
    menu.addSeparator()
    _fill_ease_menu(menu, editor)
    menu.addSeparator()
    _actions(menu, editor, *_KEYS)
    menu.addSeparator()
    frame = hit.frame if hit.part is Part.CARD else editor.stage.context.player.frame
    split = _add(menu, tr("Split at Frame {frame}", frame=frame), "scissors", lambda: editor.split(key.track, frame))
    split.setEnabled(editor.stage.timeline.find(key.track).track.find(frame) is None)
    _actions(menu, editor, "timeline.reverse")
    return menu


def _fill_ease_menu(menu: QMenu, editor: TimelineEditor) -> None:
    """The eases as pictures, with that of all selected keys lit, as in the inspector."""
    timeline, actions = editor.stage.timeline, editor.stage.context.actions
    names = {timeline.key(key).ease.name for key in editor.stage.context.choice.keys}
    now = names.pop() if len(names) == 1 else ""
    eases = menu.addMenu(ease_icon(now) if now else icon("spline"), tr("Ease"))
    eases.setToolTipsVisible(True)
    for name, ease in EASES.items():
        known = actions[name]
        shown = known.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        # The action itself has no picture of its curve, and its check would show in other menus too.
        action = _add(eases, f"{known.text()}\t{shown}" if shown else known.text(), "", known.trigger)
        action.setIcon(_lit(ease_icon(ease)) if ease == now else ease_icon(ease))
        action.setObjectName(name)
        action.setToolTip(known.toolTip())
        action.setCheckable(True)
        action.setChecked(ease == now)
        action.setEnabled(known.isEnabled())


def _marker_menu(editor: TimelineEditor, frame: int) -> QMenu:
    document = editor.stage.context.document
    marker = next(each for each in document.timeline.markers if each.frame == frame)
    menu = _new(editor)
    _add(menu, tr("Rename…"), "type", lambda: editor.lanes.edit_marker(frame))
    colours = menu.addMenu(icon("palette"), tr("Colour"))
    names = (tr("Orange"), tr("Violet"), tr("Blue"), tr("Green"), tr("Gold"), tr("Pink"), tr("Teal"), tr("Lavender"))
    for name, colour in zip(names, theme().colours.prompts, strict=False):
        change = change_marker(frame, replace(marker, colour=colour.name()))
        action = _add(colours, name, "", functools.partial(document.edit, change))
        action.setIcon(_swatch(colour))
    _add(menu, tr("Remove Marker"), "trash-2", lambda: document.edit(remove_marker(frame)))
    return menu


def _fill_track_menu(menu: QMenu, editor: TimelineEditor, ref: TrackRef) -> None:
    document = editor.stage.context.document
    track = editor.stage.timeline.find(ref)
    if isinstance(track, ParameterTrack):
        other = menu.addMenu(icon("sliders-horizontal"), tr("Drive Another Parameter"))
        used = {each.name for each in editor.stage.timeline.parameters}
        for name, spec in PARAMETERS.items():
            action = _add(other, tr(spec.label), "", functools.partial(document.edit, rename_track(ref, name)))
            action.setEnabled(name not in used)
    else:
        _add(menu, tr("Rename…"), "type", lambda: editor.header.edit_name(ref))
    words, picture = (tr("Unmute Track"), "eye") if track.muted else (tr("Mute Track"), "eye-off")
    _add(menu, words, picture, lambda: document.edit(set_muted([ref], not track.muted)))
    _add(menu, tr("Remove Track"), "trash-2", lambda: document.edit(remove_track(ref)))
    menu.addSeparator()
    fill_add_menu(menu, editor)


def _new(editor: TimelineEditor) -> QMenu:
    editor.stage.context.actions.refresh()
    menu = QMenu(editor)
    menu.setToolTipsVisible(True)
    return menu


def _add(menu: QMenu, text: str, picture: str, do: Callable[[], object]) -> QAction:
    action = menu.addAction(text)
    if picture:
        action.setIcon(icon(picture))
    action.triggered.connect(lambda _checked=False: do())
    return action


def _actions(menu: QMenu, editor: TimelineEditor, *names: str) -> None:
    for name in names:
        menu.addAction(editor.stage.context.actions[name])


def _add_prompts(editor: TimelineEditor) -> None:
    name = free_name(editor.stage.timeline)
    if editor.stage.context.document.edit(add_prompt_track(name)):
        _go_to(editor, TrackRef("prompt", name))


def _add_parameter(editor: TimelineEditor, name: str) -> None:
    if editor.stage.context.document.edit(add_parameter_track(name)):
        _go_to(editor, TrackRef("parameter", name))


def _go_to(editor: TimelineEditor, ref: TrackRef) -> None:
    editor.stage.set_current(ref)
    editor.stage.reveal_row(ref)


def _lit(picture: QIcon) -> QIcon:
    """A picture on the accent: menus show no check beside a picture."""
    made = QPixmap(72, 72)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().colours.accent)
    painter.drawRoundedRect(0, 0, 72, 72, 14, 14)
    picture.paint(painter, 8, 8, 56, 56, Qt.AlignmentFlag.AlignCenter, QIcon.Mode.Normal, QIcon.State.On)
    painter.end()
    return QIcon(made)


def _swatch(colour: QColor) -> QIcon:
    made = QPixmap(32, 32)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(2, 2, 28, 28)
    painter.end()
    return QIcon(made)
