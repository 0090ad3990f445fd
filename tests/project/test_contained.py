"""The spelling of asset paths: what could leave the project's folder on any system is refused on all."""

from __future__ import annotations

import ntpath
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.project.contained import reason_against


@pytest.mark.parametrize(
    "path", ["cat.png", "pictures/cat 1.png", "été/猫.png", "a/b/c.d/e", ".hidden", "~/x", "console.png", "..x/a"]
)
def test_ordinary_paths_are_allowed(path):
    assert reason_against(path) is None


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("", "empty"),
        ("/etc/passwd", "absolute"),
        ("//server/share/x.png", "absolute"),
        ("../x.png", r"\.\./"),
        ("a/../../x.png", r"\.\./"),
        ("a/..", r"\.\./"),
        ("./x.png", r"\./"),
        ("a//x.png", "//"),
        ("a/", "//"),
        ("C:/x.png", "colon"),
        ("c:x.png", "colon"),
        ("cat.png:stream", "colon"),
        ("..\\x.png", "backslash"),
        ("\\\\server\\share\\x.png", "backslash"),
        ("a/..\\..\\x.png", "backslash"),
        ("a\0.png", "control"),
        ("a\n.png", "control"),
        ("a\x7f.png", "control"),
        (".. /x.png", "dot or a space"),
        ("a./x.png", "dot or a space"),
        (".../x.png", "dot or a space"),
        ("cat.png ", "dot or a space"),
        ("NUL", "device"),
        ("a/con.png", "device"),
        ("COM1", "device"),
        ("a" * 1025, "longer"),
    ],
)
def test_hostile_paths_are_refused_and_say_why(path, reason):
    with pytest.raises(ValueError, match=reason):
        raise ValueError(reason_against(path))


@given(st.text(st.sampled_from("ab./\\:~ \0\n"), max_size=12))
def test_what_is_allowed_stays_below_the_folder_on_every_system(path):
    if reason_against(path) is not None:
        return
    assert not PurePosixPath(path).is_absolute()
    assert ".." not in PurePosixPath(path).parts
    joined = ntpath.normpath(ntpath.join(r"C:\project", path))
    assert joined.startswith("C:\\project\\")
