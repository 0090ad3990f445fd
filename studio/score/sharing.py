"""Perceptors loaded once for all who look with them: a render, the score lane and whoever asks share one network."""

from __future__ import annotations

import threading
from weakref import WeakValueDictionary

import torch

from studio.models.catalogue import find
from studio.models.loading import read_weights
from studio.models.precision import Precision
from studio.score.clip import OpenClipPerceptor, build

_loading = threading.Lock()
_loaded: WeakValueDictionary[tuple[str, str, Precision], OpenClipPerceptor] = WeakValueDictionary()


def perceptor(name: str, device: torch.device, precision: Precision = "fp32") -> OpenClipPerceptor:
    """The perceptor of that name, "" for the starter, on a device. While anybody holds it, others get the same one.

    Whoever dreams asks for the device's fastest precision, whoever tells numbers for the exact one.

    Any thread may ask, and threads may look with it at the same time: it is frozen.

    Raises:
        ModelError: there is no such model, or it cannot be used.
    """
    entry = find(name, "clip")
    with _loading:
        known = _loaded.get((entry.sha256, str(device), precision))
        if known is None:
            weights = read_weights(entry.path, name=entry.name, expect_kind="clip", expect_sha256=entry.sha256)
            known = _loaded[entry.sha256, str(device), precision] = build(weights, device, precision, keeps=True)
    return known
