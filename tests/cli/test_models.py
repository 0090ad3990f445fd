"""`keydream models`: list, fetch, verify, remove, add."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import save

from studio.cli import run
from studio.models import catalogue, store
from studio.models.catalogue import Entry
from studio.models.offer import Mirror, Offer

HERE = Path(__file__).parents[1] / "faults"
SPEC = importlib.util.spec_from_file_location("keydream_faulty_server", HERE / "faulty_server.py")
FAULTY = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(FAULTY)

MODEL = {
    "embed_dim": 8,
    "vision_cfg": {"image_size": 32, "layers": 1, "width": 16, "head_width": 8, "patch_size": 16},
    "text_cfg": {"context_length": 8, "vocab_size": 49408, "width": 16, "heads": 2, "layers": 1},
}


@pytest.fixture(scope="module")
def weights() -> dict[str, torch.Tensor]:
    from open_clip.model import CLIP

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        return CLIP(**MODEL).state_dict()


@pytest.fixture
def offered(weights, monkeypatch):
    """A server, and a catalogue of the starters and one model that it has."""
    config = json.dumps({"model_cfg": MODEL, "preprocess_cfg": {}}).encode()
    with FAULTY.FaultyServer(save(weights)) as server, FAULTY.FaultyServer(config) as other:
        offer = Offer((Mirror(server.url(), server.sha256),), (Mirror(other.url()),), "", (), (), 1000, 2000)
        entry = Entry("tiny", "clip", store.weights("tiny"), "", 1000, "MIT", "A tiny one", False, offer)
        real = catalogue.catalogued()
        monkeypatch.setattr(catalogue, "catalogued", lambda: (*real[:4], entry))
        yield server


def out(capsys) -> object:
    return json.loads(capsys.readouterr().out)


def test_the_list_has_all_of_them(capsys):
    assert run(["models", "list", "--json"]) == 0
    rows = {row["name"]: row for row in out(capsys)}
    assert rows["starter-clip"]["where"] == "ships"
    assert rows["openai-vit-b-32"]["where"] == "can be fetched"
    assert rows["openai-vit-b-32"]["memory"] > 0
    assert all(row["about"] and row["licence"] for row in rows.values())
    assert run(["models", "list"]) == 0
    assert "starter-clip" in capsys.readouterr().out


def test_a_model_is_fetched_verified_and_removed(offered, capsys):
    assert run(["models", "fetch", "tiny", "--json"]) == 0
    row = out(capsys)
    assert row["done"] == "is here"
    assert Path(row["path"]).is_file()
    assert run(["models", "verify", "tiny"]) == 0
    assert capsys.readouterr().out == "tiny: ok\n"
    with Path(row["path"]).open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"\x77")
    assert run(["models", "verify", "--json"]) == 1
    states = {row["name"]: row["state"] for row in out(capsys)}
    assert states["tiny"].startswith("changed")
    assert states["starter-clip"] == "ok"
    assert run(["models", "remove", "tiny"]) == 0
    assert store.fetched("tiny") is None
    assert run(["models", "remove", "tiny"]) == 1
    assert "not fetched" in capsys.readouterr().err


def test_what_is_not_here_is_said_with_how_to_fetch_it(offered, capsys):
    assert run(["models", "verify", "tiny"]) == 1
    assert "keydream models fetch tiny" in capsys.readouterr().err


def test_what_is_begun_is_listed_with_its_share(offered, capsys):
    store.folder().mkdir(parents=True)
    store.part("tiny", "weights").write_bytes(bytes(420))
    assert run(["models", "list", "--json"]) == 0
    assert {row["name"]: row["where"] for row in out(capsys)}["tiny"] == "42 % is here"


def test_faults_are_told_in_words(offered, capsys):
    offered.faults = ["page"]
    assert run(["models", "fetch", "tiny", "--json"]) == 1
    assert "a web page came instead" in out(capsys)["error"]["why"]


def test_a_fetch_that_starts_over_says_so(offered, capsys):
    offered.faults = ["flip:100"]
    assert run(["models", "fetch", "tiny"]) == 0
    assert "starting over" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize("command", ["fetch", "verify", "remove"])
def test_unknown_names_are_refused(command, capsys):
    assert run(["models", command, "nonesuch"]) == 1
    assert "There is no model called 'nonesuch'" in capsys.readouterr().err


def test_what_ships_is_not_removed(capsys):
    assert run(["models", "remove", "starter-clip"]) == 1
    assert "ships with Keydream" in capsys.readouterr().err


def test_a_checkpoint_is_added_and_removed_again(weights, tmp_path, capsys):
    torch.save(weights, tmp_path / "eyes.pt")
    (tmp_path / "eyes.json").write_text(json.dumps({"model_cfg": MODEL}))
    assert run(["models", "add", str(tmp_path / "eyes.pt"), "--json"]) == 0
    row = out(capsys)
    assert (row["name"], row["kind"], row["where"]) == ("eyes", "clip", "yours")
    assert run(["models", "remove", "eyes"]) == 0
    assert not Path(row["path"]).exists()


def test_help_stays_quick():
    program = (
        "import sys; from studio.cli import run; run(['models', '--help']); run(['models', 'fetch', '--help']);"
        "sys.exit(any(name in sys.modules for name in ('torch', 'truststore', 'ssl', 'yaml')))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
