"""Which models there are: `resources/models.toml`, checked, and the artist's own; no weights are read for it.

Some of the catalogue ship with Keydream; the others are offered, and are there once they were fetched.
"""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

from studio.base import paths
from studio.base.errors import ModelError
from studio.models import offer, own, store
from studio.models.offer import Offer


@dataclass(frozen=True, slots=True)
class Entry:
    """A model of the catalogue.

    Attributes:
        name: what projects call it.
        kind: "clip", "vqgan" or "biggan".
        path: where its weights lie; they may not be there.
        sha256: hex digest that the file must have; "" for one that was not fetched yet.
        size: bytes of the file; of one that was not fetched yet, of what has to be fetched, about.
        licence: SPDX expression, of the weights and of what they were trained on; empty for an artist's own.
        about: one line for the artist.
        starter: whether it ships with Keydream and stands for "" in a project.
        offer: how to get it, for one that does not ship.
    """

    name: str
    kind: str
    path: Path
    sha256: str
    size: int
    licence: str
    about: str
    starter: bool
    offer: Offer | None = None

    @property
    def here(self) -> bool:
        """Whether it ships, was fetched or is the artist's own."""
        return bool(self.sha256)


def entries() -> tuple[Entry, ...]:
    """All models that are on this machine: those of the catalogue, in its order, then the artist's own.

    Raises:
        ModelError: the catalogue is missing or damaged.
    """
    return tuple(entry for entry in everything() if entry.here)


def everything() -> tuple[Entry, ...]:
    """The same and those that could be fetched: all of the catalogue, then the artist's own.

    Raises:
        ModelError: the catalogue is missing or damaged.
    """
    listed = tuple(map(_as_fetched, catalogued()))
    names = {(entry.kind, entry.name) for entry in listed}
    mine = (Entry(o.name, o.kind, o.path, o.sha256, o.size, "", o.about, False) for o in own.known())
    return (*listed, *(entry for entry in mine if (entry.kind, entry.name) not in names))


@functools.cache
def catalogued() -> tuple[Entry, ...]:
    """The models of the catalogue alone, as it has them.

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
                folder / item["file"] if "file" in item else store.weights(item["name"]),
                item["sha256"] if "file" in item else "",
                item["size"],
                item["licence"],
                item["about"],
                item.get("starter", False),
                offer.read(item),
            )
            for item in data["model"]
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            "The catalogue of models could not be read", f"{catalogue}: {error}", "Install Keydream again"
        ) from error


def _as_fetched(entry: Entry) -> Entry:
    """An offered model as it lies here, if it does. Its place is looked up again, since it may move while we run."""
    if entry.offer is None:
        return entry
    found, path = store.fetched(entry.name), store.weights(entry.name)
    return replace(entry, path=path, sha256=found.sha256, size=found.size) if found else replace(entry, path=path)


def find(name: str, kind: str) -> Entry:
    """The model of that name and kind; "" is the kind's starter.

    Raises:
        ModelError: there is none, and the message names those that there are; or it was not fetched yet; or there is
            no catalogue.
    """
    offered = [entry for entry in everything() if entry.kind == kind]
    for entry in offered:
        if entry.name == name or (entry.starter and not name):
            if not entry.here:
                raise ModelError(
                    f"The model {name} is not on this machine",
                    f"It is not shipped with Keydream; to fetch it takes about {entry.size / 2**20:,.0f} MiB",
                    f"keydream models fetch {name}",
                )
            return entry
    raise ModelError(
        f"There is no {kind} model called {name!r}" if name else f"There is no starter {kind} model",
        f"The catalogue has {', '.join(entry.name for entry in offered) or 'none of that kind'}",
        "Choose one of these, or leave the name empty for the starter",
    )
