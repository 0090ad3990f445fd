from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest
import torch
from pytestqt.qtbot import QtBot
from safetensors.torch import save_file

from studio.app.context import Context
from studio.app.panels.tokens import TokenCounter, estimate, tokens_of
from studio.base.errors import ModelError
from studio.models import own
from studio.project import changes
from studio.project.model import PerceptorRef


def test_only_what_stands_there_after_a_pause_is_counted(context: Context, qtbot: QtBot) -> None:
    asked: list[str] = []

    def count(_perceptor: str, text: str) -> tuple[int, int]:
        asked.append(text)
        return len(text), 77

    counter = TokenCounter(context, None, count)
    counter._timer.setInterval(20)
    for length in range(1, 6):
        counter.ask("apple"[:length])
    counter.ask("pear", 1)
    counter.ask("   ", 2)
    heard: list[tuple[object, ...]] = []
    counter.counted.connect(lambda *said: heard.append(said))
    qtbot.waitUntil(lambda: len(heard) == 2)
    assert sorted(asked) == ["apple", "pear"]
    assert set(heard) == {("apple", 5, 77), ("pear", 4, 77)}
    assert counter.known("apple") == (5, 77)
    counter.ask("apple")
    assert not counter._timer.isActive(), "what is known is not counted again"
    context.document.apply(changes.set_perceptors((PerceptorRef("another"),)))
    assert counter.known("apple") is None
    assert counter.perceptor == "another"


def test_a_perceptor_that_is_not_there_leaves_the_estimate(context: Context, qtbot: QtBot) -> None:
    tries: list[str] = []

    def broken(_perceptor: str, text: str) -> tuple[int, int]:
        tries.append(text)
        raise ModelError("There is no such model")

    counter = TokenCounter(context, None, broken)
    counter._timer.setInterval(1)
    with qtbot.assertNotEmitted(context.tasks.failed, wait=150):
        counter.ask("apple")
        qtbot.waitUntil(lambda: tries == ["apple"])
    counter.ask("pear")
    qtbot.waitUntil(lambda: tries == ["apple", "pear"])


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [("", 0, 0), ("a red apple", 3, 3), ("42", 2, 2), ("apple, pear!", 4, 4), ("antidisestablishmentarianism", 3, 6)],
)
def test_the_estimate_is_near(text: str, least: int, most: int) -> None:
    assert least <= estimate(text) <= most


def test_the_starter_counts_its_own_tokens() -> None:
    tokens, limit = tokens_of("", "a red apple")
    assert 3 <= tokens <= 6
    assert limit == 30
    assert tokens_of("", "a red apple " * 20)[0] > limit
    with pytest.raises(ModelError):
        tokens_of("no such", "a")


def test_nothing_is_counted_while_the_animation_plays(context: Context, qtbot: QtBot) -> None:
    counter = TokenCounter(context, count=lambda _perceptor, text: (len(text), 9))
    context.player.play(1)
    with qtbot.assertNotEmitted(counter.counted, wait=600):
        counter.ask("abc")
    with qtbot.waitSignal(counter.counted, timeout=5000):
        context.player.stop()


def test_nothing_is_counted_once_the_window_closes(context: Context, qtbot: QtBot) -> None:
    counter = TokenCounter(context, count=lambda _perceptor, text: (len(text), 9))
    counter.ask("abc")
    context.tasks.close()
    with qtbot.assertNotEmitted(context.tasks.failed, wait=600):
        assert context.tasks.closed
    assert counter.known("abc") is None


def test_a_siglip_counts_by_its_own_tokenizer(tmp_path: Path) -> None:
    place = Path(__file__).parents[2] / "score" / "tokenizer_files.py"
    text = {"context_length": 16, "vocab_size": 64, "hf_tokenizer_name": "timm/ViT-B-16-SigLIP"}
    file = tmp_path / "sig.safetensors"
    words = torch.frombuffer(bytearray(runpy.run_path(str(place))["t5"]()), dtype=torch.uint8)
    save_file(
        {"tokenizer.json": words}, file, {"kind": "clip", "config": json.dumps({"model_cfg": {"text_cfg": text}})}
    )
    own.add(own.Own("sig", "clip", file, "aa", file.stat().st_size, ""))
    assert tokens_of("sig", "A red, red apple!") == (4, 15)
