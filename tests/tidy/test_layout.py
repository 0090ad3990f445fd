"""The house's shape: small files, and a test for every module."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import studio

STUDIO = Path(studio.__file__).parent
TESTS = Path(__file__).resolve().parents[1]
MODULES = {path.relative_to(STUDIO).as_posix(): path for path in sorted(STUDIO.rglob("*.py"))}

LONGEST = 400

ELSEWHERE = {
    "__main__.py": "cli/test_system.py",
    "app/commands.py": "app/test_window.py",
    "app/main.py": "e2e/test_window.py",
    "cli/app.py": "cli/test_system.py",
    "cli/console.py": "cli/test_render.py",
    "cli/train.py": "starter/test_command.py",
    "cli/window.py": "e2e/test_window.py",
    "canvas/generator.py": "canvas/test_biggan_model.py",
    "export/chunks.py": "export/test_embed.py",
    "export/container.py": "export/test_run.py",
    "export/encode.py": "faults/test_export.py",
    "export/job.py": "export/test_run.py",
    "export/meter.py": "export/test_run.py",
    "models/download.py": "faults/test_downloads.py",
    "models/http.py": "faults/test_downloads.py",
    "models/offer.py": "models/test_catalogue.py",
    "project/decode.py": "project/test_roundtrip.py",
    "project/encode.py": "project/test_roundtrip.py",
    "project/limits.py": "project/test_format.py",
    "project/reading.py": "project/test_format.py",
    "project/wire.py": "project/test_schema.py",
    "render/drafts.py": "render/test_exploring.py",
    "render/dreaming.py": "render/test_session.py",
    "render/events.py": "render/test_session.py",
    "render/manifest.py": "render/test_store.py",
    "scenery/landscapes.py": "scenery/test_backgrounds.py",
    "scenery/painting.py": "scenery/test_backgrounds.py",
    "scenery/patterns.py": "scenery/test_backgrounds.py",
    "scenery/places.py": "scenery/test_backgrounds.py",
    "scenery/skies.py": "scenery/test_backgrounds.py",
    "score/perceptor.py": "score/test_clip.py",  # a protocol: what is tested is what keeps it
    "starter/evaluator.py": "starter/test_command.py",  # settings alone
    "timeline/edit.py": "timeline/test_history.py",
    "timeline/edits.py": "timeline/test_edits_keys.py",  # only gathers the modules beside it
}
"""Modules that are parts of what another file tests as a whole."""


@pytest.mark.parametrize("name", MODULES)
def test_no_file_is_too_long(name):
    assert len(MODULES[name].read_text("utf-8").splitlines()) <= LONGEST


def home(name: str) -> Path:
    """Where a module's tests are: "base/atomic.py" is tested in tests/base/test_atomic.py."""
    path = Path(name)
    return TESTS / path.parent / f"test_{path.name}"


def test_every_module_has_its_tests():
    homeless = [
        name
        for name in MODULES
        if Path(name).name != "__init__.py" and name not in ELSEWHERE and not home(name).is_file()
    ]
    assert homeless == []


@pytest.mark.parametrize("name", ELSEWHERE)
def test_what_is_tested_elsewhere_is_named_there(name):
    assert name in MODULES
    assert not home(name).is_file(), f"{name} has a test file of its own and need not be listed"
    tests = (TESTS / ELSEWHERE[name]).read_text("utf-8")
    package = ".".join(["studio", *Path(name).parts[:-1]])
    assert re.search(rf"\b{re.escape(package)}\b", tests)


def test_tests_are_no_package():
    assert list(TESTS.rglob("__init__.py")) == []


def test_nothing_is_left_for_later():
    later = re.compile(r"\b(TODO|FIXME|XXX|HACK|NotImplementedError)\b")
    assert [name for name, path in MODULES.items() if later.search(path.read_text("utf-8"))] == []
