"""Pictures in memory: decoded in another thread, the latest wish first, and the longest unused forgotten."""

from __future__ import annotations

import contextlib
import threading
from collections import OrderedDict
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader

FULL_BYTES = 128 * 2**20
"""Most memory for pictures in full size."""

THUMBNAIL_BYTES = 48 * 2**20
"""Most memory for small ones."""

_WISHES = 256  # pictures waiting to be decoded; older wishes are for what has been scrolled away

Wish = tuple[str, int]


class Pictures(QObject):
    """Decoded pictures by file and height."""

    loaded = Signal(str, int)
    """(path, height) of a picture that was wished for and is here now; also when it turned out to be unreadable."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._full = _Shelf(FULL_BYTES)
        self._small = _Shelf(THUMBNAIL_BYTES)
        self._wishes: OrderedDict[Wish, None] = OrderedDict()
        self._ready = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="keydream-pictures", daemon=True)
        self._thread.start()

    def image(self, path: Path, height: int = 0) -> QImage | None:
        """The picture, or None when it is not here yet: `loaded` will tell.

        Args:
            path: its file.
            height: in device pixels, to which it is scaled; 0 for its own size.
        """
        wish = (str(path), height)
        with self._ready:
            found = self._shelf(wish).get(wish)
            if found is not None:
                return None if found.isNull() else found
            self._wishes[wish] = None
            self._wishes.move_to_end(wish)
            while len(self._wishes) > _WISHES:
                self._wishes.popitem(last=False)
            self._ready.notify()
        return None

    def now(self, path: Path) -> QImage | None:
        """The picture in its own size, decoded here if need be; None when it cannot be read."""
        wish = (str(path), 0)
        with self._ready:
            found = self._full.get(wish)
        if found is None:
            found = _decode(wish)
            with self._ready:
                self._full.put(wish, found)
        return None if found.isNull() else found

    @property
    def bytes(self) -> int:
        """Memory that the pictures take."""
        with self._ready:
            return self._full.bytes + self._small.bytes

    def close(self) -> None:
        """End the thread."""
        with self._ready:
            self._closed = True
            self._wishes.clear()
            self._ready.notify()
        self._thread.join()

    def _shelf(self, wish: Wish) -> _Shelf:
        return self._small if wish[1] else self._full

    def _work(self) -> None:
        while True:
            with self._ready:
                while not self._wishes and not self._closed:
                    self._ready.wait()
                if self._closed:
                    return
                wish, _ = self._wishes.popitem()
            made = _decode(wish)
            with self._ready:
                self._shelf(wish).put(wish, made)
            with contextlib.suppress(RuntimeError):  # the window is gone
                self.loaded.emit(*wish)


class _Shelf:
    def __init__(self, limit: int) -> None:
        self.bytes = 0
        self._limit = limit
        self._images: OrderedDict[Wish, QImage] = OrderedDict()

    def get(self, wish: Wish) -> QImage | None:
        found = self._images.get(wish)
        if found is not None:
            self._images.move_to_end(wish)
        return found

    def put(self, wish: Wish, image: QImage) -> None:
        old = self._images.pop(wish, None)
        self.bytes += image.sizeInBytes() - (0 if old is None else old.sizeInBytes())
        self._images[wish] = image
        while self.bytes > self._limit and len(self._images) > 1:
            _, gone = self._images.popitem(last=False)
            self.bytes -= gone.sizeInBytes()


def _decode(wish: Wish) -> QImage:
    """The picture, or a null image when it cannot be read."""
    path, height = wish
    reader = QImageReader(path)
    reader.setAutoTransform(True)
    size = reader.size()
    image = reader.read()
    if image.isNull():
        return QImage()
    if height and size.height() > height:
        scaled = QSize(max(1, round(size.width() * height / size.height())), height)
        image = image.scaled(scaled, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
    return image.convertToFormat(QImage.Format.Format_RGB32)
