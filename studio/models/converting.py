"""Published checkpoints turned into Keydream's own format: whose names and numbers stay, and whose configuration moves
into the header.

What is understood: open_clip and OpenAI's CLIP (a state, a training checkpoint, a TorchScript archive), VQGANs of
taming-transformers (a Lightning checkpoint and its yaml), BigGAN-deep of pytorch-pretrained-biggan (bin and json).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import yaml

from studio.base import atomic
from studio.base.cancel import CancelToken
from studio.base.errors import ModelError
from studio.base.progress import Progress, Report
from studio.models import architectures, archives, writing
from studio.models.archives import Archive
from studio.models.loading import TOKENIZER, Lazy, Weights, read_weights

_MOST_CONFIG = 1 << 18  # bytes
_MOST_TOKENIZER = 64 << 20  # bytes; SigLIP2's has 34 MB
_VQGAN = ("encoder.", "decoder.", "quantize.", "quant_conv.", "post_quant_conv.")
_DDCONFIG = (
    *("ch", "ch_mult", "num_res_blocks", "attn_resolutions", "resolution"),
    *("in_channels", "out_ch", "z_channels", "double_z"),
)
_NO_WEIGHTS = {"input_resolution", "context_length", "vocab_size"}  # numbers that OpenAI's archives keep as tensors

_TOGETHER = ", or drop both on the window together"

Prove = Callable[[Weights], None]
"""Builds the network that weights are for, on the CPU, or raises ModelError."""


@dataclass(frozen=True, slots=True)
class Converted:
    """A file in Keydream's own format.

    Attributes:
        kind: what it holds: "clip", "vqgan" or "biggan".
        sha256: hex digest.
        size: bytes.
    """

    kind: str
    sha256: str
    size: int


def convert(
    source: Path,
    target: Path,
    *,
    name: str,
    prove: Prove,
    config: Path | None = None,
    tokenizer: Path | None = None,
    architecture: str = "",
    mean: tuple[float, ...] = (),
    std: tuple[float, ...] = (),
    token: CancelToken,
    report: Report,
) -> Converted:
    """Write `target` from a published checkpoint. It exists when its network could be built from it, or not at all.

    Args:
        source: the checkpoint.
        target: .safetensors.
        name: the model's, for messages.
        prove: tries the result before it is put in place.
        config: the yaml or json that belongs to it, if there is one.
        tokenizer: the tokenizer.json of a SigLIP; what needs none leaves it alone.
        architecture: of open_clip, for a perceptor without a configuration.
        mean: see `studio.score.clip.build`; OpenAI's if empty.
        std: likewise.
        token: polled after each tensor.
        report: called with bytes.

    Raises:
        ModelError: it cannot be read, is none of the kinds that are understood, or its network does not fit it.
        FileError: `target` could not be written.
        Cancelled: the token was fired.
    """
    what = f"The model {name}"
    told = _told(config, what) if config else {}

    def step(done: int, total: int) -> None:
        token.check()
        report(Progress(done, total, f"converting {name}"))

    with archives.opened(source) as archive, atomic.replacing(target) as temporary:
        kind, described, tensors = _understood(archive, told, architecture, what)
        if kind == "clip" and mean and std:
            described |= {"mean": list(mean), "std": list(std)}
        if tokenizer and _inside(described, "model_cfg", "text_cfg").get("hf_tokenizer_name"):
            tensors[TOKENIZER] = _bytes(tokenizer, what)
        digest = writing.write(temporary, kind, described, tensors, what=what, step=step)
        prove(read_weights(temporary, name=name, expect_kind=kind, expect_sha256=digest))
        size = temporary.stat().st_size
    return Converted(kind, digest, size)


def _understood(
    archive: Archive, told: Mapping[str, Any], architecture: str, what: str
) -> tuple[str, dict[str, Any], dict[str, Lazy]]:
    """What kind of model it is, how to build it, and its tensors by the names that its network has."""
    if "kind" in archive.metadata and "config" in archive.metadata:
        return archive.metadata["kind"], _json(archive.metadata["config"].encode(), what), dict(archive.tensors)
    tensors = _state(archive)
    if "generator.gen_z.weight_orig" in tensors and "embeddings.weight" in tensors:
        return "biggan", _biggan(told, what), tensors
    if "logit_scale" in tensors:
        return _clip(archive, tensors, told, architecture, what)
    prefix = "first_stage_model." if any(name.startswith("first_stage_model.") for name in tensors) else ""
    parts = {name.removeprefix(prefix): lazy for name, lazy in tensors.items() if name.startswith(prefix)}
    if "encoder.conv_in.weight" in parts and "decoder.conv_in.weight" in parts:
        return _vqgan(parts, told, what)
    raise ModelError(
        f"{what} could not be used",
        "Its tensors are those of no CLIP, VQGAN or BigGAN-deep that is known here "
        f"({', '.join(sorted(tensors)[:3])} …)",
        "Choose the checkpoint of one of these",
    )


def _state(archive: Archive) -> dict[str, Lazy]:
    """The tensors of the network alone: without optimisers, and without what wrappers put before their names."""
    tensors = dict(archive.tensors)
    inner = {name.removeprefix("state_dict."): lazy for name, lazy in tensors.items() if name.startswith("state_dict.")}
    tensors = inner or tensors
    if tensors and all(name.startswith("module.") for name in tensors):
        tensors = {name.removeprefix("module."): lazy for name, lazy in tensors.items()}
    return tensors


def _clip(
    archive: Archive, tensors: dict[str, Lazy], told: Mapping[str, Any], architecture: str, what: str
) -> tuple[str, dict[str, Any], dict[str, Lazy]]:
    described: dict[str, Any] = {}
    if told:  # an open_clip_config.json, as on the Hugging Face hub
        looks = told.get("preprocess_cfg")
        described = {"model_cfg": told.get("model_cfg")}
        if isinstance(looks, dict):
            described |= {key: looks[key] for key in ("mean", "std") if key in looks}
    elif architecture:
        described = {"model_cfg": architectures.model_cfg(architecture)}
    else:
        shapes = {name: tuple(lazy.shape) for name, lazy in tensors.items()}
        likely = architectures.likely(shapes)
        of_openai = [name for name in likely if name.endswith("-quickgelu")]
        if archive.form != "torchscript" or not of_openai:
            raise ModelError(
                f"{what} could not be used",
                "A perceptor's weights do not tell the whole architecture"
                + (f"; it may be {' or '.join(likely[:4])}" if likely else ""),
                f"Say it with --architecture {likely[0] if likely else 'NAME'}, or give its open_clip_config.json with "
                f"--config{_TOGETHER}",
            )
        described = {"model_cfg": architectures.model_cfg(of_openai[0])}  # only OpenAI published such archives
    if archive.form == "torchscript":
        tensors = {
            name: lazy
            for name, lazy in tensors.items()
            if name not in _NO_WEIGHTS and name.rpartition(".")[2] != "attn_mask"
        }
    model = described["model_cfg"]
    if isinstance(model, dict) and not model.get("nonscalar_logit_scale"):
        tensors |= {name: _scalar(tensors[name]) for name in ("logit_scale", "logit_bias") if name in tensors}
    return "clip", described, tensors


def _vqgan(parts: dict[str, Lazy], told: Mapping[str, Any], what: str) -> tuple[str, dict[str, Any], dict[str, Lazy]]:
    params = _inside(told, "model", "params")
    if isinstance(params.get("first_stage_config"), dict):
        params = _inside(params, "first_stage_config", "params")
    ddconfig = params.get("ddconfig")
    if not isinstance(ddconfig, dict):
        raise ModelError(
            f"{what} could not be used",
            "A VQGAN's checkpoint does not say how its networks are built",
            f"Give the yaml that belongs to it with --config{_TOGETHER}",
        )
    if params.get("remap") is not None:
        raise ModelError(f"{what} could not be used", "Its codes are renumbered by a file of their own (remap)", "")
    described = {
        "ddconfig": {key: ddconfig[key] for key in _DDCONFIG if key in ddconfig},
        "embed_dim": params.get("embed_dim"),
        "n_embed": params.get("n_embed"),
    }
    tensors = {name: lazy for name, lazy in parts.items() if name.startswith(_VQGAN)}
    if "quantize.proj.weight" in tensors:  # a GumbelVQ names its codebook differently, and chooses codes by a layer
        described["quantiser"] = "gumbel"
        tensors["quantize.embedding.weight"] = tensors.pop("quantize.embed.weight", tensors["quantize.proj.weight"])
    return "vqgan", described, tensors


def _biggan(told: Mapping[str, Any], what: str) -> dict[str, Any]:
    if not {"output_dim", "layers", "channel_width"} <= told.keys():
        raise ModelError(
            f"{what} could not be used",
            "A BigGAN's weights do not say how its layers follow one another",
            f"Give the json that belongs to them with --config{_TOGETHER}",
        )
    return {**told, "architecture": "biggan-deep"}


def _scalar(lazy: Lazy) -> Lazy:
    """The same number without dimensions, as open_clip has it now; older checkpoints give it one."""
    return Lazy(lazy.dtype, (), lambda: lazy.read().reshape(())) if lazy.shape == (1,) else lazy


def _inside(values: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    found: Any = values
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def _bytes(path: Path, what: str) -> Lazy:
    """A file as a tensor."""
    data = _read(path, _MOST_TOKENIZER, "a tokenizer", what)
    return Lazy(torch.uint8, (len(data),), lambda: torch.frombuffer(bytearray(data), dtype=torch.uint8))


class _Loader(yaml.SafeLoader):  # type: ignore[misc]
    """Plain values, without references: a few lines of them can stand for more than any memory holds."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("it refers to parts of itself")
        return super().compose_node(parent, index)


def _told(path: Path, what: str) -> dict[str, Any]:
    text = _read(path, _MOST_CONFIG, "a configuration", what)
    if text.lstrip()[:1] == b"{":
        return _json(text, what)
    try:
        found = yaml.load(text, _Loader)  # noqa: S506 (a SafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ModelError(f"{what} could not be used", f"{path} is no yaml: {error}", "Choose its own") from error
    return _mapping(found, what)


def _read(path: Path, most: int, sort: str, what: str) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise ModelError(
            f"{what} could not be used", f"{path} could not be read: {error.strerror or error}", "Check its name"
        ) from error
    if not 0 < len(data) <= most:
        raise ModelError(
            f"{what} could not be used",
            f"{path} is too {'long' if data else 'short'} for {sort}",
            "Choose another file",
        )
    return data


def _json(text: bytes, what: str) -> dict[str, Any]:
    try:
        return _mapping(json.loads(text), what)
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{what} could not be used", f"Its configuration is no JSON: {error}", "") from error


def _mapping(found: object, what: str) -> dict[str, Any]:
    if not isinstance(found, dict) or not all(isinstance(key, str) for key in found):
        raise ModelError(f"{what} could not be used", "Its configuration describes no network", "Choose its own")
    return found
