"""What every part of the window works with, in one place. Built by the window, and by tests without one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from studio.app.actions import Actions
from studio.app.choice import Choice
from studio.app.document import Document
from studio.app.exploring import ExploreSession, Exploring
from studio.app.frames import Frames
from studio.app.pictures import Pictures
from studio.app.player import Player
from studio.app.rendering import Rendering
from studio.app.scoring import Make, Scoring
from studio.app.settings import Settings
from studio.app.tasks import Tasks
from studio.app.worker import Session
from studio.base import paths
from studio.project.model import Project
from studio.render.store import FrameStore

KEEP: Final = "takes/keep"
"""The setting that says whether renders keep what comes to rest as takes."""


@dataclass(frozen=True)
class Context:
    """The parts that panels share."""

    settings: Settings
    actions: Actions
    document: Document
    choice: Choice
    player: Player
    frames: Frames
    pictures: Pictures
    rendering: Rendering
    exploring: Exploring
    tasks: Tasks
    scoring: Scoring

    def close(self) -> bool:
        """End threads and tasks, in the order in which they depend on each other. Whether all ended in time."""
        self.player.stop()
        self.exploring.close()
        ended = self.rendering.close()
        self.tasks.close()
        self.scoring.close()
        self.frames.close()
        self.pictures.close()
        self.settings.save()
        return ended


def new_context(
    project: Project,
    session: Session | None = None,
    explore: ExploreSession | None = None,
    scorer: Make | None = None,
) -> Context:
    """All parts around a project, wired to each other.

    Args:
        project: what is open at first, without a file.
        session: what renders; the machine's own by default.
        explore: what explores, likewise.
        scorer: makes what scores frames, likewise.
    """
    settings = Settings()
    document = Document(project)
    player = Player()
    frames = Frames(document, FrameStore(paths.cache_dir() / "frames"))
    rendering = Rendering(session)

    def fit() -> None:
        timeline = document.timeline
        player.fit(timeline.rate, timeline.length, timeline.frames)

    def keep(_name: str = "") -> None:
        rendering.keeps = settings.flag(KEEP, True)

    document.changed.connect(fit)
    settings.changed.connect(keep)
    rendering.frame_done.connect(frames.committed)
    rendering.device_known.connect(frames.use_device)
    fit()
    keep()
    frames.refresh()
    return Context(
        settings,
        Actions(settings),
        document,
        Choice(document),
        player,
        frames,
        Pictures(),
        rendering,
        Exploring(rendering, explore),
        Tasks(),
        Scoring(document, frames, settings, scorer),
    )
