from __future__ import annotations

import pytest

from studio.base.errors import AssetError, InputError
from studio.project import changes
from studio.project.model import Asset, ExportSettings, Medium, Motion, PerceptorRef, Project
from studio.timeline import edits
from studio.timeline.history import History
from studio.timeline.model import PromptTrack, Timeline
from studio.timeline.prompt import parse_prompt
from studio.timeline.time import FrameRate
from studio.timeline.track import Keyframe, Track


def project() -> Project:
    return Project("One", Timeline(FrameRate(24), 48))


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        (changes.set_name("Two"), "name", "Two"),
        (changes.set_size(128, 64), "height", 64),
        (changes.set_seed(9), "seed", 9),
        (changes.set_medium(Medium("pixels")), "medium", Medium("pixels")),
        (
            changes.together("", changes.set_medium(Medium("strokes")), changes.set_option("strokes", 9)),
            "medium",
            Medium("strokes", options={"strokes": 9}),
        ),
        (changes.set_motion(Motion("follow")), "motion", Motion("follow")),
        (changes.set_perceptors((PerceptorRef("x"),)), "perceptors", (PerceptorRef("x"),)),
        (changes.set_export(ExportSettings("mp4")), "export", ExportSettings("mp4")),
        (changes.add_asset(Asset("a", "a.png")), "assets", (Asset("a", "a.png"),)),
    ],
)
def test_each_change_is_one_named_entry_that_can_be_undone(change: changes.Change, field: str, value: object) -> None:
    history = History(project())
    assert getattr(history.apply(change), field) == value
    assert history.undo_name == change.label
    assert history.undo() == project()


@pytest.mark.parametrize(
    "change", [changes.set_size(0, 64), changes.set_size(64, 10**9), changes.set_seed(-1)], ids=lambda each: each.label
)
def test_a_value_out_of_range_is_refused_and_changes_nothing(change: changes.Change) -> None:
    history = History(project())
    with pytest.raises(InputError, match="cannot be used"):
        history.apply(change)
    assert history.current == project()


def test_an_edit_of_the_timeline_is_made_to_the_project() -> None:
    changed = changes.on_timeline(edits.set_length(12)).apply(project())
    assert changed.timeline.length == 12
    assert changes.on_timeline(edits.set_length(12)).label == edits.set_length(12).label


def test_changes_made_together_are_one_entry() -> None:
    history = History(project())
    history.apply(changes.together("Both", changes.set_seed(4), changes.set_size(64, 64)))
    assert (history.current.seed, history.current.width, history.labels) == (4, 64, ("Both",))


def test_the_init_image_must_be_a_picture_of_the_project() -> None:
    with pytest.raises(AssetError, match="no picture called a"):
        changes.set_init_image("a").apply(project())
    pictured = changes.add_asset(Asset("a", "a.png")).apply(project())
    chosen = changes.set_init_image("a").apply(pictured)
    assert chosen.init_image == "a"
    assert changes.set_init_image("").apply(chosen).init_image == ""


def prompted() -> Project:
    keys = tuple(Keyframe(frame, parse_prompt(text)) for frame, text in ((0, "a"), (10, "b"), (20, "c")))
    return Project("One", Timeline(FrameRate(24), 48, (PromptTrack("Prompt", Track(keys)),)))


def begun(project: Project) -> dict[int, str]:
    return {key.frame: key.value.begin for key in project.timeline.prompts[0].track.keys}


def test_a_picture_becomes_a_keyframe() -> None:
    leaf = Asset("leaf", "leaf.png")
    history = History(prompted())
    after = history.apply(changes.promote(leaf, parse_prompt("d"), 15))
    assert (after.assets, begun(after)) == ((leaf,), {0: "", 10: "", 15: "leaf", 20: ""})
    assert history.labels == ("Keyframe from picture",)
    assert history.undo() == prompted()


def test_handing_over_changes_the_medium_and_begins_a_keyframe_there() -> None:
    leaf = Asset("leaf", "leaf.png")
    history = History(prompted())
    after = history.apply(changes.hand_over(leaf, Medium("strokes"), 13))
    assert (after.medium, after.assets) == (Medium("strokes"), (leaf,))
    assert begun(after) == {0: "", 10: "", 13: "leaf", 20: ""}
    assert history.labels == ("Hand over to strokes",)
    assert history.undo() == prompted()
    with pytest.raises(InputError, match="no keyframe"):
        changes.hand_over(leaf, Medium("strokes"), 0).apply(project())


def test_adding_a_picture_twice_changes_nothing_and_another_of_its_name_is_refused() -> None:
    pictured = changes.add_asset(Asset("a", "a.png")).apply(project())
    assert changes.add_asset(Asset("a", "a.png")).apply(pictured) is pictured
    with pytest.raises(InputError, match="unique"):
        changes.add_asset(Asset("a", "b.png")).apply(pictured)


def test_a_parameter_that_never_changes_has_its_value_throughout() -> None:
    one = changes.set_parameter("steps", 40, 20).apply(project())
    assert [(key.frame, key.value) for key in one.timeline.parameter("steps").track.keys] == [(0, 40.0)]
    two = changes.set_parameter("steps", 60, 30).apply(one)
    assert [(key.frame, key.value) for key in two.timeline.parameter("steps").track.keys] == [(0, 60.0)]
    assert changes.clear_parameter("steps").apply(two).timeline.parameters == ()


def test_a_parameter_that_changes_has_its_value_at_the_frame() -> None:
    one = changes.set_parameter("zoom", 1.1, 0).apply(project())
    ref = one.timeline.parameter("zoom").ref
    moving = changes.on_timeline(edits.set_key(ref, 40, 1.5)).apply(one)
    three = changes.set_parameter("zoom", 1.2, 10).apply(moving)
    keys = three.timeline.parameter("zoom").track.keys
    assert [(key.frame, key.value) for key in keys] == [(0, 1.1), (10, 1.2), (40, 1.5)]
