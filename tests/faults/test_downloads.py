"""Rows 22 to 28 of the fault table: a download that breaks ends whole and verified, or as a part that goes on."""

from __future__ import annotations

import errno
import hashlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import torch
from safetensors.torch import save

from studio.base.cancel import Cancelled, CancelToken
from studio.base.errors import FileError, ModelError
from studio.models import store
from studio.models.download import Policy, download
from studio.models.offer import Mirror

HERE = Path(__file__).parent
SPEC = importlib.util.spec_from_file_location("keydream_faulty_server", HERE / "faulty_server.py")
FAULTY = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(FAULTY)

DATA = (
    torch.randint(0, 256, (300_000,), dtype=torch.uint8, generator=torch.Generator().manual_seed(5)).numpy().tobytes()
)
SHA256 = hashlib.sha256(DATA).hexdigest()
HASTY = Policy(stall=0.5, tries=3, pause=0.01)


@pytest.fixture
def server():
    with FAULTY.FaultyServer(DATA) as running:
        yield running


class Client:
    """Downloads to one place, and remembers what it was told."""

    def __init__(self, folder: Path) -> None:
        self.part = folder / "model.part"
        self.notices: list[str] = []
        self.progress: list[int] = []

    def get(self, *mirrors: Mirror, token: CancelToken | None = None, policy: Policy = HASTY):
        found = download(
            mirrors,
            self.part,
            what="the model x",
            token=token or CancelToken(),
            report=lambda at: self.progress.append(at.done),
            notice=self.notices.append,
            policy=policy,
        )
        assert found.path.read_bytes() == self.part.read_bytes()
        return found

    def came(self) -> int:
        return self.part.stat().st_size if self.part.exists() else 0


@pytest.fixture
def client(tmp_path):
    return Client(tmp_path)


def ranges(server) -> list[str]:
    return [headers.get("Range", "") for _, headers in server.requests]


def whole(client: Client) -> bool:
    return client.part.read_bytes() == DATA


# --- 22: interrupted ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("known", [SHA256, ""])
def test_a_dropped_connection_is_taken_up_where_it_was(server, client, known):
    server.faults = ["drop:100000"]
    found = client.get(Mirror(server.url(), known))
    assert whole(client)
    assert found.sha256 == SHA256
    assert ranges(server) == ["", "bytes=100000-"]
    assert server.requests[1][1]["If-Range"] == server.etag
    assert "it stopped after 100,000 of 300,000 bytes" in client.notices[0]
    assert client.progress == sorted(client.progress)


def test_a_connection_that_always_drops_still_comes_to_an_end(server, client):
    """Tries are counted from the last byte that came: a bad network is slow, and no reason to give up."""
    server.faults = ["drop:20000"] * 14
    client.get(Mirror(server.url(), SHA256))
    assert whole(client)
    assert len(server.requests) == 15


def test_a_killed_download_goes_on(server, tmp_path):
    server.faults = ["slow:0.02"]
    part = tmp_path / "model.part"
    program = [sys.executable, HERE / "fetch_and_report.py", "download", server.url(), SHA256, part]
    child = subprocess.Popen(program)
    while not part.exists() or part.stat().st_size < 8192:
        time.sleep(0.01)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    left = part.stat().st_size
    client = Client(tmp_path)
    client.get(Mirror(server.url(), SHA256))
    assert whole(client)
    assert ranges(server)[-1] == f"bytes={left}-"


@pytest.mark.parametrize("fault", ["hang", "stall:0", "stall:50000", "slow:0.05"])
def test_cancelling_is_noticed_within_a_second_and_keeps_the_part(server, client, fault):
    server.faults = [fault]
    token = CancelToken()
    threading.Timer(0.3, token.cancel).start()
    began = time.monotonic()
    with pytest.raises(Cancelled):
        client.get(Mirror(server.url(), SHA256), token=token, policy=Policy(stall=30))
    assert time.monotonic() - began < 1.3
    kept = client.came()
    if fault == "stall:50000":
        assert kept == 50000
    client.get(Mirror(server.url(), SHA256))
    assert whole(client)
    assert ranges(server)[-1] == (f"bytes={kept}-" if kept else "")


