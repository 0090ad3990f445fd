from __future__ import annotations

import os

from studio.project.stamp import Stamp


def test_a_file_that_is_written_by_another_differs(tmp_path):
    path = tmp_path / "walk.keydream"
    path.write_text("old")
    stamp = Stamp.of(path)
    assert not stamp.differs(path)
    path.write_text("new")
    os.utime(path, ns=(stamp.modified + 1, stamp.modified + 1))
    assert stamp.differs(path)


def test_a_file_that_was_only_touched_does_not(tmp_path):
    path = tmp_path / "walk.keydream"
    path.write_text("old")
    stamp = Stamp.of(path)
    os.utime(path, (1, 1))
    assert not stamp.differs(path)


def test_a_file_that_is_gone_does_not_and_has_no_stamp(tmp_path):
    path = tmp_path / "walk.keydream"
    assert Stamp.of(path) is None
    path.write_text("old")
    stamp = Stamp.of(path)
    path.unlink()
    assert not stamp.differs(path)
