"""Scores that can be compared between perceptors."""

from __future__ import annotations

import numpy as np
import pytest

from studio.score.standing import gain, seen


def test_chance_is_nothing_and_a_true_picture_is_all() -> None:
    cosine = np.array([[0.1, 0.6], [0.35, 0.1]], np.float32)
    found = seen(cosine, np.array([0.1, 0.1], np.float32), np.array([0.5, 0.5], np.float32))
    np.testing.assert_allclose(found, [[0, 1], [0.5, 0]], atol=1e-6)


def test_gain_is_what_a_true_caption_has_more_than_others() -> None:
    cosine = np.full((4, 4), 0.1, np.float32) + 0.3 * np.eye(4, dtype=np.float32)
    assert gain(cosine) == pytest.approx(0.3, abs=1e-6)


def test_a_perceptor_that_squeezes_its_cosines_tells_the_same() -> None:
    generator = np.random.default_rng(1)
    known = generator.normal(size=(6, 6)).astype(np.float32) * 0.1 + 0.5 * np.eye(6, dtype=np.float32)
    cosine = generator.normal(size=(5, 2)).astype(np.float32)
    chance = np.array([0.05, -0.1], np.float32)
    plain = seen(cosine, chance, np.full(2, gain(known), np.float32))
    squeezed = seen(0.2 + 0.1 * cosine, 0.2 + 0.1 * chance, np.full(2, gain(0.2 + 0.1 * known), np.float32))
    np.testing.assert_allclose(squeezed, plain, atol=1e-5)


def test_one_that_tells_nothing_apart_divides_by_no_zero() -> None:
    assert gain(np.zeros((3, 3), np.float32)) > 0
