"""What drafts are made of: one frame of a project, small and short, varied by seed, by words or by weights. No torch.

Variations are drawn without any state: the same project, number and `first` give the same ones again.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from studio.base.errors import InputError
from studio.project.limits import SEED, SIDE_MIN
from studio.project.model import Motion, Project
from studio.render.wording import alternatives, reworded
from studio.timeline.model import ParameterTrack, PromptTrack, Timeline
from studio.timeline.parameters import PARAMETERS
from studio.timeline.prompt import Prompt, Term, format_prompt, parse_prompt
from studio.timeline.sample import sample
from studio.timeline.track import Keyframe, Track

COUNT = 16
"""Drafts of a sheet."""

SIDE = 96
"""Pixels of a draft's shorter side."""

STEPS = 24
"""Optimiser steps of a draft."""

_LONGEST = 4  # times the shorter side, that a draft's longer side has at most
_GRID = 8  # pixels: sides are multiples, which every medium draws whole
_PULL = 2.0  # weights of wishes go from as little to as much times what they are
_STEP = 4.0
_SMOOTH = 4.0
_COLOUR = 2.0  # saturation goes from as little to as much


@dataclass(frozen=True, slots=True)
class Draft:
    """One variation.

    Attributes:
        label: what is varied, in few words.
        project: of one frame, small and short.
    """

    label: str
    project: Project

    @property
    def prompt(self) -> Prompt:
        """What it is dreamed from."""
        return self.project.timeline.prompts[0].track.keys[0].value


def prompt_of(text: str) -> Prompt:
    """The prompt that a text asks for, with the first of each of its alternatives.

    Raises:
        InputError: it is none.
    """
    return parse_prompt(alternatives(text).first)


def prompt_at(project: Project, frame: int) -> Prompt:
    """What a frame asks for, all tracks together; between two keyframes the nearer one.

    Without the picture that a keyframe may begin from: drafts are to find another.

    Raises:
        InputError: it asks for nothing.
    """
    state = sample(project.timeline, frame)
    terms = [
        Term(each.end if each.mix >= 0.5 else each.start, each.weight, each.stop, each.region) for each in state.terms
    ]
    if not terms:
        raise InputError(
            f"There is nothing to explore at frame {frame}",
            "No prompt track that is not muted has a keyframe",
            "Write a prompt first",
        )
    return Prompt(tuple(terms))


def small(project: Project, frame: int, prompt: Prompt, *, side: int = SIDE, steps: int = STEPS) -> Project:
    """The project of a draft: a frame's parameters, pictures and medium, with a prompt; one frame, small and short.

    Args:
        project: what it is taken from.
        frame: of its timeline.
        prompt: what is asked for.
        side: pixels of the shorter side, as far as the project has them.
        steps: of the optimiser.
    """
    state = sample(project.timeline, frame)
    values = {name: value for name, value in state.parameters if name in PARAMETERS} | {"steps": float(steps)}
    tracks = (
        ParameterTrack(name, Track((Keyframe(0, value),)))
        for name, value in values.items()
        if value != PARAMETERS[name].default
    )
    width, height = draft_size(project.width, project.height, side)
    timeline = Timeline(
        rate=project.timeline.rate,
        length=1,
        prompts=(PromptTrack("Prompt", Track((Keyframe(0, prompt),))),),
        parameters=tuple(tracks),
    )
    medium = project.medium
    if medium.kind == "biggan" and medium.option("search") == "cmaes":  # drafts share the passes of a gradient
        medium = replace(medium, options={name: value for name, value in medium.options.items() if name != "search"})
    return replace(project, timeline=timeline, width=width, height=height, medium=medium, motion=Motion())


def draft_size(width: int, height: int, side: int = SIDE) -> tuple[int, int]:
    """A small size of nearly the same proportions, never larger than the given one: multiples of 8 where it shrinks."""
    scale = min(1.0, side / min(width, height), _LONGEST * side / max(width, height))
    if scale == 1:
        return width, height
    return tuple(max(SIDE_MIN, _GRID * round(each * scale / _GRID)) for each in (width, height))  # type: ignore[return-value]


def by_seeds(project: Project, count: int = COUNT, first: int | None = None) -> tuple[Draft, ...]:
    """The same with other seeds, from `first` (the project's own by default) upwards."""
    start = project.seed if first is None else first
    seeds = [(start + number) % (SEED + 1) for number in range(count)]
    return tuple(Draft(f"seed {seed}", replace(project, seed=seed)) for seed in seeds)


