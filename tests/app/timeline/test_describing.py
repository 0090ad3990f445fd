"""The timeline in words."""

from __future__ import annotations

from dataclasses import replace

from studio.app.timeline.describing import ease_text, snap_words, spoken, tip, track_name, value_text
from studio.app.timeline.geometry import Hit, Part
from studio.timeline.beginnings import begin_from
from studio.timeline.easing import Ease
from studio.timeline.model import KeyRef, Marker, ParameterTrack, TrackRef
from studio.timeline.track import Track

PROMPTS, ZOOM = TrackRef("prompt", "Prompt"), TrackRef("parameter", "zoom")


def test_tracks_are_called_as_the_artist_knows_them(project):
    assert track_name(project.timeline.parameter("zoom")) == "Zoom"
    assert track_name(ParameterTrack("own", Track())) == "own"
    assert track_name(project.timeline.prompt("Prompt")) == "Prompt"


def test_values_at_the_playhead(project):
    timeline = project.timeline
    assert value_text(timeline, timeline.parameter("zoom"), 32) == "1.04"
    assert value_text(timeline, timeline.parameter("rotate"), 64) == "0.6°"
    assert value_text(timeline, ParameterTrack("steps", Track()), 0) == ""
    assert value_text(timeline, timeline.prompt("Prompt"), 0) == ""
    assert value_text(timeline, replace(timeline.prompt("Prompt"), weight=0.5), 0) == "× 0.5"


def test_eases_have_names():
    assert ease_text(Ease.BOTH) == "eases both"
    assert ease_text(Ease.bezier(0.1, 0.2, 0.3, 0.4)) == "own curve"


def test_tips_tell_the_whole_prompt_and_the_value(project):
    timeline = replace(project.timeline, markers=(Marker(7, "wind"),))
    text = tip(timeline, Hit(Part.CARD, 40, None, KeyRef(PROMPTS, 32)))
    assert "a purple heart on a starry night" in text
    assert "frame 32" in text
    assert "eases both" in text
    assert tip(timeline, Hit(Part.KEY, 32, None, KeyRef(ZOOM, 32))).startswith("Zoom 1.04")
    assert tip(timeline, Hit(Part.MARKER, 7)) == "wind · frame 7"
    assert tip(timeline, Hit(Part.IN, 0)) == "Range: frames 0 to 96"
    assert tip(timeline, Hit(Part.RULER, 3)) == ""


def test_a_screen_reader_hears_the_playhead_and_the_selection(context):
    context.player.seek(5)
    assert spoken(context) == "Playhead at frame 5 of 97. Nothing selected."
    context.choice.select([KeyRef(PROMPTS, 32)])
    assert spoken(context).endswith("Selected: Prompt, a purple heart on a starry night, at frame 32.")
    context.choice.select([KeyRef(PROMPTS, 32), KeyRef(ZOOM, 0)])
    assert spoken(context).endswith("2 keys selected.")


def test_a_held_key_does_the_opposite_of_snapping(context):
    context.settings.set("snap", True)
    assert snap_words(context) == "Shift: no snapping"
    context.settings.set("snap", False)
    assert snap_words(context, "Ctrl") == "Ctrl: snap"


def test_what_a_key_begins_from_is_told(project, context):
    begun = begin_from([KeyRef(PROMPTS, 32)], "sea")
    timeline = begun.apply(project.timeline)
    assert "begins from sea" in tip(timeline, Hit(Part.CARD, 40, None, KeyRef(PROMPTS, 32)))
    assert "begins from" not in tip(timeline, Hit(Part.CARD, 10, None, KeyRef(PROMPTS, 0)))
    context.document.edit(begun)
    context.choice.select([KeyRef(PROMPTS, 32)])
    assert "a purple heart on a starry night, begins from sea" in spoken(context)
