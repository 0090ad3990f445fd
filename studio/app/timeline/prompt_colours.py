"""One colour a prompt, in the order in which prompts appear: cards, scores and the inspector agree on it."""

from __future__ import annotations

import functools

from PySide6.QtGui import QColor

from studio.app.theme import theme
from studio.timeline.model import PromptTrack, Timeline
from studio.timeline.prompt import Prompt, Term
from studio.timeline.region import format_region
from studio.witness.asked import name_of


def prompt_text(prompt: Prompt) -> str:
    """What a prompt asks for, without weights and stops: two prompts of the same words have the same colour."""
    return name_of(prompt)


def prompt_labels(timeline: Timeline) -> dict[str, str]:
    """What every prompt of a timeline is called in full, by its `prompt_text`: with the regions of its wishes.

    Without them where keyframes of the same words have different ones.
    """
    found: dict[str, set[str]] = {}
    for track in timeline.prompts:
        for key in track.track.keys:
            found.setdefault(prompt_text(key.value), set()).add(" | ".join(map(_in_full, key.value.terms)))
    return {text: labels.pop() if len(labels) == 1 else text for text, labels in found.items()}


def prompt_colours(timeline: Timeline) -> dict[str, QColor]:
    """The colour of every prompt of a timeline by its `prompt_text`, in the theme of now."""
    colours = theme().colours
    return {text: colours.prompt(place) for place, text in enumerate(_texts(timeline.prompts))}


def _in_full(term: Term) -> str:
    words = prompt_text(Prompt((term,)))
    return words if term.region is None else f"{words} @{format_region(term.region)}"


@functools.lru_cache(4)
def _texts(tracks: tuple[PromptTrack, ...]) -> tuple[str, ...]:
    """In order of time; of two on one frame, that of the upper track is first."""
    keys = sorted(
        (key.frame, place, prompt_text(key.value)) for place, track in enumerate(tracks) for key in track.track.keys
    )
    return tuple(dict.fromkeys(text for _, _, text in keys))
