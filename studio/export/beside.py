"""An export in a thread of its own, beside the render whose frames it takes as they are finished.

with Beside(Coming(count, size), out, rate, settings=..., project_json=...) as export:
    for event in render(...):
        export.tell(...)
    made = export.finish(token, report)
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from fractions import Fraction
from pathlib import Path

from studio.base.cancel import CancelToken
from studio.base.progress import Progress, Report, silent
from studio.export.coming import Coming
from studio.export.options import Exported, ExportOptions
from studio.export.run import prepare

_BEHIND = 10  # how much nicer to the system its threads are than the render's

_LOOK = 0.1  # seconds after which who waits for the end looks again whether the artist wants to stop


class Beside:
    """One export. It begins with the first frame that is told; leaving the block before `finish` gives it up.

    What goes wrong in it stays with it until `finish`: the render goes on, so that no frame is lost.

    Args:
        frames: those that will come; told by `tell` alone.
        out: as `run.export` is given it, likewise the rest.

    Raises:
        ExportError: what can be refused before there is a frame.
    """

    def __init__(
        self, frames: Coming, out: Path, rate: Fraction, *, settings: ExportOptions, project_json: str | None
    ) -> None:
        self._frames = frames
        self._token = CancelToken()
        self._at = Progress(0, 2 * len(frames), "encoding")
        self._listener: Report = silent
        self._ready = prepare(
            frames, out, rate, settings=settings, project_json=project_json, token=self._token, report=self._report
        )
        self._thread = threading.Thread(target=self._work, name="keydream-export")
        self._made: Exported | None = None
        self._fault: BaseException | None = None

    def __enter__(self) -> Beside:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def over(self) -> bool:
        """Whether it has come to its end, by whatever way."""
        return self._made is not None or self._fault is not None

    def tell(self, index: int, path: Path) -> None:
        """Say that frame `index` of the export, from 0, is finished; from one thread. See `Coming.tell`."""
        self._frames.tell(index, path)
        if self._thread.ident is None:
            self._thread.start()

    def stop(self) -> None:
        """Give it up at once, and wait until nothing of it is left. Harmless when it is over."""
        self._token.cancel()
        self._frames.close()
        if self._thread.ident is not None:
            self._thread.join()

    def finish(self, token: CancelToken, report: Report) -> Exported:
        """Wait for the end, once every frame was told.

        Args:
            token: fire it to give up.
            report: told, in the export's thread, how far it has come from now on.

        Raises:
            ExportError: as `run.export`.
            Cancelled: the token was fired before the end.
        """
        report(self._at)
        self._listener = report
        while self._thread.is_alive():
            self._thread.join(_LOOK)
            if token.cancelled:
                self._token.cancel()
        if self._fault is not None:
            raise self._fault
        assert self._made is not None, "every frame was told"
        return self._made

    def _work(self) -> None:
        _step_back()
        parent = self._ready.out.absolute().parent
        new = [folder for folder in (parent, *parent.parents) if not folder.exists()]
        try:
            self._made = self._ready.run()
        except BaseException as fault:  # handed over to `finish`
            for folder in new:
                with contextlib.suppress(OSError):  # it is not empty, or was never made
                    folder.rmdir()
            self._fault = fault

    def _report(self, at: Progress) -> None:
        self._at = at
        self._listener(at)


def _step_back() -> None:
    """Let this thread, and those that it starts, have of the processors what others leave: steps and frames go first.

    Frames between keyframes come in bursts, in which two cores have enough to do without an encoder.
    """
    if sys.platform == "linux":  # elsewhere this would be said of the whole process
        with contextlib.suppress(OSError):
            os.nice(_BEHIND)
