from __future__ import annotations

import pytest
import torch

from studio.base.errors import InputError
from studio.dream.device import pick


def have(monkeypatch: pytest.MonkeyPatch, *kinds: str) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: "cuda" in kinds)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: "mps" in kinds)


@pytest.mark.parametrize(
    ("kinds", "first"), [((), "cpu"), (("mps",), "mps"), (("cuda",), "cuda"), (("cuda", "mps"), "cuda")]
)
def test_auto_takes_the_first_there_is(monkeypatch: pytest.MonkeyPatch, kinds: tuple[str, ...], first: str) -> None:
    have(monkeypatch, *kinds)
    assert pick("auto").type == first


def test_the_processor_is_always_there(monkeypatch: pytest.MonkeyPatch) -> None:
    have(monkeypatch, "cuda")
    assert pick("cpu") == torch.device("cpu")
    assert pick("cuda") == torch.device("cuda")


@pytest.mark.parametrize(("name", "maker"), [("cuda", "NVIDIA"), ("mps", "Apple")])
def test_a_device_that_is_not_there_is_explained(monkeypatch: pytest.MonkeyPatch, name: str, maker: str) -> None:
    have(monkeypatch)
    with pytest.raises(InputError) as caught:
        pick(name)
    assert name in caught.value.what
    assert maker in caught.value.why
    assert "--device cpu" in caught.value.fix


@pytest.mark.parametrize("name", ["", "gpu", "CUDA", "cuda:1"])
def test_an_unknown_device_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="There is no device") as caught:
        pick(name)
    assert "auto, cpu, cuda or mps" in caught.value.fix
