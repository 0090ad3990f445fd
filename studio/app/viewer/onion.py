"""Onion skin: the frames before and after show through the picture, tinted and fading with their distance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter

from studio.app.context import Context
from studio.app.theme import faded, theme

STEP: Final = 6
"""Frames from one layer to the next by default (setting "onion/step"): neighbours of a slow dream look all alike."""

MOST: Final = 8
"""Most layers on each side."""

STRENGTH: Final = 40
"""Percent of the nearest layer that is seen by default (setting "onion/strength"); one further away has half of it."""

_TINT: Final = 0.45


@dataclass(frozen=True, slots=True)
class Layer:
    """One picture that shows through.

    Attributes:
        image: it.
        tint: its colour: one for earlier frames, another for later ones.
        strength: how much of it is seen, 0 to 1.
    """

    image: QImage
    tint: QColor
    strength: float


class Onion:
    """Finds the layers of a frame, and lays them over its picture."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._key: tuple[object, ...] = ()
        self._made: QImage | None = None

    def over(self, image: QImage, frame: int) -> QImage:
        """The picture of a frame with the layers that are here already; others are fetched meanwhile."""
        layers = self.layers(frame)
        key = (image.cacheKey(), theme().name, *((layer.image.cacheKey(), layer.strength) for layer in layers))
        if self._made is None or key != self._key:
            self._key, self._made = key, blended(image, layers)
        return self._made

    def layers(self, frame: int) -> tuple[Layer, ...]:
        """The layers of a frame, the strongest last."""
        settings, colours = self._context.settings, theme().colours
        step = max(1, int(settings.number("onion/step", STEP)))
        strength = min(max(settings.number("onion/strength", STRENGTH) / 100, 0.0), 1.0)
        found = []
        for name, way, tint in (("onion/before", -1, colours.accent), ("onion/after", 1, colours.prompt(2))):
            for place in range(min(int(settings.number(name, 1)), MOST), 0, -1):
                there = frame + way * place * step
                path = self._context.frames.picture(there) if there >= 0 else None
                image = self._context.pictures.image(path) if path is not None else None
                if image is not None:
                    found.append(Layer(image, tint, strength / 2 ** (place - 1)))
        return tuple(sorted(found, key=lambda layer: layer.strength))


def blended(image: QImage, layers: Iterable[Layer]) -> QImage:
    """The picture with layers over it, each tinted."""
    made = image.convertToFormat(QImage.Format.Format_RGB32)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    for layer in layers:
        tinted = layer.image.convertToFormat(QImage.Format.Format_RGB32)
        wash = QPainter(tinted)
        wash.fillRect(tinted.rect(), faded(layer.tint, _TINT))
        wash.end()
        if tinted.size() != made.size():
            smooth = Qt.TransformationMode.SmoothTransformation
            tinted = tinted.scaled(made.size(), Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
        painter.setOpacity(layer.strength)
        painter.drawImage(0, 0, tinted)
    painter.end()
    return made
