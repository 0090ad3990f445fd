"""Sentences that labels are put into before they are compared: with the right ones, a classification is better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from studio.app.clip.answers import PLAIN
from studio.app.texts import tr
from studio.models.catalogue import Entry

PHOTO: Final = ("a photo of a {}.",)
"""What published CLIPs are usually asked (Radford et al. 2021)."""

SEVEN: Final = (
    "itap of a {}.",
    "a bad photo of the {}.",
    "a origami {}.",
    "a photo of the large {}.",
    "a {} in a video game.",
    "art of the {}.",
    "a photo of the small {}.",
)
"""The seven of OpenAI's eighty that were found to do best together, as they stand in its notebook."""

ART: Final = (
    "a painting of a {}.",
    "a drawing of a {}.",
    "a sketch of a {}.",
    "an illustration of a {}.",
    "a sculpture of a {}.",
    "an emoji of a {}.",
    "a photo of a {}.",
)
"""For pictures that were made."""

DEFAULT, OWN = "default", "own"


@dataclass(frozen=True, slots=True)
class TemplateSet:
    """Some templates under one name.

    Attributes:
        name: as which the settings remember it.
        text: on the screen.
        templates: the sentences; empty for the model's own default and for the artist's.
    """

    name: str
    text: str
    templates: tuple[str, ...] = ()


def sets() -> tuple[TemplateSet, ...]:
    """The sets there are, the model's default first."""
    return (
        TemplateSet(DEFAULT, tr("The model's default")),
        TemplateSet("plain", tr("As they stand"), PLAIN),
        TemplateSet("photo", tr("A photo"), PHOTO),
        TemplateSet("seven", tr("OpenAI's seven"), SEVEN),
        TemplateSet("art", tr("Made pictures"), ART),
        TemplateSet(OWN, tr("My own…")),
    )


def default_of(entry: Entry) -> tuple[str, ...]:
    """What a perceptor is usually asked: those that are published, for photos; the starter and its kin, plainly."""
    return PHOTO if entry.offer is not None else PLAIN
