from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtGui import QColor, QImage

from studio.app.viewer import saving
from studio.base.errors import FileError, ProjectError
from studio.export.embed import read_embedded
from studio.project.format import loads
from studio.project.model import Project


@pytest.fixture
def picture() -> QImage:
    image = QImage(5, 4, QImage.Format.Format_RGB32)
    image.fill(QColor(10, 200, 30))
    return image


def test_a_saved_picture_is_a_png_that_carries_the_project(picture: QImage, project: Project, tmp_path: Path) -> None:
    path = saving.save(picture, tmp_path / "frame.png", project)
    text = read_embedded(path)
    assert text is not None
    assert loads(text) == project
    with Image.open(path) as read:
        read.load()
        assert (read.format, read.size, read.convert("RGB").getpixel((2, 2))) == ("PNG", (5, 4), (10, 200, 30))


def test_a_name_without_the_suffix_gets_it(picture: QImage, tmp_path: Path) -> None:
    assert saving.save(picture, tmp_path / "frame 1.5") == tmp_path / "frame 1.5.png"
    assert saving.save(picture, tmp_path / "FRAME.PNG") == tmp_path / "FRAME.PNG"
    assert read_embedded(tmp_path / "FRAME.PNG") is None


def test_a_project_that_cannot_be_written_is_left_out(
    picture: QImage, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_project: Project) -> str:
        raise ProjectError("too large")

    plain = saving.png(picture)
    assert saving.png(picture, project) != plain
    with monkeypatch.context() as patched:
        patched.setattr(saving, "dumps", refuse)
        assert saving.png(picture, project) == plain
    monkeypatch.setattr(saving.embed, "fits", lambda _text: False)
    assert saving.png(picture, project) == plain


def test_a_place_that_cannot_be_written_is_said(picture: QImage, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(FileError):
        saving.save(picture, tmp_path / "file" / "frame.png")
