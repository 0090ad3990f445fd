"""What holds for every test of the window: a Qt warning, a leaked thread, timer or widget fails it."""

from __future__ import annotations

import asyncio
import gc
import hashlib
import importlib.util
import io
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from studio.app.context import Context, new_context
from studio.app.exploring import ExploreOrder
from studio.app.tasks import new_loop
from studio.app.theme import theme
from studio.app.worker import Order
from studio.base import paths
from studio.base.cancel import CancelToken
from studio.base.errors import InputError
from studio.project.model import Medium, Project
from studio.render.drafts import DraftBegun, DraftDone, DraftEvent, DraftFailed, Explored, Grown, Planned
from studio.render.events import Event, FrameDone, FrameStarted, PlanMade, Preview, RenderDone, StepDone
from studio.render.identity import identities
from studio.render.plan import plan, work
from studio.render.store import FrameStore
from studio.score.fooled import Span
from studio.takes.store import Takes
from studio.takes.take import Kept, Take, TakeGuide, TakeMedium, TakeTerm
from studio.timeline.easing import Ease
from studio.timeline.model import ParameterTrack, PromptTrack, Timeline
from studio.timeline.prompt import parse_prompt
from studio.timeline.time import FrameRate
from studio.timeline.track import Keyframe, Track
from studio.witness.asked import asked, counting
from studio.witness.series import Scores, Sight


