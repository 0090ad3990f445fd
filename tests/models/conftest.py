"""Files of weights, honest and hostile, written byte by byte."""

from __future__ import annotations

import collections
import contextlib
import copy
import importlib.util
import io
import json
import struct
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from safetensors.torch import save, save_file

from studio.models.folding import fold
from studio.models.towers import SmoothResNet

CONFIG = {"depth": 3, "names": ["a", "b"]}


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def honest() -> bytes:
    """A good file: kind "clip", `CONFIG`, two tensors."""
    tensors = {"w": torch.arange(6, dtype=torch.float16).reshape(2, 3), "n": torch.tensor([7])}
    return save(tensors, {"kind": "clip", "config": json.dumps(CONFIG)})


@pytest.fixture
def write(tmp_path: Path) -> Callable[[bytes], Path]:
    def written(content: bytes) -> Path:
        path = tmp_path / "weights.safetensors"
        path.write_bytes(content)
        return path

    return written


@pytest.fixture
def craft(write: Callable[[bytes], Path]) -> Callable[..., Path]:
    """A file with a header of one's own: a mapping of tensors beside good metadata, or plain bytes."""

    def crafted(header: dict[str, object] | bytes, data: bytes = b"", *, length: int | None = None) -> Path:
        if isinstance(header, dict):
            metadata = {"__metadata__": {"kind": "clip", "config": "{}"}}
            header = json.dumps(metadata | header).encode()
        return write(struct.pack("<Q", len(header) if length is None else length) + header + data)

    return crafted


TINY_CLIP = {
    "embed_dim": 16,
    "quick_gelu": True,
    "vision_cfg": {"image_size": 32, "layers": 2, "width": 32, "head_width": 16, "patch_size": 8},
    "text_cfg": {"context_length": 16, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 2},
}
"""An open_clip model of three million numbers."""

TINY_SIGLIP = {
    "embed_dim": 192,
    "init_logit_bias": -10,
    "custom_text": True,
    "vision_cfg": {
        "image_size": 224,
        "timm_model_name": "vit_tiny_patch16_224",
        "timm_model_pretrained": False,
        "timm_pool": "map",
        "timm_proj": "none",
    },
    "text_cfg": {
        "context_length": 16,
        "vocab_size": 64,
        "hf_tokenizer_name": "timm/ViT-B-16-SigLIP",
        "tokenizer_kwargs": {"clean": "canonicalize"},
        "width": 32,
        "heads": 2,
        "layers": 1,
        "no_causal_mask": True,
        "proj_bias": True,
        "pool_type": "last",
        "norm_kwargs": {"eps": 1e-6},
    },
}
"""open_clip's ViT-B-16-SigLIP with small towers."""

TINY_VQGAN = {
    "embed_dim": 8,
    "n_embed": 32,
    "ddconfig": {
        "double_z": False,
        "z_channels": 16,
        "resolution": 32,
        "in_channels": 3,
        "out_ch": 3,
        "ch": 32,
        "ch_mult": [1, 2],
        "num_res_blocks": 1,
        "attn_resolutions": [16],
        "dropout": 0.0,
    },
}
"""The parameters of a small VQGAN of taming's."""


