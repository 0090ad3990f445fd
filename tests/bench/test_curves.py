"""Loss curves: both on one scale, as blocks and as a drawing that is valid XML."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from studio.bench import curves


def step(**changes: Any) -> dict[str, Any]:
    usual = {
        "workload": "A",
        "title": "a <title>",
        "precision": "bf16",
        "sample": "step",
        "losses": [1.0, 0.5, 0.25],
        "reference_losses": [1.0, 0.6, 0.2],
    }
    return usual | changes


def test_blocks_go_from_low_to_high() -> None:
    assert curves.blocks([0.0, 0.5, 1.0], 0.0, 1.0) == "▁▅█"
    assert curves.blocks([2.0], 2.0, 2.0) == "▁"


def test_of_many_values_the_ends_are_shown() -> None:
    shown = curves.blocks([1.0, *[0.5] * 500, 0.0], 0.0, 1.0)
    assert len(shown) == curves.WIDTH
    assert (shown[0], shown[-1]) == ("█", "▁")


def test_both_curves_share_a_scale() -> None:
    ours, theirs = curves.lines([1.0, 0.5], [1.0, 0.0])
    assert ours == "Keydream   █▅  1.0000 to 0.5000"
    assert theirs == "reference  █▁  1.0000 to 0.0000"
    assert curves.lines([1.0], []) == []


def test_a_drawing_has_both_curves_of_every_workload() -> None:
    drawn = curves.svg({"workloads": {"A": step(), "E": step(workload="E"), "D": step(reference_losses=[])}})
    root = ElementTree.fromstring(drawn)
    polylines = [each for each in root if each.tag.endswith("polyline")]
    assert [len(each.get("points").split()) for each in polylines] == [3] * 5
    texts = [each.text for each in root if each.tag.endswith("text")]
    assert "A  a <title>: loss by step" in texts
    assert "Keydream, bf16" in texts
    assert "1.000" in texts
    assert "0.200" in texts


def test_without_any_losses_a_drawing_is_empty() -> None:
    assert ElementTree.fromstring(curves.svg({"workloads": {}})).tag.endswith("svg")
