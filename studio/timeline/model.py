"""The timeline: what the artist edits. Frozen, so that a snapshot of it is the timeline itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from studio.base.errors import InputError
from studio.timeline.prompt import Prompt
from studio.timeline.time import FrameRange, FrameRate, whole_range
from studio.timeline.track import Keyframe, Track
from studio.timeline.validate import MAXIMUM_FRAMES, label, number, whole

Kind = Literal["prompt", "parameter"]
N = TypeVar("N", "PromptTrack", "ParameterTrack")


@dataclass(frozen=True, slots=True, order=True)
class TrackRef:
    """Names a track of a timeline: its kind and its name."""

    kind: Kind
    name: str


@dataclass(frozen=True, slots=True, order=True)
class KeyRef:
    """Names a key of a timeline: its track and its frame."""

    track: TrackRef
    frame: int


@dataclass(frozen=True, slots=True)
class PromptTrack:
    """Prompts over time. Several such tracks pull at once.

    Attributes:
        name: not empty, and the only one of its name among the prompt tracks.
        track: its keys; may be empty.
        weight: multiplies the weight of every term; finite.
        muted: whether it counts for nothing.
    """

    name: str
    track: Track[Prompt]
    weight: float = 1.0
    muted: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", label(self.name, "the name of a track"))
        _expect(self.track, Track, "the keys of a prompt track")
        for key in self.track.keys:
            _expect(key.value, Prompt, "the value of a prompt key")
        object.__setattr__(self, "weight", number(self.weight, f"the weight of track {self.name}"))

    @property
    def ref(self) -> TrackRef:
        """How edits name this track."""
        return TrackRef("prompt", self.name)


@dataclass(frozen=True, slots=True)
class ParameterTrack:
    """A number over time, for the parameter of that name.

    Attributes:
        name: a name of `PARAMETERS` or another; not empty, and the only one among the parameter tracks.
        track: its keys; may be empty. Values are finite and at most a milliard in magnitude; they may pass the range of
            `PARAMETERS` (an overshoot does), for sampling clamps.
        muted: whether the parameter keeps its default.
    """

    name: str
    track: Track[float]
    muted: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", label(self.name, "the name of a track"))
        _expect(self.track, Track, "the keys of a parameter track")
        for key in self.track.keys:
            number(key.value, f"the value of {self.name} at frame {key.frame}")

    @property
    def ref(self) -> TrackRef:
        """How edits name this track."""
        return TrackRef("parameter", self.name)


@dataclass(frozen=True, slots=True)
class Marker:
    """A name pinned to a frame (0..999 999). The name may be empty; the colour is whatever the screen understands."""

    frame: int
    name: str
    colour: str = ""

    def __post_init__(self) -> None:
        whole(self.frame, "the frame of a marker", 0, MAXIMUM_FRAMES - 1)
        for text in (self.name, self.colour):
            _expect(text, str, "the name and colour of a marker")


@dataclass(frozen=True, slots=True)
class Timeline:
    """Prompts, parameters and markers over `length` frames.

    Attributes:
        rate: frames a second.
        length: how many frames, 1..1 000 000: 0 to length-1.
        prompts: the prompt tracks, names unique.
        parameters: the parameter tracks, names unique.
        markers: at most one on a frame; kept in order of time, whatever order they are given in.
        range: the frames to play and render; None for all.
        loop: whether frame `length` is frame 0 again: the last key of a track goes on to its first.

    Keys, markers and the range may lie past the end; `check` names them. Raises `InputError` for values out of range
    and for names that are taken twice, `TypeError` for values of another type.
    """

    rate: FrameRate
    length: int
    prompts: tuple[PromptTrack, ...] = ()
    parameters: tuple[ParameterTrack, ...] = ()
    markers: tuple[Marker, ...] = ()
    range: FrameRange | None = None
    loop: bool = False

    def __post_init__(self) -> None:
        _expect(self.rate, FrameRate, "the rate of a timeline")
        whole(self.length, "the length of a timeline", 1, MAXIMUM_FRAMES)
        _expect_all(self.prompts, PromptTrack, "the prompts of a timeline")
        _expect_all(self.parameters, ParameterTrack, "the parameters of a timeline")
        _expect_all(self.markers, Marker, "the markers of a timeline")
        if self.range is not None:
            _expect(self.range, FrameRange, "the range of a timeline")
        _unique((track.name for track in self.prompts), "Two prompt tracks are called {}", "Rename one of them")
        _unique((track.name for track in self.parameters), "Two parameter tracks are called {}", "Rename one of them")
        _unique(
            (marker.frame for marker in self.markers), "Two markers stand on frame {}", "Move or remove one of them"
        )
        object.__setattr__(self, "markers", tuple(sorted(self.markers, key=lambda marker: marker.frame)))

    @property
    def frames(self) -> FrameRange:
        """The frames to play and render: the range as far as it lies within the length, else all."""
        whole_length = whole_range(self.length)
        return whole_length if self.range is None else self.range.clipped(self.length) or whole_length

    @property
    def tracks(self) -> tuple[PromptTrack | ParameterTrack, ...]:
        """All tracks: prompts first, then parameters, each in their order."""
        return (*self.prompts, *self.parameters)

    def prompt(self, name: str) -> PromptTrack:
        """The prompt track of that name; `InputError` when there is none."""
        return _named(self.prompts, name, "prompt")

    def parameter(self, name: str) -> ParameterTrack:
        """The parameter track of that name; `InputError` when there is none."""
        return _named(self.parameters, name, "parameter")

    def find(self, ref: TrackRef) -> PromptTrack | ParameterTrack:
        """The track that a reference names; `InputError` when there is none."""
        return self.prompt(ref.name) if ref.kind == "prompt" else self.parameter(ref.name)

    def key(self, ref: KeyRef) -> Keyframe[Prompt] | Keyframe[float]:
        """The key that a reference names; `InputError` when there is none."""
        track = self.find(ref.track)
        return track.track.key(ref.frame)

    def with_prompt(self, track: PromptTrack, name: str | None = None) -> Timeline:
        """The timeline with this track in place of the prompt track called `name` (by default the track's own name)."""
        old = self.prompt(track.name if name is None else name)
        return replace(self, prompts=tuple(track if each is old else each for each in self.prompts))

    def with_parameter(self, track: ParameterTrack, name: str | None = None) -> Timeline:
        """The same for a parameter track."""
        old = self.parameter(track.name if name is None else name)
        return replace(self, parameters=tuple(track if each is old else each for each in self.parameters))


def _named(tracks: tuple[N, ...], name: str, kind: str) -> N:
    for track in tracks:
        if track.name == name:
            return track
    raise InputError(
        f"There is no {kind} track called {name}",
        f"The timeline has {', '.join(track.name for track in tracks) or 'none'}",
        "Add it first, or choose another",
    )


def _unique(values: Iterable[object], what: str, fix: str) -> None:
    seen: set[object] = set()
    for value in values:
        if value in seen:
            raise InputError(what.format(value), "Each must be the only one", fix)
        seen.add(value)


def _expect(value: object, kind: type, what: str) -> None:
    if not isinstance(value, kind):
        raise TypeError(f"{what}: {kind.__name__} expected, not {type(value).__name__}")


def _expect_all(values: object, kind: type, what: str) -> None:
    if not isinstance(values, tuple) or not all(isinstance(value, kind) for value in values):
        raise TypeError(f"{what}: a tuple of {kind.__name__} expected")
