"""The tools of this machine: models from the catalogue, pictures from the project's folder, and a render with them."""

from __future__ import annotations

import copy
import hashlib
import json
from dataclasses import replace

import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from studio.base.errors import AssetError, ModelError
from studio.canvas.networks import Networks, VqganConfig
from studio.models import catalogue
from studio.project.model import Asset, Medium, PerceptorRef
from studio.render.events import FrameDone, StepDone
from studio.render.keys import Identities
from studio.render.session import render
from studio.render.toolbox import LocalToolbox

VQGAN = {
    "ddconfig": {
        "ch": 8,
        "ch_mult": [1, 2],
        "num_res_blocks": 1,
        "attn_resolutions": [],
        "resolution": 16,
        "in_channels": 3,
        "out_ch": 3,
        "z_channels": 6,
        "double_z": False,
    },
    "embed_dim": 4,
    "n_embed": 32,
    "norm_groups": 4,
}
MERGES = ["r e", "re d</w>", "b l", "bl u", "blu e</w>"]
CLIP = {
    "model_cfg": {
        "embed_dim": 16,
        "vision_cfg": {"image_size": 32, "patch_size": 16, "width": 32, "layers": 1, "head_width": 16},
        "text_cfg": {"context_length": 16, "vocab_size": 512 + len(MERGES) + 2, "width": 32, "heads": 2, "layers": 1},
    },
    "tokenizer": {"merges": MERGES},
}


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Catalogue entries of two random models, each the starter of its kind."""
    import open_clip.model

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(7)
        networks = {
            "clip": (CLIP, open_clip.model.CLIP(**copy.deepcopy(CLIP["model_cfg"]))),
            "vqgan": (VQGAN, Networks(VqganConfig.read(VQGAN, name="tiny"))),
        }
    entries = []
    for kind, (config, network) in networks.items():
        path = tmp_path_factory.mktemp("models") / f"{kind}.safetensors"
        tensors = {name: tensor.contiguous() for name, tensor in network.state_dict().items()}
        save_file(tensors, path, metadata={"kind": kind, "config": json.dumps(config)})
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        entries.append(catalogue.Entry(f"tiny-{kind}", kind, path, digest, path.stat().st_size, "MIT", "", True))
    return tuple(entries)


@pytest.fixture
def toolbox(models, monkeypatch, tmp_path):
    monkeypatch.setattr(catalogue, "everything", lambda: models)
    for name, colour in (("flower", "red"), ("tree", "green")):
        Image.new("RGB", (20, 30), colour).save(tmp_path / f"{name}.png")
    return LocalToolbox(tmp_path, torch.device("cpu"))


def test_identities_are_hashes(fakes, toolbox, models, tmp_path):
    clip, vqgan = (entry.sha256 for entry in models)
    plain = fakes.project()
    assert toolbox.identities(plain) == Identities((clip,), "", {})
    decoded = replace(
        plain, medium=Medium("vqgan", "", "noise"), perceptors=(PerceptorRef("tiny-clip"), PerceptorRef(""))
    )
    assert toolbox.identities(decoded) == Identities((clip, clip), vqgan, {})
    pictured = fakes.project({0: "image:tree"}, init_image="flower")
    hashes = {name: hashlib.sha256((tmp_path / f"{name}.png").read_bytes()).hexdigest() for name in ("flower", "tree")}
    assert dict(toolbox.identities(pictured).assets) == hashes


def test_models_that_are_not_there_are_named(fakes, toolbox):
    for project in (
        replace(fakes.project(), perceptors=(PerceptorRef("lost"),)),
        replace(fakes.project(), medium=Medium("vqgan", "lost", "noise")),
    ):
        with pytest.raises(ModelError, match="'lost'"):
            toolbox.identities(project)


def test_pictures_come_from_the_project_alone(fakes, toolbox, tmp_path):
    project = fakes.project()
    assert toolbox.picture(project, "tree").shape == (1, 3, 30, 20)
    assert torch.allclose(toolbox.picture(project, "flower")[0, :, 0, 0], torch.tensor([1.0, 0, 0]))
    with pytest.raises(AssetError, match="no picture called ghost"):
        toolbox.picture(project, "ghost")
    outside = replace(project, assets=(Asset("tree", "../tree.png"),), init_image="tree")
    for ask in (lambda: toolbox.picture(outside, "tree"), lambda: toolbox.identities(outside)):
        with pytest.raises(AssetError, match="refused"):
            ask()
    (tmp_path / "tree.png").unlink()
    with pytest.raises(AssetError, match="missing"):
        toolbox.identities(fakes.project({0: "image:tree"}))


def test_networks_are_built_once(fakes, toolbox):
    project = replace(fakes.project(), perceptors=(PerceptorRef("", 0.5), PerceptorRef("", 2.0)))
    (first, light), (second, heavy) = toolbox.perceptors(project)
    assert first is second and (light, heavy) == (0.5, 2.0)
    assert toolbox.perceptors(project)[0][0] is first
    assert toolbox.canvas(project, 20, 16).kind == "pixels"
    decoded = replace(project, medium=Medium("vqgan", "", "noise"))
    one, other = toolbox.canvas(decoded, 20, 16), toolbox.canvas(decoded, 32, 32)
    assert (one.kind, one.size, other.size) == ("vqgan", (20, 16), (32, 32))


def test_a_swapped_file_is_noticed(fakes, toolbox, models, monkeypatch):
    forged = tuple(replace(entry, sha256="0" * 64) for entry in models)
    monkeypatch.setattr(catalogue, "everything", lambda: forged)
    with pytest.raises(ModelError, match="not the file it should be"):
        toolbox.perceptors(fakes.project())
    with pytest.raises(ModelError, match="not the file it should be"):
        toolbox.canvas(replace(fakes.project(), medium=Medium("vqgan", "", "noise")), 16, 16)


@pytest.mark.parametrize("mode", ["walk", "follow"])
def test_a_decoder_renders_and_goes_on(fakes, toolbox, store, mode):
    """The real networks, tiny: through latents, codes and checkpoints, left in the middle and taken up."""
    project = fakes.project(
        {0: "red", 2: "blue"}, length=3, mode=mode, refine=2, medium=Medium("vqgan", "", "noise"), width=20
    )
    whole = [event for event in render(project, toolbox, store) if isinstance(event, FrameDone)]
    assert len({event.pixels for event in whole}) == 3
    assert {(store.get(event.key).width, store.get(event.key).height) for event in whole} == {(20, 16)}
    again = type(store)(store.root.parent / "again")
    events = render(project, toolbox, again)
    for event in events:
        if isinstance(event, StepDone) and event.step == 2:
            break
    events.close()
    rest = [event for event in render(project, toolbox, again) if isinstance(event, FrameDone)]
    assert [event.pixels for event in rest] == [event.pixels for event in whole]


@pytest.fixture
def published(models, monkeypatch, tmp_path):
    """A toolbox whose generator is a small BigGAN of the published architecture."""
    from studio.bench import deep

    weights = deep.weights(deep.small(50))
    path = tmp_path / "deep.safetensors"
    save_file(dict(weights.tensors), path, metadata={"kind": "biggan", "config": json.dumps(weights.config)})
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    entry = catalogue.Entry("tiny-deep", "biggan", path, digest, path.stat().st_size, "MIT", "", True)
    monkeypatch.setattr(catalogue, "everything", lambda: (*models, entry))
    return LocalToolbox(tmp_path, torch.device("cpu"))


@pytest.mark.parametrize("mode", ["walk", "follow"])
def test_a_published_biggan_renders_in_both_motions(fakes, published, store, mode, monkeypatch):
    from studio.canvas.imagenet import ImageNetCanvas
    from studio.dream import evolution

    quick = evolution.EvolutionSettings(samples=4, generations=1, population=4, classes=2)
    monkeypatch.setattr(evolution, "EvolutionSettings", lambda: quick)
    project = fakes.project({0: "red", 3: "blue"}, length=4, steps=2, mode=mode, medium=Medium("biggan", "tiny-deep"))
    assert isinstance(published.canvas(project, 16, 16), ImageNetCanvas)
    first = list(render(project, published, store))
    frames = [event for event in first if isinstance(event, FrameDone)]
    assert len(frames) == len({frame.pixels for frame in frames}) == 4
    terms = {name for event in first if isinstance(event, StepDone) for name, _ in event.terms}
    assert {"noise", "classes"} <= terms
    again = [event for event in render(project, published, store) if isinstance(event, FrameDone)]
    assert [frame.pixels for frame in again] == [frame.pixels for frame in frames]
    assert all(frame.reused for frame in again)


@pytest.mark.parametrize(
    ("options", "steps", "frames"),
    [({"search": "cmaes", "population": 8}, [1, 2], 2), ({"search": "gradient", "truncation": 0.2}, [1, 2], 2)],
)
def test_a_published_biggan_is_searched_as_its_options_say(fakes, published, store, options, steps, frames):
    medium = Medium("biggan", "tiny-deep", options=options)
    project = fakes.project({0: "red", 1: "blue"}, length=2, steps=2, medium=medium)
    canvas = published.canvas(project, 16, 16)
    assert canvas.truncation == options.get("truncation", 0.7)
    events = list(render(project, published, store))
    done = [event for event in events if isinstance(event, StepDone)]
    assert [event.step for event in done] == steps * 2
    gradient = {"noise", "classes"} <= {name for event in done for name, _ in event.terms}
    assert gradient == (options["search"] == "gradient"), "evolution alone follows no gradient"
    assert done[0].preview().width == 16
    assert len([event for event in events if isinstance(event, FrameDone)]) == frames


def test_the_toolbox_gives_canvases_their_options(fakes, tmp_path):
    toolbox = LocalToolbox(tmp_path, torch.device("cpu"))

    def canvas(kind, **options):
        return toolbox.canvas(replace(fakes.project(), medium=Medium(kind, options=options)), 64, 32)

    assert canvas("strokes", strokes=7).drawing.points.shape == (7, 4, 2)
    wide = canvas("strokes", strokes=7, widest=0.02)
    wide.encode(torch.rand(1, 3, 32, 64))
    assert float(wide.drawing.widths.detach().exp().max()) <= 0.0201
    cells, palette = canvas("palette", cells=16, colours=5).parameters()
    assert (cells.shape, palette.shape) == ((1, 3, 8, 16), (5, 3))
    assert "decay" in canvas("fourier", decay=1.5).state() and "decay" not in canvas("fourier").state()
