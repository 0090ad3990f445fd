"""A process of its own, to be killed: `worker.py WHAT ROOT ...`."""

from __future__ import annotations

import io
import sys
from pathlib import Path

from PIL import Image

from studio.takes.store import Takes
from studio.takes.take import Take, TakeMedium


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


if __name__ == "__main__":
    keep(Path(sys.argv[2]), int(sys.argv[3]))
