"""Context menus."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QMenu

from studio.app.table import EASES
from studio.app.theme import theme
from studio.app.timeline.geometry import Hit, Part
from studio.app.timeline.menus import fill_add_menu, free_name, menu_of, open_menu, track_menu
from studio.timeline.easing import Ease
from studio.timeline.edits import add_marker, add_prompt_track, set_ease, set_range
from studio.timeline.model import KeyRef, Marker, TrackRef
from studio.timeline.prompt import format_prompt
from studio.timeline.time import FrameRange


def texts(menu):
    return [action.text() for action in menu.actions() if not action.isSeparator()]


def action(menu, text):
    return next(each for each in menu.actions() if each.text() == text)


def submenu(menu, text):
    return next(each for each in menu.findChildren(QMenu) if each.title() == text)


@pytest.fixture
def key_menu(editor, hand, qtbot):
    def key_menu(at):
        made = menu_of(editor, editor.stage.hit(at.x(), at.y()))
        qtbot.addWidget(made)
        return made

    return key_menu


def test_a_key_has_eases_the_clipboard_split_and_reverse(key_menu, hand, context):
    menu = key_menu(hand.key(hand.prompts, 32))
    names = {each.objectName() for each in menu.actions()}
    wanted = {"edit.cut", "edit.copy", "edit.paste", "edit.duplicate", "edit.delete", "timeline.reverse"}
    assert wanted <= names
    assert "Edit Prompt" in texts(menu)
    assert context.choice.keys == {KeyRef(hand.prompts, 32)}


def test_eases_have_pictures_and_a_check(key_menu, hand, context):
    context.document.edit(set_ease([KeyRef(hand.prompts, 32)], Ease.HOLD))
    eases = {each.objectName(): each for each in submenu(key_menu(hand.key(hand.prompts, 32)), "Ease").actions()}
    assert tuple(eases) == tuple(EASES)
    assert [name for name, each in eases.items() if each.isChecked()] == ["timeline.hold"]
    assert not any(each.icon().isNull() for each in eases.values())
    accent = theme().colours.accent
    ground = {name: each.icon().pixmap(32).toImage().pixelColor(16, 3) for name, each in eases.items()}
    assert [name for name, colour in ground.items() if colour == accent] == ["timeline.hold"]
    done = []
    context.actions["timeline.linear"].triggered.connect(lambda: done.append(True))
    eases["timeline.linear"].trigger()
    assert done
    assert not context.actions["timeline.hold"].isCheckable()


def test_keys_of_several_eases_or_of_a_drawn_one_check_none(key_menu, hand, context):
    context.document.edit(set_ease([KeyRef(hand.prompts, 64)], Ease.HOLD))
    context.choice.select({KeyRef(hand.prompts, 32), KeyRef(hand.prompts, 64)})
    assert not any(each.isChecked() for each in submenu(key_menu(hand.key(hand.prompts, 32)), "Ease").actions())
    context.document.edit(set_ease([KeyRef(hand.prompts, 0)], Ease.bezier(0.1, 0.2, 0.3, 0.9)))
    assert not any(each.isChecked() for each in submenu(key_menu(hand.key(hand.prompts, 0)), "Ease").actions())


def test_a_menu_on_one_of_several_selected_keys_keeps_them(key_menu, hand, context):
    chosen = {KeyRef(hand.prompts, 32), KeyRef(hand.zoom, 0)}
    context.choice.select(chosen)
    key_menu(hand.key(hand.prompts, 32))
    assert context.choice.keys == chosen


def test_a_card_is_split_where_it_was_clicked(key_menu, hand, frames_of, context):
    action(key_menu(hand.key(hand.prompts, 50)), "Split at Frame 50").trigger()
    assert frames_of(hand.prompts) == (0, 32, 50, 64)
    assert context.document.labels == ("Split card",)


def test_a_prompt_is_added_on_a_card_and_typed_at_once(key_menu, hand, context, editor, qtbot, frames_of):
    add = action(key_menu(hand.key(hand.prompts, 50)), "Add Prompt Here")
    add.trigger()
    line = editor.lanes.line
    assert line.selectedText() == "a purple heart on a starry night"
    assert abs(line.x() - editor.scale.x(50)) < 4
    qtbot.keyClicks(line, "a green pear")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert frames_of(hand.prompts) == (0, 32, 50, 64)
    assert format_prompt(context.document.timeline.prompt("Prompt").track.key(50).value) == "a green pear"
    assert context.choice.keys == {KeyRef(hand.prompts, 50)}
    assert context.document.labels == ("Add prompt",)


def test_escape_adds_no_prompt_and_enter_adds_the_same(key_menu, hand, context, editor, qtbot, frames_of):
    for key, frames in ((Qt.Key.Key_Escape, (0, 32, 64)), (Qt.Key.Key_Return, (0, 32, 50, 64))):
        action(key_menu(hand.key(hand.prompts, 50)), "Add Prompt Here").trigger()
        qtbot.keyClick(editor.lanes.line, key)
        assert frames_of(hand.prompts) == frames
        assert editor.lanes.line is None
    assert context.document.labels == ("Add prompt",)
    assert not action(key_menu(hand.key(hand.prompts, 50) + QPoint(0, 15)), "Add Prompt Here").isEnabled()


def test_a_menu_on_screen_leaves_the_focus_to_what_is_typed(hand, editor, qtbot):
    at = hand.key(hand.prompts, 50)
    editor.lanes.menu_wanted.emit(editor.stage.hit(at.x(), at.y()), editor.lanes.mapToGlobal(at))
    menu = QApplication.activePopupWidget()
    qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action(menu, "Add Prompt Here")).center())
    editor.activateWindow()  # as the window system does when a popup goes
    qtbot.waitUntil(editor.lanes.line.hasFocus)
    editor.lanes.line.leave()


def test_a_lane_takes_a_key(key_menu, hand, frames_of, editor):
    at = hand.key(hand.zoom, 60)
    at.setY(round(editor.stage.top(hand.zoom)) + 3)
    action(key_menu(at), "Add Key Here").trigger()
    assert frames_of(hand.zoom) == (0, 32, 60, 96)


def test_the_ruler_takes_a_marker(key_menu, hand, context, editor):
    action(key_menu(hand.ruler(30)), "Add Marker Here").trigger()
    assert context.document.timeline.markers == (Marker(30, ""),)
    editor.lanes.line.leave()


def test_the_ruler_acts_where_it_was_clicked(key_menu, hand, context, editor):
    context.player.seek(5)
    key_menu(hand.ruler(30))
    assert context.player.frame == 30  # where Set In, Set Out and Render Frame act
    editor.set_in()
    editor.set_out()
    assert context.document.timeline.range == FrameRange(30, 31)
    context.document.edit(set_range(FrameRange(10, 40)))
    key_menu(hand.bar(40))
    assert context.player.frame == 39
    key_menu(hand.bar(10))
    assert context.player.frame == 10


def test_markers_are_coloured_and_removed(key_menu, hand, context):
    context.document.edit(add_marker(Marker(30, "wind")))
    menu = key_menu(hand.band(30))
    colours = submenu(menu, "Colour")
    colours.actions()[2].trigger()
    (marker,) = context.document.timeline.markers
    assert marker.name == "wind"
    assert marker.colour == "#3f9fd0"
    action(menu, "Remove Marker").trigger()
    assert context.document.timeline.markers == ()


def test_tracks_are_muted_removed_and_drive_others(editor, hand, context, qtbot):
    menu = track_menu(editor, hand.zoom)
    qtbot.addWidget(menu)
    action(menu, "Mute Track").trigger()
    assert context.document.timeline.parameter("zoom").muted
    drive = submenu(menu, "Drive Another Parameter")
    assert not action(drive, "Rotate").isEnabled()
    action(drive, "Pan X").trigger()
    assert context.document.timeline.parameter("pan_x").track.frames == (0, 32, 96)
    other = track_menu(editor, hand.rotate)
    qtbot.addWidget(other)
    action(other, "Remove Track").trigger()
    assert [track.name for track in context.document.timeline.parameters] == ["pan_x"]


def test_tracks_are_added(editor, context, qtbot):
    menu = QMenu(editor)
    fill_add_menu(menu, editor)
    parameters = submenu(menu, "Add Parameter Track")
    assert not action(parameters, "Zoom").isEnabled()
    action(parameters, "Smoothness").trigger()
    assert editor.stage.current == TrackRef("parameter", "smoothness")
    action(menu, "Add Prompt Track").trigger()
    assert context.document.timeline.prompts[-1].name == "Prompt 2"


def test_a_free_name_is_found(context):
    assert free_name(context.document.timeline) == "Prompt 2"
    context.document.edit(add_prompt_track("Prompt 2"))
    assert free_name(context.document.timeline) == "Prompt 3"


@pytest.mark.parametrize("part", [Part.EMPTY, Part.STRIP, Part.RULER, Part.IN])
def test_every_place_has_a_menu(editor, part, qtbot):
    menu = menu_of(editor, Hit(part, 3))
    qtbot.addWidget(menu)
    assert len(texts(menu)) >= 2


def test_a_menu_is_gone_when_it_closes(editor, qtbot):
    menu = menu_of(editor, Hit(Part.EMPTY, 3))
    gone = []
    menu.destroyed.connect(lambda: gone.append(True))
    open_menu(menu, editor.mapToGlobal(editor.rect().center()))
    assert menu.isVisible()
    menu.close()
    qtbot.waitUntil(lambda: bool(gone))
    assert not QApplication.activePopupWidget()
