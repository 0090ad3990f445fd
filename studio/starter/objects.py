"""What the starter models know, `resources/starter/objects.txt`: nouns, synonyms, the artwork that shows them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from studio.base import paths
from studio.base.errors import InputError


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing that can be drawn.

    Attributes:
        nouns: what it is called in captions; the first is its name.
        group: the heading it stands under ("animals").
        artwork: names of the drawings that show it, as the artwork packages spell them.
    """

    nouns: tuple[str, ...]
    group: str
    artwork: tuple[str, ...]

    @property
    def name(self) -> str:
        """The first noun."""
        return self.nouns[0]


def read_kinds(path: Path | None = None) -> tuple[Kind, ...]:
    """The list of kinds, in the file's order.

    Raises:
        InputError: a line that cannot be read, or a noun that stands twice.
    """
    path = path or paths.resources() / "starter" / "objects.txt"
    kinds: list[Kind] = []
    seen: set[str] = set()
    group = ""
    for number, raw in enumerate(path.read_text("utf-8").splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            group = line.strip("[]")
            continue
        left, _, right = line.partition("=")
        nouns = tuple(noun.strip() for noun in left.split(",") if noun.strip())
        if not nouns or len(set(nouns)) < len(nouns) or seen.intersection(nouns):
            raise InputError(
                f"{path.name} could not be read", f"Line {number} has no noun, or one that stands twice", "Correct it"
            )
        seen.update(nouns)
        kinds.append(Kind(nouns, group, tuple(right.split()) or (nouns[0].replace(" ", "-"),)))
    return tuple(kinds)
