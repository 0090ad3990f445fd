"""What a folder has: pictures by their names, in folders below too, and what could not be looked into."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from studio.base.cancel import Cancelled, CancelToken
from studio.base.errors import InputError
from studio.library.scan import Scan, Trouble, scan, shown


def paths(found: Scan) -> list[str]:
    return [file.path for file in found.files]


def test_pictures_are_found_below_too_in_order(pictures: Path) -> None:
    found = scan(pictures)
    assert paths(found) == ["a.png", "b.JPG", "below/c.webp"]
    assert found.hidden == ()
    status = (pictures / "a.png").stat()
    assert (found.files[0].size, found.files[0].mtime) == (status.st_size, status.st_mtime_ns)


def test_hidden_names_are_passed_over(pictures: Path, paint: Callable[..., Path]) -> None:
    paint(pictures / ".thumbnails" / "x.png", (1, 2, 3))
    paint(pictures / "y.png", (1, 2, 3)).rename(pictures / ".y.png")
    assert paths(scan(pictures)) == ["a.png", "b.JPG", "below/c.webp"]


def test_a_folder_called_like_a_picture_is_a_folder(pictures: Path, paint: Callable[..., Path]) -> None:
    paint(pictures / "album.png" / "d.png", (1, 2, 3))
    assert "album.png/d.png" in paths(scan(pictures))
    assert "album.png" not in paths(scan(pictures))


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_links_to_files_count_and_links_to_folders_are_not_followed(pictures: Path) -> None:
    (pictures / "link.png").symlink_to(pictures / "a.png")
    (pictures / "below" / "round").symlink_to(pictures)
    (pictures / "nowhere.png").symlink_to(pictures / "gone.png")
    found = scan(pictures)
    assert paths(found) == ["a.png", "b.JPG", "below/c.webp", "link.png"]
    assert [trouble.path for trouble in found.hidden] == ["nowhere.png"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_names_that_are_no_utf8_are_kept_and_can_be_shown(pictures: Path, paint: Callable[..., Path]) -> None:
    raw = os.fsencode(pictures) + b"/caf\xe9\n.png"
    paint(pictures / "d.png", (1, 2, 3)).rename(os.fsdecode(raw))
    [odd] = [path for path in paths(scan(pictures)) if path.startswith("caf")]
    assert os.fsencode(pictures / odd) == raw
    assert shown(odd) == "caf��.png"
    odd.encode("ascii", "backslashreplace")


class Denied:
    """`os.scandir` that may not look into folders of one name."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.scandir = os.scandir

    def __call__(self, path: Path) -> object:
        if Path(path).name == self.name:
            raise PermissionError(13, "Permission denied", str(path))
        return self.scandir(path)


def test_a_folder_that_may_not_be_read_is_named_and_the_rest_found(
    pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "scandir", Denied("below"))
    found = scan(pictures)
    assert paths(found) == ["a.png", "b.JPG"]
    assert found.hidden == (Trouble("below", "Permission denied"),)
    assert found.may_hide("below/c.webp")
    assert not found.may_hide("below2/c.webp")
    assert not found.may_hide("a.png")


def test_the_folder_itself_must_be_readable(tmp_path: Path, pictures: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        scan(tmp_path / "none")
    with pytest.raises(InputError, match="Not a directory"):
        scan(pictures / "a.png")


def test_it_can_be_cancelled(pictures: Path) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        scan(pictures, token)


def test_pictures_of_one_name_alone(pictures: Path, paint: Callable[..., Path]) -> None:
    paint(pictures / "take" / "a.png", (1, 2, 3))
    paint(pictures / "take" / "aa.png", (1, 2, 3))
    assert paths(scan(pictures, named="a.png")) == ["a.png", "take/a.png"]
