"""The pictures that a project's frames have by now: rendered, as drafts, or come along with a sample."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from studio.project.model import Project
from studio.render.identity import identities
from studio.render.plan import plan
from studio.render.store import FrameStore
from studio.timeline.time import whole_range


def rendered(
    project: Project, folder: Path, store: FrameStore, device: str, shipped: Sequence[Path] = ()
) -> tuple[Path | None, ...]:
    """The best picture of every frame: in full quality, else as a draft, else one that came along; None for none.

    Args:
        project: whose frames.
        folder: what its pictures are relative to.
        store: where frames are kept.
        device: the kind of device that rendered: "cpu", "cuda" or "mps".
        shipped: pictures of a sample's frames, from the first.

    Raises:
        StudioError: what stops a render from being laid out: no prompts, a model or a picture that is missing.
    """
    everything = whole_range(project.timeline.length)
    named = identities(project, folder)
    found: list[Path | None] = [None] * project.timeline.length
    known: dict[str, Path | None] = {}
    for quality in ("final", "draft"):
        for frame, key in enumerate(plan(project, everything, named, quality=quality, device=device).keys):
            if found[frame] is None:
                if key not in known:
                    entry = store.peek(key)
                    known[key] = None if entry is None else entry.picture
                found[frame] = known[key]
    for frame, path in enumerate(shipped[: len(found)]):
        found[frame] = found[frame] or path
    return tuple(found)
