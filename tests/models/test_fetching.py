"""From a catalogue's entry to weights that a network was built from: against a server on this machine."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import shutil
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from safetensors.torch import save

from studio.base.cancel import Cancelled, CancelToken
from studio.base.errors import FileError, ModelError
from studio.base.presence import Presence
from studio.base.progress import silent
from studio.models import store
from studio.models.catalogue import Entry
from studio.models.download import Policy
from studio.models.fetching import fetch, fetch_async
from studio.models.loading import glance, read_weights
from studio.models.offer import Mirror, Offer
from studio.render.proving import prove

HERE = Path(__file__).parents[1] / "faults"
SPEC = importlib.util.spec_from_file_location("keydream_faulty_server", HERE / "faulty_server.py")
FAULTY = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(FAULTY)

HASTY = Policy(stall=0.5, tries=1, pause=0.01)


@pytest.fixture
def server(tiny_clip):
    with FAULTY.FaultyServer(save(tiny_clip.state_dict())) as running:
        yield running


@pytest.fixture
def beside(clip_config):
    with FAULTY.FaultyServer(clip_config.read_bytes()) as running:
        yield running


@pytest.fixture
def entry(server, beside):
    weights, config = (Mirror(server.url(), server.sha256),), (Mirror(beside.url("/config.json")),)
    offer = Offer(weights, config, "", (), (), len(server.data), len(server.data))
    return Entry("tiny", "clip", Path(), "", len(server.data), "MIT", "Tiny", False, offer)


def unpublished(entry: Entry) -> Entry:
    """The same, of which nobody published a hash."""
    mirrors = tuple(Mirror(mirror.url) for mirror in entry.offer.weights)
    return replace(entry, offer=replace(entry.offer, weights=mirrors))


def got(entry: Entry, **options) -> Entry:
    options = {"token": CancelToken(), "report": silent, "notice": lambda text: None, "policy": HASTY} | options
    return fetch(entry, prove=prove, **options)


def left() -> list[str]:
    return sorted(path.name for path in store.folder().iterdir())


def test_a_model_arrives_whole_and_is_noted(entry, server, beside):
    labels = set()
    found = got(entry, report=lambda at: labels.add(at.label))
    weights = read_weights(found.path, name="tiny", expect_kind="clip", expect_sha256=found.sha256)
    assert weights.config["mean"] == [0.5, 0.4, 0.3]
    note = store.fetched("tiny")
    assert note is not None
    assert (note.sha256, note.size, note.source_sha256) == (found.sha256, found.size, server.sha256)
    assert left() == ["hashes.json", "tiny.json", "tiny.safetensors"]
    assert labels == {"the model tiny", "the configuration of tiny", "converting tiny"}
    assert store.recorded(beside.url("/config.json")) == beside.sha256
    assert store.recorded(server.url()) == ""  # its publisher says what it is


def test_a_siglip_comes_with_its_tokenizer(entry, siglip_folder):
    with contextlib.ExitStack() as stack:
        weights, config, words = (
            stack.enter_context(FAULTY.FaultyServer((siglip_folder / name).read_bytes()))
            for name in ("open_clip_model.safetensors", "open_clip_config.json", "tokenizer.json")
        )
        size = len(weights.data)
        mirrors = [(Mirror(each.url("/file")),) for each in (weights, config, words)]
        offer = Offer(*mirrors[:2], "", (), (), size, size, mirrors[2])
        labels = set()
        found = got(replace(entry, size=size, offer=offer), report=lambda at: labels.add(at.label))
        assert store.recorded(words.url("/file")) == words.sha256
    assert labels == {"the model tiny", "the configuration of tiny", "the tokenizer of tiny", "converting tiny"}
    read = glance(found.path, name="tiny", expect_kind="clip")
    assert read.tensors["tokenizer.json"].numpy().tobytes() == (siglip_folder / "tokenizer.json").read_bytes()
    assert left() == ["hashes.json", "tiny.json", "tiny.safetensors"]


def test_what_is_here_is_not_asked_for_again(entry, server):
    first = got(entry)
    assert got(entry) == first
    assert len(server.requests) == 1


def test_a_shipped_model_is_here(entry):
    shipped = replace(entry, offer=None, sha256="ab")
    assert got(shipped) is shipped


def test_an_unpublished_hash_is_recorded_and_checked_from_then_on(entry, server):
    entry = unpublished(entry)
    got(entry)
    assert store.recorded(server.url()) == server.sha256
    store.remove("tiny")
    changed = bytearray(server.data)
    changed[-1] ^= 1
    server.serve(bytes(changed))
    with pytest.raises(ModelError, match="not the file it should be"):
        got(entry)
    got(entry, accept_new=True)
    assert store.recorded(server.url()) == server.sha256


def test_a_web_page_is_never_taken_for_a_configuration(entry, beside):
    beside.faults = ["page"]
    with pytest.raises(ModelError, match="a web page came instead"):
        got(entry)
    assert store.fetched("tiny") is None
    got(entry)


def test_weights_that_do_not_fit_are_not_put_in_place(entry):
    with pytest.raises(ModelError, match="do not fit its network"):
        got(replace(entry, offer=replace(entry.offer, config=(), architecture="RN50")))
    assert store.fetched("tiny") is None
    assert not store.weights("tiny").exists()


def test_another_kind_than_offered_is_not_put_in_place(entry):
    with pytest.raises(ModelError, match="holds clip, and vqgan was offered"):
        got(replace(entry, kind="vqgan"))
    assert not store.weights("tiny").exists()
    assert store.fetched("tiny") is None


def test_what_a_killed_conversion_left_is_cleared_away(entry):
    store.folder().mkdir(parents=True)
    for name in (".tiny.0badcafe.keydream-tmp.safetensors", ".other.0badcafe.keydream-tmp.safetensors"):
        (store.folder() / name).write_bytes(b"half of it")
    got(entry)
    assert [name for name in left() if "tmp" in name] == [".other.0badcafe.keydream-tmp.safetensors"]


def test_room_is_looked_for_first(entry, server, monkeypatch):
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=2 * len(server.data)))
    with pytest.raises(FileError, match="no room for the model tiny"):
        got(entry)
    assert server.requests == []
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=22 * len(server.data) // 10))
    got(entry)


def test_whoever_waits_for_another_program_can_be_cancelled(entry, server):
    holder = Presence.take(store.folder() / "tiny.lock")
    assert holder is not None
    token, notices = CancelToken(), []
    threading.Timer(0.5, token.cancel).start()
    with pytest.raises(Cancelled):
        got(entry, token=token, notice=notices.append)
    assert notices == ["Another Keydream is fetching tiny: waiting for it."]
    assert server.requests == []
    holder.leave()
    got(entry)


def test_the_window_awaits_it_and_is_told_in_its_own_thread(entry):
    threads = set()

    async def window() -> Entry:
        return await fetch_async(
            entry, prove=prove, report=lambda at: threads.add(threading.get_ident()), notice=lambda text: None
        )

    assert asyncio.run(window()).here
    assert threads == {threading.get_ident()}


def test_cancelling_the_task_keeps_the_part(entry, server):
    server.faults = ["stall:50000"]

    async def window() -> float:
        task = asyncio.ensure_future(fetch_async(entry, prove=prove, report=lambda at: None, notice=lambda text: None))
        while not (part := store.folder() / "tiny.weights.part").exists() or part.stat().st_size < 30000:
            await asyncio.sleep(0.01)
        began = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return time.monotonic() - began

    assert asyncio.run(window()) < 1
    assert (store.folder() / "tiny.weights.part").stat().st_size == 50000
    assert got(entry).here
    assert server.requests[-1][1]["Range"] == "bytes=50000-"
