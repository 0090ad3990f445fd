from __future__ import annotations

from pathlib import Path

import pytest

from studio.app import reading
from studio.base.errors import FileError, ProjectError
from studio.export.embed import png_chunk
from studio.project import samples, store
from studio.project.format import dumps
from studio.project.model import Project

HEAD = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 17
END = b"\0\0\0\0IEND\xaeB`\x82"


def test_a_project_has_a_file_and_a_stamp(tmp_path: Path, project: Project) -> None:
    path = tmp_path / "walk.keydream"
    store.save(project, path)
    opened = reading.read(str(path))
    assert (opened.project, opened.path, opened.source, opened.dirty) == (project, path, tmp_path, False)
    assert opened.stamp is not None
    assert not opened.stamp.differs(path)


def test_a_backup_is_never_saved_over_itself(tmp_path: Path, project: Project) -> None:
    path = tmp_path / "walk.keydream"
    store.save(project, path)
    path.rename(path.with_name("walk.keydream~2"))
    opened = reading.read(path.with_name("walk.keydream~2"))
    assert (opened.path, opened.suggested, opened.dirty, opened.loose) == (None, path, True, False)


@pytest.mark.parametrize("name", samples.names())
def test_samples_are_found_by_name(name: str) -> None:
    opened = reading.read(name)
    assert (opened.name, opened.path, opened.loose) == (name, None, True)


def test_a_picture_that_carries_a_project_gives_it_back(tmp_path: Path, project: Project) -> None:
    picture = tmp_path / "walk.png"
    picture.write_bytes(HEAD + png_chunk(dumps(project)) + END)
    opened = reading.read(picture)
    assert (opened.project, opened.path, opened.suggested) == (project, None, tmp_path / "walk.keydream")


def test_a_sequence_is_opened_by_its_folder(tmp_path: Path, project: Project) -> None:
    folder = tmp_path / "shots"
    folder.mkdir()
    (folder / "shots.keydream").write_text(dumps(project), encoding="utf-8")
    assert reading.read(folder).project == project


def test_what_holds_no_project_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileError):
        reading.read(tmp_path / "none.gif")
    (tmp_path / "x.gif").write_bytes(b"GIF89a")
    with pytest.raises(ProjectError, match="holds no Keydream project"):
        reading.read(tmp_path / "x.gif")
    hostile = tmp_path / "x.png"
    hostile.write_bytes(
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 17 + png_chunk("[" * 100_000) + b"\0\0\0\0IEND\xaeB`\x82"
    )
    with pytest.raises(ProjectError, match="cannot be read"):
        reading.read(hostile)
