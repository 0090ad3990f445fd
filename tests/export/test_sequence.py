"""PNG sequences: names, numbers, what may be replaced, and moves that are undone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.base.errors import ExportError
from studio.export import read_embedded, sequence


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_of_frames_with_the_project(paint, run, tmp_path):
    run(paint(3), tmp_path / "shot", project="{}")
    assert _names(tmp_path / "shot") == ["frame_0000.png", "frame_0001.png", "frame_0002.png", "shot.keydream"]
    with Image.open(tmp_path / "shot" / "frame_0001.png") as image:
        assert image.getpixel((0, 0)) == (20, 200, 40)


def test_a_pattern_among_other_files(paint, run, tmp_path):
    (tmp_path / "o").mkdir()
    (tmp_path / "o" / "notes.txt").write_text("mine")
    exported = run(paint(2), tmp_path / "o" / "s_###_v1.png", project="{}")
    assert _names(tmp_path / "o") == ["notes.txt", "s_###_v1.png.keydream", "s_000_v1.png", "s_001_v1.png"]
    pictures = [tmp_path / "o" / f"s_00{number}_v1.png" for number in range(2)]
    assert exported.bytes == sum(picture.stat().st_size for picture in pictures)


def test_too_short_a_pattern_is_widened_so_that_names_sort(paint, run, tmp_path):
    frames = paint(5)
    run([frames[number % 5] for number in range(11)], tmp_path / "o" / "#.png")
    assert _names(tmp_path / "o") == [f"{number:02d}.png" for number in range(11)]


def test_the_last_run_of_marks_is_the_number(tmp_path):
    layout = sequence.plan(tmp_path / "a##_b##.png", 3, overwrite=False)
    assert layout.numbered(2) == "a##_b02.png"


def test_frames_are_lossless(run, tmp_path):
    picture = np.random.default_rng(0).integers(0, 256, (6, 5, 3), dtype=np.uint8)
    Image.fromarray(picture).save(tmp_path / "noise.png")
    run([tmp_path / "noise.png"], tmp_path / "shot")
    with Image.open(tmp_path / "shot" / "frame_0000.png") as image:
        assert np.array_equal(np.asarray(image), picture)


@pytest.mark.parametrize("name", ["shot", "s_##.png"])
def test_an_earlier_sequence_is_replaced_only_when_allowed(paint, run, tmp_path, name):
    run(paint(4), tmp_path / "o" / name, project="1")
    before = sorted(path.name for path in (tmp_path / "o").rglob("*"))
    with pytest.raises(ExportError) as caught:
        run(paint(2), tmp_path / "o" / name)
    assert "allow overwriting" in caught.value.fix
    assert sorted(path.name for path in (tmp_path / "o").rglob("*")) == before
    run(paint(2), tmp_path / "o" / name, overwrite=True, project="2")
    assert len(list((tmp_path / "o").rglob("*.png"))) == 2
    assert read_embedded(tmp_path / "o" / name) == "2"


def test_a_folder_with_other_files_is_never_replaced(paint, run, tmp_path):
    (tmp_path / "shot").mkdir()
    (tmp_path / "shot" / "notes.txt").write_text("mine")
    with pytest.raises(ExportError) as caught:
        run(paint(2), tmp_path / "shot", overwrite=True)
    assert "notes.txt" in caught.value.why
    assert "shot_####.png" in caught.value.fix
    assert _names(tmp_path / "shot") == ["notes.txt"]


def test_an_empty_folder_is_filled(paint, run, tmp_path):
    (tmp_path / "shot").mkdir()
    assert run(paint(2), tmp_path / "shot").frames == 2


def test_a_file_in_the_way_of_the_folder(paint, run, tmp_path):
    (tmp_path / "shot").write_text("mine")
    with pytest.raises(ExportError, match="A file of that name exists"):
        run(paint(2), tmp_path / "shot", overwrite=True)
    assert (tmp_path / "shot").read_text() == "mine"


def test_the_folder_of_the_frames_is_never_replaced(run, tmp_path):
    (tmp_path / "shot").mkdir()
    frames = [tmp_path / "shot" / f"frame_{number:04d}.png" for number in range(2)]
    for frame in frames:
        Image.new("RGB", (2, 2)).save(frame)
    for out in (tmp_path / "shot", tmp_path / "shot" / "frame_####.png"):
        with pytest.raises(ExportError) as caught:
            run(frames, out, overwrite=True)
        assert "would replace frame 0" in caught.value.why
    assert _names(tmp_path / "shot") == ["frame_0000.png", "frame_0001.png"]


def test_the_working_folder_by_its_dot(paint, run, tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert run(paint(1), Path()).path == tmp_path / "here"
    assert _names(tmp_path / "here") == ["frame_0000.png"]


@pytest.mark.parametrize("name", ["shot", "s_##.png"])
def test_when_any_move_fails_all_moves_are_undone(paint, run, tmp_path, monkeypatch, name):
    run(paint(3), tmp_path / "o" / name, project="1")

    def contents():
        return {str(path): path.read_bytes() for path in (tmp_path / "o").rglob("*") if path.is_file()}

    before = contents()
    rename = Path.rename
    frames = paint(2, colours=[(1, 1, 1)])
    for failing in range(20):
        calls = iter(range(10**6))

        def sometimes(self, target, failing=failing, calls=calls):
            if next(calls) == failing:
                raise PermissionError(13, "Permission denied")
            return rename(self, target)

        monkeypatch.setattr(Path, "rename", sometimes)
        try:
            run(frames, tmp_path / "o" / name, overwrite=True, project="2")
        except ExportError as error:
            assert "may not write" in error.why
            assert contents() == before
        else:
            break
    assert failing >= 3
    assert read_embedded(tmp_path / "o" / name) == "2"
    assert contents() != before
