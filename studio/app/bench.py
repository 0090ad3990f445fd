"""What the window costs, measured in a real one: paint times, delays of the loop, memory."""

from __future__ import annotations

import resource
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import perf_counter

from PIL import Image
from PySide6.QtCore import QCoreApplication, QEventLoop, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from studio.app.context import new_context
from studio.app.pulse import Pulse, quicken
from studio.app.tasks import new_loop
from studio.app.theme import theme
from studio.app.window import Window
from studio.base import paths
from studio.project import store
from studio.project.model import Project
from studio.timeline.easing import Ease
from studio.timeline.model import KeyRef, ParameterTrack, PromptTrack, Timeline, TrackRef
from studio.timeline.prompt import parse_prompt
from studio.timeline.time import FrameRange, FrameRate
from studio.timeline.track import Keyframe, Track

KEYS = 200
FRAMES = 10_000
SECONDS = 8.0
"""How long a render is watched."""

Report = dict[str, float]


def measure(say: Callable[[str], None]) -> Report:
    """Open a window and measure it. It is closed again.

    Args:
        say: is told what is being measured.

    Returns:
        Milliseconds and MiB by name.
    """
    application = QApplication.instance() or QApplication(["keydream"])
    assert isinstance(application, QApplication)
    loop = new_loop(application)
    theme().choose("dark")
    context = new_context(store.load(paths.samples() / "first-walk.keydream"))
    window = Window(context)
    window.show()
    window.resize(1440, 900)
    _settle(1.0)
    found: Report = {}
    try:
        while context.tasks.busy:  # the tokenizer is still being loaded
            _settle(0.1)
        quicken()
        idle = _memory()
        say("a drag with 200 keys")
        found |= _drag(window)
        say("scrolling 10,000 frames with thumbnails")
        found |= _scroll(window, idle)
        say("a render on all cores, and the loop's delay meanwhile")
        found |= _render(window)
    finally:
        window.shut_down()
        window.hide()
        loop.close()
    return found


def _drag(window: Window) -> Report:
    window.context.document.open(_many_keys(), None, Path())
    window.timeline.fit()
    _settle(0.5)
    lanes = window.timeline.lanes
    key = KeyRef(TrackRef("prompt", "Prompt"), 10)
    start = _place(window, key)
    times = []
    _mouse(lanes, QMouseEvent.Type.MouseButtonPress, start)
    for step in range(120):
        _mouse(lanes, QMouseEvent.Type.MouseMove, start + QPointF(step * 0.5, 0))
        began = perf_counter()
        lanes.repaint()
        times.append((perf_counter() - began) * 1000)
        QCoreApplication.processEvents()
    _mouse(lanes, QMouseEvent.Type.MouseButtonRelease, start + QPointF(60, 0))
    return {"drag paint median ms": median(times), "drag paint 99 % ms": sorted(times)[int(0.99 * len(times))]}


def _scroll(window: Window, idle: float) -> Report:
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "frame.png"
        Image.effect_noise((256, 256), 64).convert("RGB").save(picture)
        copies = [Path(folder) / f"{number}.png" for number in range(400)]
        for copy in copies:
            copy.hardlink_to(picture)
        project = _long()
        window.context.document.open(project, None, Path())
        window.context.frames.wait()
        window.context.frames.ship([copies[number % len(copies)] for number in range(FRAMES)])
        window.timeline.fit()
        _settle(0.5)
        for _ in range(12):
            window.timeline.zoom_in()
        pulse = Pulse()
        pulse.start()
        lanes = window.timeline.lanes
        for step in range(300):
            _wheel(lanes, -120 if step < 200 else 120)
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 10)
        _settle(0.5)
        pulse.stop()
        return {
            "scroll loop delay 99 % ms": pulse.percentile(0.99),
            "scroll loop delay worst ms": pulse.percentile(1),
            "memory over idle MiB": _memory() - idle,
        }