def test_what_is_whole_already_is_not_asked_for_again(server, client):
    client.get(Mirror(server.url(), SHA256))
    client.get(Mirror(server.url(), SHA256))
    assert len(server.requests) == 1


# --- 23: Range ignored, or another file -----------------------------------------------------------------------------


def test_a_server_that_ignores_the_range_is_read_from_the_start(server, client):
    server.faults = ["drop:100000", "ignore_range"]
    client.get(Mirror(server.url(), SHA256))
    assert whole(client)
    assert any("cannot send a part" in notice and "starting over" in notice for notice in client.notices)


def test_a_changed_file_is_read_from_the_start(server, client):
    server.faults = ["drop:100000", "change"]
    client.get(Mirror(server.url()))
    assert client.part.read_bytes() == DATA[::-1]
    assert any("another version" in notice and "starting over" in notice for notice in client.notices)


def test_a_changed_file_of_which_a_part_comes_is_not_mixed(server, client):
    """A server that has another file and does not heed If-Range."""
    server.faults = ["drop:100000", "blind"]

    def blind(handler, _):
        handler.server.serve(DATA[::-1])
        handler.answer(100000, True)

    FAULTY.Handler.blind = blind
    client.get(Mirror(server.url()))
    assert client.part.read_bytes() == DATA[::-1]
    assert any("has changed" in notice for notice in client.notices)


def test_without_validators_a_part_is_gone_on_with_only_if_its_hash_is_known(server, client):
    server.etag = ""
    server.faults = ["drop:100000", "drop:100000"]
    client.get(Mirror(server.url()))
    assert ranges(server) == ["", "", ""]
    client.part.unlink()
    server.requests.clear()
    server.faults = ["drop:100000"]
    client.get(Mirror(server.url(), SHA256))
    assert ranges(server) == ["", "bytes=100000-"]
    assert whole(client)


# --- 24: 416, wrong parts, wrong lengths ----------------------------------------------------------------------------


def test_a_range_beyond_the_end_starts_over(server, client):
    server.faults = ["drop:100000", "beyond"]
    client.get(Mirror(server.url(), SHA256))
    assert whole(client)
    assert any("fewer" in notice for notice in client.notices)


def test_a_range_at_the_end_means_that_all_has_come(server, client):
    client.get(Mirror(server.url(), SHA256))
    note = client.part.with_name("model.part.json")
    note.write_text(json.dumps(json.loads(note.read_text()) | {"total": 0}))  # as of a server that named no length
    client.get(Mirror(server.url(), SHA256))
    assert whole(client)
    assert ranges(server) == ["", "bytes=300000-"]


@pytest.mark.parametrize("fault", ["other_part", "other_total"])
def test_a_wrong_part_is_not_put_in(server, client, fault):
    server.faults = ["drop:100000", fault]
    client.get(Mirror(server.url(), SHA256))
    assert whole(client)
    assert any("another part" in notice for notice in client.notices)


@pytest.mark.parametrize("fault", ["short:200000", "long:5", "endless"])
def test_another_length_is_found_out_by_the_hash_and_asked_for_once_more(server, client, fault):
    server.faults = [fault]
    client.get(Mirror(server.url(), SHA256))
    assert whole(client)
    assert any("not the file it should be" in notice for notice in client.notices)
    server.faults = [fault, fault]
    client.part.unlink()
    with pytest.raises(ModelError) as caught:
        client.get(Mirror(server.url(), SHA256))
    assert "not the file it should be" in caught.value.why
    assert client.came() == 0


def test_a_file_without_a_length_is_refused_unless_its_hash_is_known(server, client):
    server.faults = ["nameless", "nameless"]
    with pytest.raises(ModelError, match="does not say how long"):
        client.get(Mirror(server.url()))
    client.get(Mirror(server.url(), SHA256))
    assert whole(client)


# --- 25: flipped bytes ----------------------------------------------------------------------------------------------


def test_a_flipped_byte_is_found_out_and_the_file_fetched_again(server, client):
    server.faults = ["flip:12345"]
    client.get(Mirror(server.url(), SHA256))
    assert whole(client)
    assert len(server.requests) == 2


