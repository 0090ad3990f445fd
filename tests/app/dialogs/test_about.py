from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from studio import __version__
from studio.app.dialogs.about import AboutDialog, machine, parts


def test_every_part_has_a_licence_and_every_package_a_version() -> None:
    found = parts()
    assert all(licence for _, _, licence in found)
    assert {name for name, version, _ in found if version == "not installed"} == set()
    assert {name: version for name, version, _ in found}["Qt for Python"]


def test_versions_can_be_copied(qtbot: QtBot) -> None:
    dialog = AboutDialog()
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.parts.topLevelItemCount() == len(parts())
    qtbot.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    text = QGuiApplication.clipboard().text()
    assert text.startswith(f"Keydream {__version__}\n{machine()}\n")
    assert "PyTorch" in text
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert not dialog.isVisible()