def _render(window: Window) -> Report:
    context = window.context
    sample = replace(store.load(paths.samples() / "first-walk.keydream"), seed=int(perf_counter() * 1e6) % 2**31)
    context.document.open(sample, None, paths.samples())
    _settle(0.3)
    first = perf_counter()
    context.rendering.submit(sample, paths.samples(), FrameRange(0, len(sample.timeline.frames)))
    while context.rendering.live is None or not context.rendering.live.step:  # models are loaded once
        _settle(0.05)
        if perf_counter() - first > 60 or not context.rendering.busy:
            break
    loaded = perf_counter() - first
    pulse = Pulse()
    pulse.start()
    context.player.play(1)
    _settle(SECONDS)
    pulse.stop()
    context.player.stop()
    began = perf_counter()
    running = context.rendering.running
    if running is not None:
        context.rendering.cancel(running.number)
    acknowledged = (perf_counter() - began) * 1000
    while context.rendering.busy and perf_counter() - began < 30:
        _settle(0.01)
    return {
        "first step after ms": loaded * 1000,
        "render loop delay median ms": pulse.percentile(0.5),
        "render loop delay 99 % ms": pulse.percentile(0.99),
        "render loop delay worst ms": pulse.percentile(1),
        "cancel acknowledged ms": acknowledged,
        "cancel over ms": (perf_counter() - began) * 1000,
    }


def _place(window: Window, key: KeyRef) -> QPointF:
    """Where a prompt's key is on the lanes."""
    stage = window.timeline.stage
    top, row = stage.top(key.track), stage.layout.of(key.track)
    assert top is not None
    assert row is not None
    return QPointF(stage.scale.x(key.frame), top + row.height / 2)


def _many_keys() -> Project:
    prompts = Track(tuple(Keyframe(10 * n, parse_prompt(f"picture {n % 20}"), Ease.BOTH) for n in range(KEYS // 2)))
    zooms = Track(tuple(Keyframe(10 * n, 1 + 0.01 * (n % 5), Ease.BOTH) for n in range(KEYS // 2)))
    timeline = Timeline(
        FrameRate(24), 10 * KEYS, (PromptTrack("Prompt", prompts),), (ParameterTrack("zoom", zooms),), loop=False
    )
    return Project("200 keys", timeline)


def _long() -> Project:
    prompts = Track(tuple(Keyframe(500 * n, parse_prompt(f"picture {n}"), Ease.BOTH) for n in range(FRAMES // 500)))
    return Project("10,000 frames", Timeline(FrameRate(24), FRAMES, (PromptTrack("Prompt", prompts),)))


def _settle(seconds: float) -> None:
    until = perf_counter() + seconds
    while (left := until - perf_counter()) > 0:
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, max(1, int(left * 1000)))


def _mouse(widget: QWidget, kind: QMouseEvent.Type, at: QPointF) -> None:
    button = Qt.MouseButton.NoButton if kind == QMouseEvent.Type.MouseMove else Qt.MouseButton.LeftButton
    held = Qt.MouseButton.NoButton if kind == QMouseEvent.Type.MouseButtonRelease else Qt.MouseButton.LeftButton
    event = QMouseEvent(kind, at, widget.mapToGlobal(at), button, held, Qt.KeyboardModifier.NoModifier)
    QCoreApplication.sendEvent(widget, event)


def _wheel(widget: QWidget, angle: int) -> None:
    middle = QPointF(widget.rect().center())
    event = QWheelEvent(
        middle,
        widget.mapToGlobal(middle),
        QPoint(),
        QPoint(0, angle),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QCoreApplication.sendEvent(widget, event)


def _memory() -> float:
    """MiB that the process has in memory now; the most it ever had where the system does not say."""
    status = Path("/proc/self/statm")
    if status.is_file():
        return int(status.read_text().split()[1]) * resource.getpagesize() / 2**20
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 2**20 if sys.platform == "darwin" else most / 2**10
