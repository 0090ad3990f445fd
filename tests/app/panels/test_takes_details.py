"""All that is known of the selected take."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.panels.takes_details import TakesDetails, facts
from studio.takes.index import Row
from studio.takes.take import Kept, TakeGuide, TakeMedium


@pytest.fixture
def details(context: Context, qtbot: QtBot) -> TakesDetails:
    made = TakesDetails()
    qtbot.addWidget(made)
    made.show()
    return made


def row_of(kept: Kept) -> Row:
    take = kept.take
    size = (take.width, take.height)
    return Row(take.key, take.prompt, take.medium.kind, size, take.score, take.star, take.created, take.tags)


def said(details: TakesDetails) -> str:
    QApplication.processEvents()  # what was added is shown then
    inside = details.widget()
    return " ".join(label.text() for label in inside.findChildren(QLabel) if label.isVisibleTo(inside))


def test_a_take_is_told_whole(details: TakesDetails, keep: Callable[..., Kept]) -> None:
    medium = TakeMedium(kind="vqgan", model="own", start="biggan", sha256="b" * 64, start_sha256="c" * 64)
    guides = (TakeGuide(model="", sha256="a" * 64, score=0.25), TakeGuide(model="large", sha256="d" * 64))
    kept = keep(7, "a | b:2", medium=medium, guides=guides, seconds=4.2, source="/films/walk.keydream", frame=12)
    details.show_rows([row_of(kept)])
    details.show_take(kept)
    text = said(details)
    for part in ("a | b:2", "vqgan · own · biggan", "32 × 24", "0.2500 · starter", "large", "b" * 12, "c" * 12):
        assert part in text
    assert "4.2 s on cpu" in text
    assert "First walk, frame 12" in text
    tips = {name: tip for name, _, tip in facts(kept.take)}
    assert "b" * 64 in tips["Weights"]
    assert tips["Project"] == "/films/walk.keydream"


def test_another_take_that_comes_late_is_not_shown(details: TakesDetails, keep: Callable[..., Kept]) -> None:
    first, second = keep(1, "first"), keep(2, "second", seconds=9.9)
    details.show_rows([row_of(first)])
    details.show_take(second)
    assert "9.9" not in said(details)


def test_several_show_what_they_have_in_common(details: TakesDetails, keep: Callable[..., Kept]) -> None:
    first, second = keep(1, tags=("a", "b")), keep(2, tags=("b",), medium=TakeMedium(kind="vqgan"))
    details.show_rows([row_of(first), row_of(second)])
    assert details.tags.text() == "b"
    assert "2 takes" in said(details)
    assert "pixels, vqgan" in said(details)
    assert "A walk stays within one medium" in said(details)
    details.show_rows([])
    assert not details.tags.isVisible()
    assert "Select a take" in said(details)


def test_tags_are_told_as_what_comes_and_what_goes(
    details: TakesDetails, keep: Callable[..., Kept], qtbot: QtBot
) -> None:
    details.show_rows([row_of(keep(1, tags=("a", "b")))])
    details.tags.selectAll()
    with qtbot.waitSignal(details.tags_wanted) as got:
        qtbot.keyClicks(details.tags, "b, c d,,")
        qtbot.keyClick(details.tags, Qt.Key.Key_Return)
    assert got.args == [("c d",), ("a",)]
    with qtbot.assertNotEmitted(details.tags_wanted):
        qtbot.keyClick(details.tags, Qt.Key.Key_Return)


def test_what_is_being_typed_outlives_a_new_listing(
    details: TakesDetails, keep: Callable[..., Kept], qtbot: QtBot
) -> None:
    kept = keep(1)
    details.show_rows([row_of(kept)])
    qtbot.keyClicks(details.tags, "half")
    starred = kept.take.model_copy(update={"star": True})
    details.show_rows([row_of(Kept(starred, kept.place))])
    assert details.tags.text() == "half"
