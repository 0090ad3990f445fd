"""A process of its own, for tests that share a store between processes or kill a writer: `worker.py WHAT ROOT ...`."""

from __future__ import annotations

import io
import sys
from pathlib import Path

from PIL import Image

from studio.render.store import FrameStore


def hammer(root: Path, worker: int) -> None:
    """Put and read three keys over and over, each time another picture."""
    store = FrameStore(root)
    for turn in range(30):
        name = f"{turn % 3:064x}"
        out = io.BytesIO()
        Image.new("RGB", (4, 4), (worker, turn, 0)).save(out, "PNG")
        store.put(name, png=out.getvalue())
        store.get(name)


def show(root: Path, mode: str, refine: int) -> None:
    """Render, with a checkpoint after every step, and say a line for every event."""
    import torch  # which hammering does without
    from fakes import Toolbox, project

    from studio.render.session import render

    torch.set_num_threads(1)
    for event in render(project(mode=mode, refine=refine), Toolbox(), FrameStore(root), checkpoint_every=0):
        print(type(event).__name__, flush=True)  # noqa: T201


if __name__ == "__main__":
    what, root, *rest = sys.argv[1:]
    if what == "hammer":
        hammer(Path(root), int(rest[0]))
    else:
        show(Path(root), rest[0], int(rest[1]))
