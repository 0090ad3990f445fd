"""Keyframes in order of time, and where between two of them a frame lies."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from studio.base.errors import InputError
from studio.timeline.easing import Ease
from studio.timeline.validate import MAXIMUM_FRAMES, whole

T = TypeVar("T")


# No slots: with them, Keyframe[float](...) fails in Python 3.11, where typing notes the type argument on the object.
@dataclass(frozen=True)
class Keyframe(Generic[T]):
    """A value at a frame (0..999 999), and how it becomes the next key's value.

    Attributes:
        frame: where it stands.
        value: what holds there: a Prompt or a number.
        ease: the course from this key to the next one.
    """

    frame: int
    value: T
    ease: Ease = Ease.LINEAR

    def __post_init__(self) -> None:
        whole(self.frame, "the frame of a key", 0, MAXIMUM_FRAMES - 1)
        if not isinstance(self.ease, Ease):
            raise TypeError(f"the ease of a key is an Ease, not {type(self.ease).__name__}")


@dataclass(frozen=True)
class Track(Generic[T]):
    """Keys with rising frames, none twice; `InputError` otherwise. A track may be empty."""

    keys: tuple[Keyframe[T], ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.keys, tuple) or not all(isinstance(key, Keyframe) for key in self.keys):
            raise TypeError("the keys of a track are a tuple of Keyframe")
        for before, after in zip(self.keys, self.keys[1:], strict=False):
            if before.frame >= after.frame:
                same = before.frame == after.frame
                raise InputError(
                    f"Two keys stand on frame {after.frame}"
                    if same
                    else f"The key on frame {after.frame} comes after the one on frame {before.frame}",
                    "A track has at most one key on a frame" if same else "The keys of a track are in order of time",
                    "Move or remove one of them" if same else "Sort them by frame",
                )

    @property
    def frames(self) -> tuple[int, ...]:
        """The keys' frames, rising."""
        return tuple(key.frame for key in self.keys)

    def find(self, frame: int) -> Keyframe[T] | None:
        """The key on that frame, or None."""
        place = bisect_right(self.keys, frame, key=_frame)
        return self.keys[place - 1] if place and self.keys[place - 1].frame == frame else None

    def key(self, frame: int) -> Keyframe[T]:
        """The key on that frame.

        Raises:
            InputError: there is none.
        """
        if (found := self.find(frame)) is None:
            raise InputError(f"There is no key on frame {frame}", "It was moved or removed", "Select the key again")
        return found

    def segment(self, frame: int, length: int, loop: bool) -> tuple[Keyframe[T], Keyframe[T], float]:
        """The keys before and after a frame, and the eased mix between them.

        Mix 0 is the former, 1 the latter; an ease with overshoot passes beyond. On a key, before the first and after
        the last, the same key comes twice with mix 0. With `loop` the last key goes on to the first, wrapped at
        `length`; keys at `length` or later then do not count (as long as there are others), and the frame is taken
        modulo `length`.

        Raises:
            ValueError: the track is empty, or length < 1.
        """
        if not self.keys:
            raise ValueError("an empty track has no segment")
        if length < 1:
            raise ValueError(f"a length of at least 1 expected, not {length}")
        keys = self.keys
        if loop:
            frame %= length
            keys = keys[: bisect_right(keys, length - 1, key=_frame)] or keys[:1]
        place = bisect_right(keys, frame, key=_frame)
        if len(keys) == 1 or (place and keys[place - 1].frame == frame):
            key = keys[max(place - 1, 0)]
            return key, key, 0.0
        if 0 < place < len(keys):
            before, after, wrap = keys[place - 1], keys[place], 0
        elif loop:
            before, after, wrap = keys[-1], keys[0], length
        else:
            end = keys[0] if place == 0 else keys[-1]
            return end, end, 0.0
        passed = frame - before.frame + (wrap if place == 0 else 0)
        return before, after, before.ease.at(passed / (after.frame - before.frame + wrap))

    def insert(self, key: Keyframe[T]) -> Track[T]:
        """The track with one key more.

        Raises:
            InputError: another key stands on its frame.
        """
        if self.find(key.frame) is not None:
            raise InputError(
                f"There is already a key on frame {key.frame}",
                "A track has at most one key on a frame",
                "Change that key",
            )
        return self.put(key)

    def put(self, *keys: Keyframe[T]) -> Track[T]:
        """The track with these keys, in place of keys on the same frames. Of two given for one frame the last wins."""
        merged = {key.frame: key for key in (*self.keys, *keys)}
        return Track(tuple(merged[frame] for frame in sorted(merged)))

    def move(self, frame: int, to: int) -> Track[T]:
        """The track with the key of one frame on another, its value and ease kept. See `rearrange`."""
        return self.rearrange({frame: to})

    def rearrange(self, places: Mapping[int, int]) -> Track[T]:
        """The track with several keys on other frames at once, old frame to new frame; values and eases go along.

        Raises:
            InputError: a key does not exist, or would leave 0..999 999 or land on another key.
        """
        moved = {frame: replace(self.key(frame), frame=to) for frame, to in places.items()}
        keys = [moved.get(key.frame, key) for key in self.keys]
        return Track(tuple(sorted(keys, key=_frame)))

    def remove(self, *frames: int) -> Track[T]:
        """The track without the keys on these frames; the keys before them keep their eases.

        Raises:
            InputError: there is no key on one of them.
        """
        for frame in frames:
            self.key(frame)
        return Track(tuple(key for key in self.keys if key.frame not in frames))

    def with_ease(self, frames: Iterable[int], ease: Ease) -> Track[T]:
        """The track with this ease on the keys of these frames.

        Raises:
            InputError: there is no key on one of them.
        """
        return self.put(*(replace(self.key(frame), ease=ease) for frame in frames))


def _frame(key: Keyframe[T]) -> int:
    return key.frame
