"""What a desktop is told about the program is true."""

from __future__ import annotations

import configparser
import tomllib
from pathlib import Path
from xml.etree import ElementTree

from studio.base import paths

ROOT = Path(__file__).resolve().parents[2]
LINUX = ROOT / "packaging" / "linux"


def entry() -> configparser.SectionProxy:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(LINUX / "keydream.desktop")
    return parser["Desktop Entry"]


def test_the_desktop_starts_the_command_that_there_is():
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    command, verb, argument = entry()["Exec"].split()
    assert command in scripts
    assert (verb, argument) == ("open", "%f")
    assert (paths.resources() / "icons" / f"{entry()['Icon']}.svg").is_file()


def test_the_type_of_projects_is_the_same_everywhere():
    (declared,) = ElementTree.parse(LINUX / "keydream-mime.xml").getroot()
    names = {"m": "http://www.freedesktop.org/standards/shared-mime-info"}
    glob = declared.find("m:glob", names)
    assert glob is not None
    assert glob.get("pattern") == "*.keydream"
    metainfo = ElementTree.parse(LINUX / "keydream.metainfo.xml").getroot()
    assert declared.get("type") in entry()["MimeType"].split(";")
    assert metainfo.findtext("provides/mediatype") == declared.get("type")
    assert metainfo.findtext("launchable") == "keydream.desktop"
