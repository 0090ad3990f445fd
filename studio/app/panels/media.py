"""What the media are called on screen, and what each is for."""

from __future__ import annotations

from studio.app.texts import tr

USUAL = "collage"
"""The medium of a new project. A file that names none is another matter: those were made with a VQGAN."""


def media() -> tuple[tuple[str, str, str], ...]:
    """(name, text, help) of every medium, the surest first."""
    return (
        (
            "collage",
            tr("Collage"),
            tr("Cutouts that CLIP chooses and places: the surest way to a picture one can name."),
        ),
        ("biggan", tr("BigGAN"), tr("A generator whose things morph into one another.")),
        ("vqgan", tr("VQGAN"), tr("A learned alphabet of patches: painterly and rich.")),
        ("pixels", tr("Pixels"), tr("Planes of pixels from coarse to fine: soft and free.")),
        ("fourier", tr("Fourier"), tr("Waves of colour, as in Aphantasia.")),
        ("strokes", tr("Strokes"), tr("Brush strokes, as in CLIPDraw; they can be saved as SVG.")),
        ("palette", tr("Pixel art"), tr("Big cells in sixteen colours, which are dreamed along.")),
    )


def called(medium: str) -> str:
    """What the medium of that name is called; what noise is called, too, as dreams begin from it."""
    names = {name: text for name, text, _ in media()}
    return names.get(medium) or {name: text for name, text, _ in starts()}.get(medium, medium)


def starts() -> tuple[tuple[str, str, str], ...]:
    """(name, text, help) of what a dream begins from."""
    return (
        ("", tr("The medium's own way"), tr("What was found to work best for this medium.")),
        ("collage", tr("A collage"), tr("A collage of what the prompt names is dreamed on.")),
        ("biggan", tr("A BigGAN's picture"), tr("A picture of the generator is dreamed on.")),
        ("noise", tr("Bare noise"), tr("Soft clouds, the same for every prompt. Give it more steps.")),
    )


def camera() -> tuple[str, ...]:
    """The parameters that move a follow's camera."""
    return ("zoom", "pan_x", "pan_y", "rotate")


def craft() -> tuple[str, ...]:
    """The parameters for those who know what they want."""
    return (
        *("step_size", "cut_power", "smoothness", "range", "saturation", "coherence", "symmetry", "anchor", "tiling"),
        *("palette", "edges"),
    )
