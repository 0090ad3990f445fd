"""Artwork is found, drawn and kept; what is missing or damaged is said in plain words."""

from __future__ import annotations

import builtins
import os
import subprocess
import sys

import numpy as np
import pytest

from studio.base.errors import FileError, InputError
from studio.starter import artwork as module
from studio.starter.artwork import STYLES, load_atlas
from studio.starter.objects import Kind


def test_every_drawing_of_every_style_is_there(kinds, atlas):
    names = [name for kind in kinds for name in kind.artwork]
    assert atlas.pictures.shape == (3 * len(names), 32, 32, 4)
    assert atlas.pictures.dtype == np.uint8
    assert atlas.names == tuple(names) * 3
    assert atlas.style.tolist() == [style for style in range(3) for _ in names]
    assert atlas.kind.tolist() == [number for number, kind in enumerate(kinds) for _ in kind.artwork] * 3


def test_drawings_have_their_colours_premultiplied(atlas):
    assert bool((atlas.pictures[..., :3] <= atlas.pictures[..., 3:]).all())
    assert bool((atlas.pictures[:, 0, 0] == 0).all())  # nothing in the corner
    first = atlas.pictures[0, 8, 16]
    assert first.tolist() == [0xD0, 0x20, 0x20, 255]


def test_half_transparent_drawings_are_premultiplied(tmp_path, packer):
    kind = Kind(("ant",), "animals", ("ant",))
    half = {"icons": {"ant": {"body": '<rect width="16" height="16" fill="#fff" opacity="0.5"/>'}}}
    for style in STYLES:
        packer(tmp_path, style, half)
    pixel = load_atlas((kind,), 16, tmp_path).pictures[0, 8, 8]
    assert len(set(pixel.tolist())) == 1
    assert 126 <= pixel[0] <= 129


def test_sizes_frames_and_aliases_of_icons_are_followed(tmp_path, packer):
    red, blue = '<rect width="16" height="16" fill="#f00"/>', '<rect x="16" width="16" height="16" fill="#00f"/>'
    package = {
        "width": 16,
        "height": 16,
        "icons": {"left": {"body": red + blue}, "right": {"body": red + blue, "left": 16}},
        "aliases": {"other": {"parent": "right"}, "lost": {"parent": "nowhere"}},
    }
    for style in STYLES:
        packer(tmp_path, style, package)
    kind = Kind(("thing",), "", ("left", "right", "other", "lost", "unknown"))
    atlas = load_atlas((kind,), 8, tmp_path)
    assert atlas.names == ("left", "right", "other") * 3
    assert [picture[4, 4].tolist() for picture in atlas.pictures[:3]] == [[255, 0, 0, 255], *[[0, 0, 255, 255]] * 2]


def test_progress_is_told_to_the_end(kinds, artwork):
    told = []
    load_atlas(kinds, 16, artwork, told.append)
    assert [progress.done for progress in told] == list(range(1, 3 * len(kinds) + 1))
    assert {progress.total for progress in told} == {3 * len(kinds)}


def test_drawings_are_kept_and_drawn_only_once(kinds, artwork, home, monkeypatch):
    first = load_atlas(kinds, 16, artwork)
    assert [path.suffix for path in (home / "cache" / "artwork").iterdir()] == [".npz"]

    def never(*_: object) -> None:
        raise AssertionError("drawn again")

    monkeypatch.setattr(module, "_draw", never)
    again = load_atlas(kinds, 16, artwork)
    assert np.array_equal(again.pictures, first.pictures)
    assert (again.kind.tolist(), again.style.tolist(), again.names) == (
        first.kind.tolist(),
        first.style.tolist(),
        first.names,
    )
    with pytest.raises(AssertionError, match="drawn again"):
        load_atlas(kinds, 24, artwork)
    with pytest.raises(AssertionError, match="drawn again"):
        load_atlas(kinds[1:], 16, artwork)


