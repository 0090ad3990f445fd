"""Edits, undo and redo in any order: after each step the timeline is whole and history gives the very objects back."""

from __future__ import annotations

import math
from collections.abc import Callable
from copy import deepcopy
from fractions import Fraction

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from studio.base.errors import InputError
from studio.timeline import edits
from studio.timeline.check import check
from studio.timeline.clip import copy
from studio.timeline.easing import Ease
from studio.timeline.edit import Edit
from studio.timeline.history import History
from studio.timeline.model import KeyRef, Marker, ParameterTrack, PromptTrack, Timeline, TrackRef
from studio.timeline.parameters import PARAMETERS
from studio.timeline.prompt import Image, Prompt, Term, Text
from studio.timeline.sample import FrameState, sample
from studio.timeline.selection import Selection, all_keys
from studio.timeline.time import FrameRange, FrameRate
from studio.timeline.track import Keyframe, Track

LIMIT = 6
frames = st.integers(-2, 45)
offsets = st.integers(-50, 50)
weights = st.floats(-3, 3)
names = st.sampled_from(["main", "mood", "zoom", "steps", "wobble", "new"])
tracks = st.builds(TrackRef, st.sampled_from(["prompt", "parameter"]), names)
contents = st.sampled_from([Text("sea"), Text("sky"), Image("a")])
terms = st.builds(Term, contents, weights, st.just(-math.inf) | weights)
prompts = st.builds(Prompt, st.lists(terms, min_size=1, max_size=3).map(tuple))
values = st.floats(-1e9, 1e9) | st.sampled_from([0.0, 1.0, 2.0, 150])
unit = st.floats(0, 1)
eases = st.builds(Ease, unit, st.floats(-1000, 1000), unit, st.floats(-3, 4)) | st.sampled_from(
    [Ease.HOLD, Ease.LINEAR, Ease.IN, Ease.OUT, Ease.BOTH, Ease.OVERSHOOT]
)
ranges = st.tuples(st.integers(0, 40), st.integers(1, 10)).map(lambda pair: FrameRange(pair[0], pair[0] + pair[1]))


def start() -> Timeline:
    text = Prompt((Term(Text("sea")), Term(Text("blur"), -0.5)))
    return Timeline(
        FrameRate(24000, 1001),
        40,
        (
            PromptTrack("main", Track((Keyframe(0, text, Ease.BOTH), Keyframe(20, text)))),
            PromptTrack("mood", Track(), 0.5),
        ),
        (
            ParameterTrack("zoom", Track((Keyframe(5, 1.0, Ease.OVERSHOOT), Keyframe(30, 1.5)))),
            ParameterTrack("wobble", Track((Keyframe(10, -1e9, Ease(0, 1000, 1, -1000)), Keyframe(12, 1e9)))),
        ),
        (Marker(7, "a"),),
    )


