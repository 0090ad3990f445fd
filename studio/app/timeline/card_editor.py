"""Editing a prompt on its card, and the name of a marker on its flag."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget

from studio.app.texts import tr
from studio.app.timeline.geometry import CARD_MARGIN, HEIGHTS, LABELS
from studio.app.timeline.in_place import InPlaceEdit
from studio.app.timeline.stage import Stage
from studio.timeline.edits import change_marker, set_key
from studio.timeline.model import KeyRef, PromptTrack, Timeline
from studio.timeline.prompt import Prompt, format_prompt, parse_prompt

_NARROWEST = 280


def edit_card(parent: QWidget, stage: Stage, ref: KeyRef) -> InPlaceEdit | None:
    """Open a line over the card of a key, or where a new key would be; None when the track takes no prompts.

    Escape leaves the key as it was, and a new one unmade. A new one begins with the words that hold there.
    """
    track = stage.timeline.find(ref.track)
    top = stage.top(ref.track)
    if not isinstance(track, PromptTrack) or top is None:
        return None
    stage.reveal_row(ref.track)
    stage.scale.reveal(ref.frame)
    top = stage.top(ref.track) or top
    found = track.track.find(ref.frame)
    shown = found.value if found is not None else _holding(stage.timeline, track, ref.frame)
    line = InPlaceEdit(
        parent, "" if shown is None else format_prompt(shown), _readable, new=found is None and shown is not None
    )
    line.setPlaceholderText(tr("What the picture should show"))
    line.setAccessibleName(tr("Prompt at frame {frame}", frame=ref.frame))
    line.setToolTip(tr("Words, and perhaps a weight: a red apple:1 | blur:−0.5. Enter takes it, Esc leaves it."))
    document, choice = stage.context.document, stage.context.choice

    def take(text: str) -> None:
        label = "Add prompt" if found is None else "Write prompt"
        prompt = replace(parse_prompt(text), begin="" if found is None else found.value.begin)
        if document.edit(replace(set_key(ref.track, ref.frame, prompt), label=label)):
            choice.select([ref])

    line.accepted.connect(take)
    left = max(stage.scale.x(ref.frame), 4.0)
    stop = next((key.frame for key in track.track.keys if key.frame > ref.frame), stage.scale.length)
    width = max(min(stage.scale.x(stop), parent.width()) - left - 2, _NARROWEST)
    left = max(4.0, min(left, parent.width() - width - 4))
    height = HEIGHTS["prompt"] - 2 * CARD_MARGIN
    line.open_at(QRect(int(left), int(top) + CARD_MARGIN, int(min(width, parent.width() - 8)), height))
    return line


def edit_marker(parent: QWidget, stage: Stage, frame: int) -> InPlaceEdit:
    """Open a line over the name of the marker on a frame."""
    marker = next(each for each in stage.timeline.markers if each.frame == frame)
    stage.scale.reveal(frame)
    line = InPlaceEdit(parent, marker.name, lambda _text: None)
    line.setPlaceholderText(tr("Name"))
    line.setAccessibleName(tr("Name of the marker at frame {frame}", frame=frame))
    line.setToolTip(tr("What the marker is called. Enter takes it, Esc leaves it."))
    line.accepted.connect(
        lambda text: stage.context.document.edit(change_marker(frame, replace(marker, name=text.strip())))
    )
    left = min(stage.scale.x(frame), parent.width() - 168.0)
    line.open_at(QRect(int(max(left, 4)), LABELS - 6, 160, 28))
    return line


def _holding(timeline: Timeline, track: PromptTrack, frame: int) -> Prompt | None:
    """The prompt that is shown or left at a frame."""
    keys = track.track.keys
    return track.track.segment(frame, timeline.length, timeline.loop)[0].value if keys else None


def _readable(text: str) -> None:
    parse_prompt(text)
