"""Prompt lanes: a card from each key to the next, in its prompt's colour, with its words and weight."""

from __future__ import annotations

import functools

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QLinearGradient, QPainter, QPen

from studio.app.icons import draw
from studio.app.theme import Colours, faded, mixed, theme
from studio.app.timeline.captions import caption, cut
from studio.app.timeline.geometry import CARD_MARGIN, Part, Row, seen
from studio.app.timeline.prompt_colours import prompt_text
from studio.app.timeline.scale import Scale
from studio.app.timeline.shapes import RADIUS, draw_key, sides
from studio.app.timeline.stage import Stage
from studio.timeline.easing import Ease
from studio.timeline.model import KeyRef, PromptTrack
from studio.timeline.prompt import Prompt
from studio.timeline.track import Keyframe

_EDGE = 4  # pixels of the coloured edge at a card's left
_ROUND = 4
_MARK = 14  # pixels of the picture that says that a keyframe begins from one
_STEPS = 12  # stops of the fade into the next prompt's colour
_FADING = 24  # pixels of a card below which it does not fade


def card_area(scale: Scale, track: PromptTrack, place: int, row: Row, top: float) -> QRectF:
    """Where the card of the key at a place in the track's keys lies; `top` is where its row begins on screen."""
    keys = track.track.keys
    start = keys[place].frame
    stop = keys[place + 1].frame if place + 1 < len(keys) else max(scale.length, start + 1)
    left = scale.x(start)
    return QRectF(left, top + CARD_MARGIN, max(scale.x(stop) - left - 2, 3), row.height - 2 * CARD_MARGIN)


def paint_cards(
    painter: QPainter, stage: Stage, row: Row, track: PromptTrack, colours: dict[str, QColor], area: QRectF
) -> None:
    """Paint a lane's part in an area; `colours` are those of `prompt_colours`."""
    top = stage.layout.ruler + row.top - stage.scrolled
    keys = track.track.keys
    shown = seen(track.track, stage.scale.exact(area.left()), stage.scale.exact(area.right()) + 1)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if keys and keys[0].frame > 0:
        _before(painter, stage, row, top, _colour(keys[0], track, colours))
    for place in shown:
        key = keys[place]
        selected = KeyRef(track.ref, key.frame) in stage.context.choice.keys
        colour, later = _colour(key, track, colours), _later(stage, track, place, colours)
        _card(painter, stage, card_area(stage.scale, track, place, row, top), key, colour, later, selected)
        if place and keys[place - 1].value == key.value:
            _same(painter, stage, keys[place - 1].frame, key.frame, top + row.height / 2, _colour(key, track, colours))
    for place in shown:
        key = keys[place]
        ref = KeyRef(track.ref, key.frame)
        selected = ref in stage.context.choice.keys
        hovered = stage.hovered is not None and stage.hovered.part is Part.KEY and stage.hovered.key == ref
        colour = _colour(key, track, colours)
        at = QPointF(stage.scale.x(key.frame), top + row.height / 2)
        inside, edge = (theme().colours.text, colour) if selected else (colour, theme().colours.lane)
        draw_key(painter, at, sides(track.track, place), inside, edge, large=selected or hovered)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _colour(key: Keyframe[Prompt], track: PromptTrack, colours: dict[str, QColor]) -> QColor:
    return theme().colours.disabled if track.muted else colours[prompt_text(key.value)]


def _later(stage: Stage, track: PromptTrack, place: int, colours: dict[str, QColor]) -> tuple[QColor, float]:
    """The colour that a card goes towards, and how much of the way in time it lasts; the last card's only in a loop."""
    keys, length = track.track.keys, stage.scale.length
    if place + 1 < len(keys):
        return _colour(keys[place + 1], track, colours), 1.0
    rest = length - keys[place].frame
    if not stage.timeline.loop or len(keys) < 2 or rest <= 0:
        return _colour(keys[place], track, colours), 1.0
    return _colour(keys[0], track, colours), rest / (rest + keys[0].frame)


@functools.lru_cache(512)
def mixes(ease: Ease, share: float = 1.0) -> tuple[float, ...]:
    """How much of the next prompt there is at even times over a card, which lasts that share of the way to it."""
    return tuple(min(max(ease.at(share * step / _STEPS), 0.0), 1.0) for step in range(_STEPS + 1))


