"""A training can be left and taken up again exactly, and whatever stops it leaves the last checkpoint."""

from __future__ import annotations

import json
import os

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from studio.base import atomic
from studio.base.errors import FileError, InputError, ModelError
from studio.starter.training import STUMBLES, Average, NotFinite, Run, cosine, pack, unpack

CONFIG = {"steps": 5, "rate": 0.1, "name": "x", "sizes": (1, 2)}


def tensors(value: float) -> dict[str, torch.Tensor]:
    return {"w": torch.full((2, 3), value), "n": torch.tensor(3), "b": torch.tensor([True, False])}


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "run"


def begun(folder, steps=(1,)) -> Run:
    """A run with a checkpoint at each of `steps`, whose tensors hold the step."""
    run = Run(folder, CONFIG)
    assert run.resume() is None
    for step in steps:
        run.step = step
        run.save(tensors(step))
    return run


def resumed(folder, config=CONFIG) -> tuple[int, float]:
    """The step of the last checkpoint, and the value in its tensors."""
    run = Run(folder, config)
    kept = run.resume()
    return run.step, float(kept["w"][0, 0])


def test_a_fresh_folder_has_nothing_to_resume(folder):
    run = Run(folder, CONFIG)
    assert run.resume() is None
    assert (run.step, run.seconds) == (0, 0.0)
    assert not folder.exists()


def test_a_checkpoint_reads_back(folder):
    begun(folder)
    run = Run(folder, CONFIG)
    kept = run.resume()
    assert run.step == 1
    assert kept.keys() == tensors(1).keys()
    assert all(torch.equal(kept[key], value) and kept[key].dtype == value.dtype for key, value in tensors(1).items())


def test_time_adds_up_over_sittings(folder):
    first = begun(folder)
    second = Run(folder, CONFIG)
    second.resume()
    assert second.seconds == first.seconds > 0
    second.save(tensors(2))
    assert second.seconds > first.seconds


def test_two_files_take_turns(folder):
    begun(folder, range(1, 6))
    assert sorted(path.name for path in folder.iterdir()) == [
        "state-0.safetensors",
        "state-1.safetensors",
        "state.json",
    ]
    assert resumed(folder) == (5, 5)


def test_a_resumed_run_does_not_write_over_its_checkpoint(folder, monkeypatch):
    begun(folder)
    run = Run(folder, CONFIG)
    run.resume()
    run.step = 2
    plain = atomic.write_bytes

    def crash(path, data, **options):
        if path.name == "state.json":
            raise KeyboardInterrupt
        plain(path, data, **options)

    monkeypatch.setattr(atomic, "write_bytes", crash)
    with pytest.raises(KeyboardInterrupt):
        run.save(tensors(2))
    assert resumed(folder) == (1, 1)


def test_a_full_disk_keeps_the_checkpoint_before(folder, monkeypatch):
    run = begun(folder, (1, 2))

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    run.step = 3
    with pytest.raises(FileError) as caught:
        run.save(tensors(3))
    assert caught.value.why == "The disk is full"
    assert "Free some space" in caught.value.fix
    assert resumed(folder) == (2, 2)
    assert len(list(folder.iterdir())) == 3
    monkeypatch.undo()
    run.save(tensors(3))
    assert resumed(folder) == (3, 3)


def test_another_configuration_is_refused_and_the_difference_named(folder):
    begun(folder)
    with pytest.raises(InputError) as caught:
        resumed(folder, CONFIG | {"rate": 0.2, "name": "y"})
    assert caught.value.what == f"The training in {folder} could not be resumed"
    assert caught.value.why == "It was begun with another name, rate"
    assert "the same settings" in caught.value.fix


def test_a_training_may_be_made_longer_or_shorter_and_the_log_says_so(folder):
    begun(folder)
    assert resumed(folder, CONFIG | {"steps": 9}) == (1, 1)
    line = json.loads((folder / "log.jsonl").read_text())
    assert (line["step"], line["steps_before"], line["steps"]) == (1, 5, 9)
    with pytest.raises(InputError, match="another rate, steps"):
        resumed(folder, CONFIG | {"steps": 9, "rate": 0.2})


def test_a_setting_more_or_less_is_another_configuration(folder):
    begun(folder)
    with pytest.raises(InputError, match="another extra"):
        resumed(folder, CONFIG | {"extra": 1})
    with pytest.raises(InputError, match="another sizes"):
        resumed(folder, {key: value for key, value in CONFIG.items() if key != "sizes"})


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "3",
        "{}",
        '{"config": 3}',
        b"\xff\xfe",
        '{"config": {}, "sha256": "", "file": "x", "step": "one"}',
    ],
)
def test_a_damaged_note_is_refused(folder, content):
    begun(folder)
    (folder / "state.json").write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InputError) as caught:
        resumed(folder)
    assert caught.value.why == "state.json is damaged"
    assert caught.value.fix == "Start again in another folder"


def test_a_damaged_checkpoint_is_refused(folder):
    begun(folder)
    path = folder / "state-0.safetensors"
    content = bytearray(path.read_bytes())
    for damage in (bytes(content[:-1]), b"", bytes([*content[:-1], content[-1] ^ 1])):
        path.write_bytes(damage)
        with pytest.raises(InputError) as caught:
            resumed(folder)
        assert caught.value.why == "state-0.safetensors is damaged"
    path.unlink()
    with pytest.raises(InputError, match=r"state-0\.safetensors could not be read"):
        resumed(folder)


def test_the_log_is_a_line_of_json_a_report(folder):
    run = Run(folder, CONFIG)
    for run.step in (2, 4):
        run.log(loss=run.step / 2)
    lines = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    assert [(line["step"], line["loss"]) for line in lines] == [(2, 1.0), (4, 2.0)]
    assert all(line["seconds"] >= 0 for line in lines)


