"""The takes as a model."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.keyframing import dragged
from studio.app.panels.takes_model import ROW, TakesModel, runs, thumbnail
from studio.takes.index import Row


def row(number: int, **changes: object) -> Row:
    fields = {
        "key": f"{number:064x}",
        "prompt": f"prompt {number}",
        "medium": "pixels",
        "size": (32, 24),
        "score": number / 10,
        "star": False,
        "created": 1000.0 + number,
        "tags": (),
        **changes,
    }
    return Row(**fields)  # type: ignore[arg-type]


@pytest.fixture
def model(context: Context) -> TakesModel:
    made = TakesModel(context.pictures)
    made.put([row(1), row(2, star=True, tags=("night",)), row(3, score=None)], Path("/takes/kept"))
    return made


def test_it_is_a_model_as_qt_has_them(model: TakesModel, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(model)


def test_rows_tell_what_they_are(model: TakesModel) -> None:
    index = model.index(1)
    assert index.data() == "prompt 2"
    assert index.data(ROW) == model.rows[1]
    tip = index.data(Qt.ItemDataRole.ToolTipRole)
    assert all(part in tip for part in ("prompt 2", "pixels, 32 × 24", "0.200", "with a star", "night"))
    assert model.data(QModelIndex()) is None
    assert model.place(row(3).key) == 2
    assert model.place("nowhere") is None
    assert model.folder(row(3).key) == Path("/takes/kept") / row(3).key


def test_only_what_changes_is_told(model: TakesModel, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(model.modelReset), qtbot.waitSignal(model.dataChanged):
        assert not model.put([row(1, star=True), row(2), row(3)], Path("/takes/kept"))
    with qtbot.assertNotEmitted(model.modelReset), qtbot.assertNotEmitted(model.dataChanged):
        model.put(list(model.rows), Path("/takes/kept"))
    with qtbot.waitSignal(model.modelReset):
        assert model.put([row(3), row(1)], Path("/takes/kept"))
    with qtbot.waitSignal(model.modelReset):
        assert model.put([row(3), row(1)], Path("/takes/bin"))


def test_what_fits_best_comes_first_and_what_was_not_looked_at_last(model: TakesModel) -> None:
    model.put(model.rows, Path("/takes/kept"), {row(3).key: 0.4, row(2).key: -0.1})
    assert [each.prompt for each in model.rows] == ["prompt 3", "prompt 2", "prompt 1"]
    assert "0.400" in model.index(0).data(Qt.ItemDataRole.ToolTipRole)


def test_takes_are_dragged_with_their_pictures_and_prompts(model: TakesModel) -> None:
    assert model.flags(model.index(0)) & Qt.ItemFlag.ItemIsDragEnabled
    data = model.mimeData([model.index(2), model.index(0)])
    assert set(model.mimeTypes()) <= set(data.formats())
    assert dragged(data) == (model.folder(row(1).key), model.folder(row(3).key))
    assert [url.fileName() for url in data.urls()] == ["picture.png"] * 2
    assert data.text() == "prompt 1\nprompt 3"


def test_a_picture_that_was_decoded_is_shown(model: TakesModel, context: Context, qtbot: QtBot) -> None:
    with qtbot.waitSignal(model.dataChanged) as got:
        context.pictures.loaded.emit(str(thumbnail(model.folder(row(2).key), 100)), 100)
    assert got.args[0].row() == 1
    with qtbot.assertNotEmitted(model.dataChanged):
        context.pictures.loaded.emit("/elsewhere/thumbnail.webp", 100)


def test_large_cells_get_the_picture_itself() -> None:
    assert [thumbnail(Path("t"), pixels).name for pixels in (100, 300)] == ["thumbnail.webp", "picture.png"]


def test_places_that_follow_each_other_are_one_run() -> None:
    assert list(runs([0, 1, 2, 5, 7, 8])) == [(0, 2), (5, 5), (7, 8)]
    assert list(runs([])) == []
