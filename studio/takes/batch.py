"""A batch of stills: one toolbox for all, each kept as a take; what fails is told and the rest goes on.

Killed and started again, it goes on: a picture whose file is there, from the same settings, is not made again, and what
the frame store holds is not dreamed again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from studio.base.cancel import CancelToken
from studio.base.errors import InputError, StudioError
from studio.base.progress import silent
from studio.export import ExportOptions, embed, export, read_embedded
from studio.project.format import dumps
from studio.project.model import Project
from studio.render.events import Event, RenderDone, SolveDone
from studio.render.plan import plan
from studio.render.session import render
from studio.render.store import FrameStore
from studio.render.toolbox import Toolbox
from studio.takes import results
from studio.takes.keeping import Keeper
from studio.takes.orders import Order, Settings
from studio.takes.results import Result
from studio.takes.store import Takes

_EVERY = 2.0  # seconds between two writings of the results while the batch runs


def silently(order: Order, event: Event) -> None:
    """A watcher that drops what it is told."""


class Batch:
    """Makes pictures, one after the other.

    Args:
        folder: where the pictures go, and results.json, results.csv and contact sheets.
        make: gives the project of one frame for settings; may raise a StudioError.
        toolbox: for all of them.
        store: where frames are kept.
        takes: where takes go.
        token: stops it within an optimiser step.
        deterministic: as for a render.
        force: replace pictures that Keydream did not make.
        watch: is told every event of every order's render.

    Attributes:
        results: of the orders so far.
        sheets: the contact sheets, once it is through.
    """

    def __init__(
        self,
        folder: Path,
        make: Callable[[Settings], Project],
        toolbox: Toolbox,
        store: FrameStore,
        takes: Takes,
        *,
        token: CancelToken,
        deterministic: bool = False,
        force: bool = False,
        watch: Callable[[Order, Event], None] = silently,
    ) -> None:
        self.results: list[Result] = []
        self.sheets: tuple[Path, ...] = ()
        self._folder = folder
        self._make = make
        self._toolbox = toolbox
        self._store = store
        self._takes = takes
        self._token = token
        self._deterministic = deterministic
        self._force = force
        self._watch = watch

    def run(self, orders: Sequence[Order]) -> Iterator[Result]:
        """Make what is not there; results as they come. They are written down every so often, and at the end.

        Raises:
            Cancelled: the token was fired; run it again to go on.
            FileError: the folder cannot be written to.
        """
        self.results = []
        results.write(self.results, self._folder)  # a folder that cannot be written to is no fault of each line
        written = time.monotonic()
        try:
            for order in orders:
                self._token.check()
                result = self._one(order)
                self.results.append(result)
                yield result
                if time.monotonic() - written >= _EVERY:
                    results.write(self.results, self._folder)
                    written = time.monotonic()
        finally:
            results.write(self.results, self._folder)
        self.sheets = results.write_sheets(self.results, self._folder)

    def _one(self, order: Order) -> Result:
        began = time.monotonic()
        path = self._folder / f"{order.name}.png"
        try:
            if order.fault is not None:
                raise order.fault
            status, key = self._made(order, self._make(order.settings), path)
            score = self._takes.get(key).take.score if key else None
        except StudioError as error:
            return Result(order, "failed", path, seconds=time.monotonic() - began, error=error)
        return Result(order, status, path, key, score, time.monotonic() - began)

    def _made(self, order: Order, project: Project, path: Path) -> tuple[str, str]:
        """Make a picture unless it is there: its state, and its take's key."""
        text = dumps(project)
        there = _embedded(path)
        if there == embed.storable(text) and self._takes.has(key := self._key(project)):
            return "there", key
        if path.exists() and there is None and not self._force:
            raise InputError(
                f"{path} was not replaced",
                "It exists, and Keydream did not make it",
                "Choose another folder or name, or add --force to replace it",
            )
        exact = self._deterministic
        keeper = Keeper(self._takes, project, self._toolbox, self._store, folder=Path(), deterministic=exact)
        session = render(project, self._toolbox, self._store, deterministic=exact, token=self._token)
        frames: tuple[Path, ...] = ()
        dreamed = False
        for event in keeper.watch(session):
            self._watch(order, event)
            dreamed = dreamed or isinstance(event, SolveDone)
            if isinstance(event, RenderDone):
                frames = event.paths
        export(
            frames,
            path,
            project.timeline.rate.fraction,
            settings=ExportOptions(overwrite=True),
            project_json=text,
            token=self._token,
            report=silent,
        )
        return "made" if dreamed else "reused", keeper.keys[0] if keeper.keys else ""

    def _key(self, project: Project) -> str:
        """The key of the project's only keyframe."""
        identities, device = self._toolbox.identities(project), self._toolbox.device.type
        return plan(project, None, identities, device=device, deterministic=self._deterministic).solves[0].key


def _embedded(path: Path) -> str | None:
    """The project inside a picture; None where there is no picture, or none of Keydream's."""
    try:
        return read_embedded(path) if path.is_file() else None
    except StudioError:
        return None
