from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.documents import Documents
from studio.base.cancel import never
from studio.base.errors import StudioError
from studio.base.presence import Presence
from studio.base.progress import silent
from studio.export import ExportOptions, export
from studio.project import recovery, samples, store
from studio.project.changes import add_asset, set_medium, set_seed, set_size
from studio.project.format import dumps
from studio.project.model import Asset, Medium, Project
from studio.render.variations import by_seeds, prompt_at, small
from studio.timeline.time import FrameRange


class FakeAsk:
    """Answers what it was told to, and remembers what it was asked."""

    def __init__(self) -> None:
        self.file: Path | None = None
        self.answers: list[str] = []
        self.asked: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = []
        self.errors: list[StudioError] = []
        self.suggested: list[Any] = []

    def choose_file(self, title: str, filters: str) -> Path | None:
        return self.file

    def save_file(self, title: str, name: Any, filters: str) -> Path | None:
        self.suggested.append(name)
        return self.file

    def question(self, heading: str, text: str, choices: Any, *, points: Any = (), kind: str = "") -> str:
        self.asked.append((heading, tuple(points), tuple(choice.id for choice in choices)))
        answer = self.answers.pop(0)
        assert answer == "" or answer in self.asked[-1][2]
        return answer

    def explain(self, error: StudioError, choices: Any = ()) -> str:
        self.errors.append(error)
        return self.answers.pop(0) if choices else "ok"


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def documents(context: Context, parent: QWidget) -> Iterator[Documents]:
    made = Documents(context, parent)
    made.ask = FakeAsk()  # type: ignore[assignment]
    yield made
    assert not made.ask.answers, "an answer was not asked for"
    made.close()


@pytest.fixture
def ask(documents: Documents) -> FakeAsk:
    return documents.ask  # type: ignore[return-value]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "walk.keydream"


def edit(context: Context, seed: int = 7) -> None:
    assert context.document.apply(set_seed(seed))


def saved(documents: Documents, ask: FakeAsk, path: Path) -> None:
    ask.file = path
    assert documents.save()
    ask.file = None


def elsewhere(path: Path, project: Project) -> None:
    """Another program writes the file."""
    path.write_text(dumps(project), encoding="utf-8")
    os.utime(path, (1, 1))


def test_the_first_save_asks_where_and_the_next_ones_do_not(
    documents: Documents, ask: FakeAsk, context: Context, path: Path, qtbot: QtBot
) -> None:
    edit(context)
    with qtbot.waitSignal(documents.said) as said:
        saved(documents, ask, path)
    assert said.args == ["Saved walk.keydream"]
    assert ask.suggested == ["First walk.keydream"]
    assert store.load(path).seed == 7
    assert not context.document.dirty
    assert context.settings.recent[0] == path
    edit(context, 8)
    assert documents.save()
    assert store.load(path).seed == 8
    assert len(ask.suggested) == 1
    names = sorted(left.name for left in path.parent.iterdir())
    assert names == [".walk.keydream.lock", "walk.keydream", "walk.keydream~1"]


def test_save_as_goes_on_there_and_a_copy_does_not(
    documents: Documents, ask: FakeAsk, context: Context, path: Path
) -> None:
    saved(documents, ask, path)
    ask.file = path.with_name("copy")
    edit(context)
    assert documents.save_copy()
    assert (context.document.path, context.document.dirty) == (path, True)
    assert store.load(path.with_name("copy.keydream")).seed == 7
    ask.file = path.with_name("other.keydream")
    assert documents.save_as()
    assert (context.document.path, context.document.dirty) == (ask.file, False)
    ask.file = None
    assert not documents.save_as()
    assert not documents.save_copy()


def test_nothing_is_asked_when_nothing_is_lost(documents: Documents, ask: FakeAsk, context: Context) -> None:
    assert documents.may_close()
    assert documents.new()
    assert documents.open(samples.names()[0])
    assert documents.may_close()
    assert ask.asked == []


@pytest.mark.parametrize(("answer", "closes"), [("discard", True), ("cancel", False), ("", False)])
def test_closing_names_the_edits_that_would_be_lost(
    documents: Documents, ask: FakeAsk, context: Context, path: Path, answer: str, closes: bool
) -> None:
    saved(documents, ask, path)
    edit(context)
    context.document.apply(set_size(128, 128))
    ask.answers = [answer]
    assert documents.may_close() is closes
    ((heading, points, choices),) = ask.asked
    assert "walk.keydream" in heading
    assert points == ("2 edits, the last one: Change size",)
    assert set(choices) == {"save", "discard", "cancel"}
    assert store.load(path).seed == 0


