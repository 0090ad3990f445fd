"""Published checkpoints become models that compute what their own libraries compute, or are refused by name."""

from __future__ import annotations

import copy
import json
import os
import warnings
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from studio.base.cancel import Cancelled, CancelToken
from studio.base.errors import ModelError
from studio.base.progress import silent
from studio.bench import deep
from studio.canvas import imagenet_model, networks
from studio.models.architectures import model_cfg
from studio.models.converting import convert
from studio.models.loading import Weights, read_weights
from studio.render.proving import prove
from studio.score import clip

from .conftest import TINY_CLIP, TINY_SIGLIP, TINY_VQGAN, Taming, seeded, siglip, tokenizer_files

TEXTS = ["a red apple on the moon", "blue fish"]
OPENAI_MEAN, OPENAI_STD = clip.OPENAI_MEAN, clip.OPENAI_STD


def converted(source: Path, folder: Path, **options: Any) -> Weights:
    target = folder / "made.safetensors"
    made = convert(source, target, name="mine", prove=prove, token=CancelToken(), report=silent, **options)
    assert made.size == target.stat().st_size
    return read_weights(target, name="mine", expect_kind=made.kind, expect_sha256=made.sha256)


def refused(source: Path, folder: Path, **options: Any) -> ModelError:
    with pytest.raises(ModelError) as caught:
        converted(source, folder, **options)
    assert not list(folder.glob("*made*")), "something was left behind"
    return caught.value


def embeddings_agree(
    weights: Weights, model: torch.nn.Module, mean=OPENAI_MEAN, std=OPENAI_STD, tokens: torch.Tensor | None = None
) -> None:
    """Embeddings of `TEXTS` and of pictures equal open_clip's own, to 1e-5."""
    import open_clip

    perceptor = clip.build(weights, "cpu")
    texts = TEXTS
    if tokens is None:
        tokens = open_clip.tokenizer.SimpleTokenizer(context_length=perceptor.context_length)(texts)
    images = torch.rand(2, 3, perceptor.image_size, perceptor.image_size, generator=torch.Generator().manual_seed(1))
    shifted = (images - torch.tensor(mean).view(3, 1, 1)) / torch.tensor(std).view(3, 1, 1)
    with torch.no_grad():
        expected = model.encode_text(tokens, normalize=True), model.encode_image(shifted, normalize=True)
        found = perceptor.embed_text(texts), perceptor.embed_image(images)
    for a, b in zip(found, expected, strict=True):
        torch.testing.assert_close(a, b, atol=1e-5, rtol=0)
    assert (found[0][0] - found[0][1]).norm() > 1e-3


# --- perceptors -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["state", "training", "old", "safetensors"])
def test_open_clip_checkpoints_embed_as_open_clip_does(tmp_path, tiny_clip, clip_config, form):
    path, state = tmp_path / "x.pt", tiny_clip.state_dict()
    if form == "safetensors":
        path = tmp_path / "x.safetensors"
        save_file(state, path)
    elif form == "training":
        wrapped = {f"module.{key}": value for key, value in state.items()}
        wrapped["module.logit_scale"] = wrapped["module.logit_scale"].reshape(1)  # as older versions had it
        torch.save({"epoch": 3, "name": "run", "state_dict": wrapped, "optimizer": {"state": {}}}, path)
    else:
        torch.save(state, path, _use_new_zipfile_serialization=form == "state")
    weights = converted(path, tmp_path, config=clip_config)
    assert weights.config["mean"] == [0.5, 0.4, 0.3]
    embeddings_agree(weights, tiny_clip, (0.5, 0.4, 0.3), (0.2, 0.3, 0.4))


def scripted(model: torch.nn.Module, path: Path) -> None:
    """An archive like OpenAI's: traced, with the numbers beside the weights that theirs have."""
    side, length = model.visual.image_size[0], model.context_length
    for name in ("input_resolution", "context_length", "vocab_size"):
        if hasattr(model, name):
            delattr(model, name)
        model.register_buffer(name, torch.tensor(side))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        example = torch.zeros(1, 3, side, side), torch.zeros(1, length, dtype=torch.long)
        torch.jit.trace(model, example, check_trace=False).save(path)