def by_words(project: Project, text: str, count: int = COUNT, first: int = 0) -> tuple[Draft, ...]:
    """Other words: the artist's own where the text has `{a|b|c}`, else those of `studio.render.wording`.

    Where the artist's alternatives are fewer than `count`, they come again with other seeds; where they are more, some
    are drawn.

    Args:
        project: of one frame, see `small`.
        text: the prompt as the artist writes it.
        count: how many.
        first: other draws for other numbers.

    Raises:
        InputError: what comes out is no prompt.
    """
    own = alternatives(text)
    if own.count > 1:
        chosen = own.some(count, first)
        found = []
        for number in range(count):
            words, written = chosen[number % len(chosen)]
            again = number // len(chosen)
            label = f"{words} · seed {project.seed + again}" if again else words
            varied = replace(_asking(project, parse_prompt(written)), seed=(project.seed + again) % (SEED + 1))
            found.append(Draft(label, varied))
        return tuple(found)
    prompt = parse_prompt(text)
    return tuple(Draft(label, _asking(project, varied)) for label, varied in reworded(prompt, count, first))


def by_weights(project: Project, count: int = COUNT, first: int = 0) -> tuple[Draft, ...]:
    """Other numbers: the step size, the smoothness, the saturation, and the wishes' weights where there are several.

    The first is as it is, unless `first` is not 0. Ranges: weights from half to twice what they are, step size and
    smoothness from a quarter to four times, saturation by 2 either way.
    """
    prompt = project.timeline.prompts[0].track.keys[0].value
    values = dict(sample(project.timeline, 0).parameters)
    found = [] if first else [Draft("as it is", project)]
    for number in range(len(found), count):

        def chance(name: str, number: int = number) -> float:
            return drawn(first, number, name)

        said = []
        if len(prompt.terms) > 1:
            factors = [_PULL ** chance(f"term {place}") for place in range(len(prompt.terms))]
            weights = [_short(term.weight * factor) for term, factor in zip(prompt.terms, factors, strict=True)]
            terms = tuple(replace(term, weight=weight) for term, weight in zip(prompt.terms, weights, strict=True))
            varied = _asking(project, Prompt(terms))
            said.append(" : ".join(f"{weight:g}" for weight in weights))
        else:
            varied = project
        changed = {
            "step_size": _short(values["step_size"] * _STEP ** chance("step size")),
            "smoothness": _short(values["smoothness"] * _SMOOTH ** chance("smoothness")),
            "saturation": round(values["saturation"] + _COLOUR * chance("saturation"), 1),
        }
        for name, value in changed.items():
            varied = _with(varied, name, PARAMETERS[name].clamp(value))
        said += [f"step {changed['step_size']:g}", f"smooth {changed['smoothness']:g}"]
        said.append(f"colour {changed['saturation']:+g}")
        found.append(Draft(" · ".join(said), varied))
    return tuple(found[:count])


def varied(project: Project, by: str, text: str, count: int = COUNT, first: int = 0) -> tuple[Draft, ...]:
    """Drafts by "seeds", "words" or "weights"; `first` is how many were shown before, so that others come.

    Args:
        project: of one frame, see `small`; its prompt is replaced by `text`.
        by: one of `BY`.
        text: the prompt as the artist writes it. Its alternatives are for words; elsewhere the first of each is taken.
        count: how many.
        first: how many were shown before.

    Raises:
        InputError: the text is no prompt, or `by` is none of these words.
    """
    if by not in BY:
        raise InputError(f"Drafts cannot be varied by {by!r}", f"There are {', '.join(BY)}", "Choose one of these")
    if by == "words":
        return by_words(project, text, count, first)
    plain = _asking(project, prompt_of(text))
    return by_seeds(plain, count, plain.seed + first) if by == "seeds" else by_weights(plain, count, first)


BY: Sequence[str] = ("seeds", "words", "weights")
"""What may be varied."""


def drawn(*names: int | str) -> float:
    """A number from -1 to 1 that these names alone determine."""
    digest = hashlib.sha256("\n".join(f"{type(name).__name__} {name}" for name in names).encode()).digest()
    return int.from_bytes(digest[:6]) / 2**47 - 1


def _asking(project: Project, prompt: Prompt) -> Project:
    track = PromptTrack("Prompt", Track((Keyframe(0, prompt),)))
    return replace(project, name=format_prompt(prompt)[:60], timeline=replace(project.timeline, prompts=(track,)))


def _with(project: Project, name: str, value: float) -> Project:
    others = tuple(track for track in project.timeline.parameters if track.name != name)
    track = ParameterTrack(name, Track((Keyframe(0, value),)))
    return replace(project, timeline=replace(project.timeline, parameters=(*others, track)))


def _short(value: float) -> float:
    """Two digits that count: what is written under a draft is what it was made with."""
    return float(f"{value:.2g}") if math.isfinite(value) else value
