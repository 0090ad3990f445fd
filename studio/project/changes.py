"""The vocabulary of changes to a project: each a label for the undo menu and a pure function of the project."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from studio.base.errors import InputError
from studio.project.model import Asset, ExportSettings, Medium, Motion, PerceptorRef, Project
from studio.project.options import Value
from studio.project.swatches import Colours
from studio.timeline.beginnings import begin_at, put_prompt
from studio.timeline.edit import Edit
from studio.timeline.edits import add_parameter_track, remove_track, set_key
from studio.timeline.model import Timeline, TrackRef
from studio.timeline.prompt import Prompt
from studio.timeline.track import Keyframe, Track


@dataclass(frozen=True, slots=True)
class Change:
    """A named change of a project.

    Attributes:
        label: what the undo menu shows ("Change size").
        apply: the changed project; raises `InputError` and changes nothing when it cannot be made.
    """

    label: str
    apply: Callable[[Project], Project]


def on_timeline(edit: Edit) -> Change:
    """The edit of a timeline, made to the timeline of a project."""
    return Change(edit.label, lambda project: replace(project, timeline=edit.apply(project.timeline)))


def together(label: str, *changes: Change) -> Change:
    """Several changes as one entry of the history, made in this order."""

    def apply(project: Project) -> Project:
        for change in changes:
            project = change.apply(project)
        return project

    return Change(label, apply)


def set_name(name: str) -> Change:
    """Call the project something else."""
    return _changed("Rename project", lambda project: replace(project, name=name))


def set_size(width: int, height: int) -> Change:
    """Give the picture another size in pixels; `InputError` when a side is out of range."""
    return _changed("Change size", lambda project: replace(project, width=width, height=height))


def set_seed(seed: int) -> Change:
    """Dream other pictures of the same prompts; `InputError` when it is out of range."""
    return _changed("Change seed", lambda project: replace(project, seed=seed))


def set_medium(medium: Medium) -> Change:
    """Dream on another canvas, or begin it from something else."""
    return _changed("Change medium", lambda project: replace(project, medium=medium))


def set_option(name: str, value: Value) -> Change:
    """Give a setting of the medium another value; `InputError` when it has none such or cannot have that value."""
    return _changed(f"Change {name}", lambda project: replace(project, medium=project.medium.with_option(name, value)))


def set_motion(motion: Motion) -> Change:
    """Let frames follow one another in another way."""
    return _changed("Change motion", lambda project: replace(project, motion=motion))


def set_perceptors(perceptors: tuple[PerceptorRef, ...]) -> Change:
    """Let others judge; none means the starter."""
    return _changed("Change perceptors", lambda project: replace(project, perceptors=perceptors))


def set_parameter(name: str, value: float, frame: int) -> Change:
    """Give a parameter a value.

    A parameter that never changes (no key, or one) has it from now on throughout; one that changes over time has it at
    that frame. `InputError` when the frame is outside, or the value no number.
    """

    def apply(timeline: Timeline) -> Timeline:
        if name not in {track.name for track in timeline.parameters}:
            return add_parameter_track(name, Track((Keyframe(0, value),))).apply(timeline)
        track = timeline.parameter(name)
        frames = track.track.frames
        place = frame if len(frames) > 1 else frames[0] if frames else 0
        return set_key(track.ref, place, value).apply(timeline)

    return on_timeline(Edit(f"Change {name.replace('_', ' ')}", apply))


def clear_parameter(name: str) -> Change:
    """Let a parameter have its default value: its track goes."""
    return on_timeline(replace(remove_track(TrackRef("parameter", name)), label=f"Reset {name.replace('_', ' ')}"))


def set_colours(colours: Colours) -> Change:
    """Draw colours to another palette or border."""
    return _changed("Change colours", lambda project: replace(project, colours=colours))


def set_export(settings: ExportSettings) -> Change:
    """Remember how it was exported."""
    return _changed("Change export settings", lambda project: replace(project, export=settings))


def add_asset(asset: Asset) -> Change:
    """Let the project refer to a picture. `InputError` when its id is taken by another."""

    def apply(project: Project) -> Project:
        if asset in project.assets:
            return project
        return replace(project, assets=(*project.assets, asset))

    return Change("Add picture", _explained(apply))


def set_init_image(asset: str) -> Change:
    """Let the first canvas start from a picture of the project, empty for none; `AssetError` when it has none."""

    def apply(project: Project) -> Project:
        if asset:
            project.asset(asset)
        return replace(project, init_image=asset)

    return Change("Change init image" if asset else "Remove init image", apply)


def promote(asset: Asset, prompt: Prompt, frame: int) -> Change:
    """Let a keyframe with that prompt begin from a picture, which the project gets if it has it not yet."""
    return together("Keyframe from picture", add_asset(asset), on_timeline(put_prompt(prompt, frame, asset.id)))


def hand_over(asset: Asset, medium: Medium, frame: int) -> Change:
    """Dream on in another medium: the film begins from a picture at that frame, see `begin_at`.

    `InputError` when the timeline has no keyframe to begin.
    """
    label = f"Hand over to {medium.kind}"
    return together(label, add_asset(asset), on_timeline(begin_at(frame, asset.id)), set_medium(medium))


def _changed(label: str, apply: Callable[[Project], Project]) -> Change:
    return Change(label, _explained(apply))


def _explained(apply: Callable[[Project], Project]) -> Callable[[Project], Project]:
    """The model refuses values with `ValueError`; whoever edits is told in the words of `InputError`."""

    def explained(project: Project) -> Project:
        try:
            return apply(project)
        except ValueError as error:
            raise InputError("That value cannot be used", str(error), "Choose another") from error

    return explained
