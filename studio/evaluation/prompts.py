"""Prompts to be judged by: one a line, object and context told apart by a bar ("an octopus | on a starry night")."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from studio.base.errors import InputError


@dataclass(frozen=True, slots=True)
class Prompt:
    """An object in a context.

    Attributes:
        object: with its article ("an octopus").
        context: where it is ("on a starry night").
    """

    object: str
    context: str

    @property
    def text(self) -> str:
        """The whole prompt."""
        return f"{self.object} {self.context}"


def read_prompts(path: Path) -> tuple[Prompt, ...]:
    """The prompts of a file; empty lines and those that begin with # are passed over.

    Raises:
        InputError: it cannot be read, is empty, or a line has no object or no context.
    """
    what = f"The prompts in {path} cannot be used"
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(what, str(error), "Name a text file with one prompt a line") from error
    prompts = []
    for number, raw in enumerate(lines, 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        parts = [part.strip() for part in line.split("|")]
        if len(parts) != 2 or not all(parts):
            raise InputError(
                what,
                f"Line {number} does not say what is object and what is context",
                "Write: an octopus | on a starry night",
            )
        prompts.append(Prompt(*parts))
    if not prompts:
        raise InputError(what, "There is none", "Write one a line: an octopus | on a starry night")
    return tuple(prompts)