def test_a_mirror_that_always_flips_is_left_for_the_next(server, client):
    with FAULTY.FaultyServer(DATA) as other:
        server.faults = ["flip:1"] * 9
        found = client.get(Mirror(server.url(), SHA256), Mirror(other.url(), SHA256))
        assert found.url == other.url()
    assert whole(client)
    assert len(server.requests) == 2


def test_a_part_spoilt_on_the_disk_is_found_out(server, client):
    client.get(Mirror(server.url(), SHA256))
    with client.part.open("r+b") as file:
        file.seek(777)
        file.write(b"\0\1\2\3")
    client.get(Mirror(server.url(), SHA256))
    assert whole(client)


# --- 26: stalls, pages, TLS, proxies, statuses ----------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["hang", "stall:0", "stall:50000"])
def test_a_stall_is_given_up_and_tried_again(server, client, fault):
    server.faults = [fault]
    client.get(Mirror(server.url(), SHA256))
    assert whole(client)
    assert any("nothing came for 0.5 s" in notice for notice in client.notices)


def test_a_server_that_only_stalls_is_tried_three_times_more(server, client):
    server.faults = ["hang"] * 9
    with pytest.raises(ModelError) as caught:
        client.get(Mirror(server.url(), SHA256), policy=Policy(stall=0.2, pause=0.01))
    assert "nothing came for 0.2 s" in caught.value.why
    assert len(server.requests) == 4
    assert [notice.rpartition("in ")[2] for notice in client.notices] == ["0.01 s.", "0.02 s.", "0.04 s."]


@pytest.mark.parametrize("fault", ["page", "disguised_page"])
def test_a_web_page_is_recognised_and_what_has_come_is_kept(server, client, fault):
    server.faults = ["drop:100000", fault]
    with pytest.raises(ModelError) as caught:
        client.get(Mirror(server.url(), SHA256))
    assert "a web page came instead" in caught.value.why
    assert "login" in caught.value.fix
    assert client.came() == 100000
    client.get(Mirror(server.url(), SHA256))
    assert whole(client)
    assert ranges(server)[-1] == "bytes=100000-"


@pytest.mark.parametrize(("status", "requests"), [(404, 1), (403, 1), (503, 4), (429, 4)])
def test_statuses_that_pass_are_tried_again(server, client, status, requests):
    server.faults = [f"status:{status}"] * 9
    with pytest.raises(ModelError, match=f"status {status}"):
        client.get(Mirror(server.url(), SHA256))
    assert len(server.requests) == requests


def test_mirrors_are_tried_in_order_and_all_are_named_when_none_helps(server, client):
    with FAULTY.FaultyServer(DATA) as other:
        server.faults, other.faults = ["status:404"], ["status:410"]
        with pytest.raises(ModelError) as caught:
            client.get(Mirror(server.url(), SHA256), Mirror(other.url(), SHA256))
        assert f"127.0.0.1:{server.server_port}: it answered with status 404" in caught.value.why
        assert f"127.0.0.1:{other.server_port}: it answered with status 410" in caught.value.why


def test_another_mirror_of_the_same_hash_goes_on_with_the_part(server, client):
    with FAULTY.FaultyServer(DATA) as other:
        server.faults = ["drop:100000", "status:404"]
        client.get(Mirror(server.url(), SHA256), Mirror(other.url(), SHA256))
        assert ranges(other) == ["bytes=100000-"]
        assert "If-Range" not in other.requests[0][1]
    assert whole(client)


def test_redirects_are_followed_and_their_hash_believed(server, client):
    server.faults = ["redirect", "flip:3", "redirect", "behave"]
    client.get(Mirror(server.url()))
    assert whole(client)
    assert [path for path, _ in server.requests] == ["/model.bin", "/elsewhere"] * 2


