from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QComboBox, QLineEdit, QPlainTextEdit, QSlider, QWidget
from pytestqt.qtbot import QtBot

from studio.app.clip.page import TABS, AskClip, AskPage
from studio.app.clip.perceptors import Source
from studio.app.context import Context
from studio.app.pulse import Pulse
from studio.project import changes
from studio.project.model import PerceptorRef


def test_the_page_is_made_when_it_is_wanted(context: Context, qtbot: QtBot) -> None:
    over = QWidget()
    qtbot.addWidget(over)
    asking = AskClip(context, over)
    assert asking.close()
    assert asking.page is None
    asking.present()
    assert asking.page is not None
    assert asking.page.isVisible()
    first = asking.page
    first.close()
    asking.present()
    assert asking.page is first
    assert asking.close()
    first.close()


def test_perceptors_are_listed_and_chosen(page: AskPage, context: Context, qtbot: QtBot) -> None:
    texts = [page.model.itemText(place) for place in range(page.model.count())]
    assert texts[0] == "starter-clip (the project's)"
    assert "starter-evaluator" in texts
    page.model.setFocus()
    qtbot.keyClick(page.model, Qt.Key.Key_Down)
    assert page.shared.model == "starter-clip"
    page.present()
    assert page.model.currentText() == "starter-clip"
    context.document.apply(changes.set_perceptors((PerceptorRef("starter-evaluator"),)))
    assert page.model.itemText(0) == "starter-evaluator (the project's)"
    assert page.shared.model == "starter-clip"


def test_another_perceptor_is_asked_by_itself(
    page: AskPage, sources: tuple[Source, ...], loader: Any, qtbot: QtBot
) -> None:
    page.present("compare")
    page.compare.show_source(sources[0], "red")
    qtbot.waitUntil(lambda: page.compare.table is not None)
    page.model.setCurrentIndex(page.model.findData("starter-evaluator"))
    page.model.activated.emit(page.model.currentIndex())
    qtbot.waitUntil(lambda: page.compare.table is not None and page.compare.table.model == "starter-evaluator")
    assert [each.name for each in loader.made] == ["starter-clip", "starter-evaluator"]


def test_escape_stops_and_then_closes(page: AskPage, sources: tuple[Source, ...], loader: Any, qtbot: QtBot) -> None:
    loader.hold.clear()
    page.present("compare")
    page.compare.show_source(sources[0], "red")
    qtbot.waitUntil(lambda: page.compare.lane.busy)
    qtbot.keyClick(page.compare.texts, Qt.Key.Key_Escape)
    assert page.isVisible()
    loader.hold.set()
    qtbot.waitUntil(lambda: not page.compare.lane.busy)
    qtbot.keyClick(page.compare.texts, Qt.Key.Key_Escape)
    assert not page.isVisible()


@pytest.mark.parametrize("tab", TABS)
def test_closing_while_a_question_is_answered_ends_it(
    page: AskPage, pictures: Path, sources: tuple[Source, ...], loader: Any, qtbot: QtBot, tab: str
) -> None:
    loader.hold.clear()
    page.search.use_folder(pictures)
    page.present(tab)
    page.pages[tab].show_source(sources[0], "red")
    qtbot.waitUntil(lambda: page.pages[tab].lane.busy)
    page.close()
    loader.hold.set()
    qtbot.waitUntil(lambda: not page.pages[tab].lane.busy)
    qtbot.wait(30)
    assert page.compare.table is None
    assert page.explain.found is None


def test_shutting_down_while_a_network_is_loaded_tells_nothing(
    page: AskPage, sources: tuple[Source, ...], loader: Any, qtbot: QtBot
) -> None:
    page.present("compare")
    page.compare.show_source(sources[0], "red")
    assert page.close_down()
    qtbot.wait(30)
    assert page.compare.table is None


def test_everything_is_reached_by_key_and_has_a_name(page: AskPage) -> None:
    kinds = (QAbstractButton, QAbstractItemView, QComboBox, QLineEdit, QPlainTextEdit, QSlider)
    for name in TABS:
        page.present(name)
        for kind in kinds:
            for widget in page.findChildren(kind):
                if (
                    not widget.isVisible()
                    or widget.objectName().startswith("qt_")
                    or widget.inherits("QLineEditIconButton")
                ):
                    continue
                if widget.inherits("QTableCornerButton") or widget.inherits("QHeaderView"):
                    continue
                text = widget.text() if isinstance(widget, QAbstractButton) else ""
                assert widget.accessibleName() or text, widget
                assert widget.toolTip() or isinstance(widget, QAbstractItemView), widget
                assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus, widget


def test_the_starter_sees_what_it_was_taught_and_the_loop_goes_on(context: Context, qtbot: QtBot) -> None:
    from studio.project import samples

    frames = samples.frames("first-walk")
    page = AskPage(context)
    qtbot.addWidget(page)
    page.present("compare")
    page.compare.pictures.add((Source(frames[0], "first"), Source(frames[len(frames) // 3], "second")))
    page.compare.texts.setPlainText("a red apple in the grass\na purple heart on a starry night")
    pulse = Pulse()
    pulse.start()
    page.compare.ask()
    qtbot.waitUntil(lambda: page.compare.table is not None, timeout=180000)
    pulse.stop()
    assert page.compare.table is not None
    assert page.compare.table.cosine.argmax(1).tolist() == [0, 1]
    assert page.compare.table.probability.min(1).max() < 0.2
    assert pulse.percentile(0.5) < 50  # as a rule; other programs may hold the machine up now and then
    assert page.close_down()
