"""Who guides a project, and who is a witness: a perceptor that had no part in it. No torch."""

from __future__ import annotations

from dataclasses import dataclass

from studio.base.errors import InputError
from studio.models.catalogue import entries, find
from studio.project.model import Project
from studio.render.identity import perceptor_names

EVALUATOR = "starter-evaluator"
"""The witness where nobody chose another: it ships, and was made to judge and not to guide."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A CLIP model of this machine.

    Attributes:
        name: what the catalogue calls it.
        about: one line on it.
        guides: whether it guides the project, and so cannot be its witness.
    """

    name: str
    about: str
    guides: bool


def candidates(project: Project) -> tuple[Candidate, ...]:
    """All CLIP models of this machine. One that has the weights of a guide guides, whatever its name.

    Raises:
        ModelError: there is no catalogue.
    """
    named = set(perceptor_names(project))
    here = [entry for entry in entries() if entry.kind == "clip"]
    guiding = {entry.sha256 for entry in here if entry.name in named or (entry.starter and "" in named)}
    return tuple(Candidate(entry.name, entry.about, entry.sha256 in guiding) for entry in here)


def witness_of(project: Project, wanted: str = "") -> str | None:
    """The name of the project's witness: the one that is wanted, else `EVALUATOR`, else any other; None without any.

    Raises:
        ModelError: the one that is wanted is not on this machine.
        InputError: it guides the project.
    """
    known = {candidate.name: candidate for candidate in candidates(project)}
    if wanted:
        name = find(wanted, "clip").name
        if known[name].guides:
            raise InputError(
                f"{name} cannot be the witness of {project.name}",
                "It guides the project, so its frames were made to please it",
                "Choose a CLIP that does not guide: "
                + (", ".join(n for n, c in known.items() if not c.guides) or "none"),
            )
        return name
    free = [name for name, candidate in known.items() if not candidate.guides]
    return EVALUATOR if EVALUATOR in free else next(iter(free), None)
