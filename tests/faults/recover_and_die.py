"""Writes a recovery copy again and again, each time killed at the next file operation, each time in another folder.

python recover_and_die.py FOLDER    makes FOLDER/1, FOLDER/2, ... with what each kill left; prints how many were killed
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from faulty_files import FaultyFiles, killing

from studio.project.model import Project
from studio.project.recovery import Recovery
from studio.timeline.model import Marker, Timeline
from studio.timeline.time import FrameRate

OLD = Project(
    "old", Timeline(FrameRate(24), 100, markers=tuple(Marker(frame, f"marker {frame}") for frame in range(30)))
)
NEW = Project("new", OLD.timeline)


def main(folder: Path) -> int:
    for fail_at in range(1, 1000):
        root = folder / str(fail_at)
        child = os.fork()
        if child == 0:
            window = Recovery(root)
            window.write(OLD, folder / "walk.keydream", folder)
            with FaultyFiles(fail_at, killing).active():
                window.write(NEW, folder / "walk.keydream", folder)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            shutil.rmtree(root)
            return fail_at - 1
    raise AssertionError("there is no end to the operations")


if __name__ == "__main__":
    sys.stdout.write(f"{main(Path(sys.argv[1]))}\n")
