"""Batches: what fails is told, what is there is not made again, and a killed one goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from studio.base.cancel import Cancelled, CancelToken
from studio.base.errors import FileError, InputError
from studio.export import read_embedded
from studio.render.events import SolveDone, StepDone
from studio.render.store import FrameStore
from studio.takes.batch import Batch
from studio.takes.orders import Order, Settings
from studio.takes.take import PICTURE

WORKER = Path(__file__).with_name("worker.py")


def order(line, prompt="red", **settings):
    fault = settings.pop("fault", None)
    return Order(line, f"picture {line}", Settings(prompt, **settings), fault)


@pytest.fixture
def batch(tmp_path, fakes, takes):
    def batch(orders, *, token=None, toolbox=None, watch=None, **options):
        def make(settings):
            return fakes.project({0: settings.prompt}, length=1, seed=settings.seed, steps=2)

        said = []
        made = Batch(
            tmp_path / "out",
            make,
            toolbox or fakes.Toolbox(),
            FrameStore(tmp_path / "frames"),
            takes,
            token=token or CancelToken(),
            watch=watch or (lambda order, event: said.append((order.line, event))),
            **options,
        )
        found = list(made.run(orders))
        assert found == made.results
        return made, said

    return batch


def test_pictures_takes_results_and_a_sheet(batch, takes, tmp_path):
    made, said = batch([order(1, "red"), order(2, "blue", seed=4)])
    assert [result.status for result in made.results] == ["made", "made"]
    for result in made.results:
        kept = takes.get(result.take)
        with Image.open(result.path) as picture, Image.open(kept.picture) as stored:
            assert picture.convert("RGB").tobytes() == stored.convert("RGB").tobytes()
        assert result.score == kept.take.score
        assert kept.take.prompt in (read_embedded(result.path) or "")
    assert [line for line, event in said if isinstance(event, SolveDone)] == [1, 2]
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "picture 1.png",
        "picture 2.png",
        "results.json",
        "results.csv",
        "contact-sheet.png",
    }


def test_what_is_there_is_not_made_again(batch, fakes, tmp_path):
    orders = [order(1), order(2, "blue")]
    batch(orders)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").glob("picture*")}
    toolbox = fakes.Toolbox()
    made, said = batch(orders, toolbox=toolbox)
    assert [result.status for result in made.results] == ["there", "there"]
    assert toolbox.built == []
    assert said == []
    assert before == {path: path.stat().st_mtime_ns for path in (tmp_path / "out").glob("picture*")}


def test_a_file_that_went_is_written_again_and_not_dreamed(batch, tmp_path):
    batch([order(1)])
    whole = (tmp_path / "out" / "picture 1.png").read_bytes()
    (tmp_path / "out" / "picture 1.png").unlink()
    made, _ = batch([order(1)])
    assert made.results[0].status == "reused"
    assert (tmp_path / "out" / "picture 1.png").read_bytes() == whole


def test_a_line_that_changed_is_made_anew(batch, tmp_path):
    batch([order(1)])
    before = (tmp_path / "out" / "picture 1.png").read_bytes()
    made, _ = batch([order(1, "blue")])
    assert made.results[0].status == "made"
    assert (tmp_path / "out" / "picture 1.png").read_bytes() != before


def test_one_network_for_all(batch, fakes):
    toolbox = fakes.Toolbox()
    batch([order(1), order(2, "blue"), order(3, "green")], toolbox=toolbox)
    assert len({id(toolbox.perceptor)}) == 1
    assert "perceptors" in toolbox.built


def test_what_fails_is_told_and_the_rest_goes_on(batch):
    orders = [order(1, fault=InputError("No such line")), order(2, "image:nothing"), order(3, "red:nan"), order(4)]
    made, _ = batch(orders)
    assert [result.status for result in made.results] == ["failed", "failed", "failed", "made"]
    errors = [str(result.error) for result in made.results[:3]]
    assert errors[0] == "No such line."
    assert "nothing" in errors[1]
    assert "nan" in errors[2]


def test_pictures_of_somebody_else_are_left_alone(batch, tmp_path):
    (tmp_path / "out").mkdir()
    other = tmp_path / "out" / "picture 1.png"
    Image.new("RGB", (5, 5)).save(other)
    theirs = other.read_bytes()
    made, _ = batch([order(1)])
    assert made.results[0].status == "failed"
    assert "--force" in str(made.results[0].error)
    assert other.read_bytes() == theirs
    made, _ = batch([order(1)], force=True)
    assert made.results[0].status == "reused" or made.results[0].status == "made"
    assert other.read_bytes() != theirs


def test_stopping_writes_what_there_is(batch, tmp_path):
    token = CancelToken()

    def watch(order, event):
        if order.line == 2 and isinstance(event, StepDone):
            token.cancel()

    with pytest.raises(Cancelled):
        batch([order(1), order(2, "blue"), order(3, "green")], token=token, watch=watch)
    assert json.loads((tmp_path / "out" / "results.json").read_text())["made"] == 1
    assert list((tmp_path / "frames" / "checkpoints").iterdir()), "the step is laid down"
    made, _ = batch([order(1), order(2, "blue"), order(3, "green")])
    assert [result.status for result in made.results] == ["there", "made", "made"]


def test_a_folder_that_is_none_stops_at_once(batch, tmp_path):
    (tmp_path / "out").write_text("")
    with pytest.raises(FileError):
        batch([order(1)])


@pytest.mark.parametrize("death", [19, 40])
def test_twenty_lines_two_failing_one_kill(tmp_path, death):
    """Killed in that event (a step, the end of a render) and started again: 18 pictures, two errors, nothing twice."""

    def run(*more):
        environment = os.environ | {"OMP_NUM_THREADS": "1"}
        command = [sys.executable, str(WORKER), "batch", str(tmp_path), *more]
        return subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=200)

    killed = run(str(death))
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    first = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").glob("[0-9]*.png")}
    again = run()
    assert again.returncode == 0, again.stderr
    solved = [line.split()[1] for line in (killed.stdout + again.stdout).splitlines() if line.startswith("solved")]
    assert len(solved) == len(set(solved)) == 18
    found = json.loads((tmp_path / "out" / "results.json").read_text())
    assert (found["made"] + found["reused"] + found["there"], found["failed"]) == (18, 2)
    assert found["there"] == len(first)
    errors = {row["line"]: row["error"]["what"] for row in found["pictures"] if row["error"]}
    assert errors == {
        5: "The prompt has the weight nan",
        13: "The project has no picture called nowhere",
    }
    pictures = list((tmp_path / "out").glob("[0-9]*.png"))
    assert len(pictures) == 18
    assert {path: path.stat().st_mtime_ns for path in first} == first
    assert len(list((tmp_path / "takes" / "kept").iterdir())) == 18
    with Image.open(tmp_path / "out" / "contact-sheet.png") as sheet:
        assert sheet.width > 6 * 192
    for path in pictures:
        row = next(row for row in found["pictures"] if row["file"] == path.name)
        kept = tmp_path / "takes" / "kept" / row["take"] / PICTURE
        with Image.open(path) as picture, Image.open(kept) as stored:
            assert picture.convert("RGB").tobytes() == stored.convert("RGB").tobytes()
