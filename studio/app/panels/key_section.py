"""The selected parameter key: its frame and value as numbers, and its ease; of several, the ease alone."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from studio.app.context import Context
from studio.app.panels.ease_field import EaseField
from studio.app.panels.fields import NumberField
from studio.app.texts import plural, tr
from studio.app.theme import GRID
from studio.timeline import edits
from studio.timeline.easing import Ease
from studio.timeline.model import KeyRef
from studio.timeline.parameters import PARAMETERS
from studio.timeline.validate import MAXIMUM_FRAMES, MAXIMUM_VALUE


class KeySection(QWidget):
    """Shown while parameter keys are selected and no prompt is: `PromptSection` has the ease of both."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._key: KeyRef | None = None
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(GRID)
        self.heading = QLabel()
        self.heading.setProperty("role", "heading")
        self.column.addWidget(self.heading)
        self.frame = NumberField(tr("Frame"), tr("Where the key stands."), 0, MAXIMUM_FRAMES - 1, integer=True)
        self.frame.without_slider()
        self.frame.edited.connect(self._move)
        self.frame.done.connect(context.document.seal)
        self.column.addWidget(self.frame)
        self.value: NumberField | None = None
        self.ease = EaseField(tr("How this value becomes the next one; of several keys, all at once."))
        self.ease.chosen.connect(self._set_ease)
        self.ease.reset.connect(lambda: self._set_ease("linear"))
        self.column.addWidget(self.ease)
        context.document.changed.connect(self._show)
        context.choice.changed.connect(self._show)
        self._show()

    @Slot()
    def _show(self) -> None:
        chosen = sorted(self._context.choice.keys)
        shown = bool(chosen) and all(key.track.kind == "parameter" for key in chosen)
        timeline = self._context.document.timeline
        only = chosen[0] if shown and len(chosen) == 1 else None
        if only is None:
            self._key = None
            self.heading.setText(plural("%n key(s)", len(chosen)))
        else:
            self._show_only(only)
        self.frame.setVisible(only is not None)
        if self.value is not None:
            self.value.setVisible(only is not None)
        self.ease.show_eases(timeline.key(key).ease for key in chosen)
        self.setVisible(shown)

    def _show_only(self, only: KeyRef) -> None:
        timeline = self._context.document.timeline
        track = timeline.parameter(only.track.name)
        key = track.track.key(only.frame)
        if self._key is None or self._key.track != only.track:
            self._make_value(only.track.name)
        self._key = only
        spec = PARAMETERS.get(track.name)
        label = tr(spec.label) if spec else track.name
        self.heading.setText(tr("{track} at frame {frame}", track=label, frame=key.frame))
        self.frame.box.setMaximum(timeline.length - 1)
        self.frame.show_value(key.frame)
        if self.value is not None:
            self.value.show_value(key.value)
            self.value.show_default(spec is None or key.value == spec.default)

    def _make_value(self, name: str) -> None:
        if self.value is not None:
            self.column.removeWidget(self.value)
            self.value.hide()
            self.value.deleteLater()
        spec = PARAMETERS.get(name)
        if spec is None:
            self.value = NumberField(
                tr("Value"), tr("The value of the key."), -MAXIMUM_VALUE, MAXIMUM_VALUE, slider=(-1, 1)
            )
        else:
            low, high = spec.minimum, spec.maximum
            self.value = NumberField(tr("Value"), tr(spec.help), low, high, unit=tr(spec.unit), integer=spec.integer)
            self.value.reset.connect(lambda: self._set(spec.default))
        self.value.edited.connect(self._set)
        self.value.done.connect(self._context.document.seal)
        self.column.insertWidget(2, self.value)

    def _move(self, frame: float) -> None:
        if self._key is None:
            return
        key = self._key
        offset = round(frame) - key.frame
        timeline = self._context.document.timeline
        actual = edits.clamp_offset(timeline, [key], offset)
        if actual and self._context.document.edit(edits.move_keys([key], actual)):
            self._context.choice.select([KeyRef(key.track, key.frame + actual)])

    def _set(self, value: float) -> None:
        if self._key is not None:
            self._context.document.edit(edits.set_value([self._key], value), ("key value", self._key))

    def _set_ease(self, name: str) -> None:
        if self._context.choice.keys:
            self._context.document.edit(edits.set_ease(self._context.choice.keys, Ease.parse(name)))
