"""The area of the viewer that shows a picture, or two to compare: painting, zoom, pan and the divider."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QWidget

from studio.app.texts import tr
from studio.app.theme import faded, theme
from studio.app.viewer.view import STEP, View

_NOTCH: Final = 120  # what Qt calls one notch of a wheel
_REACH: Final = 8  # logical pixels around the divider in which it is caught
_KNOB: Final = 12


class Canvas(QWidget):
    """Shows `image`, and left of it or of a divider the pinned one. It never takes the focus by itself."""

    view_changed = Signal()
    """Zoom or place are others."""

    pushed = Signal()
    """The picture was dragged."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(tr("Picture"))
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.view = View()
        self.image: QImage | None = None
        self.pinned: QImage | None = None
        self.wipe = False
        self.squares = False
        self.divider = 0.5
        self._size = QSize()
        self._pinned_size = QSize()
        self._hand = False
        self._from: QPointF | None = None
        self._dividing = False
        self._dropping = False
        self._ringed = False
        self._scaled: dict[tuple[int, int, int], QImage] = {}
        theme().changed.connect(self.update)

    def show_image(self, image: QImage | None, size: QSize) -> None:
        """Show a picture as if it had this size in pixels: a draft takes the place of the final picture."""
        self.image, self._size = image, size
        self.update()

    def pin(self, image: QImage | None, size: QSize) -> None:
        """Keep a picture to compare with; None for none."""
        self.pinned, self._pinned_size = image, size
        self.divider = 0.5
        self.update()

    def set_wipe(self, wipe: bool) -> None:
        """Compare over one another with a divider, or side by side."""
        self.wipe = wipe
        self.update()

    def set_view(self, view: View) -> None:
        """Show another part, or larger."""
        if view != self.view:
            self.view = view
            self.update()
            self.view_changed.emit()

    def set_hand(self, hand: bool) -> None:
        """Whether the left button pans: while Space is held."""
        self._hand = hand
        if not hand and self._from is not None:
            self._from = None
        self._show_cursor()

    def set_dropping(self, dropping: bool) -> None:
        """Whether something that could be dropped here hovers."""
        self._dropping = dropping
        self.update()

    @property
    def zoom(self) -> float:
        """Device pixels that one picture pixel takes."""
        return self.view.scale(self._shown_size(), self._ports()[-1], self._ratio())

    def zoom_to(self, zoom: float, at: QPointF | None = None) -> None:
        """Zoom around a point of the widget, the middle by default."""
        port = self._port_at(at)
        where = port.center() if at is None else at * self._ratio()
        self.set_view(self.view.zoomed(zoom, where, self._shown_size(), port, self._ratio()))

    def picture_rect(self) -> QRectF:
        """Where the picture lies, in the widget's own (logical) coordinates."""
        placed = self.view.place(self._shown_size(), self._ports()[-1], self._ratio())
        ratio = self._ratio()
        return QRectF(placed.x() / ratio, placed.y() / ratio, placed.width() / ratio, placed.height() / ratio)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw in device pixels, so that 100 % is exact on every screen."""
        painter = QPainter(self)
        colours = theme().colours
        painter.fillRect(event.rect(), colours.window)
        ratio = self._ratio()
        painter.save()
        painter.scale(1 / ratio, 1 / ratio)
        if self.pinned is None:
            self._draw(painter, self.image, self._size, self._ports()[0])
        elif self.wipe:
            port = self._ports()[0]
            edge = round(port.width() * self.divider)
            painter.setClipRect(QRectF(0, 0, edge, port.height()))
            self._draw(painter, self.pinned, self._pinned_size, port)
            painter.setClipRect(QRectF(edge, 0, port.width() - edge, port.height()))
            self._draw(painter, self.image, self._size, port)
            painter.setClipping(False)
        else:
            left, right = self._ports()
            for port, image, size in ((left, self.pinned, self._pinned_size), (right, self.image, self._size)):
                painter.setClipRect(port)
                self._draw(painter, image, size, port)
            painter.setClipping(False)
        painter.restore()
        if self.pinned is not None:
            self._draw_divider(painter)
        if self._dropping or self._ringed:
            painter.setPen(QPen(colours.accent if self._dropping else colours.focus, 2))
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
            if self._dropping:
                painter.fillRect(self.rect(), faded(colours.accent, 0.08))
        painter.end()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Zoom at the cursor."""
        notches = event.angleDelta().y() / _NOTCH
        if notches and not self._shown_size().isEmpty():
            self.zoom_to(self.zoom * STEP**notches, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Take hold of the picture (middle button, or left with Space held) or of the divider."""
        button = event.button()
        if button == Qt.MouseButton.LeftButton and not self._hand and self._on_divider(event.position()):
            self._dividing = True
        elif button == Qt.MouseButton.MiddleButton or (button == Qt.MouseButton.LeftButton and self._hand):
            self._from = event.position()
        self._show_cursor()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Push the picture or the divider along."""
        if self._dividing:
            self.divider = min(max(event.position().x() / max(self.width(), 1), 0.0), 1.0)
            self.update()
        elif self._from is not None:
            by = (event.position() - self._from) * self._ratio()
            self._from = event.position()
            self.pushed.emit()
            if not self._shown_size().isEmpty():
                port = self._ports()[-1]
                self.set_view(self.view.moved(by, self._shown_size(), port, self._ratio()))
        else:
            self._show_cursor(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Let go."""
        self._from, self._dividing = None, False
        self._show_cursor(event.position())

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """A ring shows the focus to whoever came by the keyboard."""
        self._ringed = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self.update()

    def focusOutEvent(self, _event: QFocusEvent) -> None:  # noqa: N802
        """No ring."""
        self._ringed = False
        self.update()

    def _ratio(self) -> float:
        return self.devicePixelRatioF()

    def _shown_size(self) -> QSize:
        return self._size if self.image is not None or self.pinned is None else self._pinned_size

    def _ports(self) -> tuple[QRectF, ...]:
        """Where pictures may be seen, in device pixels; two when they stand side by side, the pinned one's first."""
        width, height = self.width() * self._ratio(), self.height() * self._ratio()
        if self.pinned is None or self.wipe:
            return (QRectF(0, 0, width, height),)
        half = round(width / 2)
        return QRectF(0, 0, half, height), QRectF(half, 0, width - half, height)

    def _port_at(self, at: QPointF | None) -> QRectF:
        ports = self._ports()
        return ports[0] if at is not None and ports[0].contains(at * self._ratio()) else ports[-1]

    def _draw(self, painter: QPainter, image: QImage | None, size: QSize, port: QRectF) -> None:
        if image is None or size.isEmpty():
            return
        place = self.view.place(size, port, self._ratio())
        if place.width() < image.width() and place.height() < image.height():
            image = self._smaller(image, place.size().toSize())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not (self.view.crisp or self.squares))
        painter.drawImage(place, image)

    def set_squares(self, squares: bool) -> None:
        """Show pixels as squares at every zoom above 100 %, also where the picture is fitted: for pixel art."""
        if squares != self.squares:
            self.squares = squares
            self.update()

    def _smaller(self, image: QImage, size: QSize) -> QImage:
        """The picture scaled down by averaging, which painting does not do; kept while nothing changes."""
        key = (image.cacheKey(), size.width(), size.height())
        if key not in self._scaled:
            while len(self._scaled) > 1:
                self._scaled.pop(next(iter(self._scaled)))
            smooth = Qt.TransformationMode.SmoothTransformation
            self._scaled[key] = image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
        return self._scaled[key]

    def _edge(self) -> float:
        return self.width() * self.divider if self.wipe else self.width() / 2

    def _draw_divider(self, painter: QPainter) -> None:
        colours, x, middle = theme().colours, self._edge(), self.height() / 2
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colours.accent if self.wipe else colours.border, 2 if self.wipe else 1))
        painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))
        if not self.wipe:
            return
        painter.setBrush(colours.accent)
        painter.drawEllipse(QPointF(x, middle), _KNOB, _KNOB)
        painter.setPen(QPen(colours.accent_text, 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        for way in (-1, 1):
            tip = QPointF(x + way * 7, middle)
            painter.drawLine(tip, tip + QPointF(-way * 4, -4))
            painter.drawLine(tip, tip + QPointF(-way * 4, 4))

    def _on_divider(self, at: QPointF) -> bool:
        return self.pinned is not None and self.wipe and abs(at.x() - self._edge()) <= _REACH

    def _show_cursor(self, at: QPointF | None = None) -> None:
        shape = Qt.CursorShape.ArrowCursor
        if self._from is not None:
            shape = Qt.CursorShape.ClosedHandCursor
        elif self._hand:
            shape = Qt.CursorShape.OpenHandCursor
        elif self._dividing or (at is not None and self._on_divider(at)):
            shape = Qt.CursorShape.SplitHCursor
        if self.cursor().shape() != shape:
            self.setCursor(shape)
