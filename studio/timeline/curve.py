"""A track of numbers as a curve: its value at a frame, and keys set and taken away without changing it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, TypeVar

from studio.timeline.easing import Ease, UnsplittableError, join
from studio.timeline.track import Keyframe, Track

T = TypeVar("T")

TAME: Final = 8.0
"""The reach that an ease made by cutting may have. Beyond, a small change to a key would throw the curve far off."""

_EXACT: Final = 1e-9
_PROBES: Final = 2048


def mixed(before: float, after: float, mix: float) -> float:
    """before * (1 - mix) + after * mix; exactly `before` at 0, `after` at 1, and constant where both are equal."""
    if before == after or mix == 0:
        return float(before)
    return before * (1 - mix) + after * mix


def value_at(track: Track[float], frame: int, length: int, loop: bool) -> float:
    """The value of a track that has keys; `ValueError` when it has none. The arguments are those of `Track.segment`."""
    before, after, mix = track.segment(frame, length, loop)
    return mixed(before.value, after.value, mix)


def insert_key(track: Track[float], frame: int, length: int, loop: bool) -> Track[float]:
    """The track with a key on that frame and, at every frame, the same value as before.

    The new key has the curve's value there; the ease around it is cut in two. Values stay the same to 1e-6 of the
    difference between the two keys around (beside the rounding of floats). Where the curve overshoots and the cut lies
    where it crosses one of these keys' values, no single ease can draw what remains: then further keys are set on the
    bump. A key that stands there already changes nothing. The other arguments are those of `Track.segment`, the frame
    in 0..length-1.

    Raises:
        ValueError: the track has no keys.
    """
    before, after, mix = track.segment(frame, length, loop)
    if track.find(frame) is not None:
        return track
    new = Keyframe(frame, mixed(before.value, after.value, mix))
    if before is after:
        # Before the first key, after the last, or beside the only one: the value is constant on both sides.
        return track.insert(new)
    span = (after.frame - before.frame - 1) % length + 1 if loop else after.frame - before.frame
    cut = (frame - before.frame) % length if loop else frame - before.frame
    if before.value == after.value:
        first, second = (_candidates(before.ease, *ends)[0] for ends in ((0, cut / span), (cut / span, 1)))
        return track.put(replace(before, ease=first), replace(new, ease=second))
    keys = []
    for offset, ease in (*_parts(before.ease, span, 0, cut), *_parts(before.ease, span, cut, span)):
        place = (before.frame + offset) % length if loop else before.frame + offset
        value = mixed(before.value, after.value, before.ease.at(offset / span))
        keys.append(Keyframe(place, before.value if offset == 0 else value, ease))
    return track.put(*keys)


def remove_keys(track: Track[T], frames: Sequence[int], length: int, loop: bool) -> Track[T]:
    """The track without these keys; across each gap the eases are joined (see `studio.timeline.easing.join`).

    So a key that `insert_key` set can be taken away again and leaves the curve as it was, where both halves are cuts of
    one ease: not where a bump took further keys.

    Raises:
        InputError: there is no key on one of the frames.
    """
    for frame in frames:
        track.key(frame)
    keys = list(track.keys)
    for frame in sorted(set(frames)):
        place = bisect_left(keys, frame, key=lambda key: key.frame)
        gone = keys.pop(place)
        if 0 < place < len(keys) or (loop and len(keys) > 1):
            before, after = keys[place - 1], keys[place % len(keys)]
            keys[place - 1] = replace(before, ease=_joined(before, gone, after, length))
    return Track(tuple(keys)) if len(keys) < len(track.keys) else track


def _joined(before: Keyframe[T], gone: Keyframe[T], after: Keyframe[T], length: int) -> Ease:
    span = after.frame - before.frame
    passed = gone.frame - before.frame
    span, passed = (value if value > 0 else value + length for value in (span, passed))
    if not 0 < passed < span:
        return before.ease
    level = None
    values: list[object] = [before.value, gone.value, after.value]
    numbers = [value for value in values if isinstance(value, float | int)]
    if len(numbers) == 3 and numbers[0] != numbers[2]:
        level = (numbers[1] - numbers[0]) / (numbers[2] - numbers[0])
    return join(before.ease, gone.ease, passed / span, level)


def _parts(ease: Ease, span: int, start: int, stop: int) -> list[tuple[int, Ease]]:
    """Keys (offset, ease) that draw the ease's course over `span` frames between two of them: one where that can be.

    Each part is tried and, at the frames within, compared with the whole; where it fails, a key is set on the frame
    that lies furthest from the straight line (the top of the bump) and both sides are tried again. A part of one frame
    has nothing within to compare, so this ends.
    """
    levels: dict[int, float] = {}

    def level(offset: int) -> float:
        if offset not in levels:
            levels[offset] = ease.at(offset / span)
        return levels[offset]

    found: list[tuple[int, Ease]] = []
    waiting = [(start, stop)]
    while waiting:
        low, high = waiting.pop()
        inner = range(low + 1, high, max(1, (high - low) // _PROBES))
        fitting = (
            each
            for each in _candidates(ease, low / span, high / span)
            if all(
                abs(mixed(level(low), level(high), each.at((offset - low) / (high - low))) - level(offset)) <= _EXACT
                for offset in inner
            )
        )
        best = next(fitting, None)
        if best is not None:
            found.append((low, best))
            continue
        bend = {k: abs(mixed(level(low), level(high), (k - low) / (high - low)) - level(k)) for k in inner}
        top = max(bend, key=lambda k: (bend[k], -abs(2 * k - low - high)))
        waiting += [(top, high), (low, top)]
    return found


def _candidates(ease: Ease, start: float, stop: float) -> Sequence[Ease]:
    """The eases to try for a part, the truest first; the straight line where the part has none, or only a wild one."""
    try:
        part = ease.part(start, stop)
    except UnsplittableError:
        return (Ease.LINEAR,)
    return (part, Ease.LINEAR) if part.reach <= max(TAME, 2 * ease.reach) else (Ease.LINEAR,)
