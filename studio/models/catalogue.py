"""Which models there are: `resources/models.toml`, checked, and the artist's own; no weights are read for it."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path

from studio.base import paths
from studio.base.errors import ModelError
from studio.models import own


@dataclass(frozen=True, slots=True)
class Entry:
    """A model of the catalogue.

    Attributes:
        name: what projects call it.
        kind: "clip" or "vqgan".
        path: where its weights lie; they may not be there.
        sha256: hex digest that the file must have.
        size: bytes of the file.
        licence: SPDX expression, of the weights and of what they were trained on; empty for an artist's own.
        about: one line for the artist.
        starter: whether it ships with Keydream and stands for "" in a project.
    """

    name: str
    kind: str
    path: Path
    sha256: str
    size: int
    licence: str
    about: str
    starter: bool


def entries() -> tuple[Entry, ...]:
    """All models: those of the catalogue, in its order, then the artist's own.

    Raises:
        ModelError: the catalogue is missing or damaged.
    """
    listed = catalogued()
    names = {(entry.kind, entry.name) for entry in listed}
    mine = (Entry(o.name, o.kind, o.path, o.sha256, o.size, "", o.about, False) for o in own.known())
    return (*listed, *(entry for entry in mine if (entry.kind, entry.name) not in names))


@functools.cache
def catalogued() -> tuple[Entry, ...]:
    """The models of the catalogue alone.

    Raises:
        ModelError: the catalogue is missing or damaged.
    """
    folder = paths.resources()
    catalogue = folder / "models.toml"
    try:
        with catalogue.open("rb") as file:
            data = tomllib.load(file)
        return tuple(
            Entry(
                item["name"],
                item["kind"],
                folder / item["file"],
                item["sha256"],
                item["size"],
                item["licence"],
                item["about"],
                item.get("starter", False),
            )
            for item in data["model"]
        )
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(
            "The catalogue of models could not be read", f"{catalogue}: {error}", "Install Keydream again"
        ) from error


def find(name: str, kind: str) -> Entry:
    """The model of that name and kind; "" is the kind's starter.

    Raises:
        ModelError: there is none, and the message names those that there are; or there is no catalogue.
    """
    offered = [entry for entry in entries() if entry.kind == kind]
    for entry in offered:
        if entry.name == name or (entry.starter and not name):
            return entry
    raise ModelError(
        f"There is no {kind} model called {name!r}" if name else f"There is no starter {kind} model",
        f"The catalogue has {', '.join(entry.name for entry in offered) or 'none of that kind'}",
        "Choose one of these, or leave the name empty for the starter",
    )