def test_a_torchscript_archive_gives_its_weights(tmp_path, tiny_clip, clip_config):
    state = copy.deepcopy(tiny_clip.state_dict())
    scripted(tiny_clip, tmp_path / "x.pt")
    weights = converted(tmp_path / "x.pt", tmp_path, config=clip_config)
    assert weights.tensors.keys() == state.keys()
    assert all(torch.equal(weights.tensors[key], state[key]) for key in state)


def test_a_siglip_keeps_its_tokenizer(tmp_path, siglip_folder):
    weights = converted(
        siglip_folder / "open_clip_model.safetensors",
        tmp_path,
        config=siglip_folder / "open_clip_config.json",
        tokenizer=siglip_folder / "tokenizer.json",
    )
    assert weights.tensors["tokenizer.json"].numpy().tobytes() == (siglip_folder / "tokenizer.json").read_bytes()
    tokens = torch.tensor([[3, 4, 5, 8, 9, 10, *[1] * 10], [6, 7, *[1] * 14]])
    embeddings_agree(weights, siglip(TINY_SIGLIP), (0.5,) * 3, (0.5,) * 3, tokens)
    (tmp_path / "again").mkdir()
    again = converted(tmp_path / "made.safetensors", tmp_path / "again")
    assert again.sha256 == weights.sha256


def test_a_siglip_without_its_tokenizer_says_what_to_fetch(tmp_path, siglip_folder):
    source, config = siglip_folder / "open_clip_model.safetensors", siglip_folder / "open_clip_config.json"
    error = refused(source, tmp_path, config=config)
    assert "https://huggingface.co/timm/ViT-B-16-SigLIP/resolve/main/tokenizer.json" in error.fix
    assert "could not be read" in refused(source, tmp_path, config=config, tokenizer=tmp_path / "none.json").why
    (tmp_path / "empty.json").touch()
    assert "too short" in refused(source, tmp_path, config=config, tokenizer=tmp_path / "empty.json").why


def test_what_is_no_siglip_takes_no_tokenizer(tmp_path, tiny_clip, clip_config):
    torch.save(tiny_clip.state_dict(), tmp_path / "x.pt")
    (tmp_path / "tokenizer.json").write_text("of another model")
    weights = converted(tmp_path / "x.pt", tmp_path, config=clip_config, tokenizer=tmp_path / "tokenizer.json")
    assert weights.tensors.keys() == tiny_clip.state_dict().keys()


def test_numbers_keep_their_precision(tmp_path, tiny_clip, clip_config):
    torch.save({key: value.half() for key, value in tiny_clip.state_dict().items()}, tmp_path / "x.pt")
    weights = converted(tmp_path / "x.pt", tmp_path, config=clip_config)
    assert {value.dtype for value in weights.tensors.values()} == {torch.float16}


def test_colours_of_the_catalogue_are_kept(tmp_path, tiny_clip, clip_config):
    torch.save(tiny_clip.state_dict(), tmp_path / "x.pt")
    weights = converted(tmp_path / "x.pt", tmp_path, config=clip_config, mean=(0.0, 0.0, 0.0), std=(1.0, 1.0, 1.0))
    assert (weights.config["mean"], weights.config["std"]) == ([0, 0, 0], [1, 1, 1])


def test_the_same_checkpoint_gives_the_same_file(tmp_path, tiny_clip, clip_config):
    torch.save(tiny_clip.state_dict(), tmp_path / "x.pt")
    first = converted(tmp_path / "x.pt", tmp_path, config=clip_config)
    assert converted(tmp_path / "x.pt", tmp_path, config=clip_config).sha256 == first.sha256
    again = converted(tmp_path / "made.safetensors", tmp_path)
    assert again.sha256 == first.sha256  # one of Keydream's own says all about itself


def test_another_architecture_is_named(tmp_path, tiny_clip):
    torch.save(tiny_clip.state_dict(), tmp_path / "x.pt")
    error = refused(tmp_path / "x.pt", tmp_path, architecture="ViT-B-16")
    assert "do not fit its network" in error.why
    assert "missing: transformer.resblocks.10" in error.why
    error = refused(tmp_path / "x.pt", tmp_path, architecture="ViT-B-33")
    assert "no architecture 'ViT-B-33'" in error.what


