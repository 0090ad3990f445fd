from __future__ import annotations

import math

import pytest

from studio.base.errors import InputError
from studio.timeline.parameters import PARAMETERS, ParameterSpec


def test_the_parameters_that_the_renderer_knows():
    assert {name: (spec.minimum, spec.default, spec.maximum, spec.integer) for name, spec in PARAMETERS.items()} == {
        "zoom": (0.5, 1.0, 2.0, False),
        "pan_x": (-1.0, 0.0, 1.0, False),
        "pan_y": (-1.0, 0.0, 1.0, False),
        "rotate": (-180.0, 0.0, 180.0, False),
        "steps": (0.0, 150.0, 5000.0, True),
        "step_size": (0.0, 1.0, 10.0, False),
        "cutouts": (1.0, 8.0, 256.0, True),
        "cut_power": (0.1, 1.0, 4.0, False),
        "smoothness": (0.0, 1.0, 100.0, False),
        "saturation": (-10.0, 0.0, 10.0, False),
        "symmetry": (0.0, 0.0, 100.0, False),
        "anchor": (0.0, 0.0, 100.0, False),
        "palette": (0.0, 0.0, 100.0, False),
        "edges": (0.0, 0.0, 100.0, False),
        "coherence": (0.0, 0.0, 100.0, False),
        "tiling": (0.0, 0.0, 1.0, True),
        "range": (0.0, 1.0, 10.0, False),
    }


@pytest.mark.parametrize("name", PARAMETERS)
def test_each_is_named_labelled_and_explained(name):
    spec = PARAMETERS[name]
    assert spec.name == name
    assert spec.label[0].isupper()
    assert spec.help.endswith(".")


def test_values_are_clamped_and_whole_where_they_must_be():
    assert PARAMETERS["zoom"].clamp(3) == 2.0
    assert PARAMETERS["zoom"].clamp(0) == 0.5
    assert PARAMETERS["zoom"].clamp(1.01) == 1.01
    assert PARAMETERS["steps"].clamp(10.5) == 11.0
    assert PARAMETERS["steps"].clamp(10.49) == 10.0
    assert PARAMETERS["cutouts"].clamp(-7) == 1.0


def test_a_default_lies_in_its_range():
    with pytest.raises(InputError, match="Blur cannot be 3"):
        ParameterSpec("blur", "Blur", 3, 0, 1, "", "")
    with pytest.raises(InputError, match="The minimum of blur"):
        ParameterSpec("blur", "Blur", 0, math.nan, 1, "", "")
