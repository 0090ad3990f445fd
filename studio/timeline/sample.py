"""A timeline at one frame: the weighted terms and parameter values that the frame is dreamed from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from studio.timeline.curve import mixed, value_at
from studio.timeline.model import ParameterTrack, Timeline
from studio.timeline.parameters import PARAMETERS
from studio.timeline.prompt import NEVER_STOP, Content, Term
from studio.timeline.region import Region, between, meet


@dataclass(frozen=True, slots=True)
class TermState:
    """One term at one frame: aim at slerp(embed(start), embed(end), mix).

    Attributes:
        start: the content that is left.
        end: the content that is reached; equal to `start` where nothing changes.
        mix: 0 = start, 1 = end; beyond where the ease overshoots; 0 when start equals end.
        weight: how strongly it pulls, the track's weight included; negative pushes away; never 0.
        stop: where the pull ends; finite, or -inf for never.
        region: where in the picture it counts; None for all of it.
    """

    start: Content
    end: Content
    mix: float
    weight: float
    stop: float
    region: Region | None = None


@dataclass(frozen=True, slots=True)
class FrameState:
    """All that the timeline says about one frame.

    Attributes:
        frame: which one.
        terms: in the order of the tracks; empty where no track has a prompt or all weights are 0.
        parameters: (name, value) sorted by name: every name of `PARAMETERS`, within its range, and every unknown track.
        begin: id of the asset that the picture starts from: that of a key at this very frame, of the first track that
            is not muted and has one; else empty.
    """

    frame: int
    terms: tuple[TermState, ...]
    parameters: tuple[tuple[str, float], ...]
    begin: str = ""

    def parameter(self, name: str) -> float:
        """The value of a parameter; `KeyError` for a name that is neither in `PARAMETERS` nor a track."""
        for each, value in self.parameters:
            if each == name:
                return value
        raise KeyError(name)


def sample(timeline: Timeline, frame: int) -> FrameState:
    """The state of one frame. Every number in it is finite, save stops of -inf.

    Between two keys the i-th terms are paired: contents are to be slerped by the eased mix, weights and stops are
    interpolated, and so are the sides of regions, the whole picture being one. A term without partner, or whose
    partner's weight has the other sign or whose mask is another, fades: its content and region stay and its weight is
    scaled. An overshooting ease overshoots contents and parameters, but no weight, stop or region: these would change
    sign, or leave the picture. A stop of -inf cannot be interpolated, and gives way to a finite one half-way.

    Raises:
        ValueError: the frame is not in 0..length-1. A looping timeline takes any frame, modulo its length.
    """
    if timeline.loop:
        frame %= timeline.length
    elif not 0 <= frame < timeline.length:
        raise ValueError(f"frame {frame} is not in 0..{timeline.length - 1}")
    return FrameState(frame, tuple(_terms(timeline, frame)), _parameters(timeline, frame), _begin(timeline, frame))


def _terms(timeline: Timeline, frame: int) -> Iterator[TermState]:
    for track in timeline.prompts:
        if track.muted or not track.track.keys:
            continue
        before, after, mix = track.track.segment(frame, timeline.length, timeline.loop)
        for state in _blend(before.value.terms, after.value.terms, mix, track.weight):
            if state.weight != 0:
                yield state


def _blend(before: tuple[Term, ...], after: tuple[Term, ...], mix: float, scale: float) -> Iterator[TermState]:
    if mix in (0.0, 1.0):
        for term in before if mix == 0 else after:
            yield TermState(term.content, term.content, 0.0, term.weight * scale, term.stop, term.region)
        return
    share = min(max(mix, 0.0), 1.0)
    fading: list[TermState] = []
    for place in range(max(len(before), len(after))):
        old = before[place] if place < len(before) else None
        new = after[place] if place < len(after) else None
        if old is not None and new is not None and old.weight * new.weight >= 0 and meet(old.region, new.region):
            weight = mixed(old.weight, new.weight, share) * scale
            still = old.content == new.content
            stop = _mixed_stop(old.stop, new.stop, share)
            region = between(old.region, new.region, share)
            yield TermState(old.content, new.content, 0.0 if still else mix, weight, stop, region)
            continue
        if old is not None:
            yield TermState(old.content, old.content, 0.0, old.weight * (1 - share) * scale, old.stop, old.region)
        if new is not None:
            weight = new.weight * share * scale
            fading.append(TermState(new.content, new.content, 0.0, weight, new.stop, new.region))
    yield from fading


def _mixed_stop(old: float, new: float, share: float) -> float:
    if NEVER_STOP in (old, new):
        return old if share < 0.5 else new
    return mixed(old, new, share)


def begin_held(timeline: Timeline, frame: int) -> str:
    """The id of the asset that the picture of a frame starts from if it is solved, though it may have no key itself.

    Before the first key of all tracks that are not muted, and after the last, it is the one of that key, which holds.
    """
    frames = [key.frame for track in timeline.prompts if not track.muted for key in track.track.keys]
    if not frames:
        return ""
    return _begin(timeline, min(max(frame, min(frames)), max(frames)))


def _begin(timeline: Timeline, frame: int) -> str:
    keys = (track.track.find(frame) for track in timeline.prompts if not track.muted)
    return next((key.value.begin for key in keys if key is not None and key.value.begin), "")


def _parameters(timeline: Timeline, frame: int) -> tuple[tuple[str, float], ...]:
    values = {name: spec.default for name, spec in PARAMETERS.items()}
    for track in timeline.parameters:
        if track.track.keys and not track.muted:
            values[track.name] = parameter_value(track, frame, timeline.length, timeline.loop)
    return tuple(sorted(values.items()))


def parameter_value(track: ParameterTrack, frame: int, length: int, loop: bool) -> float:
    """The value of a track that has keys, as the renderer gets it: within its range if `PARAMETERS` knows it."""
    value = value_at(track.track, frame, length, loop)
    spec = PARAMETERS.get(track.name)
    return value if spec is None else spec.clamp(value)
