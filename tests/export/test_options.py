"""Options that no format has are refused with words, and rates keep their exact value."""

from __future__ import annotations

from fractions import Fraction

import pytest

from studio.base.errors import ExportError
from studio.export.options import ExportOptions, checked_rate


@pytest.mark.parametrize("quality", [-1, 101])
def test_a_quality_outside_0_to_100_is_refused(quality):
    with pytest.raises(ExportError) as caught:
        ExportOptions(quality=quality)
    assert str(quality) in caught.value.what
    assert "0 to 100" in caught.value.why


@pytest.mark.parametrize("size", [(0, 5), (5, 0), (-1, 5)])
def test_a_size_without_pixels_is_refused(size):
    with pytest.raises(ExportError, match="at least 1"):
        ExportOptions(size=size)


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(30000, 1001), Fraction(1, 100), Fraction(1000)])
def test_ordinary_rates_stay_exact(rate):
    assert checked_rate(rate) == rate


@pytest.mark.parametrize("rate", [Fraction(0), Fraction(-24), Fraction(1, 101), Fraction(1001)])
def test_rates_that_no_file_can_hold_are_refused(rate):
    with pytest.raises(ExportError) as caught:
        checked_rate(rate)
    assert "0.01 to 1000" in caught.value.why


def test_too_fine_a_fraction_is_refused_with_its_neighbour():
    with pytest.raises(ExportError) as caught:
        checked_rate(Fraction(24) + Fraction(1, 10**9))
    assert "24" in caught.value.fix
