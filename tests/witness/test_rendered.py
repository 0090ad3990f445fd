"""Which picture each frame has."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

from PIL import Image

from studio.project.model import Medium, Project
from studio.render.identity import identities
from studio.render.plan import plan
from studio.render.store import FrameStore
from studio.timeline.time import whole_range
from studio.witness.rendered import rendered


def png(size: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (size, size)).save(out, "PNG")
    return out.getvalue()


def test_full_quality_comes_before_drafts_and_these_before_a_samples(project: object, tmp_path: Path) -> None:
    made: Project = replace(project({0: "a dog"}, length=6), medium=Medium("pixels", start="noise"))  # type: ignore[operator]
    made = replace(made, motion=replace(made.motion, mode="follow"), width=64, height=64)
    store, named = FrameStore(tmp_path / "frames"), identities(made, tmp_path)
    keys = {
        quality: plan(made, whole_range(6), named, quality=quality, device="cpu").keys for quality in ("final", "draft")
    }
    finals = [store.put(keys["final"][frame], png=png(64)).picture for frame in (0, 1)]
    draft = store.put(keys["draft"][2], png=png(32)).picture
    store.put(keys["draft"][1], png=png(32))
    shipped = [tmp_path / f"shipped {frame}.png" for frame in range(4)]
    assert rendered(made, tmp_path, store, "cpu") == (*finals, draft, None, None, None)
    assert rendered(made, tmp_path, store, "cpu", shipped) == (*finals, draft, shipped[3], None, None)
    assert rendered(made, tmp_path, store, "cuda") == (None,) * 6  # other devices render other pictures
