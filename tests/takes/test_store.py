"""The library of takes: whole or not there, found again, moved to the bin and back; killed and full disks."""

from __future__ import annotations

import errno
import io
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from studio.base import atomic
from studio.base.errors import FileError, InputError
from studio.takes import store
from studio.takes.index import Wanted
from studio.takes.store import Takes, thumbnail
from studio.takes.take import LATENTS, PICTURE, SIDECAR, THUMBNAIL

WORKER = Path(__file__).with_name("worker.py")


def png(size=(8, 6)):
    out = io.BytesIO()
    Image.new("RGB", size, (9, 99, 199)).save(out, "PNG")
    return out.getvalue()


def prompts(takes, **wanted):
    return [kept.take.prompt for kept in takes.find(Wanted(**wanted))]


def test_a_take_is_kept_with_all_its_files(takes, made):
    kept = takes.keep(made(), png=png(), latents=b"state")
    assert takes.content(kept, PICTURE) == png()
    assert takes.content(kept, LATENTS) == b"state"
    with Image.open(io.BytesIO(takes.content(kept, THUMBNAIL))) as small:
        assert (small.format, small.size) == ("WEBP", (128, 96))
    assert takes.get(kept.take.key) == kept
    assert takes.find() == (kept,)
    assert takes.size() > 0


def test_one_key_is_one_take(takes, made):
    first = takes.keep(made(prompt="first"), png=png(), latents=b"state")
    assert takes.keep(made(prompt="second"), png=png(), latents=b"other") == first
    assert prompts(takes) == ["first"]
    assert takes.has(first.take.key)
    takes.remove(first.take.key)
    again = takes.keep(made(prompt="third"), png=png(), latents=b"other")
    assert again.binned, "what was put away stays away"
    assert prompts(takes) == []


def test_names_are_the_first_digits(takes, keep):
    key = keep(0xABCDEF)
    keep(0xABCDE5)
    assert takes.get(key[:7]).take.key == key
    assert takes.get(f" {key.upper()} ").take.key == key
    assert key.startswith("fedcba")
    with pytest.raises(InputError, match="no take"):
        takes.get("ffff")


@pytest.mark.parametrize("name", ["", "fed", "xyz%", "../../etc", "g" * 64, "0" * 65])
def test_names_that_are_none(takes, keep, name):
    keep(0xDEF)
    with pytest.raises(InputError, match="no take"):
        takes.get(name)


def test_digits_that_several_share(takes, keep):
    keep(1)
    keep(0x10001)
    with pytest.raises(InputError, match="2 takes"):
        takes.get("1000")


def test_stars_and_tags_stand_in_the_files(takes, keep, tmp_path):
    key = keep()
    takes.star(key)
    takes.tag(key, ["fruit", " best   of ", "fruit"])
    takes.tag(key, ["ripe"], ["fruit"])
    takes.close()
    for path in tmp_path.glob("takes/index.sqlite*"):
        path.unlink()
    with Takes(tmp_path / "takes") as again:
        take = again.get(key).take
        assert (take.star, take.tags) == (True, ("best of", "ripe"))
        assert [kept.take.key for kept in again.find(Wanted(tags=("best of",), star=True))] == [key]
        assert not again.star(key, False).take.star
        assert again.find(Wanted(star=True)) == ()


@pytest.mark.parametrize("tag", ["", "  ", "x" * 61])
def test_tags_that_are_none(takes, keep, tag):
    key = keep()
    with pytest.raises(InputError, match="no tag"):
        takes.tag(key, [tag])


def test_the_bin_and_back(takes, keep):
    key = keep(tags=("fruit",))
    gone = takes.remove(key)
    assert gone.binned
    assert gone.picture.is_file()
    assert takes.remove(key) == gone
    assert prompts(takes) == []
    assert prompts(takes, binned=True) == ["a red apple"]
    back = takes.restore(key[:9])
    assert not back.binned
    assert takes.restore(key) == back
    assert takes.content(back, LATENTS) == b"latents"
    assert prompts(takes, tags=("fruit",)) == ["a red apple"]