def test_closing_may_save(documents: Documents, ask: FakeAsk, context: Context, path: Path) -> None:
    edit(context)
    ask.answers, ask.file = ["save"], None
    assert not documents.may_close(), "no file was chosen"
    ask.answers, ask.file = ["save"], path
    assert documents.may_close()
    assert store.load(path).seed == 7


def test_closing_names_edits_that_were_taken_back(
    documents: Documents, ask: FakeAsk, context: Context, path: Path
) -> None:
    edit(context)
    saved(documents, ask, path)
    context.document.undo()
    ask.answers = ["cancel"]
    documents.may_close()
    assert ask.asked[0][1] == ("1 edit taken back since it was saved",)


def test_closing_names_renders_and_what_else_would_end(
    documents: Documents, ask: FakeAsk, context: Context, session: Any, qtbot: QtBot
) -> None:
    session.hold.clear()
    for frames in (FrameRange(0, 2), FrameRange(2, 3), FrameRange(3, 4)):
        context.rendering.submit(context.document.project, context.document.folder, frames)
    documents.also_lost(lambda: "the export of walk.gif")
    documents.also_lost(lambda: "")
    ask.answers = ["cancel", "discard"]
    assert not documents.may_close()
    assert documents.may_close()
    running, waiting, exporting = ask.asked[0][1]
    assert running.startswith("the render of First walk, 0 % done")
    assert waiting == "2 renders waiting in the queue"
    assert exporting == "the export of walk.gif"
    assert documents.new(), "opening another project ends no render"
    context.rendering.cancel_all()
    session.hold.set()
    qtbot.waitUntil(lambda: not context.rendering.busy, timeout=10000)


def test_drafts_that_grow_are_asked_about(
    documents: Documents, ask: FakeAsk, context: Context, qtbot: QtBot, explore: Any
) -> None:
    explore.hold.clear()
    project = context.document.project
    context.exploring.start(by_seeds(small(project, 0, prompt_at(project, 0))), context.document.folder)
    ask.answers = ["cancel"]
    assert not documents.may_close()
    heading, points, _ = ask.asked[0]
    assert heading == "Stop what is running?"
    assert points == ("16 drafts of Explore that have just begun",)
    explore.hold.set()
    qtbot.waitUntil(lambda: not context.exploring.busy, timeout=10000)
    assert documents.may_close(), "nothing runs any more"


def test_a_file_that_another_program_changed_is_not_overwritten_unasked(
    documents: Documents, ask: FakeAsk, context: Context, path: Path
) -> None:
    saved(documents, ask, path)
    elsewhere(path, replace(context.document.project, name="theirs"))
    edit(context)
    ask.answers = ["cancel"]
    assert not documents.save()
    assert store.load(path).name == "theirs"
    ask.answers, ask.file = ["as"], path.with_name("mine.keydream")
    assert documents.save()
    assert store.load(path).name == "theirs"
    elsewhere(ask.file, replace(context.document.project, name="theirs"))
    edit(context, 9)
    ask.answers = ["replace"]
    assert documents.save()
    assert store.load(ask.file).seed == 9
    assert store.load(ask.file.with_name("mine.keydream~1")).name == "theirs"


def test_a_project_that_another_window_has_is_opened_as_a_copy(
    documents: Documents, ask: FakeAsk, context: Context, path: Path
) -> None:
    store.save(replace(context.document.project, seed=3), path)
    theirs = Presence.take(recovery.lock_note(path))
    assert theirs is not None
    ask.answers = ["cancel"]
    assert not documents.open(path)
    assert context.document.project.seed == 0
    ask.answers = ["copy"]
    assert documents.open(path)
    assert (context.document.path, context.document.folder) == (None, path.parent)
    assert context.document.project.seed == 3
    ask.file = path
    assert not documents.save_as()
    assert "Another window" in ask.errors[0].why
    theirs.leave()
    assert documents.save_as()
    assert ask.suggested[0].name == "walk copy.keydream"


def test_another_window_sees_that_a_project_is_open_until_it_is_closed(
    documents: Documents, ask: FakeAsk, context: Context, path: Path
) -> None:
    store.save(context.document.project, path)
    assert documents.open(path)
    assert Presence.take(recovery.lock_note(path)) is None
    assert documents.open(path), "again, in the same window"
    assert documents.new()
    assert not recovery.lock_note(path).exists()


