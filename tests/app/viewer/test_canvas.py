from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.app.theme import theme
from studio.app.viewer.canvas import Canvas
from studio.app.viewer.view import View

SIZE = QSize(200, 100)
RED, BLUE = QColor("#ff0000"), QColor("#0000ff")


def plain(colour: QColor, width: int = 200, height: int = 100) -> QImage:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(colour)
    return image


def chequered(width: int, height: int) -> QImage:
    rows = [bytes(255 * ((x + y) % 2) for x in range(width)) for y in (1, 0)]
    grey = b"".join(rows[y % 2] for y in range(height))
    return QImage(grey, width, height, width, QImage.Format.Format_Grayscale8).convertToFormat(
        QImage.Format.Format_RGB32
    )


def wheel(canvas: Canvas, at: QPoint, notches: int) -> None:
    event = QWheelEvent(
        QPointF(at),
        QPointF(canvas.mapToGlobal(at)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    made = Canvas()
    qtbot.addWidget(made)
    made.resize(600, 400)
    made.show_image(plain(RED), SIZE)
    made.show()
    qtbot.waitExposed(made)
    return made


def at_ratio(canvas: Canvas, ratio: float, monkeypatch: pytest.MonkeyPatch) -> QImage:
    """How the canvas looks on a screen of that pixel ratio, in device pixels."""
    monkeypatch.setattr(canvas, "devicePixelRatioF", lambda: ratio)
    image = QImage(canvas.size() * ratio, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    canvas.render(image)
    return image


def test_around_the_picture_is_the_windows_colour(canvas: Canvas) -> None:
    seen = canvas.grab().toImage()
    assert seen.pixelColor(2, 2) == theme().colours.window
    assert seen.pixelColor(300, 200) == RED


def test_the_wheel_zooms_at_the_cursor(canvas: Canvas) -> None:
    canvas.set_view(View(1.0))
    at = QPoint(260, 180)
    before = canvas.picture_rect()
    wheel(canvas, at, 3)
    after = canvas.picture_rect()
    assert canvas.zoom == pytest.approx(1.25**3)
    for old, new in (
        ((at.x() - before.x()) / before.width(), (at.x() - after.x()) / after.width()),
        ((at.y() - before.y()) / before.height(), (at.y() - after.y()) / after.height()),
    ):
        assert new == pytest.approx(old, abs=0.01)


def test_a_fitted_picture_keeps_fitting(canvas: Canvas) -> None:
    canvas.resize(1000, 300)
    assert canvas.picture_rect().height() == pytest.approx(300 - 2 * 52, abs=1)
    assert canvas.view.zoom is None


@pytest.mark.parametrize("ratio", [1, 1.5, 2])
def test_a_hundred_percent_copies_pixels_exactly(canvas: Canvas, ratio: float, monkeypatch: pytest.MonkeyPatch) -> None:
    image = chequered(40, 30)
    canvas.show_image(image, image.size())
    canvas.set_view(View(1.0))
    seen = at_ratio(canvas, ratio, monkeypatch)
    place = canvas.picture_rect()
    corner = QPoint(round(place.x() * ratio), round(place.y() * ratio))
    assert seen.copy(corner.x(), corner.y(), 40, 30) == image.convertToFormat(seen.format())


def colours_of(image: QImage) -> set[str]:
    return {image.pixelColor(x, y).name() for x in range(0, image.width()) for y in range(0, image.height(), 7)}


def test_pixels_are_squares_at_two_hundred_percent_and_smooth_below(canvas: Canvas) -> None:
    image = chequered(40, 30)
    canvas.show_image(image, image.size())
    canvas.set_view(View(2.0))
    inside = canvas.picture_rect().toRect()
    assert colours_of(canvas.grab(inside).toImage()) == {"#000000", "#ffffff"}
    canvas.set_view(View(1.5))
    assert len(colours_of(canvas.grab(canvas.picture_rect().toRect()).toImage())) > 2


def test_a_small_picture_of_fine_lines_becomes_grey_not_noise(canvas: Canvas) -> None:
    image = chequered(400, 400)
    canvas.show_image(image, image.size())
    canvas.set_view(View(0.25))
    seen = canvas.grab(canvas.picture_rect().toRect().adjusted(4, 4, -4, -4)).toImage()
    assert all(100 < seen.pixelColor(x, x).red() < 156 for x in range(0, 80, 7))


def test_a_draft_takes_the_place_of_the_final_picture(canvas: Canvas) -> None:
    before = canvas.picture_rect()
    canvas.show_image(plain(BLUE, 100, 50), SIZE)
    assert canvas.picture_rect() == before
    assert canvas.grab().toImage().pixelColor(300, 200) == BLUE


def test_the_middle_button_pans(canvas: Canvas, qtbot: QtBot) -> None:
    canvas.set_view(View(1.0))
    before = canvas.picture_rect()
    qtbot.mousePress(canvas, Qt.MouseButton.MiddleButton, pos=QPoint(300, 200))
    qtbot.mouseMove(canvas, QPoint(310, 190))
    qtbot.mouseMove(canvas, QPoint(340, 185))
    assert canvas.cursor().shape() == Qt.CursorShape.ClosedHandCursor
    qtbot.mouseRelease(canvas, Qt.MouseButton.MiddleButton, pos=QPoint(340, 185))
    assert canvas.picture_rect().topLeft() - before.topLeft() == QPointF(40, -15)
    qtbot.mouseMove(canvas, QPoint(100, 100))
    assert canvas.picture_rect().topLeft() - before.topLeft() == QPointF(40, -15)


def test_the_left_button_pans_only_with_the_hand(canvas: Canvas, qtbot: QtBot) -> None:
    def drag() -> None:
        qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(300, 200))
        qtbot.mouseMove(canvas, QPoint(320, 200))
        qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(320, 200))

    canvas.set_view(View(1.0))
    before = canvas.picture_rect()
    drag()
    assert canvas.picture_rect() == before
    canvas.set_hand(True)
    assert canvas.cursor().shape() == Qt.CursorShape.OpenHandCursor
    pushed = []
    canvas.pushed.connect(lambda: pushed.append(True))
    drag()
    assert pushed
    assert canvas.picture_rect().x() == before.x() + 20
    canvas.set_hand(False)
    assert canvas.cursor().shape() == Qt.CursorShape.ArrowCursor


def test_two_pictures_stand_side_by_side_under_one_view(canvas: Canvas) -> None:
    canvas.pin(plain(BLUE), SIZE)
    seen = canvas.grab().toImage()
    assert (seen.pixelColor(150, 200), seen.pixelColor(450, 200)) == (BLUE, RED)
    wheel(canvas, QPoint(150, 200), 5)
    seen = canvas.grab().toImage()
    assert (seen.pixelColor(150, 200), seen.pixelColor(450, 200)) == (BLUE, RED)
    assert (seen.pixelColor(290, 200), seen.pixelColor(310, 200)) == (BLUE, RED)


def test_the_divider_of_a_wipe_is_dragged_and_stays_inside(canvas: Canvas, qtbot: QtBot) -> None:
    canvas.set_view(View(2.0))
    canvas.pin(plain(BLUE), SIZE)
    canvas.set_wipe(True)
    seen: Callable[[int], QColor] = lambda x: canvas.grab().toImage().pixelColor(x, 130)  # noqa: E731
    assert (seen(250), seen(350)) == (BLUE, RED)
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(302, 100))
    qtbot.mouseMove(canvas, QPoint(380, 100))
    assert canvas.cursor().shape() == Qt.CursorShape.SplitHCursor
    assert (seen(350), seen(390)) == (BLUE, RED)
    qtbot.mouseMove(canvas, QPoint(5000, 100))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(599, 100))
    assert canvas.divider == 1
    qtbot.mouseMove(canvas, QPoint(300, 100))
    assert canvas.divider == 1


def test_the_focus_shows_when_it_came_by_the_keyboard(canvas: Canvas) -> None:
    canvas.activateWindow()
    canvas.clearFocus()
    canvas.setFocus(Qt.FocusReason.TabFocusReason)
    assert canvas.grab().toImage().pixelColor(300, 1) == theme().colours.focus
    canvas.clearFocus()
    assert canvas.grab().toImage().pixelColor(300, 1) == theme().colours.window


def test_nothing_to_show_is_no_fault(canvas: Canvas, qtbot: QtBot) -> None:
    canvas.show_image(None, QSize())
    wheel(canvas, QPoint(100, 100), 2)
    qtbot.mousePress(canvas, Qt.MouseButton.MiddleButton, pos=QPoint(100, 100))
    qtbot.mouseMove(canvas, QPoint(120, 100))
    assert canvas.grab().toImage().pixelColor(300, 200) == theme().colours.window
