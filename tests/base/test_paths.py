"""Where things are, from a checkout and from a wheel, and how a test or a portable install moves them."""

from __future__ import annotations

from pathlib import Path

import pytest

import studio
from studio.base import paths


def test_resources_of_a_checkout_or_a_wheel():
    package = Path(studio.__file__).resolve().parent
    assert paths.resources() in (package / "resources", package.parent / "resources")
    assert paths.samples() == paths.resources() / "samples"


@pytest.mark.parametrize("wheel", [True, False])
def test_resources_inside_the_package_come_first(tmp_path, monkeypatch, wheel):
    package = tmp_path / "site" / "studio"
    (package / "base").mkdir(parents=True)
    (tmp_path / "site" / "resources").mkdir()
    if wheel:
        (package / "resources").mkdir()
    monkeypatch.setattr(paths, "__file__", str(package / "base" / "paths.py"))
    assert paths.resources() == (package if wheel else package.parent) / "resources"


def test_one_variable_moves_all_that_is_written(tmp_path, monkeypatch):
    monkeypatch.setenv("KEYDREAM_HOME", str(tmp_path / "home"))
    assert paths.data_dir() == tmp_path / "home" / "data"
    assert paths.cache_dir() == tmp_path / "home" / "cache"
    assert not (tmp_path / "home").exists(), "asking makes nothing"


def test_without_it_the_usual_places_of_the_system_are_used(monkeypatch):
    for value in (None, ""):
        monkeypatch.delenv("KEYDREAM_HOME", raising=False)
        if value is not None:
            monkeypatch.setenv("KEYDREAM_HOME", value)
        assert paths.data_dir() != paths.cache_dir()
        for folder in (paths.data_dir(), paths.cache_dir()):
            assert folder.is_absolute()
            assert "keydream" in folder.parts
