"""Scores in words: what a hover shows, what a screen reader says, and what a warning means."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from PySide6.QtGui import QColor

from studio.app.texts import plural, tr
from studio.score.fooled import Span
from studio.witness.series import Scores

_MOST = 8  # prompts that a hover tells of


def percent(value: float) -> str:
    """A score on screen; empty where there is none."""
    return "" if math.isnan(value) else tr("{number} %", number=f"{value * 100:.0f}".replace("-", "−"))


def cosine_text(value: float) -> str:
    """A cosine on screen."""
    return "" if math.isnan(value) else f"{value:+.3f}".replace("-", "−")


def _whole(text: str) -> str:
    """No line ends between a number and its sign."""
    return text.replace(" %", "\N{NO-BREAK SPACE}%")


def paragraphs(sentences: Iterable[str]) -> str:
    """Sentences as rich text, a paragraph each: a tip of them is as wide as can be read, and no value is torn."""
    return "".join(f"<p>{html.escape(_whole(each))}</p>" for each in sentences)


def advice() -> str:
    """What to do where the guide is being fooled."""
    return tr("What helps: fewer steps, more cutouts, a lower weight of this prompt, or a second CLIP as guide.")


def warning(scores: Scores, span: Span) -> str:
    """What a warning says: which frames, which prompt, what was seen."""
    witness = scores.witness.name if scores.witness is not None else ""
    return tr(
        "CLIP is being fooled here, in frames {first} to {last}: {guide}, which guides, sees more and more of "
        "“{prompt}” ({rise}), while {witness}, which does not, sees less and less ({fall}). The picture pleases one "
        "network with patterns, not with things.",
        first=span.start,
        last=span.stop - 1,
        guide=scores.guide.name,
        witness=witness,
        prompt=scores.prompts[span.prompt],
        rise=f"+{percent(span.rise)}",
        fall=f"−{percent(span.fall)}",
    )


def spans_at(scores: Scores, frame: int) -> tuple[Span, ...]:
    """The warnings that a frame belongs to."""
    return tuple(span for span in scores.fooled if span.start <= frame < span.stop)


def ranked(scores: Scores, frame: int) -> list[int]:
    """The places of the prompts, the one of which the guide sees most first; none where a frame was not looked at."""
    if not 0 <= frame < len(scores.guide.seen):
        return []
    row = scores.guide.seen[frame].tolist()
    return sorted((place for place, value in enumerate(row) if not math.isnan(value)), key=lambda place: -row[place])


def tip(
    scores: Scores, frame: int, colours: Mapping[str, QColor], labels: Mapping[str, str] = MappingProxyType({})
) -> str:
    """What a hover shows, as rich text: a table of prompts with both scores and cosines, and warnings.

    Args:
        scores: of the project.
        frame: which is pointed at.
        colours: of the prompts, by their names in the scores.
        labels: what prompts are called instead, by the same names.
    """
    order = ranked(scores, frame)
    if not order:
        return tr("Frame {frame}: not rendered, or not looked at yet", frame=frame)
    sides = [scores.guide, *([scores.witness] if scores.witness is not None else [])]
    heads = "".join(f"<th align='right'>&nbsp;&nbsp;{html.escape(side.name)}</th>" for side in sides)
    rows = [f"<tr><th align='left'>{html.escape(tr('Frame {frame}', frame=frame))}</th>{heads}</tr>"]
    for place in order[:_MOST]:
        name = scores.prompts[place]
        label = html.escape(labels.get(name, name))
        colour = colours[name].name() if name in colours else ""
        cells = "".join(
            f"<td align='right' style='white-space: nowrap'>&nbsp;&nbsp;"
            f"<b>{_whole(percent(float(side.seen[frame, place])))}</b>"
            f"&nbsp;<small>cos&nbsp;{cosine_text(float(side.cosine[frame, place]))}</small></td>"
            for side in sides
        )
        rows.append(f"<tr><td><span style='color:{colour}'>●</span>&nbsp;{label}</td>{cells}</tr>")
    more = len(order) - _MOST
    parts = ["<table>", *rows, "</table>"]
    if more > 0:
        parts.append(f"<p>{html.escape(plural('and %n more prompt(s)', more))}</p>")
    parts.append(f"<p>{html.escape(_whole(tr('0 % is chance, 100 % a true picture of the prompt.')))}</p>")
    told = replace(scores, prompts=tuple(labels.get(name, name) for name in scores.prompts))
    spans = spans_at(scores, frame)
    parts += [f"<p><b>{html.escape(_whole(warning(told, span)))}</b></p>" for span in spans]
    if spans:
        parts.append(f"<p>{html.escape(advice())}</p>")
    return "".join(parts)


def spoken(scores: Scores | None, frame: int) -> str:
    """The same for a screen reader, shorter: the prompts that are most seen, and warnings."""
    if scores is None:
        return tr("No frame was looked at yet.")
    order = ranked(scores, frame)
    if not order:
        return tr("Frame {frame}: not rendered, or not looked at yet", frame=frame)
    said = [tr("Frame {frame}.", frame=frame)]
    for place in order[:3]:
        guide = percent(float(scores.guide.seen[frame, place]))
        if scores.witness is None:
            said.append(tr("{prompt}: {guide}.", prompt=scores.prompts[place], guide=guide))
            continue
        witness = percent(float(scores.witness.seen[frame, place]))
        said.append(
            tr(
                "{prompt}: guide {guide}, witness {witness}.",
                prompt=scores.prompts[place],
                guide=guide,
                witness=witness,
            )
        )
    return " ".join([*said, *_warnings(scores, spans_at(scores, frame))])


def _warnings(scores: Scores, spans: Iterable[Span]) -> list[str]:
    told = [warning(scores, span) for span in spans]
    return [*told, advice()] if told else []
