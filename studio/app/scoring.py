"""How much of each prompt is seen in the frames of the document: found out in a thread that lets all others go first.

Nothing is loaded and nothing is looked at while nobody watches.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from studio.app.document import Document
from studio.app.frames import Frames
from studio.app.settings import Settings
from studio.app.worker import step_back
from studio.base.cancel import Cancelled, CancelToken
from studio.base.errors import RenderError, StudioError
from studio.project.model import Project
from studio.timeline.model import Timeline
from studio.witness.choosing import Candidate, candidates, witness_of

if TYPE_CHECKING:
    from studio.witness.panel import Panel
    from studio.witness.series import Scores

NICENESS = 15
"""How far looking steps back, as `nice` counts: renders go first."""

CHOICE = "scores/witness"
"""The setting that names the witness; empty for the usual one."""

_CALM = 200  # milliseconds in which changes of frames are gathered
_TELL = 0.4  # seconds between two states of the lines while frames are looked at, at least
_SHARE = 4.0  # and so many times what it takes to put them together


class Scorer(Protocol):
    """What is needed of `studio.witness.series.Scorer`."""

    def panel(self, project: Project, folder: Path, witness: str | None, token: CancelToken) -> Panel:
        """Those who will look."""
        ...

    def look(self, panel: Panel, pictures: Sequence[Path], token: CancelToken) -> Iterator[int]:
        """Look at what is new."""
        ...

    def scores(self, panel: Panel, timeline: Timeline, pictures: Sequence[Path | None]) -> Scores:
        """What is known by now."""
        ...

    def forget(self, pictures: Sequence[Path | None]) -> None:
        """Keep what belongs to these pictures."""
        ...

    def close(self) -> None:
        """Let go of files."""
        ...


class Make(Protocol):
    """Makes a scorer, in the thread that will use it."""

    def __call__(self) -> Scorer:
        """Raises StudioError where nothing can look."""
        ...


@dataclass(frozen=True, slots=True)
class Wish:
    """What to score.

    Attributes:
        number: a later wish has a greater one.
        project: the snapshot.
        folder: what its pictures are relative to.
        pictures: of each frame; None for one that has none.
        first: the frame to begin with.
        witness: the name of the witness that is wanted; empty for the usual one.
        token: stops it.
    """

    number: int
    project: Project
    folder: Path
    pictures: tuple[Path | None, ...]
    first: int
    witness: str
    token: CancelToken

    @property
    def order(self) -> list[Path]:
        """The pictures that there are, those from `first` on before the others."""
        return [path for path in (*self.pictures[self.first :], *self.pictures[: self.first]) if path is not None]


class Scoring(QObject):
    """The scores of the document's frames, as far as they are known.

    Attributes:
        scores: them; None before the first look.
        left: frames that are still to be looked at.
        error: why nobody can look; None when somebody can.
        busy: whether somebody looks or is about to.
        first: the frame to begin with: what is on screen.
    """

    changed = Signal()
    """Any of the attributes has."""

    _told = Signal(int, object, object, bool)

    def __init__(
        self,
        document: Document,
        frames: Frames,
        settings: Settings,
        make: Make | None = None,
        parent: QObject | None = None,
    ) -> None:
        """The scorer is the machine's own by default; tests bring theirs."""
        super().__init__(parent)
        self.scores: Scores | None = None
        self.left = 0
        self.error: StudioError | None = None
        self.busy = False
        self.first = 0
        self._document, self._frames, self._settings = document, frames, settings
        self._number = 0
        self._since = 0
        self._watched = False
        self._token = CancelToken()
        self._desk = _Desk(make or _local, self._tell)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_CALM)
        self._timer.timeout.connect(self._ask)
        self._told.connect(self._take)
        frames.changed.connect(self._soon)
        frames.frame_changed.connect(self._soon)
        document.opened.connect(self._forget)

    @property
    def witness(self) -> str:
        """The name of the witness that was chosen; empty for the usual one."""
        return self._settings.text(CHOICE)

    def choose(self, name: str) -> None:
        """Let another perceptor be the witness; empty for the usual one."""
        self._settings.set(CHOICE, name)
        self._token.cancel()
        self._soon()

    def candidates(self) -> tuple[Candidate, ...]:
        """All CLIP models of this machine, and which guide the project."""
        return candidates(self._document.project)

    def watch(self, on: bool) -> None:
        """Somebody looks at the scores now, or nobody does any more: then everything that was loaded is let go."""
        if on != self._watched:
            self._watched = on
            if on:
                self._ask()
            else:
                self._timer.stop()
                self._token.cancel()
                self._desk.leave()
                self._set_busy(False)

    def close(self) -> None:
        """End the thread."""
        self._watched = False
        self._timer.stop()
        self._token.cancel()
        self._desk.close()

    @Slot()
    def _soon(self) -> None:
        if self._watched and not self._timer.isActive():
            self._timer.start()
            self._set_busy(True)

    @Slot()
    def _ask(self) -> None:
        document, frames = self._document, self._frames
        self._number += 1
        if self._token.cancelled:
            self._token = CancelToken()
        pictures = tuple(frames.picture(frame) for frame in range(document.timeline.length))
        first = min(self.first, len(pictures) - 1)
        self._set_busy(True)
        self._desk.put(
            Wish(self._number, document.project, document.folder, pictures, first, self.witness, self._token)
        )

    def _tell(self, number: int, scores: Scores | None, outcome: object, over: bool) -> None:
        with contextlib.suppress(RuntimeError):  # the window is gone
            self._told.emit(number, scores, outcome, over)

    @Slot(int, object, object, bool)
    def _take(self, number: int, scores: Scores | None, outcome: object, over: bool) -> None:
        if number <= self._since or not self._watched:
            return
        self.error = outcome if isinstance(outcome, StudioError) else None
        if scores is not None:
            self.scores = scores
        self.left = outcome if isinstance(outcome, int) else 0
        self.busy = not over or number < self._number or self._timer.isActive()
        self.changed.emit()

    @Slot()
    def _forget(self) -> None:
        """Another project is here."""
        self._since = self._number
        self._token.cancel()
        self.scores, self.left, self.error = None, 0, None
        self.changed.emit()
        self._soon()

    def _set_busy(self, busy: bool) -> None:
        if busy != self.busy:
            self.busy = busy
            self.changed.emit()


