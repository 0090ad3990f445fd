"""What a project may hold, whoever makes it."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from typing import get_args

import pytest

from studio.base.errors import AssetError
from studio.project import limits, wire
from studio.project.model import BORDERS, MEDIA, MODES, Asset, ExportSettings, Medium, Motion, PerceptorRef, Project
from studio.timeline.model import Timeline
from studio.timeline.time import FrameRate

PROJECT = Project("p", Timeline(FrameRate(24), 10))


def test_the_usual_values():
    assert (PROJECT.width, PROJECT.height, PROJECT.seed) == (256, 256, 0)
    assert PROJECT.medium == Medium("vqgan", "")
    assert PROJECT.motion == Motion("walk", 0, "reflect", 0.5, 0.5)
    assert PROJECT.export == ExportSettings("gif", 80, True)
    assert PROJECT.perceptors == PROJECT.assets == ()


@pytest.mark.parametrize(
    "change",
    [
        {"width": 15},
        {"height": limits.SIDE_MAX + 1},
        {"seed": -1},
        {"seed": 2**63},
        {"assets": (Asset("a", "x.png"), Asset("a", "y.png"))},
    ],
)
def test_a_project_out_of_range_cannot_be_made(change):
    with pytest.raises(ValueError, match="must be"):
        replace(PROJECT, **change)


@pytest.mark.parametrize(
    ("make", "values"),
    [
        (Medium, {"kind": "oil"}),
        (Medium, {"kind": "strokes", "options": {"strokes": 0}}),
        (Medium, {"kind": "strokes", "options": {"colours": 8}}),
        (Motion, {"mode": "fly"}),
        (Motion, {"border": "tear"}),
        (Motion, {"refine": -1}),
        (Motion, {"centre_x": 1.5}),
        (Motion, {"centre_y": float("nan")}),
        (PerceptorRef, {"model": "x", "weight": float("inf")}),
        (PerceptorRef, {"model": "x", "weight": -1.0}),
        (ExportSettings, {"quality": 101}),
    ],
)
def test_a_part_out_of_range_cannot_be_made(make, values):
    with pytest.raises(ValueError, match="must be"):
        make(**values)


def test_it_is_frozen_and_can_be_hashed():
    with pytest.raises(FrozenInstanceError):
        PROJECT.width = 512  # type: ignore[misc]
    assert hash(PROJECT) == hash(replace(PROJECT, extra={"future": [1]}))
    assert replace(PROJECT, extra={"future": [1]}) != PROJECT


def test_an_asset_is_found_by_its_id():
    project = replace(PROJECT, assets=(Asset("cat", "cat.png"), Asset("dog", "dog.png")))
    assert project.asset("dog").path == "dog.png"
    with pytest.raises(AssetError) as caught:
        project.asset("cow")
    assert "cow" in caught.value.what
    assert "cat, dog" in caught.value.why
    assert caught.value.fix


def test_the_file_knows_the_same_names_as_the_model():
    assert get_args(wire.MediumJson.model_fields["kind"].annotation) == MEDIA
    assert get_args(wire.MotionJson.model_fields["mode"].annotation) == MODES
    assert get_args(wire.MotionJson.model_fields["border"].annotation) == BORDERS


def test_the_options_of_a_medium():
    plain, drawn = Medium("strokes"), Medium("strokes", options={"strokes": 512.0, "widest": 0.3})
    assert drawn.options == {"strokes": 512}, "what is usual is left out"
    assert (drawn.option("strokes"), drawn.option("widest"), plain.option("strokes")) == (512, 0.3, 256)
    assert drawn.with_option("strokes", 256) == plain != drawn
    assert hash(drawn) is not None
    with pytest.raises(TypeError):
        drawn.options["strokes"] = 4
    with pytest.raises(ValueError, match="strokes must be a whole number, 1 to 1024"):
        drawn.with_option("strokes", 1.5)
