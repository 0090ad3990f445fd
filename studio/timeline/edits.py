"""The vocabulary of edits: functions that make an `Edit`, which a `History` applies."""

from __future__ import annotations

from studio.timeline.edit import Edit
from studio.timeline.edits_keys import insert_key, remove_keys, set_ease, set_key, set_value
from studio.timeline.edits_moves import (
    clamp_offset,
    duplicate_keys,
    move_keys,
    nudge_keys,
    paste,
    reverse_keys,
    stretch_keys,
)
from studio.timeline.edits_time import (
    add_marker,
    change_marker,
    insert_time,
    remove_marker,
    remove_time,
    set_length,
    set_loop,
    set_range,
    set_rate,
)
from studio.timeline.edits_tracks import (
    add_parameter_track,
    add_prompt_track,
    remove_track,
    rename_track,
    set_muted,
    set_weight,
)

__all__ = [
    "Edit",
    "add_marker",
    "add_parameter_track",
    "add_prompt_track",
    "change_marker",
    "clamp_offset",
    "duplicate_keys",
    "insert_key",
    "insert_time",
    "move_keys",
    "nudge_keys",
    "paste",
    "remove_keys",
    "remove_marker",
    "remove_time",
    "remove_track",
    "rename_track",
    "reverse_keys",
    "set_ease",
    "set_key",
    "set_length",
    "set_loop",
    "set_muted",
    "set_range",
    "set_rate",
    "set_value",
    "set_weight",
    "stretch_keys",
]