@functools.lru_cache(512)
def _fade(colour: int, later: int, ease: Ease, share: float, lane: int, strength: float) -> tuple[QColor, ...]:
    """The colours of a card's ground over its length."""
    here, there, ground = QColor.fromRgb(colour), QColor.fromRgb(later), QColor.fromRgb(lane)
    return tuple(mixed(ground, mixed(here, there, mix), strength) for mix in mixes(ease, share))


def _ground(
    place: QRectF, key: Keyframe[Prompt], colour: QColor, later: tuple[QColor, float], strength: float
) -> QBrush:
    """A card fades into the colour of the next prompt just as its ease has it: a card is a way, not a clip."""
    there, share = later
    lane = theme().colours.lane
    if key.ease.hold or there == colour or place.width() < _FADING:
        return QBrush(mixed(lane, colour, strength))
    gradient = QLinearGradient(place.topLeft(), place.topRight())
    for step, tint in enumerate(_fade(colour.rgb(), there.rgb(), key.ease, share, lane.rgb(), strength)):
        gradient.setColorAt(step / _STEPS, tint)
    return QBrush(gradient)


def _card(
    painter: QPainter,
    stage: Stage,
    place: QRectF,
    key: Keyframe[Prompt],
    colour: QColor,
    later: tuple[QColor, float],
    selected: bool,
) -> None:
    colours = theme().colours
    shape = place.adjusted(0.5, 0.5, -0.5, -0.5)
    painter.setPen(QPen(mixed(colour, colours.text, 0.35) if selected else colour, 2 if selected else 1))
    painter.setBrush(_ground(place, key, colour, later, 0.34 if selected else 0.2))
    painter.drawRoundedRect(shape, _ROUND, _ROUND)
    if place.width() <= 2 * RADIUS:
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(QRectF(place.left(), place.top(), _EDGE, place.height()), 2, 2)
    # The words stay in sight while their card does.
    left = max(place.left(), -_EDGE) + RADIUS + 8
    _words(painter, QRectF(left, place.top(), place.right() - left - 8, place.height()), key.value, colours)


def _words(painter: QPainter, room: QRectF, prompt: Prompt, colours: Colours) -> None:
    if room.width() < 16:
        return
    if prompt.begin and room.width() > 2 * _MARK:
        mark = QRectF(room.left(), room.center().y() - _MARK / 2, _MARK, _MARK)
        draw(painter, "image", mark, colours.text)
        room = room.adjusted(_MARK + 6, 0, 0, 0)
    words, weight = caption(prompt)
    font = QFont(painter.font())
    font.setPixelSize(13)
    painter.setFont(font)
    wide = QFontMetricsF(font).horizontalAdvance(weight) + 8
    if room.width() > wide + 56:
        painter.setPen(colours.muted)
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), weight)
        room = room.adjusted(0, 0, -wide, 0)
    painter.setPen(colours.text)
    painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), cut(words, room.width(), font))


def _before(painter: QPainter, stage: Stage, row: Row, top: float, colour: QColor) -> None:
    """Before the first key its prompt counts too (or the last one's, in a loop): nothing that could be taken."""
    left = stage.scale.x(0)
    track = stage.timeline.find(row.ref) if row.ref is not None else None
    assert isinstance(track, PromptTrack)
    right = stage.scale.x(track.track.keys[0].frame) - 2
    pen = QPen(faded(colour, 0.6), 1, Qt.PenStyle.DashLine)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(
        QRectF(left + 0.5, top + CARD_MARGIN + 0.5, max(right - left - 1, 1), row.height - 2 * CARD_MARGIN - 1),
        _ROUND,
        _ROUND,
    )


def _same(painter: QPainter, stage: Stage, start: int, stop: int, y: float, colour: QColor) -> None:
    """A bar joins two keys that ask for the same: nothing changes between them."""
    left, right = stage.scale.x(start) + RADIUS, stage.scale.x(stop) - RADIUS
    if right > left:
        painter.fillRect(QRectF(left, y + 14, right - left, 2), faded(colour, 0.9))
