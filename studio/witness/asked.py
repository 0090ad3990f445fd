"""Which prompts a timeline asks for, and in which frames each of them counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from studio.score.fooled import Flags
from studio.timeline.model import PromptTrack, Timeline
from studio.timeline.prompt import Content, Image, Prompt, Term, Text, format_prompt


@dataclass(frozen=True, slots=True)
class Asked:
    """One prompt of a timeline, however many keyframes have it.

    Attributes:
        name: its words, without weights and stops; a picture by its id. Prompts of one name are one.
        wishes: its texts and pictures, each with its share of the score; shares sum to 1.
    """

    name: str
    wishes: tuple[tuple[Content, float], ...]


def name_of(prompt: Prompt) -> str:
    """What a prompt asks for, without weights and stops: words as they are, a picture by its id."""
    return " | ".join(_name(term.content) for term in prompt.terms)


def asked(timeline: Timeline) -> tuple[Asked, ...]:
    """The prompts of all tracks that are not muted, in order of time; of one frame, the upper track's first.

    Of a prompt, the words and pictures with a weight above 0 share in its score, as they weigh at its first keyframe;
    what it pushes away does not, unless there is nothing else. Noise cannot be seen: a prompt of it alone is left out.
    """
    keys = sorted(
        (
            (key.frame, place, key.value)
            for place, track in enumerate(timeline.prompts)
            if not track.muted
            for key in track.track.keys
        ),
        key=lambda each: each[:2],
    )
    found: dict[str, Asked] = {}
    for _, _, prompt in keys:
        name, shares = name_of(prompt), _shares(prompt)
        if shares and name not in found:
            found[name] = Asked(name, shares)
    return tuple(found.values())


def counting(timeline: Timeline, prompts: tuple[Asked, ...]) -> Flags:
    """Whether each of the prompts is asked for at each frame: (frames, prompts).

    It is between the keyframe before its own and the one after it, on the way to it and from it; a keyframe that holds
    is no way. What is only pushed away is not asked for.
    """
    places = {prompt.name: place for place, prompt in enumerate(prompts)}
    flags = np.zeros((timeline.length, len(prompts)), dtype=np.bool_)
    for track in timeline.prompts:
        if track.muted or not track.track.keys:
            continue
        for prompt, start, stop in _ways(track, timeline):
            place = places.get(name_of(prompt))
            if place is not None and any(term.weight > 0 for term in prompt.terms if _can_be_seen(term.content)):
                flags[max(0, start) : max(0, stop), place] = True
    return flags


def _ways(track: PromptTrack, timeline: Timeline) -> Iterator[tuple[Prompt, int, int]]:
    """Prompts with the frames in which they count, from and up to but without, perhaps beyond the timeline."""
    keys, length = track.track.keys, timeline.length
    for place, key in enumerate(keys):
        before = keys[place - 1] if place else None
        after = keys[place + 1] if place + 1 < len(keys) else None
        start = (key.frame if before.ease.hold else before.frame + 1) if before else 0
        yield key.value, start, after.frame if after else length
    if timeline.loop and len(keys) > 1:  # the way from the last to the first, once round
        yield keys[-1].value, 0, keys[0].frame
        if not keys[-1].ease.hold:
            yield keys[0].value, keys[-1].frame + 1, length


def _shares(prompt: Prompt) -> tuple[tuple[Content, float], ...]:
    visible = [term for term in prompt.terms if _can_be_seen(term.content)]
    wanted = [term for term in visible if term.weight > 0] or visible
    weights = [abs(term.weight) or 1e-6 for term in wanted]
    total = sum(weights)
    return tuple((term.content, weight / total) for term, weight in zip(wanted, weights, strict=True))


def _can_be_seen(content: Content) -> bool:
    return isinstance(content, Text | Image)


def _name(content: Content) -> str:
    if isinstance(content, Text):
        return content.text
    return content.asset if isinstance(content, Image) else format_prompt(Prompt((Term(content),)))
