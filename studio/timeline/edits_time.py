"""Edits of time itself: length, rate, loop, range, markers, and frames put in or taken out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from studio.base.errors import InputError
from studio.timeline import curve
from studio.timeline.edit import Edit, change_tracks, count, inside, some
from studio.timeline.model import Marker, Timeline, TrackRef
from studio.timeline.time import FrameRange, FrameRate
from studio.timeline.track import Keyframe, Track
from studio.timeline.validate import whole

T = TypeVar("T")


def set_rate(rate: FrameRate) -> Edit:
    """Play at another rate. Keys stay on their frames, so the animation becomes faster or slower."""
    return Edit("Change frame rate", lambda timeline: replace(timeline, rate=rate))


def set_loop(loop: bool) -> Edit:
    """Let the last keys go on to the first ones, or not."""
    return Edit("Loop" if loop else "Do not loop", lambda timeline: replace(timeline, loop=loop))


def set_length(length: int, *, trim: bool = False) -> Edit:
    """Give the timeline another length in frames.

    Args:
        length: 1..1 000 000.
        trim: what becomes of keys and markers past the new end. False: the edit is refused with `InputError`, which
            says how many there are. True: they are removed. A parameter's curve that loses keys is first given one on
            the new last frame (and on frame 0 of a loop), so that the frames that are left stay as they are. A prompt
            track that was on its way to a removed prompt holds the one before, for a mixture of prompts is no prompt.
            A track whose keys are all past the end keeps its first, on the last frame.

    The range is cut to the new length, and dropped when nothing is left of it.
    """

    def apply(timeline: Timeline) -> Timeline:
        whole(length, "the length of a timeline", 1)
        late = sum(frame >= length for track in timeline.tracks for frame in track.track.frames)
        late_markers = sum(marker.frame >= length for marker in timeline.markers)
        if not trim and late + late_markers:
            named = [count(number, noun) for number, noun in ((late, "key"), (late_markers, "marker")) if number]
            raise InputError(
                f"The timeline cannot end at frame {length}",
                f"{' and '.join(named)} would be past the end",
                "Move or remove them first, or trim them",
            )
        if trim:
            timeline = _trimmed(timeline, length)
        kept = timeline.range.clipped(length) if timeline.range else None
        return replace(timeline, length=length, range=kept)

    return Edit("Trim" if trim else "Change length", apply)


def set_range(frames: FrameRange | None) -> Edit:
    """Play and render only these frames, or all. `InputError` when the range passes the end."""

    def apply(timeline: Timeline) -> Timeline:
        if frames is not None:
            inside(timeline, frames.stop - 1)
        return replace(timeline, range=frames)

    return Edit("Set range" if frames else "Clear range", apply)


def add_marker(marker: Marker) -> Edit:
    """Pin a marker to its frame. `InputError` when it is outside, or another is there."""

    def apply(timeline: Timeline) -> Timeline:
        inside(timeline, marker.frame)
        return replace(timeline, markers=(*timeline.markers, marker))

    return Edit("Add marker", apply)


def change_marker(frame: int, marker: Marker) -> Edit:
    """Put another marker in place of the one on a frame: to move, rename or colour it. Errors as for `add_marker`."""

    def apply(timeline: Timeline) -> Timeline:
        inside(timeline, marker.frame)
        old = _marker(timeline, frame)
        return replace(timeline, markers=tuple(marker if each is old else each for each in timeline.markers))

    return Edit("Change marker", apply)


def remove_marker(frame: int) -> Edit:
    """Take away the marker on a frame; `InputError` when there is none."""

    def apply(timeline: Timeline) -> Timeline:
        old = _marker(timeline, frame)
        return replace(timeline, markers=tuple(each for each in timeline.markers if each is not old))

    return Edit("Remove marker", apply)


def insert_time(frame: int, frames: int) -> Edit:
    """Put frames in before a frame (0..length): keys, markers and the range from there on go later, the timeline grows.

    Args:
        frame: the first frame that moves.
        frames: how many to put in, at least 1.
    """

    def apply(timeline: Timeline) -> Timeline:
        whole(frames, "the number of frames to insert", 1)
        whole(frame, "the frame to insert at", 0, timeline.length)

        def later(place: int) -> int:
            return place + frames if place >= frame else place

        def shift(ref: TrackRef, track: Track[T]) -> Track[T]:
            return track.rearrange({each: later(each) for each in track.frames})

        moved = replace(change_tracks(timeline, shift), length=timeline.length + frames)
        return _with_places(moved, later, lambda stop: later(stop - 1) + 1)

    return Edit(f"Insert {some(frames, 'frame')}", apply)


def remove_time(frames: FrameRange) -> Edit:
    """Take frames out: what is on them goes, what comes later moves up, the timeline shrinks.

    A track that would lose its last key keeps its latest one, on the frame that follows the gap (or the last frame). At
    least one frame must be left; `InputError` otherwise, or when the range passes the end.
    """

    def apply(timeline: Timeline) -> Timeline:
        inside(timeline, frames.stop - 1)
        if len(frames) == timeline.length:
            raise InputError("All frames cannot be removed", "A timeline has at least one", "Remove fewer")
        length = timeline.length - len(frames)

        def earlier(place: int) -> int:
            return place if place < frames.start else max(frames.start, place - len(frames))

        def close(ref: TrackRef, track: Track[T]) -> Track[T]:
            gone = [frame for frame in track.frames if frame in frames]
            if gone and len(gone) == len(track.keys):
                return Track((replace(track.keys[-1], frame=min(frames.start, length - 1)),))
            rest = curve.remove_keys(track, gone, timeline.length, timeline.loop)
            return rest.rearrange({each: earlier(each) for each in rest.frames})

        markers = tuple(marker for marker in timeline.markers if marker.frame not in frames)
        kept = replace(change_tracks(timeline, close), markers=markers, length=length)
        return _with_places(kept, earlier, earlier)

    return Edit(f"Remove {some(len(frames), 'frame')}", apply)


def _with_places(timeline: Timeline, place: Callable[[int], int], end: Callable[[int], int]) -> Timeline:
    markers = tuple(replace(marker, frame=place(marker.frame)) for marker in timeline.markers)
    span = timeline.range
    if span is not None:
        start, stop = place(span.start), end(span.stop)
        span = FrameRange(start, stop) if start < stop else None
    return replace(timeline, markers=markers, range=span)


def _marker(timeline: Timeline, frame: int) -> Marker:
    for marker in timeline.markers:
        if marker.frame == frame:
            return marker
    raise InputError(f"There is no marker on frame {frame}", "It was moved or removed", "Select the marker again")


def _trimmed(timeline: Timeline, length: int) -> Timeline:
    last = length - 1
    for each in timeline.parameters:
        track = each.track
        if track.keys and track.keys[-1].frame > last < timeline.length:
            # In a loop the removed keys also shape the way back to the first key, so that one starts at 0 from now on.
            for frame in (0, last) if timeline.loop else (last,):
                track = curve.insert_key(track, frame, timeline.length, timeline.loop)
        timeline = timeline.with_parameter(replace(each, track=_before(track, last)))
    for prompts in timeline.prompts:
        timeline = timeline.with_prompt(replace(prompts, track=_before(prompts.track, last)))
    return replace(timeline, markers=tuple(marker for marker in timeline.markers if marker.frame <= last))


def _before(track: Track[T], last: int) -> Track[T]:
    kept = tuple(key for key in track.keys if key.frame <= last)
    if track.keys and not kept:
        kept = (Keyframe(last, track.keys[0].value, track.keys[0].ease),)
    return Track(kept)
