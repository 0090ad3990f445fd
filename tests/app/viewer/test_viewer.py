from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QColor, QContextMenuEvent, QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.frames import Status
from studio.app.viewer.intake import ASSET
from studio.app.viewer.viewer import Viewer
from studio.export.embed import read_embedded
from studio.models.gathering import Gathered
from studio.project.changes import add_asset
from studio.project.format import loads
from studio.project.model import Asset
from studio.render.queue import State
from studio.timeline.time import FrameRange


@pytest.fixture
def viewer(context: Context, folder: Path, qtbot: QtBot) -> Viewer:
    made = Viewer(context)
    qtbot.addWidget(made)
    actions = context.actions
    for name, handler in (
        ("view.fit", made.fit),
        ("view.actual", made.actual_size),
        ("view.double", made.double_size),
        ("view.closer", made.zoom_in),
        ("view.farther", made.zoom_out),
        ("play.toggle", context.player.toggle),
    ):
        actions.on(name, handler)
        made.addAction(actions[name])
    actions.switched("view.onion", made.set_onion)
    actions.switched("view.compare", made.set_compare)
    made.resize(900, 500)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def shows(viewer: Viewer, qtbot: QtBot, frame: int) -> QColor:
    def there() -> bool:
        seen = viewer.source.seen
        return seen is not None and seen.frame == frame and seen.status is not None

    qtbot.waitUntil(there, timeout=5000)
    image = viewer.current_image()
    assert image is not None
    return image.pixelColor(0, 0)


