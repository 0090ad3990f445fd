from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from studio.base.errors import FileError, StudioError
from studio.models import catalogue
from studio.project.model import Medium, PerceptorRef, Project
from studio.render.identity import (
    generator_name,
    identities,
    pack_path,
    perceptor_names,
    stands_still,
    start_of,
)
from studio.timeline.model import Timeline
from studio.timeline.time import FrameRate


def project(**fields: object) -> Project:
    return Project("One", Timeline(FrameRate(24), 48), **fields)  # type: ignore[arg-type]


def test_the_starters_stand_for_no_name(tmp_path: Path) -> None:
    found = identities(project(medium=Medium("vqgan")), tmp_path)
    assert len(found.perceptors) == 1
    assert found.medium
    assert found.start[0] == "collage"
    assert perceptor_names(project()) == ("",)
    assert perceptor_names(project(perceptors=(PerceptorRef("mine"),))) == ("mine",)


def test_a_medium_begins_in_its_own_way_unless_the_project_says_otherwise() -> None:
    assert start_of(Medium("pixels")) == "collage"
    assert start_of(Medium("biggan")) == "biggan"
    assert start_of(Medium("pixels", start="noise")) == "noise"


def test_names_of_other_media_are_not_taken_for_packs_or_generators(tmp_path: Path) -> None:
    assert pack_path(project(medium=Medium("collage", "mine")), tmp_path) == tmp_path / "mine"
    assert pack_path(project(medium=Medium("vqgan", "mine")), tmp_path).name == "noto.zip"
    assert generator_name(project(medium=Medium("biggan", "mine"))) == "mine"
    assert generator_name(project(medium=Medium("vqgan", "mine"))) == ""


def test_a_missing_pack_is_said(tmp_path: Path) -> None:
    with pytest.raises((FileError, StudioError), match="nowhere"):
        identities(project(medium=Medium("collage", "nowhere")), tmp_path)


def test_a_published_biggan_stands_still(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = '{"__metadata__": {"kind": "biggan", "config": "{\\"architecture\\": \\"biggan-deep\\"}"}}'
    path = tmp_path / "deep.safetensors"
    path.write_bytes(len(config).to_bytes(8, "little") + config.encode())
    deep = catalogue.Entry("deep", "biggan", path, "a" * 64, 100, "", "", False)
    every = (*catalogue.everything(), deep)
    monkeypatch.setattr(catalogue, "everything", lambda: every)
    assert stands_still(Medium("biggan", "deep"))
    assert not stands_still(Medium("biggan"))
    assert not stands_still(Medium("biggan", "lost"))
    assert not stands_still(Medium("pixels", "deep"))
    assert identities(project(medium=Medium("biggan", "deep")), tmp_path).still
    assert not identities(project(medium=Medium("biggan")), tmp_path).still


def test_no_torch_is_needed() -> None:
    code = "import sys, studio.render.identity; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
