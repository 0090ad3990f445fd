"""What this program is made of: versions, and under which licences."""

from __future__ import annotations

import importlib.metadata
import platform
from typing import Final

from PySide6.QtCore import QSize, Qt, Slot, qVersion
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio import __version__
from studio.app.texts import tr
from studio.app.theme import GRID
from studio.base import paths
from studio.models.catalogue import entries

PACKAGES: Final = (
    ("torch", "PyTorch", "BSD-3-Clause"),
    ("torchvision", "torchvision", "BSD-3-Clause"),
    ("open_clip_torch", "OpenCLIP", "MIT"),
    ("taming-transformers-rom1504", "taming-transformers", "MIT"),
    ("timm", "timm", "Apache-2.0"),
    ("PySide6-Essentials", "Qt for Python", "LGPL-3.0"),
    ("qasync", "qasync", "BSD-2-Clause"),
    ("av", "PyAV, FFmpeg", "BSD-3-Clause, LGPL-2.1/GPL-2.0"),
    ("imageio", "imageio", "BSD-2-Clause"),
    ("pillow", "Pillow", "MIT-CMU"),
    ("numpy", "NumPy", "BSD-3-Clause"),
    ("safetensors", "safetensors", "Apache-2.0"),
    ("pydantic", "pydantic", "MIT"),
    ("resvg-py", "resvg", "MPL-2.0"),
    ("cma", "CMA-ES", "BSD-3-Clause"),
    ("einops", "einops", "MIT"),
    ("platformdirs", "platformdirs", "MIT"),
    ("rich", "rich", "MIT"),
    ("typer", "typer", "MIT"),
)
"""Packages that Keydream stands on: as pip calls them, as people do, and their licences."""

_ICON = 8 * GRID


class AboutDialog(QDialog):
    """Name, version, what it is made of."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("About Keydream"))
        self.resize(QSize(66 * GRID, 64 * GRID))
        picture = QLabel()
        icon = QIcon(str(paths.resources() / "icons" / "keydream.svg"))
        picture.setPixmap(icon.pixmap(QSize(_ICON, _ICON), self.devicePixelRatioF()))
        title = QLabel(tr("Keydream {version}", version=__version__))
        title.setProperty("role", "heading")
        what = QLabel(
            tr("A studio for CLIP-guided animation: prompts on a timeline, pictures that grow into one another.")
        )
        what.setWordWrap(True)
        where = QLabel(machine())
        where.setProperty("role", "muted")
        where.setWordWrap(True)
        where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        told = QVBoxLayout()
        told.setSpacing(GRID // 2)
        for label in (title, what, where):
            told.addWidget(label)
        told.addStretch(1)
        above = QHBoxLayout()
        above.setSpacing(2 * GRID)
        above.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        above.addLayout(told, 1)
        self.parts = QTreeWidget()
        self.parts.setHeaderLabels([tr("Made with"), tr("Version"), tr("Licence")])
        self.parts.setAccessibleName(tr("What Keydream is made of"))
        self.parts.setToolTip(tr("The versions that are installed here, and their licences."))
        self.parts.setRootIsDecorated(False)
        for part in parts():
            QTreeWidgetItem(self.parts, list(part)).setToolTip(2, part[2])
        for place in (0, 1):
            self.parts.resizeColumnToContents(place)
        self.copy = QPushButton(tr("Copy"))
        self.copy.setToolTip(tr("Put the versions on the clipboard, for a report."))
        self.copy.setAutoDefault(False)
        self.copy.clicked.connect(self._copy)
        close = QPushButton(tr("Close"))
        close.setDefault(True)
        close.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.addWidget(self.copy)
        row.addStretch(1)
        row.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
        column.setSpacing(2 * GRID)
        column.addLayout(above)
        column.addWidget(self.parts, 1)
        column.addLayout(row)
        close.setFocus()

    @Slot()
    def _copy(self) -> None:
        lines = [f"Keydream {__version__}", machine(), *(f"{name} {version}" for name, version, _ in parts())]
        QGuiApplication.clipboard().setText("\n".join(lines))


def machine() -> str:
    """Python, Qt and the system."""
    return tr(
        "Python {python}, Qt {qt}, {system}",
        python=platform.python_version(),
        qt=qVersion(),
        system=f"{platform.system()} {platform.release()} {platform.machine()}",
    )


def parts() -> list[tuple[str, str, str]]:
    """Name, installed version and licence of what it is made of. Nothing is imported for it."""
    found = []
    for package, name, licence in PACKAGES:
        try:
            version = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            version = tr("not installed")
        found.append((name, version, licence))
    found.append((tr("Lucide icons"), "", "ISC"))
    found += [(entry.name, "", entry.licence) for entry in entries()]
    return found
