"""Brings an index up to date with a perceptor that takes its time, and writes a line before every batch.

python index_and_die.py FOLDER PLACE    the pictures' folder, and where the index lies; to be killed at any time
"""

from __future__ import annotations

import importlib.util
import sys
import time
from pathlib import Path

import torch

from studio.base.progress import Progress
from studio.library.index import Index
from studio.library.indexing import update

SPEC = importlib.util.spec_from_file_location("keydream_library_conftest", Path(__file__).with_name("conftest.py"))
assert SPEC is not None
assert SPEC.loader is not None
CONFTEST = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(CONFTEST)


class SlowPerceptor(CONFTEST.ColourPerceptor):
    """Takes ten milliseconds for every batch; its numbers depend on what is in a batch, as a network's may."""

    def embed_image(self, images: torch.Tensor) -> torch.Tensor:
        time.sleep(0.01)
        mixed = images + 0.05 * images.mean(0, keepdim=True)
        return super().embed_image(mixed)


def main(folder: Path, place: Path) -> None:
    torch.set_num_threads(1)
    index = Index(folder, "slow", 3, place=place)

    def report(at: Progress) -> None:
        sys.stdout.write(f"{at.done}\n")
        sys.stdout.flush()

    moments = iter(range(10**9))  # so that every batch is laid down
    update(index, SlowPerceptor(), report=report, clock=lambda: 10.0 * next(moments))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
