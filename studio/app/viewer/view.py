"""Where a picture lies in the viewer: fitted, or at a zoom around a point of it. Pure; all lengths in device pixels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF

SMALLEST: Final = 1 / 32
LARGEST: Final = 64.0
"""How far one may zoom."""

CRISP: Final = 2.0
"""From this zoom on pixels are shown as squares. A fitted picture is always smooth: its zoom is nobody's wish."""

STEP: Final = 1.25
"""What one notch of the wheel, and one use of Zoom In, multiplies the zoom by."""

MARGIN: Final = QSizeF(16, 52)
"""Logical pixels that a fitted picture leaves free on each side: room for the buttons above and the progress below."""


@dataclass(frozen=True, slots=True)
class View:
    """What part of a picture is seen, and how large.

    Attributes:
        zoom: device pixels that one picture pixel takes; None while the picture is fitted.
        x: the point of the picture in the middle of the viewer, as a share of its width.
        y: likewise of its height.
    """

    zoom: float | None = None
    x: float = 0.5
    y: float = 0.5

    @property
    def crisp(self) -> bool:
        """Whether pixels are shown as squares."""
        return self.zoom is not None and self.zoom >= CRISP

    def scale(self, picture: QSize, port: QRectF, ratio: float) -> float:
        """The zoom as it is, also while fitted.

        Args:
            picture: its size in picture pixels.
            port: where it may be seen.
            ratio: device pixels in a logical pixel: a fitted picture leaves a margin.
        """
        if self.zoom is not None:
            return self.zoom
        room_x = max(port.width() - 2 * MARGIN.width() * ratio, port.width() / 4)
        room_y = max(port.height() - 2 * MARGIN.height() * ratio, port.height() / 4)
        fitted = min(room_x / max(picture.width(), 1), room_y / max(picture.height(), 1))
        return min(max(fitted, SMALLEST), LARGEST)

    def place(self, picture: QSize, port: QRectF, ratio: float) -> QRectF:
        """Where the whole picture lies. Its edges are on whole pixels, so that 100 % is exact."""
        scale = self.scale(picture, port, ratio)
        width, height = round(picture.width() * scale), round(picture.height() * scale)
        x, y = (0.5, 0.5) if self.zoom is None else (self.x, self.y)
        middle = port.center()
        return QRectF(round(middle.x() - x * width), round(middle.y() - y * height), width, height)

    def zoomed(self, zoom: float, at: QPointF, picture: QSize, port: QRectF, ratio: float) -> View:
        """The view at another zoom; the point of the picture at `at` stays there."""
        zoom = min(max(zoom, SMALLEST), LARGEST)
        old = self.place(picture, port, ratio)
        share_x, share_y = (at.x() - old.x()) / old.width(), (at.y() - old.y()) / old.height()
        middle = port.center()
        return View(
            zoom,
            _inside(share_x + (middle.x() - at.x()) / (picture.width() * zoom)),
            _inside(share_y + (middle.y() - at.y()) / (picture.height() * zoom)),
        )

    def moved(self, by: QPointF, picture: QSize, port: QRectF, ratio: float) -> View:
        """The view with the picture pushed so far; its middle cannot be pushed off its own edges."""
        zoom = self.scale(picture, port, ratio)
        return replace(
            self,
            zoom=zoom,
            x=_inside((0.5 if self.zoom is None else self.x) - by.x() / (picture.width() * zoom)),
            y=_inside((0.5 if self.zoom is None else self.y) - by.y() / (picture.height() * zoom)),
        )


def _inside(share: float) -> float:
    return min(max(share, 0.0), 1.0)
