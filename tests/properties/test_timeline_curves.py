"""Setting a key in a parameter's curve never changes the curve, whatever it looks like."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from studio.timeline.curve import TAME, insert_key, remove_keys, value_at
from studio.timeline.easing import Ease
from studio.timeline.track import Keyframe, Track

LENGTH = 60
unit = st.floats(0, 1) | st.sampled_from([0.0, 0.25, 0.5, 1.0])
levels = st.floats(-3, 4) | st.sampled_from([0.0, 1.0, 4 / 3])
eases = st.builds(Ease, unit, levels, unit, levels) | st.sampled_from(
    [Ease.HOLD, Ease.LINEAR, Ease.IN, Ease.OUT, Ease.BOTH, Ease.OVERSHOOT]
)
values = st.floats(-100, 100) | st.sampled_from([0.0, 1.0, 1e9, -1e9, 1e-9])
tracks = st.lists(
    st.builds(Keyframe, st.integers(0, LENGTH - 1), values, eases),
    min_size=1,
    max_size=4,
    unique_by=lambda key: key.frame,
).map(lambda keys: Track(tuple(sorted(keys, key=lambda key: key.frame))))
frames = st.integers(0, LENGTH - 1)


def curve(track: Track[float], loop: bool) -> list[float]:
    return [value_at(track, frame, LENGTH, loop) for frame in range(LENGTH)]


def same(one: list[float], other: list[float], scale: float) -> bool:
    return all(abs(a - b) <= 1e-6 * scale for a, b in zip(one, other, strict=True))


def scale(track: Track[float]) -> float:
    """The largest difference or magnitude of neighbouring values: what an error is measured against."""
    return 2 * max(abs(key.value) for key in track.keys) or 1.0


CROSSING = Track((Keyframe(0, 0.0, Ease(1 / 3, 4 / 3, 2 / 3, 1.0)), Keyframe(40, 1.0)))


@given(tracks, frames, st.booleans())
@example(CROSSING, 20, False)
@example(CROSSING, 20, True)
@example(Track((Keyframe(0, 0.0, Ease(1, -2, 0, 3)), Keyframe(40, 1.0))), 10, False)
@example(Track((Keyframe(0, 0.0, Ease(0, -1 / 3, 0, 1)), Keyframe(50, 1.0))), 3, False)
def test_an_inserted_key_changes_no_frame(track, frame, loop):
    after = insert_key(track, frame, LENGTH, loop)
    assert frame in after.frames
    assert set(track.frames) <= set(after.frames)
    assert same(curve(track, loop), curve(after, loop), scale(track))
    # Eases stay tame, so that pulling at the new key afterwards does not throw the curve to the moon.
    wild = max((key.ease.reach for key in track.keys), default=0.0)
    assert all(key.ease.reach <= max(TAME, 2 * wild) for key in after.keys)


@given(tracks, frames, st.booleans())
def test_keys_that_do_not_overshoot_take_no_further_keys(track, frame, loop):
    courses = [key.ease for key in track.keys if not key.ease.hold]
    if all(ease.x1 <= ease.x2 and 0 <= ease.y1 <= ease.y2 <= 1 for ease in courses):
        assert set(insert_key(track, frame, LENGTH, loop).frames) == {*track.frames, frame}


@given(tracks, st.lists(frames, max_size=12), st.booleans())
def test_many_inserted_keys_change_no_frame(track, places, loop):
    after = track
    for frame in places:
        after = insert_key(after, frame, LENGTH, loop)
    assert same(curve(track, loop), curve(after, loop), scale(track))


handles = st.floats(0.05, 0.95)
smooth = st.builds(lambda x1, y1, x2, y2: Ease(min(x1, x2), y1, max(x1, x2), y2), handles, handles, handles, handles)


@given(smooth, st.integers(2, 38), st.booleans())
def test_taking_the_key_away_again_changes_no_frame(ease, frame, loop):
    track = Track((Keyframe(0, 1.0, ease), Keyframe(40, 3.0, Ease.BOTH)))
    there = insert_key(track, frame, LENGTH, loop)
    if len(there.keys) == 3:
        back = remove_keys(there, [frame], LENGTH, loop)
        assert back.frames == track.frames
        assert same(curve(track, loop), curve(back, loop), 1.0)