def test_what_is_in_the_way_is_not_replaced(takes, keep, tmp_path):
    key = keep()
    shutil.copytree(tmp_path / "takes" / "kept" / key, tmp_path / "takes" / "bin" / key)
    with pytest.raises(FileError, match="could not be moved"):
        takes.remove(key)
    assert not takes.get(key).binned


@pytest.mark.parametrize("part", [PICTURE, THUMBNAIL, LATENTS])
def test_a_damaged_file_is_not_given_out(takes, keep, part):
    kept = takes.get(keep())
    data = bytearray((kept.place / part).read_bytes())
    data[len(data) // 2] ^= 1
    (kept.place / part).write_bytes(data)
    with pytest.raises(FileError, match="damaged"):
        takes.content(kept, part)
    (kept.place / part).unlink()
    with pytest.raises(FileError, match="cannot be read"):
        takes.content(kept, part)


def test_the_index_follows_the_folders(takes, keep, tmp_path):
    keys = [keep(number, prompt=f"take {number}") for number in range(4)]
    kept, binned = tmp_path / "takes" / "kept", tmp_path / "takes" / "bin"
    shutil.rmtree(kept / keys[0])
    binned.mkdir()
    (kept / keys[1]).rename(binned / keys[1])
    sidecar = kept / keys[2] / SIDECAR
    atomic.write_bytes(sidecar, sidecar.read_bytes().replace(b"take 2", b"take two"))
    takes.refresh()
    assert prompts(takes) == ["take 3", "take two"]
    assert prompts(takes, binned=True) == ["take 1"]


def test_rebuilding_counts_what_is_damaged(takes, keep, tmp_path):
    keys = [keep(number) for number in range(4)]
    takes.remove(keys[0])
    kept = tmp_path / "takes" / "kept"
    (kept / keys[1] / SIDECAR).write_text("{}")
    (kept / keys[2]).rename(kept / ("f" * 64))  # says that it is another
    found = takes.rebuild()
    assert (found.takes, found.binned) == (2, 1)
    assert {path.name for path in found.damaged} == {keys[1], "f" * 64}
    assert {kept.take.key for kept in takes.find()} == {keys[3]}


def test_what_a_killed_writer_left_goes_after_a_day(takes, keep, tmp_path, monkeypatch):
    keep()
    left = tmp_path / "takes" / "kept" / f".abc.1234{atomic.TEMPORARY}"
    left.mkdir()
    (left / PICTURE).write_bytes(b"half")
    assert takes.rebuild().takes == 1
    assert left.exists()
    later = time.time() + 2 * 24 * 3600
    monkeypatch.setattr(store.time, "time", lambda: later)
    takes.rebuild()
    assert not left.exists()


@pytest.mark.parametrize("number", range(8))
def test_a_full_disk_leaves_nothing_half(takes, made, tmp_path, monkeypatch, number):
    """The n-th time that the disk is asked for anything, it is full."""
    calls = []
    replace = os.replace

    def faulty(source, target):
        calls.append(target)
        if len(calls) == number + 1:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        replace(source, target)

    monkeypatch.setattr(os, "replace", faulty)
    try:
        takes.keep(made(), png=png(), latents=b"state")
    except FileError as error:
        assert "full" in error.why
        assert takes.find() == ()
        assert list((tmp_path / "takes" / "kept").iterdir()) == []
    else:
        assert len(calls) <= number
        assert len(takes.find()) == 1


def test_killed_at_any_moment_nothing_is_lost_or_half(tmp_path):
    """A process keeps, marks and puts away; it is killed again and again. What it said was done, is."""
    root = tmp_path / "takes"
    done: dict[str, str] = {}
    for turn in range(4):
        lines = []
        command = [sys.executable, str(WORKER), "keep", str(root), str(turn)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as worker:
            for line in worker.stdout:
                lines.append(line.decode().split())
                if len(lines) == 11 + 5 * turn:
                    worker.send_signal(signal.SIGKILL)
        done |= {key: what for what, key in lines}
    with Takes(root) as takes:
        assert takes.rebuild().damaged == ()
        there = {kept.take.key: kept for kept in (*takes.find(), *takes.find(Wanted(binned=True)))}
        assert set(done) <= set(there)
        for key, what in done.items():
            takes.content(there[key], PICTURE)
            takes.content(there[key], LATENTS)
            assert there[key].take.star or what == "kept"
            assert there[key].binned or what != "removed"


def test_the_index_of_a_killed_process_is_right_without_rebuilding(tmp_path, made):
    root = tmp_path / "takes"
    with Takes(root) as takes:
        kept = takes.keep(made(), png=png(), latents=b"x")
        before = takes.find()
        sidecar = kept.place / SIDECAR
        atomic.write_bytes(sidecar, sidecar.read_bytes().replace(b'"star": false', b'"star": true'))  # and dies here
    assert not before[0].take.star
    with Takes(root) as again:
        assert again.find(Wanted(star=True))[0].take.key == kept.take.key


def test_two_libraries_over_one_folder(takes, made, tmp_path):
    with Takes(tmp_path / "takes") as other:
        key = takes.keep(made(), png=png(), latents=b"x").take.key
        assert other.has(key)
        other.star(key)
        assert takes.find(Wanted(star=True))
        other.remove(key)
        assert takes.find() == ()


def test_a_thumbnail_of_what_is_no_picture():
    with pytest.raises(ValueError, match="no picture"):
        thumbnail(b"GIF89a")
    with Image.open(io.BytesIO(thumbnail(png((300, 2))))) as small:
        assert small.size == (128, 1)


def test_an_emptied_bin_is_gone_for_ever_and_the_rest_stays(takes, keep):
    stays, goes, back = keep(1, prompt="stays"), keep(2, prompt="goes"), keep(3, prompt="back")
    takes.remove(goes)
    takes.remove(back)
    assert takes.count() == (1, 2)
    takes.restore(back)
    place = takes.get(goes).place
    size = sum(path.stat().st_size for path in place.iterdir())
    assert takes.empty_bin() == store.Emptied(1, size)
    assert not place.exists()
    assert not list((takes.root / "bin").iterdir())
    assert {row.key for row in takes.rows()} == {stays, back}
    assert not takes.has(goes)
    assert takes.empty_bin() == store.Emptied(0, 0)


def test_a_bin_that_cannot_be_emptied_says_so(takes, keep, monkeypatch):
    key = keep()
    takes.remove(key)

    def refuse(source, target):
        raise PermissionError(errno.EACCES, "Permission denied", str(source))

    monkeypatch.setattr(atomic, "_replace", refuse)
    with pytest.raises(FileError, match="could not be removed"):
        takes.empty_bin()
    assert takes.get(key).binned


def test_what_is_brought_back_while_the_bin_is_emptied_stays(takes, keep, monkeypatch):
    key = keep()
    takes.remove(key)
    marks = takes._marks

    def late():
        found = marks()
        with Takes(takes.root) as other:
            other.restore(key)
        return found

    monkeypatch.setattr(takes, "_marks", late)
    assert takes.empty_bin() == store.Emptied(0, 0)
    assert takes.get(key).place.is_dir()


def test_rows_are_the_takes_that_are_found_in_either_order(takes, keep):
    keep(1, prompt="a red apple", score=0.2, tags=("fruit", "red"))
    keep(2, prompt="a | b:2", score=None, star=True)
    keep(3, prompt='"quoted" ☀', score=0.9, width=16)
    for wanted in (Wanted(), Wanted(star=True), Wanted(words="APPLE"), Wanted(tags=("red",)), Wanted(best=True)):
        found = [kept.take for kept in takes.find(wanted)]
        rows = takes.rows(wanted)
        assert [(row.key, row.prompt, row.tags, row.star, row.score) for row in rows] == [
            (take.key, take.prompt, take.tags, take.star, take.score) for take in found
        ]
        assert [(row.medium, row.size, row.created) for row in rows] == [
            (take.medium.kind, (take.width, take.height), take.created) for take in found
        ]
    assert [row.score for row in takes.rows(Wanted(best=True))] == [0.9, 0.2, None]
    assert (takes.tags(), takes.media()) == (("fruit", "red"), ("pixels",))


def test_what_others_change_changes_the_state(takes, keep):
    key = keep()
    before = takes.state()
    assert takes.state() == before
    with Takes(takes.root) as other:
        other.star(key)
        starred = takes.state()
        other.remove(key)
    assert len({before, starred, takes.state()}) == 3