def test_without_an_architecture_the_likely_ones_are_named(tmp_path):
    from open_clip.model import CLIP

    with torch.device("meta"):
        shapes = {key: value.shape for key, value in CLIP(**model_cfg("ViT-B-32")).state_dict().items()}
    # one number for each tensor, shown as often as its shape has room for: the file stays small
    torch.save({key: torch.zeros([1] * len(shape)).expand(shape) for key, shape in shapes.items()}, tmp_path / "x.pt")
    with pytest.raises(ModelError, match="more numbers than there are"):
        converted(tmp_path / "x.pt", tmp_path)
    torch.save({key: torch.zeros(shape).half() for key, shape in shapes.items()}, tmp_path / "x.pt")
    error = refused(tmp_path / "x.pt", tmp_path)
    assert "may be ViT-B-32 or ViT-B-32-quickgelu" in error.why
    assert "--architecture ViT-B-32" in error.fix


def test_values_that_are_not_finite_are_named(tmp_path, tiny_clip, clip_config):
    state = copy.deepcopy(tiny_clip.state_dict())
    state["visual.proj"][0, 0] = float("nan")
    torch.save(state, tmp_path / "x.pt")
    assert "visual.proj has values that are not finite" in refused(tmp_path / "x.pt", tmp_path, config=clip_config).why


def test_other_shapes_are_named(tmp_path, tiny_clip, clip_config):
    state = tiny_clip.state_dict()
    state["visual.proj"] = torch.zeros(32, 17)
    torch.save(state, tmp_path / "x.pt")
    assert "visual.proj is [32, 17], not [32, 16]" in refused(tmp_path / "x.pt", tmp_path, config=clip_config).why


# --- VQGANs ---------------------------------------------------------------------------------------------------------


def last(values: torch.Tensor) -> torch.Tensor:
    return values.contiguous(memory_format=torch.channels_last)


def pictures_agree(weights: Weights, reference: Taming, width: int, height: int) -> None:
    """Encoding, quantising and decoding equal taming's, to 1e-5; decoding in double precision to a millionth.

    In single precision, rounding takes taming's own pictures of full size further than 1e-5 from what it computes in
    double precision (1.8e-5 with these random weights). There, ours have to be as near to that as taming's are.

    Both have their channels last in memory, as ours has them: the kernels for the other order round differently.
    """
    model = networks.build(weights, "cpu")
    for part in (reference.encoder, reference.decoder, reference.quant_conv, reference.post_quant_conv):
        part.to(memory_format=torch.channels_last)
    picture = torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        latents = reference.quant_conv(reference.encoder(last(picture * 2 - 1)))
        codes, _, (_, _, numbers) = reference.quantize(latents)
        decoded = reference.decoder(reference.post_quant_conv(last(codes))) / 2 + 0.5
        torch.testing.assert_close(model.encode(picture), latents, atol=1e-5, rtol=0)
        torch.testing.assert_close(model.quantise(latents), codes, atol=1e-5, rtol=0)
        exact = copy.deepcopy(reference.decoder).double()(
            copy.deepcopy(reference.post_quant_conv).double()(last(codes.double()))
        )
        ours, theirs = ((made - exact / 2 - 0.5).abs().max() for made in (model.decode(codes), decoded))
        assert ours < max(1e-5, 1.1 * theirs)
    assert torch.equal(model.nearest(latents).flatten(), numbers.flatten())
    assert len(numbers.unique()) > 3
    with torch.no_grad():
        model._networks.double()
        torch.testing.assert_close(model.decode(codes.double()), (exact / 2 + 0.5).float(), atol=1e-6, rtol=0)


def test_a_lightning_checkpoint_paints_as_taming_does(tmp_path, lightning):
    reference = Taming(TINY_VQGAN)
    path = lightning(TINY_VQGAN, reference.state())
    weights = converted(path, tmp_path, config=path.with_suffix(".yaml"))
    assert not any("loss" in key or "optimizer" in key for key in weights.tensors)
    pictures_agree(weights, reference, 24, 16)


def test_a_checkpoint_of_a_transformer_gives_the_vqgan_in_it(tmp_path, lightning):
    reference = Taming(TINY_VQGAN)
    state = {f"first_stage_model.{key}": value for key, value in reference.state().items()}
    path = lightning(TINY_VQGAN, state | {"transformer.head.weight": torch.ones(3)})
    described = {"params": {"first_stage_config": {"params": TINY_VQGAN}, "transformer_config": {}}}
    path.with_suffix(".yaml").write_text(json.dumps({"model": described}))
    pictures_agree(converted(path, tmp_path, config=path.with_suffix(".yaml")), reference, 16, 16)