@pytest.mark.parametrize("content", [b"", b"PK\3\4 nonsense", b"\x80\x04."], ids=["empty", "no zip", "a pickle"])
def test_kept_drawings_that_are_damaged_are_drawn_again(kinds, artwork, home, content):
    first = load_atlas(kinds, 16, artwork)
    (kept,) = (home / "cache" / "artwork").iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(content)
    assert np.array_equal(load_atlas(kinds, 16, artwork).pictures, first.pictures)
    kept.write_bytes(whole[: len(whole) // 2])
    assert np.array_equal(load_atlas(kinds, 16, artwork).pictures, first.pictures)


def test_a_missing_package_is_named_with_the_command_that_gets_it(kinds, tmp_path, packer, drawn):
    for style in STYLES[:2]:
        packer(tmp_path, style, drawn(kinds, style.name))
    with pytest.raises(InputError) as caught:
        load_atlas(kinds, 16, tmp_path)
    assert caught.value.what == "No artwork was found"
    assert caught.value.why == f"There is no iconify-json-twemoji-*.tgz in {tmp_path}"
    assert "npm pack @iconify-json/twemoji" in caught.value.fix
    assert "--artwork" in caught.value.fix


def test_the_newest_version_is_taken(kinds, tmp_path, packer, drawn):
    for style in STYLES:
        packer(tmp_path, style, {"icons": {}}, version="1.9.0")
        packer(tmp_path, style, drawn(kinds, style.name), version="1.10.0")
    assert len(load_atlas(kinds, 16, tmp_path).names) == 15


def test_another_package_of_a_similar_name_is_not_taken(kinds, tmp_path, packer):
    (tmp_path / "iconify-json-noto-v1-1.0.0.tgz").write_bytes(b"")
    with pytest.raises(InputError, match=r"no iconify-json-noto-\*\.tgz"):
        load_atlas(kinds, 16, tmp_path)


def test_things_without_any_artwork_are_named(kinds, artwork):
    wanted = (*kinds, Kind(("griffin", "gryphon"), "animals", ("griffin",)), Kind(("hydra",), "animals", ("hydra",)))
    with pytest.raises(InputError) as caught:
        load_atlas(wanted, 16, artwork)
    assert caught.value.what == "Some things have no artwork"
    assert caught.value.why == "griffin, hydra"
    assert "objects.txt" in caught.value.fix


def test_artwork_in_one_style_is_enough(kinds, tmp_path, packer, drawn):
    packer(tmp_path, STYLES[0], {"icons": {}})
    packer(tmp_path, STYLES[1], drawn(kinds, "fluent"))
    packer(tmp_path, STYLES[2], {"icons": {}})
    assert set(load_atlas(kinds, 16, tmp_path).style.tolist()) == {1}


def damaged(kinds, folder) -> FileError:
    with pytest.raises(FileError) as caught:
        load_atlas(kinds, 16, folder)
    assert caught.value.what.endswith("-1.0.0.tgz could not be read")
    assert caught.value.why
    assert caught.value.fix == "Delete it, and let it be fetched again"
    return caught.value


@pytest.mark.parametrize(
    "content",
    [b"{", b"[]", b'"icons"', b"{}", b'{"icons": []}', b"\xff\xfe\xff", b'{"icons": {"ant": {"body": "<path"}}}'],
)
def test_a_package_whose_icons_are_none_is_refused(kinds, tmp_path, packer, content):
    for style in STYLES:
        packer(tmp_path, style, content)
    damaged(kinds, tmp_path)


def test_a_damaged_package_is_refused_wherever_the_damage_is(kinds, tmp_path, artwork):
    packages = {path.name: path.read_bytes() for path in artwork.iterdir()}
    noto = "iconify-json-noto-1.0.0.tgz"
    whole = packages[noto]
    for name, content in packages.items():
        (tmp_path / name).write_bytes(content)
    for content in (b"", b"no archive", whole[:30], whole[: len(whole) // 2], whole[:-40], flipped(whole)):
        (tmp_path / noto).write_bytes(content)
        damaged(kinds, tmp_path)


def flipped(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes(255 - byte for byte in content[middle : middle + 20]) + content[middle + 20 :]


def test_a_package_without_icons_is_refused(kinds, tmp_path):
    import tarfile

    for style in STYLES:
        stem = style.package.removeprefix("@").replace("/", "-")
        with tarfile.open(tmp_path / f"{stem}-1.0.0.tgz", "w:gz") as archive:
            archive.addfile(tarfile.TarInfo("package/other.json"))
    assert "icons.json" in damaged(kinds, tmp_path).why


def test_without_a_folder_packages_are_fetched_into_the_cache(kinds, home, monkeypatch, packer, drawn):
    asked = []

    def npm(command, *, cwd, **_):
        asked.append(command[-1])
        style = next(style for style in STYLES if style.package == command[-1])
        packer(cwd, style, drawn(kinds, style.name))
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(module.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(module.subprocess, "run", npm)
    atlas = load_atlas(kinds, 16)
    assert asked == [style.package for style in STYLES]
    assert len(atlas.names) == 15
    load_atlas(kinds, 24)
    assert len(asked) == 3  # they are still there
    assert len(list((home / "cache" / "artwork").glob("*.tgz"))) == 3


def test_without_npm_the_way_out_is_named(kinds, monkeypatch):
    monkeypatch.setattr(module.shutil, "which", lambda _: None)
    with pytest.raises(InputError) as caught:
        load_atlas(kinds, 16)
    assert caught.value.what == "The artwork could not be fetched"
    assert "npm" in caught.value.why
    assert "--artwork" in caught.value.fix


def test_what_npm_complains_about_is_passed_on(kinds, monkeypatch):
    monkeypatch.setattr(module.shutil, "which", lambda name: name)
    monkeypatch.setattr(
        module.subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, 1, "", "E404 not found\n")
    )
    with pytest.raises(InputError) as caught:
        load_atlas(kinds, 16)
    assert caught.value.what == "The artwork @iconify-json/noto could not be fetched"
    assert caught.value.why == "E404 not found"


def test_a_cache_that_cannot_be_made_is_said(kinds, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("KEYDREAM_HOME", str(tmp_path / "file"))
    monkeypatch.setattr(module.shutil, "which", lambda name: name)
    with pytest.raises(FileError, match="could not be written"):
        load_atlas(kinds, 16)


def test_a_full_disk_is_said_and_leaves_no_debris(kinds, artwork, home, monkeypatch):
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileError) as caught:
        load_atlas(kinds, 16, artwork)
    assert caught.value.why == "The disk is full"
    assert list((home / "cache" / "artwork").iterdir()) == []


def test_without_the_drawing_package_its_installation_is_named(kinds, artwork, monkeypatch):
    plain = builtins.__import__

    def without(name, *arguments, **options):
        if name == "resvg_py":
            raise ImportError(name)
        return plain(name, *arguments, **options)

    monkeypatch.delitem(sys.modules, "resvg_py", raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(InputError) as caught:
        load_atlas(kinds, 16, artwork)
    assert caught.value.why == "The package resvg-py is not installed"
    assert "pip install resvg-py" in caught.value.fix
