"""CMA-ES (Hansen 2016, arXiv:1604.00772) by the package `cma`, drawing its chance from one generator alone."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import torch

from studio.base.errors import InputError

if TYPE_CHECKING:
    import cma


def strategy(
    start: npt.NDArray[np.float64], spread: float, population: int, edge: float, generator: torch.Generator
) -> cma.CMAEvolutionStrategy:
    """A strategy to ask for vectors and to tell of their losses.

    Args:
        start: (n,), where it begins.
        spread: the standard deviation of its first step, above 0.
        population: vectors in a generation.
        edge: no number leaves -edge to edge.
        generator: on the CPU.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it would like to plot
        import cma  # takes a second, for it brings scipy along, and few dreams evolve

    def randn(*shape: int) -> npt.NDArray[np.float64]:
        drawn: npt.NDArray[np.float64] = torch.randn(shape, generator=generator, dtype=torch.float64).numpy()
        return drawn

    options = {
        "popsize": population,
        "seed": np.nan,  # it would seed everybody's randomness
        "randn": randn,
        "verbose": -9,
        "verb_log": 0,
        "bounds": [-edge, edge],
    }
    return cma.CMAEvolutionStrategy(start, spread, options)


def check_settings(values: Mapping[str, int], least: Mapping[str, int], spread: float) -> None:
    """Nothing, when every value of a search is at least as large as it must be and the spread is above 0.

    Raises:
        InputError: naming the one that is not.
    """
    for name, floor in least.items():
        if values[name] < floor:
            raise InputError(f"A search cannot have {name} = {values[name]}", "", f"Give at least {floor}")
    if not (math.isfinite(spread) and spread > 0):
        raise InputError(f"A search cannot have spread = {spread:g}", "", "Give a number above 0")
