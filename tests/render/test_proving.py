"""Weights are tried before they are put in place: what ships passes, and what does not fit is named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from studio.base.errors import ModelError
from studio.models.catalogue import find
from studio.models.loading import Weights, read_weights
from studio.render.proving import prove


def starter(kind: str) -> Weights:
    entry = find("", kind)
    return read_weights(entry.path, name=entry.name, expect_kind=kind)


@pytest.mark.parametrize("kind", ["clip", "vqgan", "biggan"])
def test_what_ships_passes(kind):
    prove(starter(kind))


@pytest.mark.parametrize("kind", ["clip", "vqgan", "biggan"])
def test_weights_with_a_tensor_missing_are_refused(kind):
    weights = starter(kind)
    name = sorted(weights.tensors)[0]
    with pytest.raises(ModelError):
        prove(replace(weights, tensors={key: value for key, value in weights.tensors.items() if key != name}))


def test_an_unknown_kind_is_refused():
    with pytest.raises(ModelError, match="'poem'"):
        prove(replace(starter("vqgan"), kind="poem"))
