"""The thread in which CLIP looks at takes, so that a text finds them by what they show. Each is looked at once."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal, SignalInstance

from studio.app.texts import tr
from studio.app.worker import step_back
from studio.base.cancel import Cancelled, CancelToken
from studio.base.errors import ModelError, StudioError
from studio.base.progress import Progress
from studio.score.perceptor import Perceptor
from studio.takes.take import PICTURE


@dataclass(frozen=True, slots=True)
class Seen:
    """How well takes fit a text.

    Attributes:
        text: what was searched for.
        fits: cosine of each take's picture with it, by the take's key.
    """

    text: str
    fits: Mapping[str, float]


class TakesLooker(QObject):
    """Searches the takes of one library for what a text says. Every call returns at once; the latest search wins."""

    found = Signal(object)
    """A `Seen`."""

    progressed = Signal(object)
    """A `Progress`: how many pictures were looked at."""

    failed = Signal(object)
    """A `StudioError`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ready = threading.Condition()
        self._wanted: tuple[Path, str] | None = None
        self._token = CancelToken()
        self._closed = False
        self._thread: threading.Thread | None = None

    def search(self, root: Path, text: str) -> None:
        """Search the library below a folder."""
        with self._ready:
            self._token.cancel()
            self._wanted, self._token = (root, text), CancelToken()
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._work, name="keydream-takes-look", daemon=True)
                self._thread.start()
            self._ready.notify()

    def stop(self) -> None:
        """Nobody wants to know any more; what was looked at is kept."""
        with self._ready:
            self._token.cancel()
            self._wanted = None

    def close(self) -> None:
        """End the thread: it stops within a batch of pictures."""
        self.stop()
        with self._ready:
            self._closed = True
            self._ready.notify()
        if self._thread is not None:
            self._thread.join()

    def _work(self) -> None:
        step_back()
        perceptor: Perceptor | None = None
        while True:
            with self._ready:
                while self._wanted is None and not self._closed:
                    self._ready.wait()
                if self._closed or self._wanted is None:
                    return
                (root, text), token, self._wanted = self._wanted, self._token, None
            try:
                perceptor = perceptor or _starter()
                self._send(self.found, Seen(text, self._look(perceptor, root, text, token)))
            except Cancelled:
                pass
            except StudioError as error:
                self._send(self.failed, error)
            except Exception as error:  # the boundary: whatever it was, the window goes on
                logging.getLogger(__name__).exception("the search of the takes broke")
                self._send(
                    self.failed,
                    StudioError(
                        tr("The takes could not be searched"),
                        f"{type(error).__name__}: {error}"[:300],
                        tr("Search by words instead. If it happens again, report it with the log"),
                    ),
                )

    def _look(self, perceptor: Perceptor, root: Path, text: str, token: CancelToken) -> dict[str, float]:
        from studio.library.index import Index, place_of
        from studio.library.indexing import update
        from studio.library.search import search

        token.check()
        index = Index(
            root, perceptor.identity, perceptor.dimensions, place=place_of(root / PICTURE, perceptor.identity)
        )
        update(index, perceptor, token, self._report, named=PICTURE)
        query = perceptor.embed_text([text]).detach().cpu().numpy()
        token.check()
        hits = search(index, query, max(1, index.rows))[0]
        return {Path(hit.path).parent.name: hit.cosine for hit in hits}

    def _report(self, progress: Progress) -> None:
        self._send(self.progressed, progress)

    def _send(self, signal: SignalInstance, value: object) -> None:
        with contextlib.suppress(RuntimeError):  # the window is gone
            signal.emit(value)


def _starter() -> Perceptor:
    """The perceptor that ships with Keydream. Raises ModelError when nothing can look here."""
    try:
        from studio.dream.device import pick
        from studio.render.toolbox import LocalToolbox
    except (ImportError, OSError) as error:
        raise ModelError(
            tr("Takes cannot be searched by what they show"),
            tr("PyTorch cannot be loaded: {error}", error=error),
            tr("Search by words instead"),
        ) from error
    from studio.project.model import Project
    from studio.timeline.model import Timeline
    from studio.timeline.time import FrameRate

    anything = Project("", Timeline(FrameRate(24), 1), width=64, height=64)
    return LocalToolbox(Path(), pick("auto")).perceptors(anything)[0][0]
