"""Where in the picture a wish counts: everywhere, a part that has a name, or where a picture is white."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from studio.app.panels.fields import ChoiceField
from studio.app.texts import tr
from studio.timeline.region import NAMED, Area, Mask, Region, format_region, parse_region


class RegionField(ChoiceField):
    """A short list of regions; those of a project file that are not on it are shown as what they are."""

    edited = Signal()
    """Another region was chosen: see `region`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        help_text = tr("Where in the picture this counts: only there it looks, and only there it changes anything.")
        super().__init__(tr("Where"), help_text, parent)
        self._masks: tuple[str, ...] = ()
        self._shown: Region | None = None
        self._fill()
        self.chosen.connect(self._choose)
        self.reset.connect(lambda: self._choose(""))

    @property
    def region(self) -> Region | None:
        """What is chosen; None for everywhere."""
        return self._shown

    def offer_masks(self, assets: Iterable[str]) -> None:
        """Offer pictures of the project as masks, by their ids."""
        masks = tuple(assets)
        if masks != self._masks:
            self._masks = masks
            self._fill()
            self.show_region(self._shown)

    def show_region(self, region: Region | None) -> None:
        """Show a region that came from elsewhere; nothing is emitted."""
        own = isinstance(region, Area) and region not in NAMED.values()
        if own or (self._shown is not None and self._shown not in NAMED.values()):
            self._fill(region if isinstance(region, Area) and own else None)
        self._shown = region
        self.show_value("" if region is None else format_region(region))
        self.show_default(region is None)

    def _fill(self, own: Area | None = None) -> None:
        texts = {
            "left": tr("Left half"),
            "right": tr("Right half"),
            "top": tr("Upper half"),
            "bottom": tr("Lower half"),
            "centre": tr("Centre"),
            "top-left": tr("Upper left"),
            "top-right": tr("Upper right"),
            "bottom-left": tr("Lower left"),
            "bottom-right": tr("Lower right"),
        }
        choices = [("", tr("Everywhere"), tr("It sees and changes the whole picture."))]
        choices += [(name, texts.get(name, name), tr("Written @{name} in a prompt.", name=name)) for name in NAMED]
        if own is not None:
            text = tr("{left} to {right} %, {top} to {bottom} % down", **_percents(own))
            choices.append((format_region(own), text, tr("An area of your own, from the project's file.")))
        tip = tr("Where that picture is white this counts; where it is black it does not.")
        choices += [(format_region(Mask(name)), tr("Masked by {name}", name=name), tip) for name in self._masks]
        self.offer(choices)

    @Slot(str)
    def _choose(self, name: str) -> None:
        region = parse_region(name) if name else None
        if region != self._shown:
            self.show_region(region)
            self.edited.emit()


def _percents(area: Area) -> dict[str, str]:
    names = ("left", "top", "right", "bottom")
    return {name: f"{100 * side:.3g}" for name, side in zip(names, area.sides, strict=True)}
