"""The frame store: what was committed comes back, what was damaged does not, and nothing is lost when a write fails."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import studio
from studio.base import atomic
from studio.base.errors import FileError
from studio.render.store import FrameStore


def key(name: object) -> str:
    return hashlib.sha256(str(name).encode()).hexdigest()


def png(red: int = 10, width: int = 5, height: int = 3) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), (red, 20, 30)).save(out, "PNG")
    return out.getvalue()


def test_what_is_put_comes_back(store):
    made = store.put(key("a"), png=png(), latents=b"latents")
    found = store.get(key("a"))
    assert found == made
    assert found.picture.read_bytes() == png()
    assert found.latents.read_bytes() == b"latents"
    assert (found.width, found.height) == (5, 3)
    assert found.pixels == hashlib.sha256(bytes([10, 20, 30]) * 15).hexdigest()
    assert store.has(key("a")) and list(store.keys()) == [key("a")]


def test_an_entry_may_hold_latents_alone(store):
    store.put(key("solve"), latents=b"x" * 100)
    found = store.get(key("solve"))
    assert found.picture is None and found.latents.read_bytes() == b"x" * 100
    assert (found.width, found.height, found.pixels) == (0, 0, "")


def test_what_was_never_put_is_not_there(store):
    assert store.get(key("a")) is None
    assert not store.has(key("a"))
    assert list(store.keys()) == [] and store.size() == 0 and store.sweep() == 0
    assert not store.root.exists(), "looking must not make folders"


def test_putting_again_replaces(store):
    store.put(key("a"), png=png(1), latents=b"old")
    store.put(key("a"), png=png(2))
    found = store.get(key("a"))
    assert found.picture.read_bytes() == png(2) and found.latents is None


@pytest.mark.parametrize("bad", ["", "A" * 64, "0" * 63, "../" + "0" * 61, "0" * 64 + "\n"])
def test_a_malformed_key_is_refused(store, bad):
    with pytest.raises(ValueError, match="64 lower-case hex"):
        store.get(bad)
    with pytest.raises(ValueError, match="64 lower-case hex"):
        store.put(bad, png=png())


def test_only_rgb_pngs_are_frames(store):
    grey = io.BytesIO()
    Image.new("L", (2, 2)).save(grey, "PNG")
    for data, message in ((b"no picture", "no PNG"), (grey.getvalue(), "8 bit RGB"), (png()[:45], "decoded")):
        with pytest.raises(ValueError, match=message):
            store.put(key("a"), png=data)
    with pytest.raises(ValueError, match="holds a picture or latents"):
        store.put(key("a"))
    assert store.size() == 0


DAMAGED = {
    "a byte flipped": lambda path: _flip(path, len(path.read_bytes()) // 2),
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:-5]),
    "longer": lambda path: path.write_bytes(path.read_bytes() + b"."),
    "empty": lambda path: path.write_bytes(b""),
    "gone": lambda path: path.unlink(),
}


def _flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(bytes(data))


@pytest.mark.parametrize("damage", DAMAGED)
@pytest.mark.parametrize("part", ["picture", "latents"])
def test_a_damaged_part_discards_the_entry_alone(store, damage, part):
    store.put(key("other"), png=png())
    entry = store.put(key("a"), png=png(), latents=b"some latents")
    DAMAGED[damage](getattr(entry, part))
    assert store.get(key("a")) is None
    assert not store.has(key("a")), "it is to be made again"
    assert store.get(key("other")) is not None
    store.put(key("a"), png=png())
    assert store.get(key("a")) is not None


def _other_picture(manifest):
    manifest["pixels"] = "0" * 64


def _other_size(manifest):
    manifest["width"] = 4


def _other_key(manifest):
    manifest["key"] = key("b")


def _escape(manifest):
    manifest["picture"]["sha256"] = "../../../../etc/passwd"


def _newer(manifest):
    manifest["version"] = 99


def _no_parts(manifest):
    del manifest["picture"]


def _bad_created(manifest):
    manifest["created"] = "yesterday"


@pytest.mark.parametrize(
    "edit",
    [_other_picture, _other_size, _other_key, _escape, _newer, _no_parts, _bad_created],
    ids=lambda f: f.__name__,
)
def test_a_hand_edited_manifest_is_not_believed(store, edit):
    entry = store.put(key("a"), png=png())
    path = entry.picture.parent / f"{key('a')}.json"
    manifest = json.loads(path.read_text())
    edit(manifest)
    path.write_text(json.dumps(manifest))
    assert store.get(key("a")) is None
    assert not path.exists()


@settings(max_examples=40, deadline=None)
@given(junk=st.binary(max_size=200) | st.text(max_size=100).map(str.encode) | st.just(b"[" * 5000))
def test_any_manifest_can_be_read(tmp_path_factory, junk):
    store = FrameStore(tmp_path_factory.mktemp("junk"))
    path = store.put(key("a"), png=png()).picture.parent / f"{key('a')}.json"
    path.write_bytes(junk)
    assert not store.has(key("a"))
    assert store.get(key("a")) is None


def test_a_bomb_is_not_decoded(store):
    """The size in the header is looked at first: hashes alone would let a bomb through that its manifest describes."""
    entry = store.put(key("a"), png=png())
    bomb = bytearray(png())
    bomb[16:24] = (60_000).to_bytes(4, "big") * 2
    with pytest.raises(ValueError, match="60000 x 60000"):
        store.put(key("b"), png=bytes(bomb))
    assert store.get(key("a")) == entry


def test_a_manifest_without_its_picture_yet_is_no_entry(store, monkeypatch):
    """The manifest is last: killed before it, there is no entry; so nobody ever reads a half."""
    order = []
    real = atomic.write_bytes
    monkeypatch.setattr(atomic, "write_bytes", lambda path, data: (order.append(path.suffix), real(path, data)))
    store.put(key("a"), png=png(), latents=b"x")
    assert order == [".png", ".safetensors", ".json"]


@pytest.mark.parametrize("failing", [0, 1, 2])
def test_a_full_disk_keeps_what_was_there(store, monkeypatch, failing):
    old = store.put(key("a"), png=png(1), latents=b"old")
    calls = []

    def flush(path):
        calls.append(path)
        if len(calls) == failing + 1:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(atomic, "_flush", flush)
    with pytest.raises(FileError) as caught:
        store.put(key("a"), png=png(2), latents=b"new")
    assert "disk is full" in caught.value.why and "Free some space" in caught.value.fix
    monkeypatch.undo()
    assert store.get(key("a")) == old
    assert len([path for path in store.root.rglob("*") if path.is_file()]) == 3, "no debris takes the space"


def test_a_file_that_cannot_be_read_now_stays(store, monkeypatch):
    entry = store.put(key("a"), png=png())

    def denied(self, *args, **kwargs):
        raise PermissionError(errno.EACCES, "denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", denied)
        assert store.get(key("a")) is None
    assert store.get(key("a")) == entry


def test_a_damaged_entry_that_was_just_replaced_stays(store, monkeypatch):
    """Another process commits between our reading of a damaged picture and our discarding of it."""
    entry = store.put(key("a"), png=png(1))
    DAMAGED["cut short"](entry.picture)
    real = FrameStore._discard

    def late(self, which, text):
        FrameStore(self.root).put(key("a"), png=png(2))
        real(self, which, text)

    monkeypatch.setattr(FrameStore, "_discard", late)
    assert store.get(key("a")) is None
    assert store.get(key("a")).picture.read_bytes() == png(2)


def test_the_longest_unused_go_first(store):
    sizes = {}
    for age, name in enumerate("abcd"):
        entry = store.put(key(name), png=png(age))
        manifest = entry.picture.parent / f"{key(name)}.json"
        sizes[name] = entry.size + manifest.stat().st_size
        os.utime(manifest, (1000 + age, 1000 + age))
    assert store.get(key("a"))  # a is used now, so b is the oldest
    freed = store.evict(sum(sizes.values()) - 1)
    assert freed == sizes["b"]
    assert sorted(store.keys()) == sorted(map(key, "acd"))
    assert store.evict(0, keep={key("c")}) == sizes["a"] + sizes["d"]
    assert list(store.keys()) == [key("c")] and store.get(key("c"))
    assert store.evict(10**9) == 0


def test_size_counts_every_file(store):
    store.put(key("a"), png=png(), latents=b"x" * 1000)
    assert store.size() == sum(path.stat().st_size for path in store.root.rglob("*") if path.is_file()) > 1000


def test_sweeping_takes_only_old_debris(store):
    kept = store.put(key("a"), png=png(1))
    folder = kept.picture.parent
    orphan = folder / f"{key('a')}.{'0' * 16}.png"
    temporary = folder / f".{key('a')}.1234{atomic.TEMPORARY}.png"
    foreign = store.root / "README.txt"
    for path in (orphan, temporary, foreign):
        path.write_bytes(b"x")
    assert store.sweep() == 0, "a writer may be at work on them this moment"
    assert store.sweep(older_than=0) == 2
    assert not orphan.exists() and not temporary.exists() and foreign.exists()
    assert store.get(key("a")) == kept
    os.utime(kept.picture, (1, 1))
    os.utime(folder / f"{key('a')}.json", (1, 1))
    assert store.sweep() == 0 and store.get(key("a")) == kept, "age alone makes no debris"


def test_processes_share_a_store(store):
    """They write different pictures under the same keys at once; whatever is there at the end is whole or not there."""
    script = Path(__file__).with_name("worker.py")
    environment = {**os.environ, "PYTHONPATH": str(Path(studio.__file__).parents[1])}
    command = [sys.executable, str(script), "hammer", str(store.root)]
    workers = [subprocess.Popen([*command, str(number)], env=environment) for number in range(2)]
    assert [worker.wait(60) for worker in workers] == [0, 0]
    for number in range(3):
        name = f"{number:064x}"
        if store.get(name) is None:
            store.put(name, png=png())
        assert store.get(name).picture.exists()


def test_a_clock_that_jumps_back_changes_nothing(store, monkeypatch):
    monkeypatch.setattr(time, "time", lambda: 10.0)
    entry = store.put(key("a"), png=png())
    assert store.get(key("a")) == entry and store.sweep() == 0
    assert entry.created == 10.0


@pytest.mark.parametrize("name", ["naïve Ünïcode", "emoji 🎨", "with space, and 'quotes'"])
def test_odd_folders(tmp_path, name):
    store = FrameStore(tmp_path / name)
    assert store.get(store.put(key("a"), png=png()).key) is not None
