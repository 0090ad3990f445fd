"""Faults during an export, at every point where they can happen: it ends in words, and nothing is left or lost."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import textwrap
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from studio.base.atomic import TEMPORARY
from studio.base.cancel import Cancelled, CancelToken, never
from studio.base.errors import ExportError
from studio.base.progress import silent
from studio.export import ExportOptions, encode, export, gif, read_embedded, video
from studio.export.ahead import WORKERS

resource = pytest.importorskip("resource", reason="limits of the process are POSIX")

FILES = ["a.gif", "a.mp4", "a.webm", "a.webp", "a.apng", "a.mov"]
TARGETS = [*FILES, "shot", "s_##.png"]


@pytest.fixture
def frames(tmp_path):
    """Four small frames of noise."""
    folder = tmp_path / "frames"
    folder.mkdir()
    paths = []
    for number in range(4):
        picture = np.random.default_rng(number).integers(0, 256, (24, 24, 3), dtype=np.uint8)
        paths.append(folder / f"{number}.png")
        Image.fromarray(picture).save(paths[-1])
    return paths


def _export(frames, out, *, token=None, report=silent, project="{}", **options):
    return export(
        frames,
        out,
        Fraction(24),
        settings=ExportOptions(**options),
        project_json=project,
        token=token or never(),
        report=report,
    )


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def _says(error: ExportError) -> None:
    assert error.what
    assert error.why
    assert error.fix


@pytest.mark.parametrize("name", TARGETS)
def test_a_disk_that_is_full_at_any_byte(frames, tmp_path, name):
    """The system refuses to let any file grow beyond a limit; the earlier export stays, and no piece of the new one."""
    folder = tmp_path / "out"
    _export(frames[:1], folder / name, project='"old"')
    before = _contents(folder)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    refused = 0
    for limit in (0, 1, 13, 100, 400, 900, 1500, 2500, 4000, 6000, 9000, 1 << 20):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        try:
            _export(frames, folder / name, overwrite=True, project='"new"')
        except ExportError as error:
            refused += 1
            _says(error)
            assert _contents(folder) == before
        else:
            assert read_embedded(folder / name) == '"new"'
            break
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert refused >= 4
    assert read_embedded(folder / name) == '"new"'


@pytest.mark.parametrize("code", ["ENOSPC", "EIO", "EACCES"])
@pytest.mark.parametrize("name", TARGETS)
def test_an_encoder_that_meets_a_bad_disk(frames, tmp_path, name, code, monkeypatch):
    def broken(job, path):
        path.mkdir() if name in {"shot", "s_##.png"} else path.write_bytes(b"half")
        raise OSError(getattr(errno, code), os.strerror(getattr(errno, code)))

    monkeypatch.setattr(encode, "_ENCODERS", dict.fromkeys(encode._ENCODERS, broken))
    with pytest.raises(ExportError) as caught:
        _export(frames, tmp_path / "out" / name)
    _says(caught.value)
    assert str(tmp_path / "out" / name) in caught.value.what
    assert {"ENOSPC": "full", "EIO": "error", "EACCES": "may not"}[code] in caught.value.why
    assert _names(tmp_path / "out") == []


class _Stops:
    """A stream whose encoder gives up at the third frame."""

    def __init__(self, stream):
        self._stream = stream
        self._frames = 0

    def __getattr__(self, name):
        return getattr(self._stream, name)

    def encode(self, frame):
        self._frames += 1
        if self._frames == 3:
            raise av.error.ExternalError(-542398533, "Generic error in an external library")
        return self._stream.encode(frame)


@pytest.mark.parametrize("name", ["a.gif", "a.mp4", "a.webm", "a.mov"])
def test_an_ffmpeg_encoder_that_raises_midway(frames, tmp_path, name, monkeypatch):
    module = gif if name == "a.gif" else video
    real = module.add_pictures
    monkeypatch.setattr(module, "add_pictures", lambda *args, **options: _Stops(real(*args, **options)))
    (tmp_path / name).write_bytes(b"old")
    with pytest.raises(ExportError) as caught:
        _export(frames, tmp_path / name, overwrite=True)
    _says(caught.value)
    assert "Generic error in an external library" in caught.value.why
    assert (tmp_path / name).read_bytes() == b"old"
    assert _names(tmp_path) == [name, "frames"]


@pytest.mark.parametrize("name", ["a.webp", "a.apng", "shot", "s_##.png"])
@pytest.mark.parametrize("error", [RuntimeError("encoder lost"), MemoryError(), ValueError("bad")], ids=str)
def test_a_pillow_encoder_that_raises_midway(frames, tmp_path, name, error, monkeypatch):
    real, calls = Image.Image.save, iter(range(100))

    def save(self, *args, **options):
        if next(calls) == 2:
            raise error
        real(self, *args, **options)

    monkeypatch.setattr(Image.Image, "save", save)
    with pytest.raises(ExportError) as caught:
        _export(frames, tmp_path / name)
    _says(caught.value)
    assert "memory" in caught.value.why if isinstance(error, MemoryError) else str(error) in caught.value.why
    assert _names(tmp_path) == ["frames"]


@pytest.mark.parametrize("name", TARGETS)
def test_cancelled_at_every_point(frames, tmp_path, name):
    folder = tmp_path / "out"
    _export(frames[:1], folder / name, project='"old"')
    before = _contents(folder)
    for stop in range(1, 8):  # four frames encoded, then three of them checked
        token = CancelToken()

        def report(progress, stop=stop, token=token):
            if progress.done == stop:
                token.cancel()

        with pytest.raises(Cancelled):
            _export(frames, folder / name, token=token, report=report, overwrite=True)
        assert _contents(folder) == before


@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.parametrize("harm", ["deleted", "truncated", "replaced"])
def test_a_frame_that_is_harmed_midway(frames, tmp_path, name, harm):
    last = len(frames) + WORKERS + 4  # beyond what is read ahead
    frames += [frames[0].with_name(f"{number:02d}.png") for number in range(len(frames), last + 1)]
    for path in frames[4:]:
        path.write_bytes(frames[0].read_bytes())

    def report(progress):
        if progress.done == 2:
            if harm == "deleted":
                frames[last].unlink(missing_ok=True)
            elif harm == "truncated":
                frames[last].write_bytes(frames[last].read_bytes()[:200])
            else:
                Image.new("RGB", (3, 3)).save(frames[last])

    with pytest.raises(ExportError) as caught:
        _export(frames, tmp_path / name, report=report)
    _says(caught.value)
    assert f"Frame {last}" in caught.value.what
    assert str(frames[last]) in caught.value.why
    assert _names(tmp_path) == ["frames"]


@pytest.mark.parametrize("name", FILES)
def test_an_encoder_that_lies_is_caught_by_the_probe(frames, tmp_path, name, monkeypatch):
    """It reports success, but part of the file never reached the disk."""
    for share in (0.0, 0.5, 0.97):

        def short(job, path, share=share, real=encode._ENCODERS):
            written = real[job.format.name](job, path)
            path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
            return written

        with monkeypatch.context() as patch:
            patch.setattr(encode, "_ENCODERS", dict.fromkeys(encode._ENCODERS, short))
            with pytest.raises(ExportError) as caught:
                _export(frames, tmp_path / name)
        _says(caught.value)
        assert "came out" in caught.value.what
        assert _names(tmp_path) == ["frames"]


@pytest.mark.parametrize("name", TARGETS)
def test_a_folder_that_cannot_be_made(frames, tmp_path, name):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ExportError) as caught:
        _export(frames, tmp_path / "file" / "below" / name)
    _says(caught.value)
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is denied to root")
@pytest.mark.parametrize("name", ["a.gif", "shot"])
def test_a_folder_that_may_not_be_written(frames, tmp_path, name):
    folder = tmp_path / "out"
    folder.mkdir()
    folder.chmod(0o500)
    try:
        with pytest.raises(ExportError, match="may not write"):
            _export(frames, folder / name)
    finally:
        folder.chmod(0o700)
    assert _names(folder) == []


@pytest.mark.parametrize("name", ["a.mp4", "s_##.png"])
@pytest.mark.parametrize("moment", [2, 6])
def test_killed_while_encoding_or_checking(frames, tmp_path, name, moment):
    """kill -9: the earlier export is whole, and what is left beside it is marked as debris."""
    folder = tmp_path / "out"
    _export(frames[:1], folder / name)
    before = _contents(folder)
    program = f"""
        import os, signal
        from fractions import Fraction
        from pathlib import Path
        from studio.base.cancel import never
        from studio.export import ExportOptions, export

        def report(progress):
            if progress.done == {moment}:
                os.kill(os.getpid(), signal.SIGKILL)

        export(
            [Path(path) for path in {[str(path) for path in frames]!r}],
            Path({str(folder / name)!r}), Fraction(24),
            settings=ExportOptions(overwrite=True), token=never(), report=report,
        )
    """
    ended = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=False, cwd=Path(__file__).parents[2])
    assert ended.returncode == -signal.SIGKILL
    after = _contents(folder)
    assert {path: after[path] for path in before} == before
    assert all(TEMPORARY in path for path in after.keys() - before.keys())
    assert _export(frames, folder / name, overwrite=True).frames == 4