class Editing(RuleBasedStateMachine):
    """A history beside a plain list of the states it should hold."""

    @initialize()
    def open(self) -> None:
        self.history = History(start(), limit=LIMIT)
        self.done: list[Timeline] = [self.history.current]
        self.undone: list[Timeline] = []
        self.gesture: str | None = None
        self.sampled: tuple[Timeline, list[FrameState]] | None = None

    def make(self, edit: Edit, merge: str | None = None) -> None:
        before = self.history.current
        name, position = self.history.undo_name, self.history.position
        try:
            after = self.history.apply(edit, merge)
        except (InputError, TypeError):
            assert self.history.current is before
            assert (self.history.undo_name, self.history.position) == (name, position)
            return
        assert after is self.history.current
        joins = merge is not None and merge == self.gesture
        if not joins:
            self.gesture = None
        if after == before:
            assert after is before
            return
        self.undone.clear()
        if joins:
            self.done.pop()
        if after == self.done[-1]:
            assert after is self.done[-1]
            self.gesture = None
            return
        assert self.history.undo_name == edit.label
        self.done.append(after)
        self.gesture = merge
        del self.done[: -LIMIT - 1]

    def some(self, data: st.DataObject) -> frozenset[KeyRef]:
        """Keys that exist, and sometimes one that does not."""
        existing = sorted(all_keys(self.history.current))
        there = st.sets(st.sampled_from(existing), max_size=4) if existing else st.just(set())
        stray = st.sets(st.builds(KeyRef, tracks, st.integers(0, 45)), max_size=1)
        keys = data.draw(there, "keys")
        return frozenset(keys | data.draw(stray, "stray") if data.draw(st.integers(0, 9)) == 0 else keys)

    @rule(track=tracks, frame=frames, value=prompts | values, ease=st.none() | eases)
    def set_key(self, track, frame, value, ease):
        self.make(edits.set_key(track, frame, value, ease))

    @rule(track=tracks, frame=frames, prompt=st.none() | prompts)
    def insert_key(self, track, frame, prompt):
        before = self.history.current
        self.make(edits.insert_key(track, frame, prompt))
        if track.kind == "parameter" and self.history.current is not before:
            for each in range(before.length):
                old, new = (dict(sample(it, each).parameters)[track.name] for it in (before, self.history.current))
                largest = max(abs(key.value) for key in before.parameter(track.name).track.keys)
                reach = max(key.ease.reach for key in before.parameter(track.name).track.keys)
                assert abs(old - new) <= 1e-6 * max(1.0, largest) * max(1.0, reach)

    @rule(data=st.data(), offset=offsets, merge=st.none() | st.sampled_from(["a", "b"]))
    def move_keys(self, data, offset, merge):
        before, keys = self.history.current, self.some(data)
        try:
            actual = edits.clamp_offset(before, keys, offset)
        except InputError:
            actual = None
        self.make(edits.move_keys(keys, offset), merge)
        if actual is not None:
            assert 0 <= actual * (1 if offset >= 0 else -1) <= abs(offset)
            moved = Selection(keys).moved(actual)
            assert moved.surviving(self.history.current) == moved

    @rule(data=st.data(), offset=st.sampled_from([-1, 1, 10]))
    def nudge(self, data, offset):
        self.make(edits.nudge_keys(self.some(data), offset))

    @rule(data=st.data())
    def remove_keys(self, data):
        self.make(edits.remove_keys(self.some(data)))

    @rule(data=st.data(), value=prompts | values)
    def set_value(self, data, value):
        self.make(edits.set_value(self.some(data), value))

    @rule(data=st.data(), ease=eases)
    def set_ease(self, data, ease):
        self.make(edits.set_ease(self.some(data), ease))

    @rule(data=st.data(), offset=offsets)
    def duplicate(self, data, offset):
        self.make(edits.duplicate_keys(self.some(data), offset))

    @rule(data=st.data(), pivot=frames, factor=st.fractions(-3, 3) | st.sampled_from([Fraction(2), -1, 0.5, math.nan]))
    def stretch(self, data, pivot, factor):
        self.make(edits.stretch_keys(self.some(data), pivot, factor))

    @rule(data=st.data())
    def reverse(self, data):
        self.make(edits.reverse_keys(self.some(data)))

    @rule(data=st.data(), frame=frames)
    def copy_and_paste(self, data, frame):
        try:
            clip = copy(self.history.current, self.some(data))
        except InputError:
            return
        self.make(edits.paste(clip, frame))

    @rule(frame=frames, count=st.integers(0, 5))
    def insert_time(self, frame, count):
        if self.history.current.length < 60:
            self.make(edits.insert_time(frame, count))

    @rule(frames=ranges)
    def remove_time(self, frames):
        self.make(edits.remove_time(frames))

    @rule(length=st.integers(-1, 60), trim=st.booleans())
    def set_length(self, length, trim):
        self.make(edits.set_length(length, trim=trim))

    @rule(name=names, prompt=st.booleans())
    def add_track(self, name, prompt):
        self.make(edits.add_prompt_track(name) if prompt else edits.add_parameter_track(name))

    @rule(track=tracks)
    def remove_track(self, track):
        self.make(edits.remove_track(track))

    @rule(track=tracks, name=names)
    def rename_track(self, track, name):
        self.make(edits.rename_track(track, name))

    @rule(track=tracks, muted=st.booleans())
    def mute(self, track, muted):
        self.make(edits.set_muted([track], muted))

    @rule(name=names, weight=weights, merge=st.none() | st.just("a"))
    def set_weight(self, name, weight, merge):
        self.make(edits.set_weight(name, weight), merge)

    @rule(frame=st.integers(0, 45), to=st.integers(0, 45), how=st.sampled_from(["add", "change", "remove"]))
    def markers(self, frame, to, how):
        makers: dict[str, Callable[[], Edit]] = {
            "add": lambda: edits.add_marker(Marker(to, "m")),
            "change": lambda: edits.change_marker(frame, Marker(to, "n", "blue")),
            "remove": lambda: edits.remove_marker(frame),
        }
        self.make(makers[how]())

    @rule(frames=st.none() | ranges)
    def set_range(self, frames):
        self.make(edits.set_range(frames))

    @rule(loop=st.booleans())
    def set_loop(self, loop):
        self.make(edits.set_loop(loop))

    @rule(rate=st.sampled_from([FrameRate(12), FrameRate(30000, 1001)]))
    def set_rate(self, rate):
        self.make(edits.set_rate(rate))

    @precondition(lambda self: len(self.done) > 1)
    @rule()
    def undo(self):
        self.undone.append(self.done.pop())
        self.gesture = None
        name = self.history.undo_name
        assert self.history.undo() is self.done[-1]
        assert self.history.redo_name == name

    @precondition(lambda self: bool(self.undone))
    @rule()
    def redo(self):
        self.done.append(self.undone.pop())
        self.gesture = None
        name = self.history.redo_name
        assert self.history.redo() is self.done[-1]
        assert self.history.undo_name == name

    @rule()
    def save(self):
        self.history.mark_clean()
        self.gesture = None
        assert self.history.is_clean

    @invariant()
    def history_agrees(self):
        assert self.history.current is self.done[-1]
        assert self.history.position == len(self.done) - 1
        assert len(self.history.labels) == len(self.done) - 1 + len(self.undone)

    @invariant()
    def timeline_is_whole(self):
        timeline = self.history.current
        for track in timeline.tracks:
            placed = track.track.frames
            assert list(placed) == sorted(set(placed))
            assert all(0 <= frame < timeline.length for frame in placed)
        assert len({track.ref for track in timeline.tracks}) == len(timeline.tracks)
        marked = [marker.frame for marker in timeline.markers]
        assert marked == sorted(set(marked))
        assert all(0 <= frame < timeline.length for frame in marked)
        assert timeline.range is None or timeline.range.stop <= timeline.length
        assert not {problem.code for problem in check(timeline)} & {"key-outside", "marker-outside", "range-outside"}

    @invariant()
    def every_frame_is_finite(self):
        timeline = self.history.current
        if self.sampled is not None and self.sampled[0] is timeline:
            return
        states = [sample(timeline, frame) for frame in range(timeline.length)]
        self.sampled = (timeline, states)
        for state in states:
            for name, value in state.parameters:
                assert math.isfinite(value)
                spec = PARAMETERS.get(name)
                assert spec is None or spec.clamp(value) == value
            for term in state.terms:
                assert math.isfinite(term.mix)
                assert math.isfinite(term.weight)
                assert term.weight != 0
                assert term.stop < math.inf
                assert term.mix == 0 or term.start != term.end

    @invariant()
    def a_timeline_is_a_value(self):
        timeline = self.history.current
        again = deepcopy(timeline)
        assert again == timeline
        assert hash(again) == hash(timeline)


Editing.TestCase.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
TestEditing = Editing.TestCase