def test_a_log_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FileError, match=r"log\.jsonl could not be written"):
        Run(tmp_path / "file", CONFIG).log(loss=1)


def test_finite_values_pass(folder):
    Run(folder, CONFIG).check_finite(loss=1e30, gradient=0.0)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_value_that_is_not_finite_is_named(folder, value):
    with pytest.raises(NotFinite) as caught:
        Run(folder, CONFIG).check_finite(loss=1.0, gradient=value)
    assert caught.value.names == ("gradient",)


def test_each_stumble_halves_the_rate_until_there_were_too_many(folder):
    run = begun(folder, (1, 2))
    run.step = 4
    fault = NotFinite(("loss", "gradient"))
    for count in range(STUMBLES):
        assert run.caution == 0.5**count
        run.stumble(fault)
    with pytest.raises(ModelError) as caught:
        run.stumble(fault)
    assert caught.value.what == f"The training in {folder} stopped at step 5"
    assert caught.value.why.startswith("Its loss and gradient became infinite or not a number")
    assert caught.value.why.endswith("The checkpoint of step 2 is kept")
    assert "a lower rate" in caught.value.fix
    assert resumed(folder) == (2, 2)


def test_without_a_checkpoint_none_is_promised(folder):
    run = Run(folder, CONFIG, stumbles=STUMBLES)
    with pytest.raises(ModelError, match="There was no checkpoint yet"):
        run.stumble(NotFinite(("loss",)))


@given(steps=st.integers(1, 5000), warm_up=st.integers(1, 500))
def test_the_schedule_rises_and_falls_within_its_range(steps, warm_up):
    values = [cosine(step, steps, warm_up) for step in range(0, steps, max(1, steps // 50))]
    assert all(0 <= value <= 1 for value in values)
    top = values.index(max(values))
    assert values[: top + 1] == sorted(values[: top + 1])
    assert values[top:] == sorted(values[top:], reverse=True)


def test_the_schedule_at_its_corners():
    assert cosine(0, 1000, 100) == 0.01
    assert cosine(99, 1000, 100) == 1
    assert cosine(100, 1000, 100) == 1
    assert cosine(550, 1000, 100) == pytest.approx(0.5)
    assert cosine(1000, 1000, 100) == 0
    assert cosine(2000, 1000, 100) == 0


def network() -> torch.nn.Module:
    torch.manual_seed(2)
    return torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4)).to(memory_format=torch.channels_last)


def stepped(module, optimiser, average, times: int, first: int = 0) -> None:
    for step in range(first, first + times):
        optimiser.zero_grad()
        noise = torch.randn(2, 3, 6, 6, generator=torch.Generator().manual_seed(step))
        (module(noise) - 1).square().sum().backward()
        optimiser.step()
        average.update(module, step + 1)


def test_the_average_forgets_its_beginning_and_then_moves_slowly():
    module = torch.nn.Linear(1, 1, bias=False)
    with torch.no_grad():
        module.weight.fill_(100)
    average = Average(module, 0.9)
    with torch.no_grad():
        module.weight.fill_(1)
    average.update(module, 0)
    assert float(average.state["weight"]) == pytest.approx(0.1 * 100 + 0.9)
    average.state["weight"].fill_(2)
    average.update(module, 10_000)
    assert float(average.state["weight"]) == pytest.approx(0.9 * 2 + 0.1)
    assert module.weight.tolist() == [[1]]


def test_counters_are_copied_into_the_average():
    module = network()
    average = Average(module, 0.9)
    module(torch.zeros(1, 3, 5, 5))
    average.update(module, 100)
    assert int(average.state["1.num_batches_tracked"]) == 1


@pytest.mark.parametrize("kind", [torch.optim.Adam, torch.optim.AdamW])
def test_packing_and_unpacking_goes_on_to_the_bit(kind):
    module = network()
    optimiser, average = kind(module.parameters(), lr=0.1), Average(module, 0.9)
    stepped(module, optimiser, average, 3)
    packed = pack(module, optimiser, average)
    stepped(module, optimiser, average, 3, first=3)

    other = network()
    second, second_average = kind(other.parameters(), lr=0.1), Average(other, 0.9)
    unpack({key: value.contiguous() for key, value in packed.items()}, other, second, second_average)
    stepped(other, second, second_average, 3, first=3)
    for ours, theirs in ((module.state_dict(), other.state_dict()), (average.state, second_average.state)):
        assert all(torch.equal(value, theirs[key]) for key, value in ours.items())
    layouts = [state["exp_avg"].stride() for state in second.state_dict()["state"].values()]
    assert layouts == [parameter.stride() for parameter in other.parameters()]


def test_what_is_packed_does_not_change_any_more():
    module = network()
    optimiser, average = torch.optim.Adam(module.parameters(), lr=0.1), Average(module, 0.9)
    stepped(module, optimiser, average, 1)
    packed = pack(module, optimiser, average)
    before = {key: value.clone() for key, value in packed.items()}
    stepped(module, optimiser, average, 2, first=1)
    assert all(torch.equal(value, packed[key]) for key, value in before.items())


@pytest.mark.parametrize("wide", [True, False])
def test_a_checkpoint_of_another_network_is_refused(wide):
    module = network()
    optimiser, average = torch.optim.Adam(module.parameters()), Average(module, 0.9)
    packed = pack(module, optimiser, average)
    other = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3)) if wide else torch.nn.Linear(2, 2)
    with pytest.raises(InputError) as caught:
        unpack(packed, other, torch.optim.Adam(other.parameters()), Average(other, 0.9))
    assert "does not fit the network" in caught.value.why
    assert "another folder" in caught.value.fix
