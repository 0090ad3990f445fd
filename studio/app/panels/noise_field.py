"""The seed of a wish that is noise: a number to type, and dice that roll another."""

from __future__ import annotations

import secrets

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from studio.app.panels.fields import Field, small_button
from studio.app.panels.seed_field import SeedBox
from studio.app.texts import tr
from studio.timeline.prompt import MAXIMUM_SEED, Noise

_SIDES = 10_000  # of the dice: seeds that can be read out and typed again


class NoiseField(Field):
    """Edits a seed. What is no seed stays as it was typed, outlined, and changes nothing."""

    edited = Signal()
    """Another seed: see `noise`."""

    done = Signal()
    """The gesture is over."""

    def __init__(self, parent: QWidget | None = None) -> None:
        help_text = tr("A direction without words, which makes pictures wander. Each seed, from 0 on, is another.")
        super().__init__(tr("Noise"), help_text, parent)
        self._noise = Noise(0)
        self.box = SeedBox()
        self.box.textEdited.connect(self._type)
        self.box.editingFinished.connect(self._finish)
        self.box.stepped.connect(lambda by: self._take(min(max(self._noise.seed + by, 0), MAXIMUM_SEED)))
        self.dice = small_button("dices", tr("Roll another noise"), tr("Random noise"))
        self.dice.clicked.connect(self.roll)
        self.finish(self.dice, self.box)
        self.row.setStretchFactor(self.box, 1)
        self.reset.connect(lambda: self._take(0))
        self.show_noise(self._noise)

    @property
    def noise(self) -> Noise:
        """The last seed that was one."""
        return self._noise

    def show_noise(self, noise: Noise) -> None:
        """Show noise that came from elsewhere; what means it already stays as it was typed."""
        if self._typed != noise.seed:
            self.box.setText(str(noise.seed))
        self._noise = noise
        self._judge()

    @Slot()
    def roll(self) -> None:
        """Take another seed."""
        self._take((self._noise.seed + 1 + secrets.randbelow(_SIDES - 1)) % _SIDES)

    @property
    def _typed(self) -> int | None:
        text = self.box.text().strip()
        return int(text) if text.isascii() and text.isdecimal() and int(text) <= MAXIMUM_SEED else None

    def _take(self, seed: int) -> None:
        if seed != self._noise.seed:
            self.show_noise(Noise(seed))
            self.edited.emit()
            self.done.emit()

    @Slot()
    def _type(self) -> None:
        typed = self._typed
        if typed is not None and typed != self._noise.seed:
            self._noise = Noise(typed)
            self.edited.emit()
        self._judge()

    @Slot()
    def _finish(self) -> None:
        self.box.setModified(False)
        self.done.emit()

    def _judge(self) -> None:
        wrong = self._typed is None
        self.show_default(self._noise.seed == 0)
        if bool(self.box.property("invalid")) != wrong:
            self.box.setProperty("invalid", wrong)
            self.box.style().polish(self.box)
