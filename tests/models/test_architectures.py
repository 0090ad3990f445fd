"""open_clip's configurations are read as open_clip reads them, and weights tell which of them they may belong to."""

from __future__ import annotations

import copy
import subprocess
import sys

import open_clip
import pytest
import torch
from open_clip.model import CLIP, CustomTextCLIP

from studio.base.errors import ModelError
from studio.models import architectures
from studio.models.catalogue import catalogued


def shapes_of(name: str) -> dict[str, tuple[int, ...]]:
    config = copy.deepcopy(architectures.model_cfg(name))
    kind = CustomTextCLIP if config.pop("custom_text", False) else CLIP
    with torch.device("meta"):
        return {key: tuple(value.shape) for key, value in kind(**config).state_dict().items()}


@pytest.mark.parametrize("name", ["ViT-B-32", "ViT-L-14-quickgelu", "RN50x4-quickgelu", "MobileCLIP-S1"])
def test_configurations_are_open_clips(name):
    assert architectures.model_cfg(name) == open_clip.get_model_config(name)


def test_all_of_open_clips_are_there():
    assert set(open_clip.list_models()) <= set(architectures.names())


@pytest.mark.parametrize("name", ["", "ViT-B-33", "../ViT-B-32", "ViT-B-32.json"])
def test_an_unknown_one_is_named(name):
    with pytest.raises(ModelError, match="There is no architecture"):
        architectures.model_cfg(name)


@pytest.mark.parametrize("name", ["ViT-B-32", "ViT-B-16", "ViT-L-14", "ViT-H-14", "RN50", "RN50x4", "ViT-L-14-336"])
def test_shapes_tell_the_architecture_but_not_its_activation(name):
    found = architectures.likely(shapes_of(name))
    assert name in found
    assert all(other.startswith(name) for other in found)
    assert len(found) <= 3


def test_of_a_tower_of_timms_only_the_text_tells():
    found = architectures.likely(shapes_of("MobileCLIP-S1"))
    assert "MobileCLIP-S1" in found
    assert "ViT-B-32" not in found


@pytest.mark.parametrize("name", ["ViT-B-16-SigLIP", "ViT-B-16-SigLIP2-256", "ViT-L-16-SigLIP-384"])
def test_a_siglip_is_told_by_its_places_and_its_vocabulary(name):
    assert architectures.likely(shapes_of(name)) == (name,)


def test_shapes_of_something_else_tell_none():
    assert architectures.likely({"fc.weight": (3, 4)}) == ()


def test_the_catalogues_architectures_exist():
    named = {entry.offer.architecture for entry in catalogued() if entry.offer} - {""}
    assert named <= set(architectures.names())


def test_open_clip_is_not_imported_for_it():
    program = (
        "import sys; from studio.models.architectures import model_cfg; model_cfg('ViT-B-32');"
        "sys.exit(any(name in sys.modules for name in ('torch', 'open_clip')))"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