class Tell(Protocol):
    """How the thread tells what it found."""

    def __call__(self, number: int, scores: Scores | None, outcome: object, over: bool) -> None:
        """Of the wish of that number: scores if there are new ones; frames left, or a `StudioError`; if that is all."""
        ...


class _Desk:
    """The thread, and the one wish that lies before it: the latest."""

    def __init__(self, make: Make, tell: Tell) -> None:
        self._make, self._tell = make, tell
        self._changed = threading.Condition()
        self._wish: Wish | None = None
        self._left = False
        self._closed = False
        self._thread: threading.Thread | None = None
        self._panel: tuple[object, Panel] | None = None

    def put(self, wish: Wish) -> None:
        """Lay a wish down in place of one that nobody took up yet."""
        with self._changed:
            self._wish, self._left = wish, False
            self._changed.notify()
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="keydream-scores", daemon=True)
            self._thread.start()

    def leave(self) -> None:
        """Let go of what was loaded."""
        with self._changed:
            self._wish, self._left = None, True
            self._changed.notify()

    def close(self) -> None:
        """End the thread and wait for it."""
        with self._changed:
            self._wish, self._closed = None, True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _work(self) -> None:
        step_back(NICENESS)
        scorer: Scorer | None = None
        while True:
            with self._changed:
                while self._wish is None and not self._closed and not self._left:
                    self._changed.wait()
                wish, self._wish = self._wish, None
                over, self._left = self._closed or self._left, False
            if over:
                self._panel = None
                if scorer is not None:
                    scorer.close()
                    scorer = None
                if self._closed:
                    return
                continue
            assert wish is not None
            try:
                scorer = scorer or self._make()
                self._serve(scorer, wish)
            except Cancelled:
                continue
            except StudioError as error:
                self._tell(wish.number, None, error, True)
            except Exception as error:  # the boundary: whatever it was, the window goes on
                logging.getLogger(__name__).exception("scoring broke")
                told = RenderError(
                    "The frames cannot be scored", f"{type(error).__name__}: {error}"[:300], "See the log"
                )
                self._tell(wish.number, None, told, True)

    def _serve(self, scorer: Scorer, wish: Wish) -> None:
        """Score what a wish asks for, until it is done or a later one lies there."""
        panel = self._panel_of(scorer, wish)
        timeline, order = wish.project.timeline, wish.order
        scorer.forget(wish.pictures)
        told = took = 0.0
        for left in scorer.look(panel, order, wish.token):
            now = time.perf_counter()
            if now - told > max(_TELL, _SHARE * took):  # at once the first time: wishes may come faster than that
                self._tell(wish.number, scorer.scores(panel, timeline, wish.pictures), left, False)
                told = time.perf_counter()
                took = told - now
            if self._wish is not None:
                return
        wish.token.check()
        self._tell(wish.number, scorer.scores(panel, timeline, wish.pictures), 0, True)

    def _panel_of(self, scorer: Scorer, wish: Wish) -> Panel:
        project = wish.project
        wanted = wish.witness
        if wanted not in {each.name for each in candidates(project) if not each.guides}:
            wanted = ""  # it guides now, or is gone: better another than none
        key = (project.timeline.prompts, project.perceptors, project.assets, wish.folder, wanted)
        if self._panel is None or self._panel[0] != key:
            self._panel = (key, scorer.panel(project, wish.folder, witness_of(project, wanted), wish.token))
        return self._panel[1]


def _local() -> Scorer:
    try:
        from studio.dream.device import pick
        from studio.witness.series import Scorer as Local
    except (ImportError, OSError) as error:
        raise RenderError(
            "Frames cannot be scored here",
            f"PyTorch cannot be loaded: {error}",
            "Run keydream doctor in a terminal",
        ) from error
    return Local(pick("auto"))