def test_pictures_of_a_new_project_go_beside_its_file(
    documents: Documents, ask: FakeAsk, context: Context, path: Path
) -> None:
    assert documents.new()
    scratch = context.document.folder
    assert scratch.is_dir()
    (scratch / "pictures").mkdir()
    for name in ("cat", "dog"):
        (scratch / "pictures" / f"{name}.png").write_bytes(name.encode())
        context.document.apply(add_asset(Asset(name, f"pictures/{name}.png")))
    context.document.undo()
    (path.parent / "pictures").mkdir()
    (path.parent / "pictures" / "cat.png").write_bytes(b"another")
    saved(documents, ask, path)
    assert context.document.folder == path.parent
    assert not context.document.dirty
    assert (path.parent / "pictures" / "cat.png").read_bytes() == b"another"
    assert context.document.project.asset("cat").path == "pictures/cat-2.png"
    assert store.load(path) == context.document.project
    assert (path.parent / "pictures" / "cat-2.png").read_bytes() == b"cat"
    context.document.redo()
    assert (path.parent / context.document.project.asset("dog").path).read_bytes() == b"dog"
    assert context.document.project.name == "walk", "a project without a name is called like its file"


def test_a_save_that_fails_keeps_everything_and_offers_another_place(
    documents: Documents, ask: FakeAsk, context: Context, path: Path
) -> None:
    (path.parent / "file").write_text("")
    edit(context)
    ask.file, ask.answers = path.parent / "file" / "walk.keydream", ["cancel"]
    assert not documents.save()
    assert context.document.dirty
    assert context.document.path is None
    assert "could not be written" in ask.errors[0].what


def test_an_export_gives_its_project_back(
    documents: Documents, ask: FakeAsk, context: Context, path: Path, qtbot: QtBot, session: Any
) -> None:
    with qtbot.waitSignal(context.rendering.job_over, timeout=20000):
        context.rendering.submit(context.document.project, context.document.folder, FrameRange(0, 2))
    frames = context.frames.finals(range(2))
    assert frames is not None
    project = replace(context.document.project, seed=11, assets=(Asset("cat", "cat.png"),))
    (path.parent / "cat.png").write_bytes(b"cat")
    out = path.with_name("walk.gif")
    export(
        frames,
        out,
        context.document.timeline.rate.fraction,
        settings=ExportOptions(),
        project_json=dumps(project),
        token=never(),
        report=silent,
    )
    assert documents.open(str(out))
    assert context.document.project == project
    assert (context.document.path, context.document.dirty) == (None, False)
    assert (context.document.folder / "cat.png").read_bytes() == b"cat", "it was beside the export"
    ask.file = None
    documents.save()
    assert ask.suggested == [path]


def test_files_that_hold_no_project_are_explained(
    documents: Documents, ask: FakeAsk, context: Context, path: Path
) -> None:
    before = context.document.project
    picture = path.with_name("x.gif")
    picture.write_bytes(b"GIF89a")
    assert not documents.open(picture)
    assert not documents.open(path)
    path.write_text("{")
    assert not documents.open(path)
    assert ["x.gif holds no Keydream project" in ask.errors[0].what, "cannot be opened" in ask.errors[1].what] == [
        True
    ] * 2
    assert "cannot be read as a Keydream project" in ask.errors[2].what
    assert context.document.project is before
    assert not recovery.crashed(path)


def test_a_broken_file_offers_its_backup(documents: Documents, ask: FakeAsk, context: Context, path: Path) -> None:
    for seed in (1, 2):
        store.save(replace(context.document.project, seed=seed), path)
    path.write_text("{")
    ask.answers = ["backup"]
    assert documents.open(path)
    assert (context.document.project.seed, context.document.path, context.document.dirty) == (1, None, True)
    assert path.read_text() == "{"
    ask.file = None
    documents.save()
    assert ask.suggested == [path]