def test_a_circle_of_redirects_ends(server, client):
    server.faults = ["redirect:/again"] * 40
    with pytest.raises(ModelError, match="redirects in a circle"):
        client.get(Mirror(server.url()))


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/x"])
def test_a_redirect_to_something_else_is_not_followed(server, client, target):
    server.faults = [f"redirect:{target}"]
    with pytest.raises(ModelError, match="could not be fetched"):
        client.get(Mirror(server.url()))
    assert client.came() == 0


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes its certificate with openssl")
def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path, client):
    pem = tmp_path / "server.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"),
            *("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", pem, "-out", tmp_path / "certificate.pem"),
        ],
        check=True,
        capture_output=True,
    )
    pem.write_bytes(pem.read_bytes() + (tmp_path / "certificate.pem").read_bytes())
    with FAULTY.FaultyServer(DATA, pem) as secure:
        with pytest.raises(ModelError, match="certificate is not to be trusted"):
            client.get(Mirror(secure.url(), SHA256))
        assert secure.requests == []
    assert client.came() == 0


def test_proxies_of_the_environment_are_used(server, client, monkeypatch):
    monkeypatch.setenv("http_proxy", server.url(""))
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    client.get(Mirror("http://models.example/model.bin", SHA256))
    assert whole(client)
    assert server.requests[0][0] == "http://models.example/model.bin"


def test_a_proxy_that_lets_nothing_through_is_said_to_be_one(server, client, monkeypatch):
    monkeypatch.setenv("https_proxy", server.url(""))
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with pytest.raises(ModelError) as caught:
        client.get(Mirror("https://models.example/model.bin", SHA256))
    assert "Tunnel connection failed: 502" in caught.value.why
    assert "proxy" in caught.value.fix
    assert {path for path, _ in server.requests} == {"models.example:443"}


def test_a_refused_connection_is_said_to_be(client):
    with FAULTY.FaultyServer(DATA) as gone:
        url = gone.url()
    with pytest.raises(ModelError, match="took no connection"):
        client.get(Mirror(url, SHA256))


# --- 27: disk -------------------------------------------------------------------------------------------------------


def test_room_is_looked_for_before_the_first_byte(server, client, monkeypatch):
    usage = shutil.disk_usage(client.part.parent)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=314_000))
    with pytest.raises(FileError) as caught:
        client.get(Mirror(server.url(), SHA256))
    assert "no room" in caught.value.what
    assert "free" in caught.value.why
    assert client.came() == 0
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=315_000))
    client.get(Mirror(server.url(), SHA256))
    assert whole(client)


def test_a_disk_that_fills_up_meanwhile_is_said_to_be_full_and_the_part_is_kept(server, client, monkeypatch):
    real = Path.open

    class Full:
        def __init__(self, file):
            self.file = file

        def __enter__(self):
            return self

        def __exit__(self, *error):
            self.file.close()

        def write(self, data):
            if self.file.tell() + len(data) > 90_000:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return self.file.write(data)

        def __getattr__(self, name):
            return getattr(self.file, name)

    def opened(path, mode="r", *args, **options):
        file = real(path, mode, *args, **options)
        return Full(file) if mode in ("ab", "wb") and path == client.part else file

    server.faults = ["slow:0.001"]
    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", opened)
        with pytest.raises(FileError, match="disk is full"):
            client.get(Mirror(server.url(), SHA256))
    kept = client.came()
    assert 0 < kept <= 90_000
    client.get(Mirror(server.url(), SHA256))
    assert whole(client)
    assert ranges(server)[-1] == f"bytes={kept}-"


# --- 28: two at once ------------------------------------------------------------------------------------------------


def test_of_two_programs_one_fetches_and_the_other_shares(home):
    data = save({"logit_scale": torch.zeros(()), "w": torch.zeros(40_000)}, {"kind": "clip", "config": "{}"})
    with FAULTY.FaultyServer(data) as server:
        server.faults = ["slow:0.02"]
        program = [sys.executable, HERE / "fetch_and_report.py", "fetch", server.url(), server.sha256]
        children = [subprocess.Popen(program, stdout=subprocess.PIPE, text=True) for _ in range(2)]
        told = [child.communicate(timeout=120)[0] for child in children]
        assert len(server.requests) == 1
    assert all(text.endswith("done\n") for text in told), told
    assert sum("Another Keydream is fetching shared" in text for text in told) == 1
    assert store.fetched("shared") is not None
    assert sorted(path.name for path in store.folder().iterdir()) == ["shared.json", "shared.safetensors"]
