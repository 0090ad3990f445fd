"""Zero-shot classification: labels put into sentences, and the sentences' embeddings taken for the labels' own.

Radford et al. 2021, "Learning Transferable Visual Models From Natural Language Supervision", section 3.1.4: with
several templates, a label's embedding is the mean of its sentences' in the space of embeddings.
"""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor
from torch.nn import functional

from studio.base.errors import InputError
from studio.score.perceptor import Perceptor

SLOT = "{}"
"""Where a template takes the label."""

PLAIN = (SLOT,)
"""The templates of somebody who gives none: the label as it stands."""


def sentences(label: str, templates: Sequence[str]) -> tuple[str, ...]:
    """A label in each template. It is put in as it is, whatever braces it has itself.

    Raises:
        InputError: a template has no place for it.
    """
    for template in templates:
        if SLOT not in template:
            raise InputError(
                f"The template {template!r} has no place for a label",
                f"The label goes where {SLOT} stands",
                "Write it like: a picture of {}",
            )
    return tuple(template.replace(SLOT, label) for template in templates)


def classifier(perceptor: Perceptor, labels: Sequence[str], templates: Sequence[str] = PLAIN) -> Tensor:
    """Embeddings (k, d) of k labels, of unit length: of each the mean direction of its sentences.

    Args:
        perceptor: in whose space.
        labels: at least one.
        templates: at least one, each with `SLOT` in it.

    Raises:
        InputError: a template has no place for the label, or a sentence is empty or too long.
        ValueError: there are no labels or no templates.
    """
    if not labels or not templates:
        raise ValueError("a classifier needs at least one label and one template")
    said = [sentence for label in labels for sentence in sentences(label, templates)]
    embedded = perceptor.embed_text(said).view(len(labels), len(templates), -1)
    return functional.normalize(embedded.mean(1), dim=-1)