def centre(viewer: Viewer) -> QColor:
    return viewer.canvas.grab().toImage().pixelColor(viewer.width() // 2, viewer.height() // 2)


def entering(data: QMimeData) -> QDragEnterEvent:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Qt 6.12 wants a QPointF, which older ones do not take
        made = QDragEnterEvent(
            QPoint(450, 250), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        )
    made.ignore()
    return made


def dropped(viewer: Viewer, data: QMimeData) -> None:
    """Drag data onto the middle of the viewer and let go."""
    where, action = QPoint(450, 250), Qt.DropAction.CopyAction
    button, plain = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = entering(data)
    QApplication.sendEvent(viewer, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(viewer, QDropEvent(QPointF(where), action, data, button, plain))


def files(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def menu(viewer: Viewer, qtbot: QtBot) -> dict[str, QAction]:
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu), timeout=5000)
    found = QApplication.activePopupWidget()
    assert isinstance(found, QMenu)
    return {action.text(): action for action in found.actions()}


def choose(viewer: Viewer, qtbot: QtBot, text: str) -> None:
    """Pick an entry of the menu as the mouse would."""
    action = menu(viewer, qtbot)[text]
    found = QApplication.activePopupWidget()
    assert isinstance(found, QMenu)
    qtbot.mouseClick(found, Qt.MouseButton.LeftButton, pos=found.actionGeometry(action).center())


def test_an_empty_viewer_says_what_to_do(viewer: Viewer, context: Context, qtbot: QtBot, rendered: Any) -> None:
    assert viewer.empty.isVisible()
    assert viewer.current_image() is None
    rendered(0, 1)
    shows(viewer, qtbot, 0)
    assert not viewer.empty.isVisible()


def test_the_playheads_frame_is_on_the_screen(viewer: Viewer, context: Context, qtbot: QtBot, rendered: Any) -> None:
    rendered(0, 2)
    first = shows(viewer, qtbot, 0)
    assert centre(viewer) == first
    context.player.seek(1)
    second = shows(viewer, qtbot, 1)
    assert centre(viewer) == second != first
    assert not viewer.chip.isVisible()
    context.player.seek(44)
    qtbot.waitUntil(lambda: viewer.chip.text == "frame 1 · nearest to 44")
    assert viewer.chip.isVisible()


def test_a_render_is_watched_scrubbed_away_from_and_returned_to(
    viewer: Viewer, context: Context, qtbot: QtBot, rendered: Any, session: Any
) -> None:
    rendered(0, 2)
    session.steps, session.pause = 40, 0.03
    document = context.document
    number = context.rendering.submit(document.project, document.folder, FrameRange(40, 44)).number
    qtbot.waitUntil(lambda: viewer.chip.text == "dreaming frame 40", timeout=5000)
    assert viewer.overlay.isVisible()
    assert not viewer.back.isVisible()
    context.player.seek(1)
    colour = shows(viewer, qtbot, 1)
    assert viewer.back.isVisible()
    assert viewer.overlay.isVisible()
    assert centre(viewer) == colour
    qtbot.mouseClick(viewer.back, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: viewer.chip.text.startswith("dreaming frame"), timeout=5000)
    assert not viewer.back.isVisible()
    qtbot.mouseClick(viewer.overlay.cancel, Qt.MouseButton.LeftButton)
    assert viewer.chip.text == ""
    qtbot.waitUntil(lambda: context.rendering.queue.job(number).state is State.CANCELLED, timeout=5000)
    assert not viewer.overlay.isVisible()


def test_the_actions_zoom(viewer: Viewer, context: Context, qtbot: QtBot, rendered: Any) -> None:
    rendered(0, 1)
    shows(viewer, qtbot, 0)
    ratio = viewer.devicePixelRatioF()
    assert not viewer.bar.zoom.isVisible()
    qtbot.keyClick(viewer, Qt.Key.Key_1)
    assert viewer.canvas.picture_rect().width() * ratio == 64
    assert viewer.bar.zoom.text == "100 %"
    qtbot.keyClick(viewer, Qt.Key.Key_2)
    assert viewer.canvas.picture_rect().width() * ratio == 128
    qtbot.keyClick(viewer, Qt.Key.Key_Minus, Qt.KeyboardModifier.ControlModifier)
    assert viewer.bar.zoom.text == "160 %"
    qtbot.keyClick(viewer, Qt.Key.Key_Equal, Qt.KeyboardModifier.ControlModifier)
    assert viewer.bar.zoom.text == "200 %"
    qtbot.mouseClick(viewer.bar.buttons["view.fit"], Qt.MouseButton.LeftButton)
    assert viewer.canvas.view.zoom is None
    assert not viewer.bar.zoom.isVisible()


def test_zoom_and_place_stay_while_frames_change(viewer: Viewer, context: Context, qtbot: QtBot, rendered: Any) -> None:
    rendered(0, 1, quality="draft")
    shows(viewer, qtbot, 0)
    viewer.double_size()
    before = viewer.canvas.picture_rect()
    rendered(0, 2)
    qtbot.waitUntil(lambda: viewer.source.seen is not None and viewer.source.seen.status is Status.FINAL, timeout=5000)
    context.player.seek(1)
    shows(viewer, qtbot, 1)
    assert viewer.canvas.picture_rect() == before


def test_space_taps_play_and_held_it_drags(viewer: Viewer, context: Context, qtbot: QtBot, rendered: Any) -> None:
    rendered(0, 1)
    shows(viewer, qtbot, 0)
    viewer.double_size()
    canvas, left = viewer.canvas, Qt.MouseButton.LeftButton
    viewer.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, True)
    canvas.setFocus()
    qtbot.keyClick(canvas, Qt.Key.Key_Space)
    assert context.player.playing
    qtbot.keyClick(canvas, Qt.Key.Key_Space)
    assert not context.player.playing
    before = canvas.picture_rect()
    qtbot.keyPress(canvas, Qt.Key.Key_Space)
    qtbot.mousePress(canvas, left, pos=QPoint(400, 200))
    qtbot.mouseMove(canvas, QPoint(430, 210))
    qtbot.mouseRelease(canvas, left, pos=QPoint(430, 210))
    qtbot.keyRelease(canvas, Qt.Key.Key_Space)
    assert canvas.picture_rect().topLeft() - before.topLeft() == QPointF(30, 10)
    assert not context.player.playing


