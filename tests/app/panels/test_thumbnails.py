from __future__ import annotations

from collections.abc import Callable

from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.panels.thumbnails import SIDE, Thumbnail, Thumbnails
from studio.project.model import Project


def test_a_picture_comes_when_it_is_decoded(
    context: Context, with_pictures: Callable[..., Project], qtbot: QtBot
) -> None:
    with_pictures()
    thumbnails = Thumbnails(context)
    with qtbot.waitSignal(thumbnails.changed):
        assert thumbnails.pixmap("sea", 2.0) is None
    made = thumbnails.pixmap("sea", 2.0)
    assert made is not None
    assert (made.width(), made.height()) == (2 * SIDE, SIDE)
    assert made.devicePixelRatio() == 2


def test_what_is_missing_is_said(context: Context, with_pictures: Callable[..., Project]) -> None:
    with_pictures()
    thumbnails = Thumbnails(context)
    assert thumbnails.pixmap("sand") is None
    assert "missing" in thumbnails.missing("sand")
    assert "no picture called" in thumbnails.missing("nothing")
    assert thumbnails.missing("sea") == ""


def test_the_widget_shows_picture_and_name(
    context: Context, with_pictures: Callable[..., Project], qtbot: QtBot
) -> None:
    with_pictures()
    thumbnails = Thumbnails(context)
    widget = Thumbnail(thumbnails)
    qtbot.addWidget(widget)
    widget.show()
    with qtbot.waitSignal(thumbnails.changed):
        widget.show_asset("sea")
    assert widget.name.text() == "sea"
    assert widget.picture.pixmap().toImage().pixelColor(10, 10).blue() == 200
    widget.show_asset("sand")
    assert widget.name.text() == "sand: missing"
    assert "Put the file back" in widget.toolTip()


def test_a_long_name_is_one_line_without_its_middle(
    context: Context, with_pictures: Callable[..., Project], qtbot: QtBot
) -> None:
    with_pictures()
    widget = Thumbnail(Thumbnails(context))
    qtbot.addWidget(widget)
    widget.resize(SIDE + 100, SIDE)
    widget.show()
    name = "a-red-apple-left-a-purple-flower-right"
    widget.show_asset(name)
    narrow = widget.name.text()
    start, mark, end = narrow.partition("…")
    assert mark
    assert name.startswith(start)
    assert f"{name}: missing".endswith(end)
    assert widget.name.fontMetrics().horizontalAdvance(narrow) <= widget.name.width()
    assert name in widget.name.toolTip() + widget.toolTip()
    widget.resize(SIDE + 600, SIDE)
    assert widget.name.text() == f"{name}: missing"
