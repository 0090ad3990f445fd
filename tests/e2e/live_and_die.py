"""A window that edits, renders and is killed in the middle of it; and the one after it, which finds what is left."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

import torch  # noqa: F401  (before Qt, as the program does)
from PySide6.QtWidgets import QApplication

sys.path.insert(0, str(Path(__file__).parent))
from person import Person

from studio.app.context import new_context
from studio.app.frames import Status
from studio.app.tasks import new_loop
from studio.app.theme import theme
from studio.app.window import Window
from studio.base import paths
from studio.project import changes, store
from studio.render.store import FrameStore
from studio.timeline import edits
from studio.timeline.model import KeyRef, TrackRef
from studio.timeline.prompt import parse_prompt
from studio.timeline.time import FrameRange

ASKED = FrameRange(0, 10)
KEY = KeyRef(TrackRef("prompt", "Prompt"), 16)


def main(what: str) -> None:
    application = QApplication(["keydream"])
    loop = new_loop(application)
    context = new_context(store.load(paths.samples() / "first-walk.keydream"))
    theme().choose("dark")
    window = Window(context)
    window.show()
    asyncio._set_running_loop(loop)
    person = Person(window)
    if what == "live":
        window.begin("first-walk")
        live(window, person)
    else:
        wake(window, person)


def live(window: Window, person: Person) -> None:
    """Edit, wait as long as is promised, edit once more, render, and die."""
    document = window.context.document
    document.apply(changes.set_size(128, 128))
    document.apply(changes.set_seed(41))
    document.edit(edits.set_value([KEY], parse_prompt("a snowman in the snow")))
    person.wait(3.5)
    window.context.rendering.submit(document.project, document.folder, ASKED)
    kept = FrameStore(paths.cache_dir() / "frames")
    person.until(lambda: pictures(kept) >= 2, "two finished frames", 200)
    told = {"seed": 41, "prompt": "a snowman in the snow", "frames": pictures(kept)}
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()
    os.kill(os.getpid(), signal.SIGKILL)


def wake(window: Window, person: Person) -> None:
    """Find the copy, open it, and render what is missing."""
    context = window.context
    offered = window.documents.left_over()
    window.documents.open_copy(offered[0])
    document = context.document
    context.frames.wait()
    found = sum(context.frames.status(frame) is Status.FINAL for frame in ASKED)
    over: list[int] = []
    context.rendering.job_over.connect(lambda job: over.append(job.made))
    context.rendering.submit(document.project, document.folder, ASKED)
    person.until(lambda: over, "the end of the render", 200)
    told = {
        "offered": len(offered),
        "seed": document.project.seed,
        "prompt": document.timeline.prompt("Prompt").track.key(16).value.terms[0].content.text,  # type: ignore[union-attr]
        "dirty": document.dirty,
        "frames": found,
        "made": over[0],
        "asked": len(ASKED),
    }
    sys.stdout.write(json.dumps(told) + "\n")
    window.shut_down()


def pictures(kept: FrameStore) -> int:
    """Finished frames; a solve has no picture."""
    return sum((entry := kept.peek(key)) is not None and entry.picture is not None for key in kept.keys())  # noqa: SIM118


if __name__ == "__main__":
    main(sys.argv[1])
