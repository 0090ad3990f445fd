"""Prompts that were used: those of the project now, those that undo leads to, and those of this session."""

from __future__ import annotations

from collections.abc import Iterable

from studio.app.document import Document
from studio.timeline.model import Timeline
from studio.timeline.prompt import Prompt, format_prompt

_REMEMBERED = 30  # of this session
_PROJECTS = 50  # of the history that are looked at
_OFFERED = 30


class PastPrompts:
    """What the artist asked for so far, as lines of text."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._used: list[str] = []

    def remember(self, prompt: Prompt) -> None:
        """Note that this prompt was used."""
        text = format_prompt(prompt)
        self._used = [text, *(each for each in self._used if each != text)][:_REMEMBERED]

    def offered(self, without: Prompt | None = None) -> tuple[str, ...]:
        """The project's own first, then what was used, the latest first, then what the history holds."""
        texts = [*texts_of([self._document.timeline]), *self._used]
        texts += texts_of(project.timeline for project in self._document.projects[1 : _PROJECTS + 1])
        here = None if without is None else format_prompt(without)
        return tuple(each for each in dict.fromkeys(texts) if each != here)[:_OFFERED]


def texts_of(timelines: Iterable[Timeline]) -> list[str]:
    """The prompts of timelines, each once, in order of time."""
    seen: dict[str, None] = {}
    for timeline in timelines:
        keys = sorted((key.frame, format_prompt(key.value)) for track in timeline.prompts for key in track.track.keys)
        seen.update(dict.fromkeys(text for _, text in keys))
    return list(seen)
