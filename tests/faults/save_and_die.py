"""Saves a project again and again, each time killed at the next file operation, each time in a folder of its own.

python save_and_die.py FOLDER    expects FOLDER/old.keydream; makes FOLDER/1, FOLDER/2, ... with what each kill left,
                                 and prints how many were killed
"""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path

from faulty_files import FaultyFiles, killing

from studio.project.store import load, save


def main(folder: Path) -> int:
    for fail_at in range(1, 1000):
        place = folder / str(fail_at)
        place.mkdir()
        path = place / "walk.keydream"
        for name in ("walk.keydream", "walk.keydream~1", "walk.keydream~2", "walk.keydream~3"):
            shutil.copy(folder / "old.keydream", place / name)
        project = replace(load(path), name="new")
        child = os.fork()
        if child == 0:
            with FaultyFiles(fail_at, killing).active():
                save(project, path)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            shutil.rmtree(place)
            return fail_at - 1
    raise AssertionError("there is no end to the operations")


if __name__ == "__main__":
    sys.stdout.write(f"{main(Path(sys.argv[1]))}\n")