class FakeSession:
    """A render without models: plain pictures into the store, step by step. Call it with an order, as the worker does.

    Attributes:
        steps: that each frame takes.
        pause: seconds that each step takes.
        error: raised once, after the next frame, if it is set.
        hold: while it is cleared, no step goes on: for tests that look at a render in progress.
        orders: all orders so far.
    """

    def __init__(self) -> None:
        self.steps = 3
        self.pause = 0.0
        self.error: Exception | None = None
        self.hold = threading.Event()
        self.hold.set()
        self.orders: list[Order] = []

    def __call__(self, order: Order) -> Iterator[Event]:
        self.orders.append(order)
        store = FrameStore(paths.cache_dir() / "frames")
        laid = plan(order.project, order.frames, identities(order.project, order.folder), quality=order.quality)
        todo = work(laid, store.has)
        yield PlanMade(len(laid.frames), todo.frames, todo.reused, todo.frames * self.steps, laid.notes)
        found = []
        rendered = 0
        for job in laid.jobs:
            entry = store.peek(job.key)
            reused = entry is not None
            if entry is None:
                yield FrameStarted(job.frame, job.key, self.steps)
                colour = tuple(hashlib.sha256(job.key.encode()).digest()[:3])
                for step in range(1, self.steps + 1):
                    while not self.hold.wait(0.01):
                        order.token.check()
                    time.sleep(self.pause)
                    order.token.check()
                    shade = bytes(value * step // self.steps for value in colour)
                    preview = Preview(laid.width, laid.height, shade * (laid.width * laid.height))
                    yield StepDone(job.frame, step, self.steps, 1 / step, (), lambda preview=preview: preview)
                data = io.BytesIO()
                Image.new("RGB", (laid.width, laid.height), colour).save(data, "PNG")
                entry = store.put(job.key, png=data.getvalue())
                rendered += 1
            assert entry.picture is not None
            found.append(entry.picture)
            yield FrameDone(job.frame, job.key, entry.picture, entry.pixels, reused)
            if self.error is not None:
                error, self.error = self.error, None
                raise error
        yield RenderDone(tuple(found), rendered, 0.0)


class FakeExplore:
    """An exploration without models: each draft a plain colour of its own, which grows brighter, kept in the store.

    Attributes:
        steps: that the drafts take.
        fails: numbers of drafts that fail at once.
        error: raised after the first step, if it is set.
        hold: while it is cleared, no step goes on.
        orders: all orders so far.
    """

    def __init__(self) -> None:
        self.steps = 3
        self.fails: set[int] = set()
        self.error: Exception | None = None
        self.hold = threading.Event()
        self.hold.set()
        self.orders: list[ExploreOrder] = []

    def __call__(self, order: ExploreOrder) -> Iterator[DraftEvent]:
        self.orders.append(order)
        store = FrameStore(paths.cache_dir() / "frames")
        keys = [hashlib.sha256(f"{draft.label}{draft.project}".encode()).hexdigest() for draft in order.drafts]
        going = [number for number, key in enumerate(keys) if number not in self.fails]
        yield Planned(len(keys), 0, self.steps)
        for number in sorted(self.fails):
            yield DraftFailed(number, InputError("The prompt is too long", "", "Shorten it"))
        for number in going:
            order.token.check()
            yield DraftBegun(number, self._preview(order, keys, number, 0))
        for step in range(1, self.steps + 1):
            while not self.hold.wait(0.01):
                order.token.check()
            order.token.check()
            previews = {number: self._preview(order, keys, number, step) for number in going}
            yield Grown(step, self.steps, lambda: dict.fromkeys(going, 0.5), lambda previews=previews: previews)
            if self.error is not None:
                raise self.error
        for number in going:
            project, data = order.drafts[number].project, io.BytesIO()
            Image.new("RGB", (project.width, project.height), self._colour(keys[number])).save(data, "PNG")
            entry = store.put(keys[number], png=data.getvalue(), latents=b"x")
            assert entry.picture is not None and entry.latents is not None
            yield DraftDone(number, keys[number], entry.picture, entry.latents, False)
        yield Explored(len(going), 0.0, 0.0)

    @staticmethod
    def _colour(key: str) -> tuple[int, int, int]:
        red, green, blue = bytes.fromhex(key)[:3]
        return red, green, blue

    def _preview(self, order: ExploreOrder, keys: list[str], number: int, step: int) -> Preview:
        project = order.drafts[number].project
        shade = bytes(value * step // self.steps for value in self._colour(keys[number]))
        return Preview(project.width, project.height, shade * (project.width * project.height))


class FakeScorer:
    """Scores without models: the guide sees 100 % of what a frame asks for and 10 % of the rest, the witness less.

    Attributes:
        hold: while it is cleared, nobody goes on looking.
        error: raised instead of the next panel, if it is set.
        threads: names of those that looked.
        witnesses: that panels were made for.
        looked: the pictures that were looked at, in order.
        spans: the warnings.
        closed: how often what was loaded was let go.
    """

    def __init__(self) -> None:
        self.hold = threading.Event()
        self.hold.set()
        self.error: Exception | None = None
        self.threads: set[str] = set()
        self.witnesses: list[str | None] = []
        self.looked: list[Path] = []
        self.spans: tuple[Span, ...] = ()
        self.closed = 0

    def __call__(self) -> FakeScorer:
        self.threads.add(threading.current_thread().name)
        return self

    def panel(self, project: Project, _folder: Path, witness: str | None, _token: CancelToken) -> Project:
        if self.error is not None:
            error, self.error = self.error, None
            raise error
        self.witnesses.append(witness)
        return project

    def look(self, _panel: Project, pictures: Sequence[Path], token: CancelToken) -> Iterator[int]:
        new = [path for path in dict.fromkeys(pictures) if path not in self.looked]
        for number, path in enumerate(new, 1):
            while not self.hold.wait(0.01):
                token.check()
            token.check()
            self.looked.append(path)
            yield len(new) - number

    def scores(self, _panel: Project, timeline: Timeline, pictures: Sequence[Path | None]) -> Scores:
        prompts = asked(timeline)
        flags = counting(timeline, prompts)
        seen = np.where(flags, 1.0, 0.1).astype(np.float32)
        seen[[path not in self.looked for path in pictures]] = np.nan
        guide, witness = Sight("guide", seen * 0.5, seen), Sight("witness", seen * 0.4, seen - 0.1)
        return Scores(tuple(each.name for each in prompts), flags, guide, witness, self.spans)

    def forget(self, pictures: Sequence[Path | None]) -> None:
        pass

    def close(self) -> None:
        self.closed += 1


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    return ["keydream", "-platform", "offscreen"]


@pytest.fixture(scope="session", autouse=True)
def few_objects() -> None:
    """Leave out what is loaded already where objects are looked through after each test."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def window_is_clean(qapp: QApplication, qtlog: object) -> Iterator[None]:
    """Fail on Qt warnings, and on widgets, running timers and threads that outlive the test."""
    theme().refresh()
    threads, windows = set(threading.enumerate()), set(qapp.topLevelWidgets())
    yield
    for _ in range(3):  # what is deleted later may delete more
        qapp.processEvents()
        qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()
    alive = [widget for widget in set(qapp.topLevelWidgets()) - windows if widget.isVisible()]
    assert not alive, f"widgets are left open: {alive}"
    timers = [each for each in gc.get_objects() if type(each) is QTimer and isValid(each) and each.isActive()]
    assert not timers, f"timers are left running: {[(each, each.parent()) for each in timers]}"
    ours = [thread for thread in set(threading.enumerate()) - threads if thread.name.startswith("keydream")]
    for thread in ours:
        thread.join(5)
    left = [thread for thread in ours if thread.is_alive()]
    assert not left, f"threads are left running: {left}"
    serious = ("QtWarningMsg", "QtCriticalMsg")
    warnings = [record.message for record in qtlog.records if record.type_name in serious]  # type: ignore[attr-defined]
    warnings = [text for text in warnings if "plugin does not support" not in text]  # the offscreen platform's own
    assert not warnings, f"Qt warned: {warnings}"


@pytest.fixture
def project() -> Project:
    """A short walk of three prompts and two parameters, dreamed on pixels from noise."""
    prompts = ("a red apple in the grass", "a purple heart on a starry night", "an octopus in the sea")
    return Project(
        "First walk",
        Timeline(
            FrameRate(24),
            97,
            prompts=(
                PromptTrack(
                    "Prompt",
                    Track(
                        tuple(
                            Keyframe(frame, parse_prompt(text), Ease.BOTH)
                            for frame, text in zip((0, 32, 64), prompts, strict=True)
                        )
                    ),
                ),
            ),
            parameters=(
                ParameterTrack(
                    "zoom", Track((Keyframe(0, 1.0, Ease.BOTH), Keyframe(32, 1.04, Ease.BOTH), Keyframe(96, 1.0)))
                ),
                ParameterTrack("rotate", Track((Keyframe(0, 0.0), Keyframe(64, 0.6)))),
            ),
        ),
        width=64,
        height=64,
        medium=Medium("pixels", start="noise"),
    )


@pytest.fixture
def session() -> FakeSession:
    """Renders single-coloured frames without models; see its attributes."""
    return FakeSession()


@pytest.fixture
def explore() -> FakeExplore:
    """Grows single-coloured drafts without models; see its attributes."""
    return FakeExplore()


@pytest.fixture
def scorer() -> FakeScorer:
    """Scores frames without models; see its attributes."""
    return FakeScorer()


@pytest.fixture
def context(
    qapp: QApplication, home: Path, project: Project, session: FakeSession, explore: FakeExplore, scorer: FakeScorer
) -> Iterator[Context]:
    """All that panels share, around `project`; `session`, `explore` and `scorer` stand in for renders and models.

    asyncio tasks run on Qt's loop.
    """
    loop = new_loop(qapp)
    asyncio._set_running_loop(loop)
    made = new_context(project, session, explore, scorer)
    made.frames.wait()
    yield made
    assert made.close(), "the render thread did not end in time"
    asyncio._set_running_loop(None)
    loop.close()
    asyncio.set_event_loop(None)
    timers = [timer for child in (made.player, made.frames) for timer in child.findChildren(QTimer) if timer.isActive()]
    assert not timers, f"timers are left running: {timers}"


@pytest.fixture
def keep(home: Path) -> Iterator[Callable[..., Kept]]:
    """Keep a take that nobody dreamed in the artist's library; from another connection than the window's."""
    with Takes() as library:

        def keep(number: int, prompt: str = "a red apple", **fields: object) -> Kept:
            colour = tuple(hashlib.sha256(bytes([number])).digest()[:3])
            data = io.BytesIO()
            Image.new("RGB", (32, 24), colour).save(data, "PNG")
            take = Take(
                key=f"{number:064x}"[::-1],
                prompt=prompt,
                terms=(TakeTerm(text=prompt),),
                medium=TakeMedium(kind="pixels"),
                width=32,
                height=24,
                seed=number,
                steps=3,
                guides=(TakeGuide(model="", sha256="a" * 64, score=number / 100),),
                score=number / 100,
                algorithm=5,
                device="cpu",
                created=1000.0 + number,
                project="First walk",
            )
            return library.keep(take.model_copy(update=fields), png=data.getvalue(), latents=b"latents")

        yield keep


@pytest.fixture
def fakes() -> ModuleType:
    """`tests/render/fakes.py`, which is no test and so in no package."""
    if "render_fakes" not in sys.modules:
        path = Path(__file__).parents[1] / "render" / "fakes.py"
        spec = importlib.util.spec_from_file_location("render_fakes", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules["render_fakes"] = module
        spec.loader.exec_module(module)
    return sys.modules["render_fakes"]


@pytest.fixture
def fake_toolbox(fakes: ModuleType) -> Callable[[Path], object]:
    """What draws takes of the fake tools."""
    return lambda _folder: fakes.Toolbox()


@pytest.fixture
def dreamed_takes(fakes: ModuleType, home: Path) -> tuple[Path, tuple[str, ...]]:
    """A library with three takes of the fake tools: its folder, and their keys in the order of the timeline."""
    from studio.render.session import render
    from studio.takes.keeping import Keeper

    toolbox, wanted, frames = fakes.Toolbox(), fakes.project(steps=4), FrameStore(home / "frames")
    keeper = Keeper(lambda: Takes(home / "dreamed"), wanted, toolbox, frames)
    list(keeper.watch(render(wanted, toolbox, frames)))
    return home / "dreamed", tuple(keeper.keys)
