"""Packs: names, indices, identities, and every way a folder or zip of cutouts can be bad."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from PIL import Image

from studio.base.errors import AssetError, FileError, InputError
from studio.canvas import pack as packs
from studio.canvas.pack import INDEX, read_pack


def png(colour="red") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGBA", (20, 20), colour).save(buffer, "PNG")
    return buffer.getvalue()


FILES = {"cat-face.png": png(), "two-hump_camel-2.webp": png("blue"), "sub/dog.svg": b"<svg/>", "notes.txt": b"x"}


@pytest.fixture
def folder(tmp_path):
    for name, data in FILES.items():
        (tmp_path / "pack" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "pack" / name).write_bytes(data)
    return tmp_path / "pack"


def zipped(path, files=FILES):
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def test_names_of_files_say_what_cutouts_show(folder):
    pack = read_pack(folder)
    assert list(pack.cutouts) == ["cat-face", "sub/dog", "two-hump_camel-2"]
    assert [cutout.nouns for cutout in pack.cutouts.values()] == [("cat face",), ("dog",), ("two hump camel",)]
    assert pack.cutouts["sub/dog"].group == "sub"
    assert pack.data("cat-face") == FILES["cat-face.png"]


def test_a_zip_is_read_like_a_folder(folder, tmp_path):
    pack = read_pack(zipped(tmp_path / "p.zip"))
    assert pack.cutouts == read_pack(folder).cutouts
    assert pack.data("sub/dog") == b"<svg/>"


def test_an_index_names_and_thanks(folder):
    entry = {"file": "cat-face.png", "nouns": ["Cat ", "kitten"], "group": "animals"}
    (folder / INDEX).write_text(json.dumps({"licence": "MIT", "attribution": "Me", "cutouts": [entry]}))
    pack = read_pack(folder)
    assert (pack.licence, pack.attribution) == ("MIT", "Me")
    assert pack.cutouts["cat-face"].nouns == ("cat", "kitten")
    assert pack.cutouts["cat-face"].group == "animals"
    assert pack.cutouts["sub/dog"].nouns == ("dog",)


def test_the_identity_is_of_names_and_contents(folder):
    before = read_pack(folder).identity
    assert read_pack(folder).identity == before
    (folder / "cat-face.png").write_bytes(png("lime"))
    changed = read_pack(folder).identity
    (folder / "cat-face.png").rename(folder / "a cat.png")
    assert len({before, changed, read_pack(folder).identity}) == 3


def test_what_is_no_pack_is_refused(tmp_path, folder):
    with pytest.raises(FileError, match="missing"):
        read_pack(tmp_path / "nowhere.zip")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="There are no cutouts"):
        read_pack(tmp_path / "empty")
    (tmp_path / "p.zip").write_bytes(b"PK no zip")
    with pytest.raises(InputError, match="is no pack"):
        read_pack(tmp_path / "p.zip")


@pytest.mark.parametrize("index", ["", "[]", "{", '{"cutouts": [{}]}', '{"cutouts": [{"file": 3}]}', '{"cutouts": 3}'])
def test_a_damaged_index_is_refused(folder, index):
    (folder / INDEX).write_text(index)
    with pytest.raises(InputError, match="damaged"):
        read_pack(folder)


def test_too_many_or_too_large_is_refused(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(packs, "CUTOUTS", 2)
    with pytest.raises(InputError, match="3 cutouts"):
        read_pack(folder)
    monkeypatch.undo()
    monkeypatch.setattr(packs, "PACK_BYTES", 10)
    with pytest.raises(InputError, match="too large"):
        read_pack(zipped(tmp_path / "p.zip"))


def test_a_zip_bomb_is_unpacked_no_further_than_the_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(packs, "CUTOUT_BYTES", 1000)
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("big.png", b"0" * 1_000_000)
    with pytest.raises(AssetError, match="larger than"):
        read_pack(path).data("big")


def test_a_cutout_that_is_not_there_or_damaged_is_named(folder, tmp_path):
    with pytest.raises(AssetError, match="no cutout called dragon"):
        read_pack(folder).data("dragon")
    path = zipped(tmp_path / "p.zip", {"cat.png": png()})
    content = bytearray(path.read_bytes())
    content[60] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(AssetError, match=r"cat\.png"):
        read_pack(path).data("cat")
