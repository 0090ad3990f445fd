from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.panels.fields import Field
from studio.app.panels.picture_section import SIZES, Divider, PictureSection
from studio.app.theme import theme
from studio.project import changes
from studio.project.model import Medium, Motion, Project
from studio.timeline.model import Timeline

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def section(context: Context, qtbot: QtBot) -> PictureSection:
    made = PictureSection(context)
    qtbot.addWidget(made)
    made.resize(290, 900)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def choose(qtbot: QtBot, combo: object, data: str) -> None:
    """With the keyboard."""
    target = combo.findData(data)  # type: ignore[attr-defined]
    for _ in range(abs(target - combo.currentIndex())):  # type: ignore[attr-defined]
        qtbot.keyClick(combo, Qt.Key.Key_Down if target > combo.currentIndex() else Qt.Key.Key_Up)  # type: ignore[attr-defined]


def typed(qtbot: QtBot, box: object, text: str) -> None:
    box.selectAll()  # type: ignore[attr-defined]
    qtbot.keyClicks(box, text)
    qtbot.keyClick(box, Qt.Key.Key_Return)


def keys(timeline: Timeline, name: str) -> dict[int, float]:
    return {key.frame: key.value for track in timeline.parameters if track.name == name for key in track.track.keys}


def test_medium_model_and_start(section: PictureSection, context: Context, qtbot: QtBot) -> None:
    assert section.medium.combo.currentText() == "Pixels"
    assert not section.model.isVisible(), "pixels have no weights"
    choose(qtbot, section.medium.combo, "biggan")
    assert context.document.project.medium == Medium("biggan", start="noise")
    assert section.model.isVisible()
    assert section.model.combo.currentText() == "starter-biggan"
    choose(qtbot, section.start.combo, "collage")
    assert context.document.project.medium.start == "collage"
    qtbot.mouseClick(section.start.back, LEFT)
    assert context.document.project.medium.start == ""
    context.document.apply(changes.set_medium(Medium("vqgan", "mine")))
    assert section.model.combo.currentText() == "mine (not here)"
    qtbot.mouseClick(section.model.back, LEFT)
    assert context.document.project.medium.model == ""


def test_size_by_list_or_by_numbers(section: PictureSection, context: Context, qtbot: QtBot) -> None:
    assert section.size_field.combo.currentText() == "Custom"
    assert section.width_field.isVisible()
    choose(qtbot, section.size_field.combo, "384x216")
    assert (context.document.project.width, context.document.project.height) == (384, 216)
    assert not section.width_field.isVisible()
    choose(qtbot, section.size_field.combo, "custom")
    assert section.width_field.isVisible()
    typed(qtbot, section.width_field.box, "400")
    assert (context.document.project.width, context.document.project.height) == (400, 1024), "the list was gone through"
    qtbot.mouseClick(section.size_field.back, LEFT)
    assert (context.document.project.width, context.document.project.height) == (256, 256)
    assert (256, 256) in SIZES


def test_a_parameter_without_a_track_gets_one(section: PictureSection, context: Context, qtbot: QtBot) -> None:
    steps = section.parameters["steps"]
    assert (steps.box.text(), steps.back.isVisible()) == ("150", False)
    context.player.seek(50)
    typed(qtbot, steps.box, "40")
    assert keys(context.document.timeline, "steps") == {0: 40}
    typed(qtbot, steps.box, "60")
    assert keys(context.document.timeline, "steps") == {0: 60}
    assert context.document.labels == ("Change steps", "Change steps")
    qtbot.mouseClick(steps.back, LEFT)
    assert keys(context.document.timeline, "steps") == {}
    assert steps.box.text() == "150"


def test_a_parameter_that_moves_gets_a_key_at_the_playhead(
    section: PictureSection, context: Context, qtbot: QtBot
) -> None:
    context.document.apply(changes.set_motion(Motion("follow")))
    zoom = section.parameters["zoom"]
    assert zoom.isVisible()
    assert zoom.label.text() == "Zoom ◆"
    assert "at the playhead" in zoom.box.toolTip()
    context.player.seek(32)
    assert zoom.box.text() == "1.04"
    context.player.seek(50)
    typed(qtbot, zoom.box, "1.2")
    assert keys(context.document.timeline, "zoom") == {0: 1.0, 32: 1.04, 50: 1.2, 96: 1.0}
    qtbot.mouseClick(zoom.back, LEFT)
    assert keys(context.document.timeline, "zoom") == {0: 1.0, 32: 1.04, 50: 1.0, 96: 1.0}, "no other key is lost"


