"""Pictures come into the project's folder checked, whole, once, and under a name that suits everyone."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import replace

import pytest
from PIL import Image

from studio.base.errors import AssetError, FileError, InputError
from studio.project import pictures
from studio.project.assets import read_picture, resolve
from studio.project.contained import reason_against
from studio.project.model import Asset, Project
from studio.timeline.beginnings import begin_at
from studio.timeline.model import PromptTrack, Timeline
from studio.timeline.prompt import format_prompt, parse_prompt
from studio.timeline.time import FrameRate
from studio.timeline.track import Keyframe, Track


@pytest.fixture
def apple(tmp_path):
    path = tmp_path / "Red Äpple!.jpeg"
    Image.new("RGB", (5, 4), (200, 30, 30)).save(path, "PNG")
    return path


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "project"


def project(prompt: str = "", **more: object) -> Project:
    track = Track((Keyframe(0, parse_prompt(prompt)),)) if prompt else Track()
    return replace(Project("p", Timeline(FrameRate(24), 9, prompts=(PromptTrack("Prompt", track),))), **more)


def test_a_picture_is_copied_as_it_is_under_a_safe_name_and_the_suffix_of_its_content(apple, folder):
    copied = pictures.copy(apple, folder)
    sha256 = hashlib.sha256(apple.read_bytes()).hexdigest()
    assert copied == pictures.Copied(f"pictures/red-apple-{sha256[:8]}.png", sha256, "red-apple")
    assert (folder / copied.path).read_bytes() == apple.read_bytes()
    assert reason_against(copied.path) is None
    asset = pictures.asset_for(project(), copied)
    assert asset == Asset("red-apple", copied.path, sha256)
    assert read_picture(resolve(folder, asset)).size == (5, 4)


def test_the_same_content_is_not_copied_twice(apple, folder, tmp_path):
    first = pictures.copy(apple, folder)
    again = tmp_path / "other name.png"
    again.write_bytes(apple.read_bytes())
    second = pictures.copy(again, folder)
    assert second.path == first.path
    assert len(list((folder / "pictures").iterdir())) == 1
    assert pictures.copy(folder / first.path, folder).path == first.path
    has = project(assets=(pictures.asset_for(project(), first),))
    assert pictures.asset_for(has, second) == has.assets[0]


def test_a_picture_that_the_project_has_elsewhere_is_not_copied(apple, folder):
    folder.mkdir()
    (folder / "mine.png").write_bytes(apple.read_bytes())
    known = Asset("mine", "mine.png", hashlib.sha256(apple.read_bytes()).hexdigest())
    assert pictures.copy(apple, folder, [known]).path == "mine.png"
    (folder / "mine.png").write_bytes(b"changed")
    assert pictures.copy(apple, folder, [known]).path.startswith("pictures/red-apple-")


def test_another_content_of_the_same_mark_is_not_overwritten(apple, folder):
    sha256 = hashlib.sha256(apple.read_bytes()).hexdigest()
    other = folder / "pictures" / f"red-apple-{sha256[:8]}.png"
    other.parent.mkdir(parents=True)
    other.write_bytes(b"other")
    copied = pictures.copy(apple, folder)
    assert copied.path == f"pictures/red-apple-{sha256}.png"
    assert other.read_bytes() == b"other"


def test_ids_are_unique(apple, folder):
    has = project(assets=(Asset("red-apple", "a.png"), Asset("red-apple-2", "b.png")))
    assert pictures.asset_for(has, pictures.copy(apple, folder)).id == "red-apple-3"


def test_data_without_a_file_comes_in_too(apple, folder):
    copied = pictures.copy_data(apple.read_bytes(), "Pasted picture", folder)
    assert copied.name == "pasted-picture"
    assert (folder / copied.path).read_bytes() == apple.read_bytes()


def test_what_is_no_picture_is_refused_and_leaves_nothing(folder, tmp_path):
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"\x89PNG\r\n\x1a\n broken")
    for source in (bad, tmp_path / "missing.png", tmp_path):
        with pytest.raises(AssetError):
            pictures.copy(source, folder)
    assert not folder.exists()


def test_a_disk_that_refuses_is_told_and_leaves_nothing(apple, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    with pytest.raises(FileError):
        pictures.copy(apple, blocked)
    assert blocked.read_bytes() == b""


@pytest.mark.skipif(sys.platform == "win32", reason="making links needs rights on Windows")
def test_a_folder_that_leads_outside_is_refused(apple, folder, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    folder.mkdir()
    (folder / "pictures").symlink_to(outside)
    with pytest.raises(AssetError, match="leads outside"):
        pictures.copy(apple, folder)
    assert list(outside.iterdir()) == []


def test_a_source_that_changes_meanwhile_is_not_taken(apple, folder, monkeypatch):
    monkeypatch.setattr(pictures.shutil, "copyfile", lambda _source, target: target.write_bytes(b"half"))
    with pytest.raises(AssetError, match="changed meanwhile"):
        pictures.copy(apple, folder)
    assert [path for path in folder.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Red Apple", "red-apple"),
        ("../../etc/passwd", "etc-passwd"),
        ("漢字", "picture"),
        ("", "picture"),
        ("a|b:c\\d", "a-b-c-d"),
        ("x" * 300, "x" * 40),
        ("con", "con"),
    ],
)
def test_names_are_safe_for_files_and_prompts(text, name, apple, folder, tmp_path):
    assert pictures.safe_name(text) == name
    assert reason_against(f"pictures/{name}-0123abcd.png") is None
    assert format_prompt(parse_prompt(f"image:{name}")) == f"image:{name}"


def test_what_is_used_is_not_removed():
    has = project("a cat | image:apple:0.5", assets=(Asset("apple", "a.png"), Asset("pear", "b.png")))
    assert pictures.is_used(has, "apple")
    assert not pictures.is_used(has, "pear")
    assert pictures.is_used(replace(has, init_image="pear"), "pear")
    masked = project("a cat @mask(pear)", assets=has.assets)
    assert pictures.is_used(masked, "pear") and not pictures.is_used(masked, "apple")
    begun = replace(has, timeline=begin_at(0, "pear").apply(has.timeline))
    assert pictures.is_used(begun, "pear") and pictures.is_used(begun, "apple")
    with pytest.raises(InputError, match="apple cannot be removed"):
        pictures.remove_asset("apple").apply(has)
    assert [asset.id for asset in pictures.remove_asset("pear").apply(has).assets] == ["apple"]
    with pytest.raises(AssetError):
        pictures.remove_asset("plum").apply(has)
