from __future__ import annotations

import pytest
import torch

from studio.models import precision


@pytest.mark.parametrize(("able", "expected"), [(True, "bf16"), (False, "fp32")])
def test_half_precision_where_the_processor_multiplies_it(
    monkeypatch: pytest.MonkeyPatch, able: bool, expected: str
) -> None:
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: able, raising=False)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False, raising=False)
    assert precision.fastest("cpu") == expected


def test_a_pytorch_that_cannot_say_computes_in_single_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_is_amx_tile_supported", "_is_avx512_bf16_supported"):
        monkeypatch.delattr(torch.cpu, name, raising=False)
    assert precision.fastest("cpu") == "fp32"


def test_other_devices_keep_single_precision() -> None:
    assert precision.fastest("mps") == "fp32"
