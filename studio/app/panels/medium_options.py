"""The settings of the medium that is chosen: how many strokes or colours, how a BigGAN is searched, and so on."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.app.context import Context
from studio.app.panels.fields import ChoiceField, NumberField
from studio.app.texts import tr
from studio.app.theme import GRID
from studio.project import changes
from studio.project.model import Project
from studio.project.options import OPTIONS, Option, options_of
from studio.render.identity import stands_still, start_of

_SLIDERS = {"strokes": (16, 1024), "colours": (2, 64), "cells": (8, 256), "population": (8, 64)}
_SEARCH = ("search", "population")


class MediumOptions(QWidget):
    """A field for each option of the project's medium; hidden where it has none. Each change can be undone."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = context.document
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        self.fields: dict[str, NumberField | ChoiceField] = {}
        for options in OPTIONS.values():
            for option in options.values():
                field = self._choice(option) if option.choices else self._number(option)
                field.reset.connect(partial(self._reset, option.name))
                self.fields[option.name] = field
                column.addWidget(field)
        self._document.changed.connect(self._show)
        self._show()

    def _number(self, option: Option) -> NumberField:
        field = NumberField(
            tr(option.label),
            tr(option.help),
            option.minimum,
            option.maximum,
            unit=tr(option.unit) if option.unit else "",
            integer=option.integer,
            slider=_SLIDERS.get(option.name),
        )
        field.edited.connect(partial(self._typed, option))
        field.done.connect(self._document.seal)
        return field

    def _choice(self, option: Option) -> ChoiceField:
        field = ChoiceField(tr(option.label), tr(option.help))
        field.offer((choice.name, tr(choice.label), tr(choice.help)) for choice in option.choices)
        field.chosen.connect(partial(self._choose, option.name))
        return field

    def _typed(self, option: Option, value: float) -> None:
        change = changes.set_option(option.name, round(value) if option.integer else value)
        self._document.apply(change, ("option", option.name))

    def _choose(self, name: str, value: str) -> None:
        self._document.apply(changes.set_option(name, value))

    def _reset(self, name: str) -> None:
        usual = options_of(self._document.project.medium.kind)[name].default
        self._document.apply(changes.set_option(name, usual))

    @Slot()
    def _show(self) -> None:
        project = self._document.project
        medium, known = project.medium, options_of(project.medium.kind)
        shown = {name for name in known if _counts(project, known[name])}
        for name, field in self.fields.items():
            if name in known:
                value = medium.option(name)
                if isinstance(field, ChoiceField):
                    field.show_value(str(value))
                else:
                    field.show_value(float(value))
                field.show_default(name not in medium.options)
            field.setVisible(name in shown)
        self.setVisible(bool(shown))


def _counts(project: Project, option: Option) -> bool:
    """Whether the option can change a picture of the project."""
    medium = project.medium
    if option.published:
        return stands_still(medium)
    if option.name in _SEARCH and (project.init_image or start_of(medium) != "biggan"):
        return False
    return option.name != "population" or medium.option("search") != "gradient"
