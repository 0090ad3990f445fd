"""What a project's names stand for on this machine: the hashes that its frames' keys are made of. No torch."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

from studio.base import paths
from studio.base.errors import AssetError, ModelError
from studio.canvas.pack import Pack, read_pack
from studio.models.header import architecture
from studio.project.assets import resolve
from studio.project.model import Asset, Medium, Project
from studio.render.keys import Identities, assets_used

PUBLISHED = "biggan-deep"
"""What the files of published BigGANs call their architecture."""

STARTS = {
    "pixels": "collage",
    "fourier": "collage",
    "palette": "collage",
    "strokes": "collage",
    "vqgan": "collage",
    "collage": "collage",
    "biggan": "biggan",
}
"""What a dream begins from in each medium, where the project does not say."""


def start_of(medium: Medium) -> str:
    """What a dream begins from: "noise", "collage" or "biggan"."""
    return medium.start or STARTS[medium.kind]


def perceptor_names(project: Project) -> tuple[str, ...]:
    """The names of the project's perceptors; "", the starter, where it names none."""
    return tuple(reference.model for reference in project.perceptors) or ("",)


def generator_name(project: Project) -> str:
    """The name of the generator: a medium of another kind begins from the starter."""
    return project.medium.model if project.medium.kind == "biggan" else ""


def stands_still(medium: Medium) -> bool:
    """Whether no camera can move the medium's pictures: a published BigGAN-deep draws things where it learnt to."""
    from studio.models.catalogue import find

    try:
        return medium.kind == "biggan" and architecture(find(medium.model, "biggan").path) == PUBLISHED
    except ModelError:
        return False


def pack_path(project: Project, folder: Path) -> Path:
    """The cutouts: a collage's own folder or zip beside the project, or those that ship with Keydream."""
    own = project.medium.model if project.medium.kind == "collage" else ""
    return folder / own if own else _shipped()


def pack(project: Project, folder: Path) -> Pack:
    """The project's cutouts, read. The shipped ones, which cannot change, are read once.

    Raises:
        FileError: the pack is missing.
        InputError: it is no pack.
    """
    path = pack_path(project, folder)
    return _shipped_pack() if path == _shipped() else read_pack(path)


def identities(project: Project, folder: Path) -> Identities:
    """What the project's names stand for. Cheap: no network is built for it.

    Args:
        project: whose names.
        folder: what its pictures and packs are relative to.

    Raises:
        ModelError: a model is not on this machine.
        AssetError: a picture that a frame may show is missing.
        FileError: a pack is missing.
        InputError: it is no pack.
    """
    from studio.models.catalogue import find

    kind, start = project.medium.kind, start_of(project.medium)
    cutouts = pack(project, folder).identity if "collage" in (kind, start) else ""
    medium = {"pixels": "", "fourier": "", "palette": "", "strokes": "", "collage": cutouts}.get(kind)
    if medium is None:
        medium = find(project.medium.model, kind).sha256
    begun = {"noise": "", "collage": cutouts}.get(start)
    if begun is None:
        begun = find(generator_name(project), "biggan").sha256
    perceptors = tuple(find(name, "clip").sha256 for name in perceptor_names(project))
    hashes = {name: _hashed(name, resolve(folder, asset_of(project, name))) for name in assets_used(project)}
    return Identities(perceptors, medium, hashes, (start, begun), stands_still(project.medium))


def asset_of(project: Project, name: str) -> Asset:
    """The project's picture of that id; `AssetError` when there is none."""
    for asset in project.assets:
        if asset.id == name:
            return asset
    raise AssetError(
        f"The project has no picture called {name}",
        "A keyframe or the init image refers to it",
        "Add the picture to the project, or take the reference out",
    )


def _hashed(name: str, path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise AssetError(
            f"The picture {name} could not be read",
            f"{path}: {error.strerror or error}",
            "Put it back, or choose another picture in its place",
        ) from error


def _shipped() -> Path:
    return paths.resources() / "starter" / "noto.zip"


@functools.cache
def _shipped_pack() -> Pack:
    return read_pack(_shipped())