def test_samples_open_without_a_file_and_with_a_place_for_pictures(
    documents: Documents, context: Context, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(documents.opened) as opened:
        assert documents.open("first-walk")
    assert opened.args == ["first-walk"]
    assert (context.document.path, context.document.dirty) == (None, False)
    assert context.document.folder.is_dir()


def test_a_crash_is_recovered_as_modified_and_never_over_the_original(
    documents: Documents, ask: FakeAsk, context: Context, path: Path
) -> None:
    store.save(context.document.project, path)
    other = recovery.Recovery()
    other.write(replace(context.document.project, seed=99), path, path.parent)
    os.close(other._presence._descriptor)  # type: ignore[union-attr, arg-type]  # as a kill does
    (copy,) = documents.left_over()
    assert documents.open_copy(copy)
    document = context.document
    assert (document.project.seed, document.path, document.folder, document.dirty) == (99, None, path.parent, True)
    assert store.load(path).seed == 0
    assert documents.left_over() == ()
    assert documents.recovering.recovery.file.exists(), "it is this window's now"
    ask.answers = ["cancel"]
    assert not documents.may_close()
    assert ask.asked[0][1] == ("the project: it is in no file yet",)
    ask.file = path.with_name("mine.keydream")
    assert documents.save()
    assert ask.suggested[0].name == "walk recovered.keydream"
    documents.recovering.flush()
    assert not documents.recovering.recovery.file.exists()


def test_a_file_that_ended_the_program_is_not_opened_unasked(
    documents: Documents, context: Context, path: Path, qtbot: QtBot
) -> None:
    store.save(context.document.project, path)
    assert documents.safe(path)
    note = recovery.opening(path)
    os.close(note._descriptor)  # type: ignore[union-attr, arg-type]  # as a kill does
    with qtbot.waitSignal(documents.said) as said:
        assert not documents.safe(path)
    assert "walk.keydream" in said.args[0]
    documents._settled.setInterval(10)
    assert documents.open(path)
    qtbot.waitUntil(lambda: documents.safe(path), timeout=3000)


def test_the_recent_menu_greys_what_is_missing(
    documents: Documents, ask: FakeAsk, context: Context, path: Path, qtbot: QtBot
) -> None:
    gone = path.with_name("gone.keydream")
    saved(documents, ask, path)
    context.settings.opened(gone)
    menu = QMenu()
    qtbot.addWidget(menu)
    documents.fill_recent_menu(menu)
    missing, there = menu.actions()[:2]
    qtbot.waitUntil(lambda: not missing.isEnabled(), timeout=3000)
    assert missing.text() == "&1  gone.keydream (missing)"
    assert there.isEnabled()
    assert there.toolTip() == str(path)
    documents.new()
    there.trigger()
    assert context.document.path == path
    menu.actions()[-1].trigger()
    documents.fill_recent_menu(menu)
    assert [action.text() for action in menu.actions()] == ["Nothing yet"]


def test_a_new_project_is_empty_and_can_be_saved(
    documents: Documents, ask: FakeAsk, context: Context, path: Path
) -> None:
    context.document.apply(set_size(96, 64))
    context.document.apply(set_seed(9))
    context.document.apply(set_medium(Medium("fourier")))
    ask.answers = ["discard"]
    assert documents.new()
    project = context.document.project
    assert project == Project("Untitled", project.timeline, medium=Medium("collage")), "nothing is left of the old one"
    assert project.timeline.length == 96
    assert [len(track.track.keys) for track in project.timeline.tracks] == [0]
    assert not context.document.dirty
    saved(documents, ask, path)
    assert store.load(path).name == "walk"


def test_whoever_drives_the_window_closes_it_unasked(
    documents: Documents, ask: FakeAsk, context: Context, session: Any, qtbot: QtBot
) -> None:
    edit(context)
    session.hold.clear()
    context.rendering.submit(context.document.project, context.document.folder, FrameRange(0, 2))
    documents.forget()
    assert documents.may_close()
    assert ask.asked == []
    context.rendering.cancel_all()
    qtbot.waitUntil(lambda: not context.rendering.busy, timeout=10000)


def test_asking_for_a_file_that_is_not_chosen_does_nothing(
    documents: Documents, ask: FakeAsk, context: Context
) -> None:
    before = context.document.project
    ask.file = None
    assert not documents.open()
    assert context.document.project is before


def test_autosave_tells_when_it_was(documents: Documents, context: Context) -> None:
    assert documents.last_autosave is None
    edit(context)
    documents.recovering.flush()
    assert documents.last_autosave is None or time.monotonic() - documents.last_autosave < 60
    header = json.loads(documents.recovering.recovery.file.read_bytes().splitlines()[0])
    assert header["name"] == "First walk"
