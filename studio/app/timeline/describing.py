"""The timeline in words: tips of what is under the pointer, and what a screen reader says."""

from __future__ import annotations

from studio.app.context import Context
from studio.app.texts import plural, tr
from studio.app.timeline.captions import number_text
from studio.app.timeline.geometry import Hit, Part
from studio.timeline.easing import Ease
from studio.timeline.model import ParameterTrack, PromptTrack, Timeline, TrackRef
from studio.timeline.parameters import PARAMETERS
from studio.timeline.prompt import Prompt, format_prompt
from studio.timeline.sample import parameter_value


def track_name(track: PromptTrack | ParameterTrack) -> str:
    """What a track is called on screen."""
    spec = PARAMETERS.get(track.name) if isinstance(track, ParameterTrack) else None
    return track.name if spec is None else tr(spec.label)


def change_label(ref: TrackRef) -> str:
    """What the history says of other values on a track: "Change zoom"."""
    spec = PARAMETERS.get(ref.name) if ref.kind == "parameter" else None
    name = ref.name if spec is None else spec.label
    return f"Change {name[:1].lower()}{name[1:]}"


def value_text(timeline: Timeline, track: PromptTrack | ParameterTrack, frame: int) -> str:
    """What stands beside a track's name: a parameter's value at a frame, a prompt track's weight unless it is 1."""
    if isinstance(track, PromptTrack):
        return "" if track.weight == 1 else f"× {number_text(track.weight)}"
    if not track.track.keys:
        return ""
    spec = PARAMETERS.get(track.name)
    degrees = "°" if spec is not None and spec.unit.startswith("°") else ""
    return f"{number_text(parameter_value(track, frame, timeline.length, timeline.loop))}{degrees}"


def ease_text(ease: Ease) -> str:
    """The name of an ease on screen."""
    names = {
        "hold": tr("holds"),
        "linear": tr("linear"),
        "in": tr("eases in"),
        "out": tr("eases out"),
        "both": tr("eases both"),
        "overshoot": tr("overshoots"),
    }
    return names.get(ease.name, tr("own curve"))


def snap_words(context: Context, key: str = "Shift") -> str:
    """What a key that is held does to a drag: the opposite of what the artist chose."""
    if context.settings.flag("snap", True):
        return tr("{key}: no snapping", key=tr(key))
    return tr("{key}: snap", key=tr(key))


def tip(timeline: Timeline, hit: Hit) -> str:
    """What is under the pointer; empty where there is nothing to tell."""
    if hit.part is Part.MARKER:
        marker = next((each for each in timeline.markers if each.frame == hit.frame), None)
        return "" if marker is None else tr("{name} · frame {frame}", name=marker.name or tr("Marker"), frame=hit.frame)
    if hit.part in (Part.IN, Part.OUT):
        frames = timeline.frames
        return tr("Range: frames {first} to {last}", first=frames.start, last=frames.stop - 1)
    if hit.key is None:
        return ""
    track = timeline.find(hit.key.track)
    if isinstance(track, PromptTrack):
        key = track.track.key(hit.key.frame)
        what, ease = format_prompt(key.value), key.ease
        if key.value.begin:
            what = f"{what}\n{tr('begins from {name}', name=key.value.begin)}"
    else:
        number = track.track.key(hit.key.frame)
        what, ease = f"{track_name(track)} {number_text(number.value)}", number.ease
    return tr("{what}\nframe {frame} · {ease}", what=what, frame=hit.key.frame, ease=ease_text(ease))


def spoken(context: Context) -> str:
    """Where the playhead is and what is selected, for a screen reader."""
    timeline, keys = context.document.timeline, context.choice.keys
    said = tr("Playhead at frame {frame} of {length}.", frame=context.player.frame, length=timeline.length)
    if not keys:
        return f"{said} {tr('Nothing selected.')}"
    if len(keys) > 1:
        return f"{said} {plural('%n key(s) selected.', len(keys))}"
    (ref,) = keys
    key = timeline.key(ref)
    value = number_text(key.value) if isinstance(key.value, float | int) else format_prompt(key.value)
    if isinstance(key.value, Prompt) and key.value.begin:
        value = f"{value}, {tr('begins from {name}', name=key.value.begin)}"
    name = track_name(timeline.find(ref.track))
    return f"{said} {tr('Selected: {name}, {value}, at frame {frame}.', name=name, value=value, frame=ref.frame)}"