def test_a_drag_of_a_slider_is_one_entry(section: PictureSection, context: Context, qtbot: QtBot) -> None:
    slider = section.parameters["cutouts"].slider
    start = slider.rect().center()
    slider.setValue(slider.maximum() // 2)
    context.document.seal()
    before = len(context.document.labels)
    qtbot.mousePress(slider, LEFT, pos=start)
    for step in (5, 12, 20):
        qtbot.mouseMove(slider, start + QPoint(step, 0))
    qtbot.mouseRelease(slider, LEFT, pos=start)
    assert len(context.document.labels) <= before + 1


def test_motion_shows_what_belongs_to_it(section: PictureSection, context: Context, qtbot: QtBot) -> None:
    assert section.refine.isVisible()
    assert not section.border.isVisible()
    qtbot.mouseClick(section.mode.buttons["follow"], LEFT)
    assert context.document.project.motion.mode == "follow"
    assert not section.refine.isVisible()
    choose(qtbot, section.border.combo, "wrap")
    assert context.document.project.motion == Motion("follow", border="wrap")
    qtbot.mouseClick(section.mode.buttons["walk"], LEFT)
    typed(qtbot, section.refine.box, "3")
    assert context.document.project.motion == Motion("walk", 3, "wrap")
    qtbot.mouseClick(section.refine.back, LEFT)
    assert context.document.project.motion.refine == 0


def test_the_loop_is_switched(section: PictureSection, context: Context, qtbot: QtBot) -> None:
    qtbot.mouseClick(section.loop.box, LEFT, pos=QPoint(12, section.loop.box.height() // 2))
    assert context.document.timeline.loop
    qtbot.mouseClick(section.loop.back, LEFT)
    assert not context.document.timeline.loop
    assert not section.loop.box.isChecked()


def test_the_init_image_is_seen_and_removed(
    section: PictureSection, context: Context, with_pictures: Callable[..., Project], qtbot: QtBot
) -> None:
    assert not section.init.isVisible()
    with_pictures(init_image="sea")
    assert section.init.isVisible()
    assert section.init_picture.name.text() == "sea"
    qtbot.waitUntil(lambda: section.init_picture.picture.pixmap().width() > 40)
    qtbot.mouseClick(section.init_remove, LEFT)
    assert context.document.project.init_image == ""
    assert not section.init.isVisible()


def test_the_finer_points_are_folded(section: PictureSection, qtbot: QtBot) -> None:
    assert not section.parameters["smoothness"].isVisible()
    qtbot.mouseClick(section.craft.button, LEFT)
    assert section.parameters["smoothness"].isVisible()
    assert section.craft.button.isChecked()


def test_every_control_has_a_name_and_says_what_it_does(section: PictureSection) -> None:
    from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit, QScrollBar

    kinds = (QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit)
    for widget in section.findChildren(object):
        of_qt = isinstance(widget, QScrollBar) or widget.objectName().startswith("qt_")  # type: ignore[attr-defined]
        if isinstance(widget, kinds) and not of_qt:
            named = widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")
            assert named, widget
            assert widget.toolTip(), named


def test_another_project_is_shown(section: PictureSection, context: Context) -> None:
    project = context.document.project
    context.document.open(replace(project, seed=77, width=512, height=512), None, context.document.folder)
    assert section.seed.box.text() == "77"
    assert section.size_field.combo.currentText() == "512 × 512"


def test_it_says_that_it_is_about_the_whole_project(section: PictureSection) -> None:
    line = section.findChild(Divider)
    assert section.title.text() == "Whole project"
    assert line.y() < section.title.y() < section.medium.y()
    place = line.grab().toImage().pixelColor(line.width() // 2, 0)
    assert place == theme().colours.line, "the line is to be seen"


def test_no_word_of_a_finer_point_is_cut_off(section: PictureSection, context: Context) -> None:
    section.craft.button.setChecked(True)
    fields = [field for field in section.craft.findChildren(Field) if field.label.text()]
    assert len(fields) > 5
    for field in fields:
        wide = max(field.label.fontMetrics().horizontalAdvance(word) for word in field.label.text().split())
        assert wide <= field.label.width(), field.label.text()
    assert section.minimumSizeHint().width() <= 290
