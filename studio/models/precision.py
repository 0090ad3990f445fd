"""In which numbers networks compute: single precision, or half of it where a processor multiplies that faster."""

from __future__ import annotations

from typing import Literal

import torch

Precision = Literal["fp32", "bf16", "fp16"]

PRECISIONS: tuple[Precision, ...] = ("fp32", "bf16", "fp16")
"""All of them."""

DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
"""How PyTorch calls them."""


def fastest(device: torch.device | str) -> Precision:
    """The precision in which a device dreams fastest without losing its way.

    bf16 has the range of fp32, so that no gradient overflows or vanishes, and needs no scaling of losses: it is taken
    where the device has units for it, on the CPU matrix units (AMX) or dot products of bf16 (AVX-512). Elsewhere a CPU
    would emulate it, slower than fp32.
    """
    kind = torch.device(device).type
    if kind == "cuda":
        return "bf16" if torch.cuda.is_bf16_supported(including_emulation=False) else "fp32"
    if kind == "cpu" and _multiplies_bf16():
        return "bf16"
    return "fp32"


def _multiplies_bf16() -> bool:
    # PyTorch asks the processor under these names, which are not part of its public interface
    asked = ("_is_amx_tile_supported", "_is_avx512_bf16_supported")
    return any(bool(getattr(torch.cpu, name, lambda: False)()) for name in asked)
