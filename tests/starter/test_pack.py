"""The shipped pack is made from the artwork, to the byte, and can be read."""

from __future__ import annotations

import zipfile

import pytest

from studio.base import paths
from studio.base.errors import InputError
from studio.canvas.pack import read_pack
from studio.canvas.sprites import draw
from studio.starter.objects import Kind, read_kinds
from studio.starter.pack import make_pack


def test_a_pack_holds_every_drawing_of_its_style(tmp_path, artwork, kinds):
    figures = make_pack(tmp_path / "p.zip", artwork=artwork, kinds=kinds)
    pack = read_pack(tmp_path / "p.zip")
    assert set(pack.cutouts) == {name for kind in kinds for name in kind.artwork}
    assert figures == {"cutouts": len(pack.cutouts), "bytes": (tmp_path / "p.zip").stat().st_size}
    assert pack.cutouts["cat-face"].nouns == ("cat", "kitten")
    assert pack.licence == "Apache-2.0"
    assert draw(pack, "ant", 32)[3].max() == 1


def test_the_same_artwork_makes_the_same_bytes(tmp_path, artwork, kinds):
    for name in ("a", "b"):
        make_pack(tmp_path / f"{name}.zip", artwork=artwork, kinds=kinds)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_licence_and_thanks_are_inside(tmp_path, artwork, kinds):
    make_pack(tmp_path / "p.zip", artwork=artwork, kinds=kinds)
    with zipfile.ZipFile(tmp_path / "p.zip") as archive:
        assert b"Apache License" in archive.read("LICENCE.txt")
        assert b"Noto Emoji" in archive.read("NOTICE.txt")


def test_a_pack_of_nothing_is_refused(tmp_path, artwork):
    with pytest.raises(InputError, match="would be empty"):
        make_pack(tmp_path / "p.zip", artwork=artwork, kinds=(Kind(("dragon",), "", ("dragon",)),))
    assert not (tmp_path / "p.zip").exists()


def test_the_shipped_pack_has_every_thing_of_the_list():
    pack = read_pack(paths.resources() / "starter" / "noto.zip")
    known = {noun for cutout in pack.cutouts.values() for noun in cutout.nouns}
    assert [kind.name for kind in read_kinds() if kind.name not in known] == []
    assert pack.licence == "Apache-2.0"
