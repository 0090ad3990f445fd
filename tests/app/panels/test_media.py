from __future__ import annotations

from studio.app.panels.media import USUAL, called, camera, craft, media, starts
from studio.project.model import MEDIA, STARTS
from studio.timeline.parameters import PARAMETERS


def test_every_medium_and_start_has_a_name_and_help() -> None:
    assert {name for name, _, _ in media()} == set(MEDIA)
    assert {name for name, _, _ in starts()} == set(STARTS)
    assert all(text and about.endswith(".") for _, text, about in (*media(), *starts()))


def test_what_is_dreamed_on_has_a_name_too() -> None:
    assert called("palette") == "Pixel art"
    assert called(USUAL) == "Collage"
    assert called("noise") == "Bare noise"
    assert called("another") == "another"


def test_every_parameter_stands_somewhere_once() -> None:
    assert sorted((*camera(), *craft(), "steps", "cutouts")) == sorted(PARAMETERS)
