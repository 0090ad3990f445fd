"""What is kept of texts is the same to the bit, and nothing else is ever given back."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
import torch
from torch import Tensor

from studio.base import atomic
from studio.base.errors import FileError
from studio.models.loading import Weights
from studio.score import clip, kept_texts, sharing
from studio.score.kept_texts import KeptTexts

CPU = torch.device("cpu")


def kept(identity: str = "a", dimensions: int = 3) -> KeptTexts:
    return KeptTexts(identity, CPU, dimensions)


def embedding(number: int, dimensions: int = 3) -> Tensor:
    return torch.randn(dimensions, generator=torch.Generator().manual_seed(number))


def test_what_was_kept_is_found_to_the_bit_by_the_next_process() -> None:
    kept().keep({"red": embedding(1), "blue": embedding(2)})
    found = kept().find(["blue", "green", "red"])
    assert set(found) == {"red", "blue"}
    assert torch.equal(found["red"], embedding(1))
    assert torch.equal(found["blue"], embedding(2))


def test_nothing_is_found_where_nothing_is_kept() -> None:
    assert kept().find(["red"]) == {}
    kept().keep({})
    assert not kept().path.exists()


def test_another_perceptor_or_number_of_threads_has_texts_of_its_own() -> None:
    kept().keep({"red": embedding(1)})
    assert kept("b").find(["red"]) == {}
    torch.set_num_threads(2)
    assert kept().find(["red"]) == {}
    torch.set_num_threads(1)
    assert kept().find(["red"])


def test_the_oldest_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_texts, "TEXTS", 3)
    one = kept()
    for number, text in enumerate(["a", "b", "a", "c", "d"]):
        one.keep({text: embedding(number)})
    for each in (one, kept()):
        found = each.find(["a", "b", "c", "d"])
        assert set(found) == {"a", "c", "d"}
        assert torch.equal(found["a"], embedding(2))


@pytest.mark.parametrize("where", [0.02, 0.5, 0.7, 0.9, 0.999])
@pytest.mark.parametrize("how", ["flip", "cut", "grow", "empty"])
def test_damage_costs_time_alone(where: float, how: str) -> None:
    kept().keep({f"text {number}": embedding(number) for number in range(20)})
    path = kept().path
    data = bytearray(path.read_bytes())
    at = int(where * len(data))
    if how == "flip":
        data[at] ^= 4
    path.write_bytes({"flip": data, "cut": data[:at], "grow": data + data[:at], "empty": b""}[how])
    for text, found in kept().find([f"text {number}" for number in range(21)]).items():  # none, most likely
        assert torch.equal(found, embedding(int(text.split()[1])))
    kept().keep({"text 3": embedding(3)})
    assert torch.equal(kept().find(["text 3"])["text 3"], embedding(3))


def test_a_file_of_other_lengths_is_nobodys() -> None:
    kept().keep({"red": embedding(1)})
    assert kept(dimensions=4).find(["red"]) == {}


def test_a_folder_that_takes_nothing_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes) -> None:
        raise FileError("no", "the disk is full", "")

    monkeypatch.setattr(atomic, "write_bytes", full)
    kept().keep({"red": embedding(1)})
    assert kept().find(["red"]) == {}


def test_what_others_add_is_seen_and_stays() -> None:
    one, other = kept(), kept()
    one.keep({"red": embedding(1)})
    other.keep({"blue": embedding(2)})
    one.keep({"green": embedding(3)})
    assert set(other.find(["red", "green", "blue"])) == {"red", "green", "blue"}


def test_threads_and_processes_share_it() -> None:
    program = (
        "import sys, torch; torch.set_num_threads(1)\n"
        "from studio.score.kept_texts import KeptTexts\n"
        "one = KeptTexts('a', torch.device('cpu'), 3)\n"
        "for number in range(int(sys.argv[1]), int(sys.argv[1]) + 15):\n"
        "    e = torch.randn(3, generator=torch.Generator().manual_seed(number)); one.keep({str(number): e})\n"
        "    assert all(torch.equal(v, torch.randn(3, generator=torch.Generator().manual_seed(int(k))))\n"
        "        for k, v in one.find([str(n) for n in range(100)]).items())\n"
    )
    others = [subprocess.Popen([sys.executable, "-c", program, str(start)]) for start in (0, 20)]
    one = kept()
    threads = [threading.Thread(target=lambda n=n: one.keep({str(n): embedding(n)})) for n in range(40, 60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [other.wait(60) for other in others] == [0, 0]
    found = kept().find([str(number) for number in range(100)])
    assert found
    assert all(torch.equal(value, embedding(int(text))) for text, value in found.items())


def test_a_perceptor_does_not_read_again_what_was_read(weights: Weights, monkeypatch: pytest.MonkeyPatch) -> None:
    first = clip.build(weights, "cpu", keeps=True).embed_text(["red", "blue apple"])
    again = clip.build(weights, "cpu", keeps=True)
    monkeypatch.setattr(again, "_model", None)  # the text tower is not asked
    assert torch.equal(again.embed_text(["blue apple", "red"]), first[[1, 0]])
    assert torch.equal(clip.build(weights, "cpu").embed_text(["blue apple"])[0], first[1])


def test_nothing_is_kept_of_weights_that_are_no_file(weights: Weights) -> None:
    clip.build(weights, "cpu").embed_text(["red"])
    assert not kept().path.parent.exists()


def test_who_shares_a_perceptor_shares_its_texts() -> None:
    perceptor = sharing.perceptor("", CPU)
    perceptor._texts.clear()
    first = perceptor.embed_text(["a red apple"])
    (file,) = kept().path.parent.iterdir()
    assert file.stat().st_size < 4096
    perceptor._texts.clear()
    assert torch.equal(perceptor.embed_text(["a red apple"]), first)


def test_a_text_is_the_same_to_the_bit_in_any_company(weights: Weights) -> None:
    texts = [f"red apple {number}" for number in range(clip.FEW)]
    alone = [clip.build(weights, "cpu").embed_text([text])[0] for text in texts[:3]]
    few, many = clip.build(weights, "cpu"), clip.build(weights, "cpu")
    assert torch.equal(few.embed_text(texts)[:3], torch.stack(alone))
    crowd = many.embed_text([*texts, "blue", "fish"])
    torch.testing.assert_close(crowd[:3], torch.stack(alone), atol=1e-6, rtol=0)
    assert torch.equal(many.embed_text(texts[:2]), torch.stack(alone[:2]))  # what the crowd made of them is not theirs