def test_a_gumbel_checkpoint_chooses_codes_by_its_layer(tmp_path, lightning):
    params = {**TINY_VQGAN, "embed_dim": 16}  # of taming's two widths one has to serve both
    reference = Taming(params, gumbel=True)
    path = lightning({**params, "kl_weight": 1e-8}, reference.state(), "GumbelVQ")
    weights = converted(path, tmp_path, config=path.with_suffix(".yaml"))
    model = networks.build(weights, "cpu")
    picture = torch.rand(1, 3, 16, 24, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        logits = reference.quantize.proj(reference.quant_conv(reference.encoder(picture * 2 - 1)))
        numbers = logits.argmax(1)  # what the Gumbel softmax of taming's forward gives without its noise
        codes = reference.quantize.embed(numbers).movedim(-1, 1)
        decoded = reference.decoder(reference.post_quant_conv(codes)) / 2 + 0.5
        torch.testing.assert_close(model.encode(picture), codes, atol=1e-5, rtol=0)
        torch.testing.assert_close(model.quantise(model.encode(picture)), codes, atol=1e-5, rtol=0)
        torch.testing.assert_close(model.decode(codes), decoded, atol=1e-5, rtol=0)
    assert len(numbers.unique()) > 3


def test_a_vqgan_without_its_yaml_asks_for_it(tmp_path, lightning):
    path = lightning(TINY_VQGAN, Taming(TINY_VQGAN).state())
    assert "--config" in refused(path, tmp_path).fix


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a: &a [1, 2]\nb: *a\n", "refers to parts of itself"),
        ("!!python/object/apply:os.mkdir ['/tmp/was-here']\n", "no yaml"),
        ("- 1\n- 2\n", "describes no network"),
        ("{", "no JSON"),
        ("[" * 3000, "no yaml"),
        ("x" * (1 << 19), "too long"),
        ("\tbad: [", "no yaml"),
    ],
)
def test_hostile_configurations_are_refused(tmp_path, lightning, text, why):
    path = lightning(TINY_VQGAN, Taming(TINY_VQGAN).state())
    path.with_suffix(".yaml").write_text(text)
    assert why in refused(path, tmp_path, config=path.with_suffix(".yaml")).why
    assert not Path("/tmp/was-here").exists()


def test_a_configuration_of_another_size_is_named(tmp_path, lightning):
    path = lightning({**TINY_VQGAN, "n_embed": 64}, Taming(TINY_VQGAN).state())
    why = refused(path, tmp_path, config=path.with_suffix(".yaml")).why
    assert "quantize.embedding.weight is [32, 8], not [64, 8]" in why


def test_a_checkpoint_that_carries_code_is_converted_without_running_it(tmp_path, lightning):
    class Trap:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "was here"),)

    path = lightning(TINY_VQGAN, Taming(TINY_VQGAN).state() | {"loss.trap": Trap()})
    converted(path, tmp_path, config=path.with_suffix(".yaml"))
    assert not (tmp_path / "was here").exists()


# --- others ---------------------------------------------------------------------------------------------------------


def test_a_biggan_draws_as_its_own_library_does(tmp_path):
    """Saved as it was in 2019, with the json that was published beside it."""
    from pytorch_pretrained_biggan import BigGAN, BigGANConfig

    told = {key: value for key, value in deep.small().items() if key != "architecture"}
    reference = seeded(lambda: BigGAN(BigGANConfig(**told)))
    reference.load_state_dict(deep.weights(deep.small()).tensors)
    (tmp_path / "config.json").write_text(json.dumps(told))
    torch.save(reference.state_dict(), tmp_path / "x.bin", _use_new_zipfile_serialization=False)
    assert "--config" in refused(tmp_path / "x.bin", tmp_path).fix
    weights = converted(tmp_path / "x.bin", tmp_path, config=tmp_path / "config.json")
    assert (weights.kind, weights.config) == ("biggan", deep.small())
    model = imagenet_model.build(weights, "cpu", torch.float32)
    generator = torch.Generator().manual_seed(1)
    noise = torch.randn(2, model.noise, generator=generator)
    classes = torch.randn(2, model.classes, generator=generator).softmax(-1)
    with torch.no_grad():
        expected = reference(noise, classes, 0.6) / 2 + 0.5
        torch.testing.assert_close(model(noise, classes, 0.6), expected, atol=1e-5, rtol=0)