def test_onion_skin_changes_what_is_seen_but_not_the_picture(
    viewer: Viewer, context: Context, qtbot: QtBot, rendered: Any
) -> None:
    rendered(0, 13)
    context.player.seek(6)
    plain = shows(viewer, qtbot, 6)
    assert centre(viewer) == plain
    qtbot.mouseClick(viewer.bar.buttons["view.onion"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: centre(viewer) != plain, timeout=5000)
    image = viewer.current_image()
    assert image is not None
    assert image.pixelColor(0, 0) == plain
    context.settings.set("onion/before", 0)
    context.settings.set("onion/after", 0)
    assert centre(viewer) == plain
    context.settings.set("onion/before", 1)
    assert centre(viewer) != plain
    context.player.play(1)
    qtbot.waitUntil(lambda: centre(viewer) == plain or context.player.frame != 6)
    context.player.stop()


def test_compare_pins_a_frame_beside_the_ones_after(
    viewer: Viewer, context: Context, qtbot: QtBot, rendered: Any
) -> None:
    rendered(0, 2)
    first = shows(viewer, qtbot, 0)
    qtbot.mouseClick(viewer.bar.buttons["view.compare"], Qt.MouseButton.LeftButton)
    context.player.seek(1)
    second = shows(viewer, qtbot, 1)
    seen = viewer.canvas.grab().toImage()
    assert (seen.pixelColor(225, 250), seen.pixelColor(675, 250)) == (first, second)
    assert (viewer.pinned_chip.text, viewer.chip.text) == ("pinned · frame 0", "frame 1")
    assert viewer.bar.wipe.isVisible()
    qtbot.mouseClick(viewer.bar.wipe, Qt.MouseButton.LeftButton)
    seen = viewer.canvas.grab().toImage()
    assert (seen.pixelColor(400, 300), seen.pixelColor(500, 300)) == (first, second)
    assert context.settings.flag("compare/wipe")
    context.actions["view.compare"].trigger()
    assert centre(viewer) == second
    assert not viewer.bar.wipe.isVisible()
    assert not viewer.pinned_chip.isVisible()


def test_there_must_be_something_to_compare_with(viewer: Viewer, context: Context, qtbot: QtBot, folder: Path) -> None:
    with qtbot.waitSignal(viewer.hint):
        context.actions["view.compare"].trigger()
    assert not context.actions["view.compare"].isChecked()


def test_another_project_ends_comparing(
    viewer: Viewer, context: Context, qtbot: QtBot, rendered: Any, folder: Path
) -> None:
    rendered(0, 1)
    shows(viewer, qtbot, 0)
    context.actions["view.compare"].trigger()
    context.document.open(context.document.project, None, folder)
    assert not context.actions["view.compare"].isChecked()
    assert viewer.canvas.pinned is None
    assert viewer.empty.isVisible()


def test_the_picture_is_saved_with_its_project_and_copied(
    viewer: Viewer, context: Context, qtbot: QtBot, rendered: Any, tmp_path: Path
) -> None:
    viewer.save_frame(tmp_path / "none.png")
    assert not viewer.copy_frame()
    rendered(0, 1)
    colour = shows(viewer, qtbot, 0)
    with qtbot.waitSignal(viewer.hint, timeout=5000) as said:
        viewer.save_frame(str(tmp_path / "frame"))
    assert said.args == ["Saved frame.png"]
    text = read_embedded(tmp_path / "frame.png")
    assert text is not None
    assert loads(text) == context.document.project
    assert QImage(str(tmp_path / "frame.png")).pixelColor(3, 3) == colour
    assert viewer.copy_frame()
    assert QGuiApplication.clipboard().image().pixelColor(3, 3) == colour
    assert not (tmp_path / "none.png").exists()


def test_a_dropped_picture_becomes_what_the_menu_says(
    viewer: Viewer, context: Context, qtbot: QtBot, apple: Path
) -> None:
    context.player.seek(32)
    dropped(viewer, files(apple))
    assert list(menu(viewer, qtbot)) == ["Init Image", "Image Prompt at Frame 32", "Add to the Library"]
    with qtbot.waitSignal(viewer.hint, timeout=5000):
        choose(viewer, qtbot, "Init Image")
    assert context.document.project.init_image == "red-apple"
    data = QMimeData()
    data.setData(ASSET, b"red-apple")
    dropped(viewer, data)
    choose(viewer, qtbot, "Image Prompt at Frame 32")
    assert len(context.document.timeline.prompts[0].track.key(32).value.terms) == 2


def test_several_pictures_go_to_the_library(
    viewer: Viewer, context: Context, qtbot: QtBot, apple: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.png"
    image = QImage(3, 3, QImage.Format.Format_RGB32)
    image.fill(QColor("#00ff00"))
    image.save(str(other))
    dropped(viewer, files(apple, other))
    choose(viewer, qtbot, "Add All to the Library")
    qtbot.waitUntil(lambda: len(context.document.project.assets) == 2, timeout=5000)


def test_a_dropped_export_asks_to_be_opened(
    viewer: Viewer, qtbot: QtBot, rendered: Any, tmp_path: Path, context: Context
) -> None:
    rendered(0, 1)
    shows(viewer, qtbot, 0)
    with qtbot.waitSignal(viewer.hint, timeout=5000):
        viewer.save_frame(tmp_path / "frame.png")
    with qtbot.waitSignal(viewer.project_dropped, timeout=5000) as found:
        dropped(viewer, files(tmp_path / "frame.png"))
    assert found.args == [str(tmp_path / "frame.png")]


def test_a_dropped_model_is_offered_with_what_belongs_to_it(viewer: Viewer, qtbot: QtBot, tmp_path: Path) -> None:
    dropped(viewer, files(tmp_path / "model.yaml", tmp_path / "last.ckpt"))
    assert list(menu(viewer, qtbot)) == ["Add last.ckpt, model.yaml to Your Models"]
    with qtbot.waitSignal(viewer.models_dropped, timeout=5000) as found:
        choose(viewer, qtbot, "Add last.ckpt, model.yaml to Your Models")
    assert found.args == [(Gathered(tmp_path / "last.ckpt", tmp_path / "model.yaml"),)]


def test_words_cannot_be_dropped(viewer: Viewer) -> None:
    data = QMimeData()
    data.setText("words")
    enter = entering(data)
    QApplication.sendEvent(viewer, enter)
    assert not enter.isAccepted()


def test_pasting_asks_too(viewer: Viewer, context: Context, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setText("words")
    assert not viewer.paste()
    image = QImage(3, 3, QImage.Format.Format_RGB32)
    image.fill(QColor("#00ff00"))
    QGuiApplication.clipboard().setImage(image)
    assert viewer.paste()
    choose(viewer, qtbot, "Add to the Library")
    qtbot.waitUntil(lambda: [each.id for each in context.document.project.assets] == ["picture"], timeout=5000)


def test_an_asset_that_is_gone_asks_nothing(viewer: Viewer, context: Context) -> None:
    context.document.apply(add_asset(Asset("apple", "apple.png")))
    context.document.undo()
    data = QMimeData()
    data.setData(ASSET, b"apple")
    dropped(viewer, data)
    assert QApplication.activePopupWidget() is None


def test_the_menu_offers_what_can_be_done(viewer: Viewer, context: Context, qtbot: QtBot, rendered: Any) -> None:
    def ask() -> None:
        QApplication.sendEvent(viewer, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(9, 9), QPoint(9, 9)))

    ask()
    assert not menu(viewer, qtbot)["Copy Picture"].isEnabled()
    found = QApplication.activePopupWidget()
    assert found is not None
    found.close()
    rendered(0, 1)
    shows(viewer, qtbot, 0)
    ask()
    assert "Init Image" in menu(viewer, qtbot)
    choose(viewer, qtbot, "Copy Picture")
    assert not QGuiApplication.clipboard().image().isNull()


def test_everything_stays_inside_a_small_viewer(viewer: Viewer, context: Context, session: Any, qtbot: QtBot) -> None:
    session.hold.clear()
    number = context.rendering.submit(context.document.project, context.document.folder).number
    qtbot.waitUntil(lambda: context.rendering.live is not None, timeout=5000)
    viewer.resize(420, 260)
    for part in (viewer.overlay, viewer.bar):
        assert viewer.rect().contains(part.geometry())
    context.rendering.cancel(number)
    qtbot.waitUntil(lambda: context.rendering.running is None, timeout=5000)


def test_both_sides_of_a_comparison_say_their_frame(
    viewer: Viewer, context: Context, qtbot: QtBot, rendered: Any
) -> None:
    rendered(0, 2, quality="draft")
    shows(viewer, qtbot, 0)
    qtbot.mouseClick(viewer.bar.buttons["view.compare"], Qt.MouseButton.LeftButton)
    context.player.seek(1)
    qtbot.waitUntil(lambda: viewer.source.seen is not None and viewer.source.seen.frame == 1)
    assert viewer.chip.text == "frame 1 · draft"
    context.player.seek(40)
    qtbot.waitUntil(lambda: "nearest" in viewer.chip.text)
    assert viewer.chip.text.count("frame 1") == 1
