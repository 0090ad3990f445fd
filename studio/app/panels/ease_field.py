"""The eases as buttons, and one more that shows a curve drawn by hand."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QToolButton, QWidget

from studio.app.ease_icons import ease_choices, ease_icon
from studio.app.panels.fields import SegmentField
from studio.app.texts import tr
from studio.timeline.easing import Ease


class EaseField(SegmentField):
    """The ease of a key, or of several.

    Attributes:
        custom: stands pressed after the others while the ease is none of them. It shows the curve; it gives none.
    """

    def __init__(self, help_text: str, parent: QWidget | None = None) -> None:
        super().__init__(tr("Ease"), help_text, ease_choices(), parent, icons=ease_icon)
        first = next(iter(self.buttons.values()))
        self.custom = QToolButton()
        self.custom.setIconSize(QSize(18, 18))
        self.custom.setMinimumWidth(first.minimumWidth())
        self.custom.setMaximumWidth(first.maximumWidth())
        self.custom.setAccessibleName(tr("Custom ease"))
        self.custom.setToolTip(tr("Custom: a curve drawn in the curve editor. Choose another to replace it."))
        self.custom.setCheckable(True)
        self.custom.setProperty("role", "segment")
        self.group.addButton(self.custom)
        self.segments.insertWidget(len(self.buttons), self.custom)
        self.custom.hide()

    def show_eases(self, eases: Iterable[Ease]) -> None:
        """Press the button of the ease that all have; none where they differ."""
        found = set(eases)
        only = found.pop() if len(found) == 1 else None
        own = only is not None and only.name not in self.buttons
        self.show_value("" if only is None else only.name)
        self.group.setExclusive(False)
        if only is not None and own:
            self.custom.setIcon(ease_icon(only.name))
        self.custom.setVisible(own)
        self.custom.setChecked(own)
        self.group.setExclusive(only is not None)
        self.show_default(only == Ease.LINEAR)
