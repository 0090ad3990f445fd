"""The documents are there, and what they name exists."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import studio
from studio.base import paths
from studio.timeline.parameters import PARAMETERS

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ["README.md", "studio/ARCHITECTURE.md", "resources/help/CHANGELOG.md", "LICENSE"]


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_there_and_says_something(name):
    assert len(text(name).split()) > 100


@pytest.mark.parametrize("name", ["README.md", "studio/ARCHITECTURE.md"])
def test_paths_that_a_document_names_exist(name):
    named = re.findall(r"(?<![\w./-])((?:studio|tests|resources|packaging|\.ci)/[\w./-]*[\w/])", text(name))
    assert named
    missing = [path for path in named if not (ROOT / path).exists()]
    assert missing == []


def test_the_architecture_names_every_package():
    architecture = text("studio/ARCHITECTURE.md")
    packages = {path.parent.name for path in (ROOT / "studio").glob("*/__init__.py")}
    assert {package for package in packages if f"`{package}`" not in architecture} == set()


def test_modules_that_the_architecture_names_exist():
    architecture = text("studio/ARCHITECTURE.md")
    sections = re.split(r"^\*\*`(\w+)`\*\*", architecture, flags=re.MULTILINE)
    named = [
        (package, module)
        for package, body in zip(sections[1::2], sections[2::2], strict=True)
        for module in re.findall(r"`(\w+\.py)`", body)
    ]
    assert named
    assert [f"{p}/{m}" for p, m in named if not (ROOT / "studio" / p / m).is_file()] == []


def lines(name: str) -> list[str]:
    """The lines of a document's code blocks."""
    return [line.strip() for line in text(name).splitlines() if line.startswith("    ")]


def test_the_readme_has_one_line_that_opens_the_studio_and_one_that_tests():
    commands = [line for line in lines("README.md") if "pip install" in line]
    assert len(commands) == 2
    assert all(command.startswith("python3 -m venv") for command in commands)
    assert commands[0].endswith("keydream")
    assert any("keydream render first-walk" in line for line in lines("README.md"))
    assert commands[1].endswith("pytest")
    assert "[dev]" in commands[1]


def test_the_readme_names_the_samples_and_parameters_that_there_are():
    readme = text("README.md")
    samples = {path.stem for path in paths.samples().glob("*.keydream")}
    assert len(samples) >= 4
    assert {sample for sample in samples if sample not in readme} == set()
    named = next(line for line in readme.splitlines() if line.startswith("- **parameters**"))
    assert set(re.findall(r"`(\w+)`", named)) <= set(PARAMETERS)


def test_the_changelog_tells_of_this_version():
    assert re.search(rf"^## {re.escape(studio.__version__)}\b", text("resources/help/CHANGELOG.md"), re.MULTILINE)


def test_the_package_is_what_the_issue_calls_it():
    project = tomllib.loads(text("pyproject.toml"))["project"]
    assert project["name"] == "keydream"
    assert project["scripts"] == {"keydream": "studio.__main__:main"}
    assert project["license"] == "MIT"
    assert any(need.startswith("resvg-py") for need in project["dependencies"])  # drawings need no Qt
