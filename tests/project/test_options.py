"""The settings of media: what they may be, and that what is usual is what the canvases take as usual."""

from __future__ import annotations

import pytest

from studio.canvas import fourier, imagenet, palette, strokes
from studio.dream.evolution import EvolutionSettings
from studio.dream.search import SearchSettings
from studio.project.model import MEDIA
from studio.project.options import OPTIONS, SEARCHES, normal, options_of


def test_the_usual_is_what_canvases_take_as_usual():
    usual = {name: option.default for options in OPTIONS.values() for name, option in options.items()}
    assert usual == {
        "strokes": strokes.STROKES,
        "widest": strokes.WIDEST,
        "colours": palette.COLOURS,
        "cells": palette.CELLS,
        "truncation": imagenet.TRUNCATION,
        "decay": fourier.DECAY,
        "population": EvolutionSettings().population,
        "search": "evolved",
    }
    assert SearchSettings().population == usual["population"]


def test_every_option_says_what_it_is():
    for kind, options in OPTIONS.items():
        assert kind in MEDIA
        for option in options.values():
            assert option.checked(option.default) == option.default
            assert option.label and option.help.endswith(".")
    assert all(choice.label and choice.help.endswith(".") for choice in SEARCHES)


def test_numbers_are_checked():
    option = options_of("palette")["colours"]
    assert option.checked(8.0) == 8 and isinstance(option.checked(8.0), int)
    assert isinstance(options_of("biggan")["truncation"].checked(1), float)
    for wrong in (1, 257, 2.5, True, "8", None, float("nan")):
        with pytest.raises(ValueError, match="colours must be a whole number, 2 to 256"):
            option.checked(wrong)


def test_words_are_checked():
    option = options_of("biggan")["search"]
    assert option.checked("both") == "both"
    for wrong in ("neither", 1, ""):
        with pytest.raises(ValueError, match="search must be evolved, gradient, cmaes or both"):
            option.checked(wrong)


def test_text_is_read():
    assert options_of("strokes")["strokes"].read(" 512 ") == 512
    assert options_of("biggan")["search"].read(" cmaes ") == "cmaes"
    with pytest.raises(ValueError, match=r"widest must be 0\.005 to 0\.3, got 'x'"):
        options_of("strokes")["widest"].read("x")


def test_equal_settings_are_equal_mappings():
    given = normal("biggan", {"search": "both", "truncation": 0.5, "population": 16})
    assert dict(given) == {"search": "both", "truncation": 0.5}
    assert given == normal("biggan", {"truncation": 0.5, "search": "both"})
    assert normal("pixels", {}) == {}
    with pytest.raises(ValueError, match="an option of pixels must be one of none, got 'strokes'"):
        normal("pixels", {"strokes": 3})
