"""A process of its own, to be killed: `worker.py WHAT ROOT ...`."""

from __future__ import annotations

import io
import os
import signal
import sys
from pathlib import Path

from PIL import Image

from studio.takes.store import Takes
from studio.takes.take import Take, TakeMedium

FAKES = Path(__file__).parents[1] / "render"


def keep(root: Path, turn: int) -> None:
    """Keep takes, star each and put every other away, saying each when it is done."""
    with Takes(root) as takes:
        for number in range(100):
            key = f"{turn * 1000 + number:064x}"
            out = io.BytesIO()
            Image.new("RGB", (16, 16), (turn, number, 0)).save(out, "PNG")
            take = Take(
                key=key,
                prompt=f"{number}",
                medium=TakeMedium(kind="pixels"),
                width=16,
                height=16,
                seed=0,
                steps=1,
                algorithm=1,
                device="cpu",
                created=1.0,
            )
            takes.keep(take, png=out.getvalue(), latents=b"latents")
            print("kept", key, flush=True)  # noqa: T201
            takes.star(key)
            print("starred", key, flush=True)  # noqa: T201
            if number % 2:
                takes.remove(key)
                print("removed", key, flush=True)  # noqa: T201


def batch(root: Path, death: int) -> None:
    """Make twenty lines, two of which cannot be made, with the fake tools; die in the event of that number."""
    sys.path.insert(0, str(FAKES))
    import torch
    from fakes import Toolbox, project

    from studio.base.cancel import never
    from studio.render.events import Event, SolveDone
    from studio.render.store import FrameStore
    from studio.takes.batch import Batch
    from studio.takes.orders import Order, Settings, read_orders

    torch.set_num_threads(1)
    lines = [f"picture number {number}" for number in range(1, 21)]
    lines[4], lines[12] = "red:nan", "image:nowhere"
    prompts = root / "prompts.txt"
    prompts.write_text("\n".join(lines))
    count = 0

    def watch(order: Order, event: Event) -> None:
        nonlocal count
        count += 1
        if isinstance(event, SolveDone):
            print("solved", event.key, flush=True)  # noqa: T201
        if count == death:
            os.kill(os.getpid(), signal.SIGKILL)

    with Takes(root / "takes") as takes:
        made = Batch(
            root / "out",
            lambda settings: project({0: settings.prompt}, length=1, seed=settings.seed, steps=2),
            Toolbox(),
            FrameStore(root / "frames"),
            takes,
            token=never(),
            watch=watch,
        )
        for _ in made.run(read_orders(prompts, Settings())):
            pass


if __name__ == "__main__":
    os.fsync = lambda descriptor: None  # whoever is killed, not unplugged, need not wait for the disk
    what, root, *rest = sys.argv[1:]
    if what == "keep":
        keep(Path(root), int(rest[0]))
    else:
        batch(Path(root), int(rest[0]) if rest else 0)
