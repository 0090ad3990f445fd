"""Whether weights make up the network that they are for: asked before a fetched or added model is put in place."""

from __future__ import annotations

from studio.base.errors import ModelError
from studio.models.loading import Weights


def prove(weights: Weights) -> None:
    """Build the network on the CPU and let go of it.

    Raises:
        ModelError: it does not fit, or the kind is not known.
    """
    if weights.kind == "clip":
        from studio.score import clip

        clip.build(weights, "cpu")
    elif weights.kind == "vqgan":
        from studio.canvas import networks

        networks.build(weights, "cpu")
    elif weights.kind == "biggan":
        from studio.canvas import biggan_model, imagenet_model

        build = imagenet_model.build if imagenet_model.is_deep(weights) else biggan_model.build
        build(weights, "cpu")
    else:
        raise ModelError(
            f"The model {weights.name} could not be used", f"Its kind is {weights.kind[:40]!r}", "Choose another file"
        )