def test_other_networks_are_refused(tmp_path):
    torch.save({"fc.weight": torch.ones(3)}, tmp_path / "x.pt")
    error = refused(tmp_path / "x.pt", tmp_path)
    assert "no CLIP, VQGAN or BigGAN-deep" in error.why
    assert "fc.weight" in error.why


def test_cancelling_leaves_nothing(tmp_path, tiny_clip, clip_config):
    torch.save(tiny_clip.state_dict(), tmp_path / "x.pt")
    token = CancelToken()
    with pytest.raises(Cancelled):
        convert(
            tmp_path / "x.pt",
            tmp_path / "made.safetensors",
            name="mine",
            prove=prove,
            config=clip_config,
            token=token,
            report=lambda at: token.cancel(),
        )
    assert not list(tmp_path.glob("*made*"))


# --- full size ------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_vit_b_32_embeds_as_open_clip_does(tmp_path):
    from open_clip.model import CLIP

    model = seeded(lambda: CLIP(**model_cfg("ViT-B-32")))
    torch.save(model.state_dict(), tmp_path / "open_clip_pytorch_model.bin")
    weights = converted(tmp_path / "open_clip_pytorch_model.bin", tmp_path, architecture="ViT-B-32")
    embeddings_agree(weights, model)


@pytest.mark.slow
def test_a_siglip_embeds_as_open_clip_does(tmp_path):
    """The published ViT-B-16-SigLIP with random weights, and a tokenizer.json of the published size."""
    architecture = "ViT-B-16-SigLIP"
    model = siglip(model_cfg(architecture))
    save_file(model.state_dict(), tmp_path / "open_clip_model.safetensors")
    (tmp_path / "tokenizer.json").write_bytes(tokenizer_files.t5(32000))
    weights = converted(
        tmp_path / "open_clip_model.safetensors",
        tmp_path,
        architecture=architecture,
        tokenizer=tmp_path / "tokenizer.json",
        mean=(0.5, 0.5, 0.5),
        std=(0.5, 0.5, 0.5),
    )
    ends = [1] * 58
    tokens = torch.tensor([[3, 4, 5, 8, 9, 10, *ends], [6, 7, *ends, 1, 1, 1, 1]])
    embeddings_agree(weights, model, (0.5, 0.5, 0.5), (0.5, 0.5, 0.5), tokens)


@pytest.mark.slow
def test_openais_archive_tells_its_architecture(tmp_path):
    """A TorchScript archive of the published ViT-B/32 with random weights: nobody has to name the architecture."""
    from open_clip.model import CLIP

    model = seeded(lambda: CLIP(**model_cfg("ViT-B-32-quickgelu")))
    scripted(model, tmp_path / "ViT-B-32.pt")
    weights = converted(tmp_path / "ViT-B-32.pt", tmp_path)
    assert weights.config["model_cfg"] == model_cfg("ViT-B-32-quickgelu")
    embeddings_agree(weights, model)


F16 = {
    "embed_dim": 256,
    "ddconfig": {
        "double_z": False,
        "z_channels": 256,
        "resolution": 256,
        "in_channels": 3,
        "out_ch": 3,
        "ch": 128,
        "ch_mult": [1, 1, 2, 2, 4],
        "num_res_blocks": 2,
        "attn_resolutions": [16],
        "dropout": 0.0,
    },
}


@pytest.mark.slow
def test_the_vqgan_of_imagenet_paints_as_taming_does(tmp_path, lightning):
    params = {**F16, "n_embed": 1024}
    reference = Taming(params)
    path = lightning(params, reference.state())
    pictures_agree(converted(path, tmp_path, config=path.with_suffix(".yaml")), reference, 128, 96)


def test_the_tiny_configuration_is_one_of_open_clips():
    assert TINY_CLIP.keys() <= {*model_cfg("ViT-B-32-quickgelu")}
