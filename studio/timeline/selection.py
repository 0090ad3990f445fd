"""Which keys are chosen, and stepping from key to key."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from studio.timeline.model import KeyRef, Timeline, TrackRef
from studio.timeline.time import FrameRange


@dataclass(frozen=True, slots=True)
class Selection:
    """A set of keys, never changed in place. It may name keys that no longer exist; `surviving` drops them."""

    keys: frozenset[KeyRef] = frozenset()

    def extended(self, keys: Iterable[KeyRef]) -> Selection:
        """These keys too (Shift)."""
        return Selection(self.keys | frozenset(keys))

    def toggled(self, keys: Iterable[KeyRef]) -> Selection:
        """Each of these keys in if it was out, out if it was in (Ctrl)."""
        return Selection(self.keys ^ frozenset(keys))

    def moved(self, offset: int) -> Selection:
        """The same keys after `move_keys`, by the offset that `clamp_offset` gives. `ValueError` below frame 0."""
        if any(key.frame + offset < 0 for key in self.keys):
            raise ValueError(f"an offset of {offset} takes a key below frame 0")
        return Selection(frozenset(replace(key, frame=key.frame + offset) for key in self.keys))

    def surviving(self, timeline: Timeline) -> Selection:
        """Those that exist: after an undo, or an edit that removed some."""
        return Selection(self.keys & all_keys(timeline))

    @property
    def span(self) -> FrameRange | None:
        """From the first to the last chosen key, both included; None when nothing is chosen."""
        frames = [key.frame for key in self.keys]
        return FrameRange(min(frames), max(frames) + 1) if frames else None

    def __len__(self) -> int:
        return len(self.keys)

    def __contains__(self, key: object) -> bool:
        return key in self.keys


def all_keys(timeline: Timeline) -> frozenset[KeyRef]:
    """Every key of every track."""
    return frozenset(KeyRef(track.ref, frame) for track in timeline.tracks for frame in track.track.frames)


def within(timeline: Timeline, frames: FrameRange, tracks: Collection[TrackRef] | None = None) -> frozenset[KeyRef]:
    """The keys in a box: on those frames, and of those tracks (None: of all)."""
    return frozenset(
        key for key in all_keys(timeline) if key.frame in frames and (tracks is None or key.track in tracks)
    )


def next_key(timeline: Timeline, frame: int, tracks: Collection[TrackRef] | None = None) -> int | None:
    """The first frame after this one that has a key (of those tracks; None: of any); None when there is none."""
    later = [key.frame for key in all_keys(timeline) if key.frame > frame and (tracks is None or key.track in tracks)]
    return min(later, default=None)


def previous_key(timeline: Timeline, frame: int, tracks: Collection[TrackRef] | None = None) -> int | None:
    """The last frame before this one that has a key (of those tracks; None: of any); None when there is none."""
    earlier = [key.frame for key in all_keys(timeline) if key.frame < frame and (tracks is None or key.track in tracks)]
    return max(earlier, default=None)
