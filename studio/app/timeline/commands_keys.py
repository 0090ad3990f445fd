"""What actions do to keys: add, cut, copy, paste, move, ease, weigh."""

from __future__ import annotations

import itertools
from dataclasses import replace

from studio.app.texts import tr
from studio.app.timeline.lanes import Lanes
from studio.app.timeline.stage import Stage
from studio.base.errors import StudioError
from studio.timeline import clip as clips
from studio.timeline import edits
from studio.timeline.easing import Ease
from studio.timeline.model import KeyRef, ParameterTrack, PromptTrack, Timeline, TrackRef
from studio.timeline.parameters import PARAMETERS
from studio.timeline.prompt import Prompt
from studio.timeline.selection import all_keys

_nudges = itertools.count()


class KeyCommands:
    """Mixed into the editor, whose `stage` and `lanes` it works on."""

    stage: Stage
    lanes: Lanes
    _clip: clips.Clip | None = None
    _nudged: tuple[frozenset[KeyRef], int] = (frozenset(), 0)

    @property
    def keys(self) -> frozenset[KeyRef]:
        """The selected keys."""
        return self.stage.context.choice.keys

    @property
    def can_paste(self) -> bool:
        """Whether keys were copied."""
        return self._clip is not None

    def clip_kept(self) -> None:
        """Keys were copied: `can_paste` may be another now."""

    def add_key_at_playhead(self) -> None:
        """Add a key to the track that is worked on, or to the first prompt track."""
        timeline = self.stage.timeline
        refs = [track.ref for track in timeline.tracks]
        ref = self.stage.current or next(iter(refs), None)
        if ref is not None:
            self.add_key(ref, self.stage.context.player.frame)

    def add_key(self, ref: TrackRef, frame: int) -> None:
        """Add a key that changes nothing yet, and select it; the first one of a prompt track asks for its words."""
        stage = self.stage
        track = stage.timeline.find(ref)
        stage.set_current(ref)
        key = KeyRef(ref, frame)
        if track.track.find(frame) is not None:
            stage.context.choice.select([key])
        elif track.track.keys:
            if stage.context.document.edit(replace(edits.insert_key(ref, frame), label="Add key")):
                stage.context.choice.select([key])
        elif isinstance(track, ParameterTrack):
            spec = PARAMETERS.get(track.name)
            first = edits.set_key(ref, frame, 0.0 if spec is None else spec.default)
            if stage.context.document.edit(replace(first, label="Add key")):
                stage.context.choice.select([key])
        else:
            self.lanes.edit_card(key)

    def write_key(self, ref: TrackRef, frame: int) -> None:
        """Add a key as `add_key` does; that of a prompt is open for typing, and made when its words are taken."""
        if ref.kind == "prompt" and self.stage.timeline.find(ref).track.find(frame) is None:
            self.stage.set_current(ref)
            self.lanes.edit_card(KeyRef(ref, frame))
        else:
            self.add_key(ref, frame)

    def toggle_key(self, ref: TrackRef) -> None:
        """Add a key at the playhead (see `write_key`), or remove the one there."""
        frame = self.stage.context.player.frame
        if self.stage.timeline.find(ref).track.find(frame) is None:
            self.write_key(ref, frame)
        else:
            self.stage.context.document.edit(edits.remove_keys([KeyRef(ref, frame)]))

    def edit_prompt(self) -> None:
        """Edit the selected key in place, or the prompt at the playhead."""
        if len(self.keys) == 1:
            (key,) = self.keys
            self.lanes.edit(key)
            return
        current, timeline = self.stage.current, self.stage.timeline
        prompts = [track for track in timeline.prompts if current is None or track.ref == current] or timeline.prompts
        for track in prompts[:1]:
            frame = self.stage.context.player.frame
            keys = [key.frame for key in track.track.keys if key.frame <= frame]
            self.lanes.edit_card(KeyRef(track.ref, keys[-1] if keys else frame))

    def copy(self) -> None:
        """Put copies of the selected keys aside."""
        if self.keys:
            self._clip = clips.copy(self.stage.timeline, self.keys)
            self.clip_kept()

    def cut(self) -> None:
        """Put the selected keys aside."""
        if self.keys:
            self.copy()
            edit = edits.remove_keys(self.keys)
            self.stage.context.document.edit(replace(edit, label=edit.label.replace("Remove", "Cut")))

    def paste(self) -> None:
        """Set what was put aside at the playhead, and select it."""
        clip, frame = self._clip, self.stage.context.player.frame
        if clip is not None and self.stage.context.document.edit(edits.paste(clip, frame)):
            tracks: tuple[PromptTrack | ParameterTrack, ...] = (*clip.prompts, *clip.parameters)
            self.stage.context.choice.select(
                KeyRef(track.ref, frame + each) for track in tracks for each in track.track.frames
            )

    def duplicate(self) -> None:
        """Set copies of the selected keys right after them; a lone key's copy comes a second later."""
        span = self.stage.context.choice.selection.span
        if span is None:
            return
        before = all_keys(self.stage.timeline)
        offset = len(span) if len(span) > 1 else self.stage.timeline.rate.nominal
        if self.stage.context.document.edit(edits.duplicate_keys(self.keys, offset)):
            self.stage.context.choice.select(all_keys(self.stage.timeline) - before)

    def delete(self) -> None:
        """Remove the selected keys; the easing is kept across the gaps."""
        if self.keys:
            self.stage.context.document.edit(edits.remove_keys(self.keys))

    def select_all(self) -> None:
        """Select every key."""
        self.stage.context.choice.select(all_keys(self.stage.timeline))

    def nudge(self, frames: int) -> None:
        """Move the selected keys by frames, as far as they can go. Nudges of the same keys are one edit."""
        keys = self.keys
        if not keys:
            return
        offset = edits.clamp_offset(self.stage.timeline, keys, frames)
        if offset == 0:
            self.stage.say(tr("The keys can go no further"))
            return
        if keys != self._nudged[0]:
            self._nudged = (keys, next(_nudges))
        choice = self.stage.context.choice
        moved = choice.selection.moved(offset)
        self._nudged = (moved.keys, self._nudged[1])
        self.stage.context.document.edit(edits.nudge_keys(keys, offset), ("nudge", self._nudged[1]))
        choice.set(moved)

    def set_ease(self, name: str) -> None:
        """Give the selected keys an ease by its name."""
        if self.keys:
            self.stage.context.document.edit(edits.set_ease(self.keys, Ease.parse(name)))

    def reverse(self) -> None:
        """Run the selected keys backwards."""
        span = self.stage.context.choice.selection.span
        if span is not None:
            keys, mirror = self.keys, span.start + span.stop - 1
            if self.stage.context.document.edit(edits.reverse_keys(keys)):
                self.stage.context.choice.select(replace(key, frame=mirror - key.frame) for key in keys)

    def split(self, ref: TrackRef, frame: int) -> None:
        """Cut a card or a curve in two with a key that changes nothing."""
        words = "Split card" if ref.kind == "prompt" else "Split curve"
        if self.stage.context.document.edit(replace(edits.insert_key(ref, frame), label=words)):
            self.stage.context.choice.select([KeyRef(ref, frame)])

    def change_weight(self, factor: float) -> None:
        """Multiply the weights of the selected prompts; presses in a row are one edit."""
        chosen = frozenset(key for key in self.keys if key.track.kind == "prompt")
        if not chosen:
            self.stage.say(tr("Select a prompt to change its weight"))
            return

        def apply(timeline: Timeline) -> Timeline:
            for ref in chosen:
                value = timeline.key(ref).value
                assert isinstance(value, Prompt)
                timeline = edits.set_value([ref], weighed(value, factor)).apply(timeline)
            return timeline

        self.stage.context.document.edit(edits.Edit("Change weight", apply), ("weight", chosen))


def weighed(prompt: Prompt, factor: float) -> Prompt:
    """The prompt with its weights multiplied, to three digits; as it was when they become too large."""
    try:
        terms = tuple(replace(term, weight=round(term.weight * factor, 3)) for term in prompt.terms)
        return replace(prompt, terms=terms)
    except StudioError:
        return prompt
