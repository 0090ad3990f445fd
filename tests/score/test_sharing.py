"""One network for all who look."""

from __future__ import annotations

import gc
import threading

import pytest
import torch

from studio.base.errors import ModelError
from studio.score import sharing

CPU = torch.device("cpu")


def test_who_asks_while_it_is_held_gets_the_same_one() -> None:
    first = sharing.perceptor("", CPU)
    assert sharing.perceptor("starter-clip", CPU) is first
    assert sharing.perceptor("starter-evaluator", CPU) is not first


def test_threads_that_ask_at_once_load_it_once(monkeypatch: pytest.MonkeyPatch) -> None:
    gc.collect()
    built = []
    build = sharing.build

    def counted(*arguments: object, **named: object) -> object:
        built.append(arguments)
        return build(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(sharing, "build", counted)
    monkeypatch.setattr(sharing, "_loaded", type(sharing._loaded)())
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(sharing.perceptor("", CPU))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(built) == 1
    assert len(set(map(id, found))) == 1


def test_what_nobody_holds_is_let_go() -> None:
    sharing.perceptor("starter-evaluator", CPU)
    gc.collect()
    assert not any(held.name == "starter-evaluator" for held in sharing._loaded.values())


def test_one_that_is_not_there_is_named() -> None:
    with pytest.raises(ModelError, match="nowhere"):
        sharing.perceptor("nowhere", CPU)
