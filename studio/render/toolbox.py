"""What a render works with: perceptors, a canvas, pictures. Built late: a render that reuses every frame needs none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import torch
from torch import Tensor

from studio.models.precision import Precision, fastest
from studio.project.assets import read_picture, resolve
from studio.project.model import Project
from studio.render.identity import asset_of, generator_name, identities, pack, pack_path, perceptor_names, start_of
from studio.render.keys import Identities, weights
from studio.render.pictures import from_image

if TYPE_CHECKING:
    from studio.canvas.base import Canvas
    from studio.canvas.biggan import BigGanCanvas
    from studio.canvas.biggan_model import BigGanModel
    from studio.canvas.collage import CollageCanvas
    from studio.canvas.imagenet import ImageNetCanvas
    from studio.canvas.imagenet_model import ImageNetModel
    from studio.canvas.pack import Pack
    from studio.canvas.vqgan import VqganModel
    from studio.score.perceptor import Perceptor


class Toolbox(Protocol):
    """Where a render gets its tools from. Whatever it raises (a missing model, a broken picture) ends the render."""

    @property
    def device(self) -> torch.device:
        """Where everything computes."""

    def identities(self, project: Project) -> Identities:
        """What the project's names stand for. Cheap: no network is built for it."""

    def perceptors(self, project: Project) -> tuple[tuple[Perceptor, float], ...]:
        """The project's perceptors, in its order, and how much each counts."""

    def canvas(self, project: Project, width: int, height: int) -> Canvas:
        """A canvas of the project's medium."""

    def beginning(self, project: Project, width: int, height: int) -> CollageCanvas | BigGanCanvas | ImageNetCanvas:
        """The canvas that the project's dreams begin on, before they are handed over to its own."""

    def picture(self, project: Project, asset: str) -> Tensor:
        """A picture of the project by its id, (1, 3, H, W) in 0 to 1."""


class LocalToolbox:
    """Tools of this machine: models from the catalogue, pictures from the project's folder. Networks are built once.

    Args:
        project_folder: what asset paths are relative to.
        device: from `studio.dream.device.pick`.
        precision: in which perceptors look and gradients pass through a VQGAN; by default the device's fastest. For
            measuring alone: frames' keys do not know it, since it is the machine's.
    """

    def __init__(self, project_folder: Path, device: torch.device, precision: Precision | None = None) -> None:
        self._folder = project_folder
        self._perceptors: dict[str, Perceptor] = {}
        self._media: dict[str, VqganModel] = {}
        self._packs: dict[Path, Pack] = {}
        self._generators: dict[str, BigGanModel | ImageNetModel] = {}
        self.device = device
        self.precision: Precision = precision or fastest(device)

    def identities(self, project: Project) -> Identities:
        """See `Toolbox`.

        Raises:
            ModelError: a model is not on this machine.
            AssetError: a picture that a frame may show is missing.
        """
        return identities(project, self._folder)

    def perceptors(self, project: Project) -> tuple[tuple[Perceptor, float], ...]:
        """See `Toolbox`.

        Raises:
            ModelError: a model is missing, damaged or does not fit.
        """
        return tuple(zip(map(self._perceptor, perceptor_names(project)), weights(project), strict=True))

    def canvas(self, project: Project, width: int, height: int) -> Canvas:
        """See `Toolbox`.

        Raises:
            ModelError: the medium's model is missing, damaged or does not fit.
        """
        medium = project.medium
        if medium.kind == "pixels":
            from studio.canvas.pixels import PixelCanvas

            return PixelCanvas(width, height, self.device)
        if medium.kind == "fourier":
            from studio.canvas.fourier import FourierCanvas

            return FourierCanvas(width, height, self.device, decay=float(medium.option("decay")))
        if medium.kind == "palette":
            from studio.canvas.palette import PaletteCanvas

            cells, colours = (int(medium.option(name)) for name in ("cells", "colours"))
            return PaletteCanvas(width, height, self.device, cells=cells, colours=colours)
        if medium.kind == "strokes":
            from studio.canvas.strokes import StrokeCanvas

            strokes, widest = int(medium.option("strokes")), float(medium.option("widest"))
            return StrokeCanvas(width, height, self.device, strokes=strokes, widest=widest)
        if medium.kind == "collage":
            return self._collage(project, width, height)
        if medium.kind == "biggan":
            return self._biggan(project, width, height)
        from studio.canvas.vqgan import VqganCanvas

        return VqganCanvas(self._medium(medium.model), width, height, self.device)

    def beginning(self, project: Project, width: int, height: int) -> CollageCanvas | BigGanCanvas | ImageNetCanvas:
        """See `Toolbox`.

        Raises:
            FileError: the pack is missing.
            InputError: it is no pack.
            ModelError: the generator is missing, damaged or does not fit.
        """
        make = self._biggan if start_of(project.medium) == "biggan" else self._collage
        return make(project, width, height)

    def picture(self, project: Project, asset: str) -> Tensor:
        """See `Toolbox`.

        Raises:
            AssetError: the picture is missing, broken or too large.
        """
        with read_picture(resolve(self._folder, asset_of(project, asset))) as image:
            return from_image(image)

    def _perceptor(self, name: str) -> Perceptor:
        if name not in self._perceptors:
            from studio.score.sharing import perceptor

            self._perceptors[name] = perceptor(name, self.device, self.precision)
        return self._perceptors[name]

    def _collage(self, project: Project, width: int, height: int) -> CollageCanvas:
        from studio.canvas.collage import CollageCanvas

        return CollageCanvas(self._pack(project), width, height, self.device)

    def _biggan(self, project: Project, width: int, height: int) -> BigGanCanvas | ImageNetCanvas:
        from studio.canvas.biggan import BigGanCanvas
        from studio.canvas.imagenet import TRUNCATION, ImageNetCanvas
        from studio.canvas.imagenet_model import ImageNetModel

        name = generator_name(project)
        if name not in self._generators:
            from studio.canvas import biggan_model, imagenet_model
            from studio.models.catalogue import find
            from studio.models.loading import read_weights

            entry = find(name, "biggan")
            weights = read_weights(entry.path, name=entry.name, expect_kind="biggan", expect_sha256=entry.sha256)
            build = imagenet_model.build if imagenet_model.is_deep(weights) else biggan_model.build
            self._generators[name] = build(weights, self.device)
        model = self._generators[name]
        if isinstance(model, ImageNetModel):
            own = project.medium.kind == "biggan"  # a medium of another kind begins as is usual
            truncation = float(project.medium.option("truncation")) if own else TRUNCATION
            return ImageNetCanvas(model, width, height, self.device, truncation=truncation)
        return BigGanCanvas(model, width, height, self.device)

    def _pack(self, project: Project) -> Pack:
        path = pack_path(project, self._folder)
        if path not in self._packs:
            self._packs[path] = pack(project, self._folder)
        return self._packs[path]

    def _medium(self, name: str) -> VqganModel:
        if name not in self._media:
            from studio.canvas.vqgan import build
            from studio.models.catalogue import find
            from studio.models.loading import read_weights

            entry = find(name, "vqgan")
            weights = read_weights(entry.path, name=entry.name, expect_kind="vqgan", expect_sha256=entry.sha256)
            self._media[name] = build(weights, self.device, self.precision)
        return self._media[name]
