"""Kernel Inception Distance with the judge's features (Binkowski et al. 2018, arXiv:1801.01401).

The squared maximum mean discrepancy of two sets of features under the kernel (x·y / d + 1)³, in its unbiased form: it
is 0 in the mean for two sets of one kind, and may come out negative.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Kid:
    """A distance between two sets of pictures.

    Attributes:
        mean: over the subsets.
        spread: standard deviation over the subsets.
    """

    mean: float
    spread: float


def mmd(x: Tensor, y: Tensor) -> float:
    """The unbiased squared discrepancy between features x (n, d) and y (m, d), n and m 2 or more (their equation 4)."""
    if min(len(x), len(y)) < 2:
        raise ValueError("a discrepancy needs two features of each kind")
    x, y = x.double(), y.double()

    def kernel(a: Tensor, b: Tensor) -> Tensor:
        return (a @ b.T / a.shape[1] + 1) ** 3

    def within(a: Tensor) -> Tensor:
        products = kernel(a, a)
        return (products.sum() - products.diagonal().sum()) / (len(a) * (len(a) - 1))

    return float(within(x) + within(y) - 2 * kernel(x, y).mean())


def kid(x: Tensor, y: Tensor, *, subsets: int = 50, size: int = 50, seed: int = 0) -> Kid:
    """The mean discrepancy of random subsets of `size` features (fewer where there are no more), and its spread.

    Args:
        x: features (n, d); unit embeddings are scaled to length √d, so that the kernel tells them apart.
        y: features (m, d).
        subsets: how many pairs of subsets.
        size: of a subset.
        seed: of the choice.
    """
    rng = np.random.default_rng(seed)
    x, y = (set_ * set_.shape[1] ** 0.5 for set_ in (x, y))
    size = min(size, len(x), len(y))
    found = []
    for _ in range(subsets):
        a, b = (torch.from_numpy(rng.permutation(len(set_))[:size]) for set_ in (x, y))
        found.append(mmd(x[a], y[b]))
    return Kid(float(np.mean(found)), float(np.std(found)))