def seeded(make: Callable[[], torch.nn.Module], seed: int = 3) -> torch.nn.Module:
    """A module with random weights that are always the same; nobody's random numbers are moved."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return make().eval()


@pytest.fixture
def tiny_clip() -> torch.nn.Module:
    """An open_clip model of `TINY_CLIP`."""
    from open_clip.model import CLIP

    return seeded(lambda: CLIP(**TINY_CLIP))


@pytest.fixture
def clip_config(tmp_path: Path) -> Path:
    """Its open_clip_config.json."""
    path = tmp_path / "open_clip_config.json"
    looks = {"mean": [0.5, 0.4, 0.3], "std": [0.2, 0.3, 0.4], "interpolation": "bicubic"}
    path.write_text(json.dumps({"model_cfg": TINY_CLIP, "preprocess_cfg": looks}))
    return path


def _tokenizer_files() -> types.ModuleType:
    place = Path(__file__).parents[1] / "score" / "tokenizer_files.py"
    spec = importlib.util.spec_from_file_location("keydream_tokenizer_files", place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


tokenizer_files = _tokenizer_files()
"""The small tokenizers that SigLIPs of tests read by."""


def siglip(config: dict[str, Any]) -> torch.nn.Module:
    """open_clip's model of a SigLIP's configuration, with random weights."""
    from open_clip.model import CustomTextCLIP

    known = {key: copy.deepcopy(value) for key, value in config.items() if key != "custom_text"}
    return seeded(lambda: CustomTextCLIP(**known))


@pytest.fixture
def siglip_folder(tmp_path: Path) -> Path:
    """A small SigLIP as it lies on the Hugging Face hub: weights, configuration, tokenizer."""
    folder = tmp_path / "ViT-B-16-SigLIP"
    folder.mkdir()
    save_file(siglip(TINY_SIGLIP).state_dict(), folder / "open_clip_model.safetensors")
    looks = {"mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5], "interpolation": "bicubic"}
    (folder / "open_clip_config.json").write_text(json.dumps({"model_cfg": TINY_SIGLIP, "preprocess_cfg": looks}))
    (folder / "tokenizer.json").write_bytes(tokenizer_files.t5())
    return folder


class Taming:
    """taming's own modules of a VQModel, or of a GumbelVQ; its class itself needs a lightning of 2021."""

    def __init__(self, params: dict[str, Any], gumbel: bool = False) -> None:
        from taming.modules.diffusionmodules.model import Decoder, Encoder
        from taming.modules.vqvae.quantize import GumbelQuantize, VectorQuantizer2

        ddconfig = params["ddconfig"]
        hidden, embed_dim, n_embed = ddconfig["z_channels"], params["embed_dim"], params["n_embed"]
        with contextlib.redirect_stdout(io.StringIO()):  # taming tells about itself
            self.encoder = seeded(lambda: Encoder(**ddconfig), 1)
            self.decoder = seeded(lambda: Decoder(**ddconfig), 2)
        self.quantize = seeded(
            lambda: (
                GumbelQuantize(hidden, embed_dim, n_embed)
                if gumbel
                else VectorQuantizer2(n_embed, embed_dim, beta=0.25)
            )
        )
        self.quant_conv = seeded(lambda: torch.nn.Conv2d(hidden, embed_dim, 1), 4)
        self.post_quant_conv = seeded(lambda: torch.nn.Conv2d(embed_dim, hidden, 1), 5)
        if not gumbel:  # codes about as large as what is encoded, so that many of them are used
            self.quantize.embedding.weight.data.mul_(n_embed / 2)

    def state(self) -> dict[str, torch.Tensor]:
        """As its checkpoints have it, with a loss that is no part of the networks."""
        parts = ("encoder", "decoder", "quantize", "quant_conv", "post_quant_conv")
        tensors = {f"{part}.{key}": value for part in parts for key, value in getattr(self, part).state_dict().items()}
        return tensors | {"loss.discriminator.main.0.weight": torch.ones(2), "loss.logvar": torch.zeros(())}


@pytest.fixture
def lightning(tmp_path: Path) -> Callable[..., Path]:
    """Writes a checkpoint as PyTorch Lightning 1.0 did, with its callback's class as a key, and a yaml beside it.

    The class exists while the checkpoint is written, and not any more when it is read.
    """

    def written(params: dict[str, Any], state: dict[str, torch.Tensor], target: str = "VQModel") -> Path:
        path = tmp_path / "last.ckpt"
        module = types.ModuleType("pytorch_lightning_of_2021.callbacks.model_checkpoint")

        class ModelCheckpoint:
            def __init__(self) -> None:
                self.best_model_score = torch.tensor(0.25)

        ModelCheckpoint.__module__, ModelCheckpoint.__qualname__ = module.__name__, "ModelCheckpoint"
        module.ModelCheckpoint = ModelCheckpoint
        packages = ("pytorch_lightning_of_2021", "pytorch_lightning_of_2021.callbacks")
        sys.modules.update({name: types.ModuleType(name) for name in packages} | {module.__name__: module})
        try:
            optimiser = {"state": {0: {"step": 3, "exp_avg": torch.ones(4)}}, "param_groups": [{"lr": 1e-4}]}
            torch.save(
                {
                    "epoch": 9,
                    "global_step": 12345,
                    "pytorch-lightning_version": "1.0.8",
                    "state_dict": collections.OrderedDict(state),
                    "callbacks": {
                        ModelCheckpoint: {"best_model_score": torch.tensor(0.25)},
                        "other": ModelCheckpoint(),
                    },
                    "optimizer_states": [optimiser],
                    "lr_schedulers": [],
                },
                path,
            )
        finally:
            for name in (*packages, module.__name__):
                del sys.modules[name]
        model = {"base_learning_rate": 4.5e-6, "target": f"taming.models.vqgan.{target}", "params": params}
        path.with_suffix(".yaml").write_text(yaml.safe_dump({"model": model}))
        return path

    return written


@pytest.fixture
def smooth() -> SmoothResNet:
    """A small image tower of the starter's kind: folded, frozen, in bf16."""
    made = SmoothResNet((8, 16, 16), (1, 2, 1))
    random = torch.Generator().manual_seed(0)
    for parameter in made.parameters():
        parameter.data = 0.3 * torch.randn(parameter.shape, generator=random)
    fold(made.eval())
    return made.requires_grad_(False).to(torch.bfloat16, memory_format=torch.channels_last)
