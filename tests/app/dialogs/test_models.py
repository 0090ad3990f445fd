from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.dialogs.models import ModelsDialog, megabytes
from studio.app.fetching import Fetching
from studio.base.cancel import CancelToken
from studio.base.errors import ModelError
from studio.base.progress import Progress
from studio.models import own
from studio.models.catalogue import everything
from studio.models.gathering import Gathered

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def fetching(qtbot: QtBot) -> Iterator[Fetching]:
    made = Fetching()
    yield made
    assert made.close()


@pytest.fixture
def dialog(context: Context, fetching: Fetching, qtbot: QtBot) -> ModelsDialog:
    made = ModelsDialog(context, fetching)
    qtbot.addWidget(made)
    made.present()
    return made


def test_every_model_has_a_row_that_says_what_can_be_done(dialog: ModelsDialog) -> None:
    assert dialog.rows.keys() == {entry.name for entry in everything()}
    shipped, real = dialog.rows["starter-clip"], dialog.rows["openai-vit-b-32"]
    assert shipped.state.text() == "ships with Keydream"
    assert not shipped.fetch.isVisible()
    assert not shipped.remove.isVisible()
    assert real.fetch.isVisible()
    assert "MB" in real.state.text()
    assert "MIT" in real.about.text()


def test_the_search_hides_the_others(dialog: ModelsDialog, qtbot: QtBot) -> None:
    qtbot.keyClicks(dialog.search, "openai large")
    assert dialog.rows["openai-vit-l-14"].isVisible()
    assert not dialog.rows["starter-clip"].isVisible()


def test_a_fetch_shows_how_far_it_is_and_can_be_stopped(
    dialog: ModelsDialog, fetching: Fetching, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    import studio.models.fetching

    def slow(entry: Any, *, token: CancelToken, report: Any, **_: Any) -> Any:
        report(Progress(25, 100, ""))
        while True:
            token.check()
            threading.Event().wait(0.01)

    monkeypatch.setattr(studio.models.fetching, "fetch", slow)
    row = dialog.rows["openai-vit-b-32"]
    qtbot.mouseClick(row.fetch, LEFT)
    qtbot.waitUntil(lambda: row.bar.value() == 250, timeout=20000)
    assert row.stop.isVisible()
    qtbot.mouseClick(row.stop, LEFT)
    qtbot.waitUntil(lambda: fetching.running == "", timeout=5000)
    assert row.fetch.isVisible()
    assert not row.bar.isVisible()


def test_a_fault_is_told_in_words(dialog: ModelsDialog, fetching: Fetching) -> None:
    fetching.failed.emit("openai-vit-b-32", ModelError("It did not come", "no network", "try later"))
    assert "try later" in dialog.told.text()
    assert dialog.told.property("role") == "error"


def test_own_models_are_listed_and_removed(dialog: ModelsDialog, fetching: Fetching, qtbot: QtBot) -> None:
    path = own.folder() / "mine.safetensors"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x")
    own.add(own.Own("mine", "clip", path, "ab" * 32, 1, "Added from mine.pt"))
    fetching.arrived.emit("mine")
    assert "choose it in the inspector" in dialog.told.text()
    qtbot.mouseClick(dialog.rows["mine"].remove, LEFT)
    assert "mine" not in dialog.rows


def test_checkpoints_are_dropped_and_other_files_are_not(
    dialog: ModelsDialog, fetching: Fetching, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[Gathered] = []
    monkeypatch.setattr(fetching, "add", taken.append)
    for names, expected in ((["a.txt"], False), (["b.ckpt"], True), (["c.yaml", "d.ckpt"], True)):
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(f"/tmp/{name}") for name in names])
        copy, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
        enter = QDragEnterEvent(QPoint(9, 9), copy, data, LEFT, none)
        enter.ignore()
        dialog.dragEnterEvent(enter)
        assert enter.isAccepted() is expected
        dialog.dropEvent(QDropEvent(QPointF(9, 9), copy, data, LEFT, none))
    assert taken == [Gathered(Path("/tmp/b.ckpt")), Gathered(Path("/tmp/d.ckpt"), Path("/tmp/c.yaml"))]
    assert dialog.told.text() == "Reading d.ckpt + c.yaml…"


def test_what_was_dropped_elsewhere_is_received_and_its_progress_told(
    dialog: ModelsDialog, fetching: Fetching, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[Gathered] = []
    monkeypatch.setattr(fetching, "add", taken.append)
    dialog.close()
    models = (Gathered(Path("/tmp/b.ckpt")),)
    dialog.receive(models)
    assert dialog.isVisible()
    assert taken == list(models)
    fetching.progressed.emit("b", Progress(25_000_000, 100_000_000, "converting b"))
    assert dialog.told.text() == "b: 25 MB of 100 MB"


def test_sizes_are_for_people() -> None:
    assert (megabytes(354e6), megabytes(1.71e9)) == ("354 MB", "1.7 GB")
