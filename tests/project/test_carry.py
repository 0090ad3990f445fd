from __future__ import annotations

import os
from dataclasses import replace

import pytest

from studio.base.errors import FileError
from studio.project.carry import carry, moved
from studio.project.model import Asset, Project
from studio.timeline.model import Timeline
from studio.timeline.time import FrameRate

PROJECT = Project("walk", Timeline(FrameRate(24), 10), assets=(Asset("cat", "pictures/cat.png"), Asset("dog", "d.png")))


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "source"
    (folder / "pictures").mkdir(parents=True)
    (folder / "pictures" / "cat.png").write_bytes(b"cat")
    (folder / "d.png").write_bytes(b"dog")
    return folder


def test_pictures_go_along_at_the_same_paths(source, tmp_path):
    target = tmp_path / "target"
    assert carry([PROJECT], source, target) == {}
    assert (target / "pictures" / "cat.png").read_bytes() == b"cat"
    assert (target / "d.png").read_bytes() == b"dog"


def test_a_picture_that_is_there_is_used_and_another_is_never_replaced(source, tmp_path):
    target = tmp_path / "target"
    (target / "pictures").mkdir(parents=True)
    (target / "pictures" / "cat.png").write_bytes(b"another cat")
    (target / "pictures" / "cat-2.png").write_bytes(b"cat")
    (target / "d.png").write_bytes(b"other")
    renamed = carry([PROJECT], source, target)
    assert renamed == {"pictures/cat.png": "pictures/cat-2.png", "d.png": "d-2.png"}
    assert (target / "pictures" / "cat.png").read_bytes() == b"another cat"
    assert (target / "d-2.png").read_bytes() == b"dog"
    assert sorted(path.name for path in target.rglob("*.png")) == ["cat-2.png", "cat.png", "d-2.png", "d.png"]
    assert [asset.path for asset in moved(PROJECT, renamed).assets] == ["pictures/cat-2.png", "d-2.png"]


def test_what_undo_leads_to_goes_along_and_missing_pictures_stay_missing(source, tmp_path):
    target = tmp_path / "target"
    before = replace(PROJECT, assets=(Asset("gone", "gone.png"),))
    after = replace(PROJECT, assets=(Asset("dog", "d.png"),))
    assert carry([after, before], source, target) == {}
    assert [path.name for path in target.iterdir()] == ["d.png"]


def test_nothing_happens_where_it_stays(source):
    assert carry([PROJECT], source, source) == {}
    assert sorted(path.name for path in source.rglob("*.png")) == ["cat.png", "d.png"]
    assert moved(PROJECT, {}) is PROJECT


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links here")
def test_nothing_is_written_through_a_link_that_leads_outside(source, tmp_path):
    target, outside = tmp_path / "target", tmp_path / "outside"
    target.mkdir()
    outside.mkdir()
    (target / "pictures").symlink_to(outside)
    with pytest.raises(FileError, match="leads outside"):
        carry([PROJECT], source, target)
    assert not list(outside.iterdir())
