"""A person's day at the window, from start to quit. Runs offscreen in the tests, or by hand in a real window:

    KEYDREAM_SHOTS=shots xvfb-run -s "-screen 0 1440x900x24" python tests/e2e/day_at_the_window.py

Prints what was measured as JSON. Whatever is not as it should be raises.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path

import torch  # noqa: F401  (before Qt, as the program does)
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication, QLineEdit

sys.path.insert(0, str(Path(__file__).parent))
from person import Person

from studio.app.context import new_context
from studio.app.frames import Status
from studio.app.pulse import Pulse
from studio.app.tasks import new_loop
from studio.app.theme import theme
from studio.app.window import Window
from studio.base import paths
from studio.export import probe, read_embedded
from studio.project import samples, store
from studio.project.format import loads
from studio.timeline.model import KeyRef, TrackRef

PROMPTS = TrackRef("prompt", "Prompt")


def main() -> None:
    application = QApplication(["keydream"])
    loop = new_loop(application)
    context = new_context(store.load(paths.samples() / f"{samples.names()[0]}.keydream"))
    theme().choose(os.environ.get("KEYDREAM_THEME", "dark"))
    window = Window(context)
    ended: list[bool] = []
    window.closed.connect(lambda: ended.append(True))
    side = os.environ.get("KEYDREAM_SIZE", "1280x800").split("x")
    window.resize(int(side[0]), int(side[1]))
    window.show()
    window.begin()
    folder = Path(tempfile.mkdtemp())
    import asyncio

    asyncio._set_running_loop(loop)
    measured = Day(window).live(folder)
    assert ended == [True], "the window did not end"
    loop.close()
    sys.stdout.write(json.dumps(measured) + "\n")


class Day:
    """What is done, in this order."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self.context = window.context
        self.person = Person(window)
        self.sample = self.context.document.project

    def live(self, folder: Path) -> dict[str, float]:
        measured: dict[str, float] = {}
        self.watch_the_sample()
        self.edit_a_prompt()
        measured |= self.render_and_scrub()
        self.shape_a_curve()
        self.undo_everything()
        measured |= self.export(folder)
        measured |= self.quit()
        return measured

    def watch_the_sample(self) -> None:
        self.window.activateWindow()
        self.person.until(self.window.isActiveWindow, "the window in front")
        player, viewer = self.context.player, self.window.viewer
        self.person.until(lambda: viewer.current_image() is not None, "the sample's picture")
        self.person.until(lambda: player.playing and player.frame > 2, "the sample playing")
        self.person.look("sample-plays")
        self.person.press("Space")
        assert not player.playing

    def edit_a_prompt(self) -> None:
        lanes = self.window.timeline.lanes
        self.person.double_click(lanes, self.card(16))
        line = QApplication.focusWidget()
        assert isinstance(line, QLineEdit), f"a line to type in was expected, not {line}"
        self.person.press("Ctrl+A", line)
        self.person.type("a green frog in a garden", line)
        self.person.look("typing")
        self.person.press("Return", line)
        texts = [key.value.terms[0].content.text for key in self.track.keys]  # type: ignore[union-attr]
        assert texts[1] == "a green frog in a garden"
        assert self.context.document.dirty
        self.person.until(lambda: self.context.frames.status(16) is not Status.FINAL, "frames that went stale")
        assert self.context.frames.status(16) is Status.STALE
        assert self.context.frames.status(0) is Status.FINAL
        self.person.look("stale")

    def render_and_scrub(self) -> dict[str, float]:
        context, person = self.context, self.person
        person.click(self.window.findChild(object, "corner-render.draft"))  # type: ignore[arg-type]
        pulse = Pulse()
        lanes = self.window.timeline.lanes
        began = time.perf_counter()
        person.press("Ctrl+Return")
        person.until(lambda: context.rendering.live is not None and context.rendering.live.step > 3, "steps")
        first = time.perf_counter() - began
        pulse.start()
        person.look("dreaming")
        ruler = QPointF(0, 8)
        scale = self.window.timeline.scale
        person.drag(lanes, ruler + QPointF(scale.x(2), 0), ruler + QPointF(scale.x(40), 0), steps=20)
        assert context.player.frame == 40, f"scrubbed to {context.player.frame}"
        assert context.rendering.busy, "the render was over before anybody could scrub"
        person.look("scrubbing")
        person.until(lambda: not context.rendering.busy, "the end of the render", 300)
        pulse.stop()
        statuses = {context.frames.status(frame) for frame in range(48)}
        assert statuses <= {Status.DRAFT, Status.FINAL}, statuses
        context.player.seek(16)
        person.look("rendered")
        return {"first step s": first, "loop delay 99 % ms": pulse.percentile(0.99)}

    def shape_a_curve(self) -> None:
        person, plot = self.person, self.window.curves.plot
        person.press("Shift+C", self.window.timeline.lanes)
        person.wait(0.2)
        self.window.curves.set_track(PROMPTS)
        before = self.track.key(16).ease
        curve = plot.curve
        assert curve is not None
        person.click(plot, plot.place(curve.knots[1]))
        assert self.context.choice.keys == {KeyRef(PROMPTS, 16)}
        handle = next(each for each in curve.handles(plot.selected) if each.frame == 16)
        start = plot.place(handle)
        person.drag(plot, start, start + QPointF(60, 0))
        assert self.track.key(16).ease.x1 > before.x1 + 0.05
        person.look("curve")

    def undo_everything(self) -> None:
        document = self.context.document
        assert document.labels[-1] == "Shape curve"
        for _ in range(20):
            if document.undo_name is None:
                break
            self.person.press("Ctrl+Z", self.window.timeline.lanes)
        assert document.undo_name is None
        assert document.project == self.sample
        self.person.until(lambda: self.context.frames.status(16) is Status.FINAL, "the sample's frames again")
        self.person.look("undone")

    def export(self, folder: Path) -> dict[str, float]:
        person, dialog = self.person, self.window.export_dialog
        sizes = {}
        for suffix in ("gif", "mp4"):
            person.press("Ctrl+E", self.window.timeline.lanes)
            person.until(dialog.isVisible, "the export dialog")
            out = folder / f"walk.{suffix}"
            dialog.form.format.setCurrentIndex(dialog.form.format.findData(suffix))
            dialog.form.file.selectAll()
            person.type(str(out), dialog.form.file)
            dialog.form.drafts.setCurrentIndex(0)
            person.wait(0.5)
            person.look(f"export-{suffix}", dialog)
            person.until(dialog.start_button.isEnabled, "an export that can begin")
            person.click(dialog.start_button)
            person.until(lambda out=out: out.is_file() and not self.window.exporting.busy, f"walk.{suffix}", 120)
            found = probe(out)
            assert found.frames == 48, found
            text = read_embedded(out)
            assert text is not None
            assert loads(text).timeline == self.sample.timeline
            sizes[f"{suffix} MB"] = out.stat().st_size / 1e6
            dialog.close()
            self.window.activateWindow()
            person.until(self.window.isActiveWindow, "the window in front again")
        person.look("exported")
        return sizes

    def quit(self) -> dict[str, float]:
        began = time.perf_counter()
        self.person.press("Ctrl+Q", self.window.timeline.lanes)
        self.person.until(lambda: not self.window.isVisible(), "a closed window", 10)
        return {"quit s": time.perf_counter() - began}

    @property
    def track(self):  # type: ignore[no-untyped-def]
        return self.context.document.timeline.prompt("Prompt").track

    def card(self, frame: int) -> QPointF:
        timeline = self.window.timeline
        top = timeline.stage.top(PROMPTS)
        row = timeline.stage.layout.of(PROMPTS)
        assert top is not None
        assert row is not None
        return QPointF(timeline.scale.x(frame + 5), top + row.height / 2)


if __name__ == "__main__":
    assert Qt is not None
    main()
