"""What is wrong, or probably not meant, in a timeline. NaN and infinity cannot occur: no value is made of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from studio.timeline.edit import count
from studio.timeline.model import ParameterTrack, PromptTrack, Timeline, TrackRef
from studio.timeline.parameters import PARAMETERS


class Severity(Enum):
    """How bad it is."""

    ERROR = "error"
    """Nothing can be rendered until it is mended."""

    WARNING = "warning"
    """It renders, perhaps not as meant."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding, in the words of `StudioError`.

    Attributes:
        code: a stable name of the kind: "no-prompt", "only-negative", "empty-track", "key-outside", "marker-outside",
            "range-outside", "value-outside" or "unknown-parameter".
        severity: error or warning.
        what: what is wrong.
        why: why it matters.
        fix: what to do.
        track: the track it is about; None for the timeline.
        frames: the frames it is about; may be empty.
    """

    code: str
    severity: Severity
    what: str
    why: str
    fix: str
    track: TrackRef | None = None
    frames: tuple[int, ...] = ()


def check(timeline: Timeline) -> tuple[Problem, ...]:
    """All problems, errors first, then in the order of the tracks. Empty when all is well."""
    found = [*_prompts(timeline), *_tracks(timeline), *_places(timeline), *_values(timeline)]
    return tuple(sorted(found, key=lambda problem: problem.severity is not Severity.ERROR))


def _prompts(timeline: Timeline) -> Iterator[Problem]:
    weights = [
        term.weight * track.weight
        for track in timeline.prompts
        if not track.muted
        for key in track.track.keys
        for term in key.value.terms
    ]
    if not any(weights):
        yield Problem(
            "no-prompt",
            Severity.ERROR,
            "The timeline has no prompt",
            "Every prompt track is empty, muted or has the weight 0" if timeline.prompts else "It has no prompt track",
            "Add a key with a prompt",
        )
    elif max(weights) <= 0:
        yield Problem(
            "only-negative",
            Severity.WARNING,
            "No prompt has a positive weight",
            "The picture is only pushed away from things, and will be noise",
            "Add a prompt for what it should show",
        )


def _tracks(timeline: Timeline) -> Iterator[Problem]:
    for track in timeline.tracks:
        if not track.track.keys:
            yield Problem(
                "empty-track",
                Severity.WARNING,
                f"Track {track.name} has no key",
                "It counts for nothing",
                "Add a key, or remove the track",
                track.ref,
            )
    for parameter in timeline.parameters:
        if parameter.name not in PARAMETERS:
            yield Problem(
                "unknown-parameter",
                Severity.WARNING,
                f"No parameter is called {parameter.name}",
                "Nothing in this version uses the track",
                f"Rename it to one of {', '.join(sorted(PARAMETERS))}",
                parameter.ref,
            )


def _places(timeline: Timeline) -> Iterator[Problem]:
    for track in timeline.tracks:
        if late := tuple(frame for frame in track.track.frames if frame >= timeline.length):
            yield _outside(timeline, "key", f"Track {track.name} has {count(len(late), 'key')}", late, track)
    if late := tuple(marker.frame for marker in timeline.markers if marker.frame >= timeline.length):
        yield _outside(timeline, "marker", f"The timeline has {count(len(late), 'marker')}", late)
    span = timeline.range
    if span is not None and span.stop > timeline.length:
        yield Problem(
            "range-outside",
            Severity.WARNING,
            f"The range {span} passes the end",
            f"The timeline has {timeline.length} frames",
            "Set the range again",
        )


def _outside(
    timeline: Timeline, noun: str, what: str, late: tuple[int, ...], track: PromptTrack | ParameterTrack | None = None
) -> Problem:
    return Problem(
        f"{noun}-outside",
        Severity.WARNING,
        f"{what} past the end",
        f"The last frame is {timeline.length - 1}",
        f"Move the {noun} to an earlier frame, trim, or make the timeline longer",
        None if track is None else track.ref,
        late,
    )


def _values(timeline: Timeline) -> Iterator[Problem]:
    for track in timeline.parameters:
        spec = PARAMETERS.get(track.name)
        if spec is None:
            continue
        if out := tuple(key.frame for key in track.track.keys if not spec.minimum <= key.value <= spec.maximum):
            yield Problem(
                "value-outside",
                Severity.WARNING,
                f"{spec.label} has {count(len(out), 'value')} that cannot be reached",
                f"It goes from {spec.minimum:g} to {spec.maximum:g}, and stops there",
                "Give a value in that range",
                track.ref,
                out,
            )
