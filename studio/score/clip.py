"""Perceptors: the common networks (`plain_clip`), and by open_clip any of its architectures."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, Protocol, cast

import torch
from torch import Tensor, nn

from studio.base.errors import ModelError
from studio.models import towers
from studio.models.folding import fold
from studio.models.loading import TOKENIZER, match
from studio.models.packing import pack
from studio.models.precision import DTYPES, Precision
from studio.models.unfilled import Unfilled
from studio.score import attention, tokens
from studio.score.kept_texts import KeptTexts
from studio.score.parts import in_parts
from studio.score.plain_clip import PlainClip, understands

if TYPE_CHECKING:
    from studio.models.loading import Weights
    from studio.score.tokens import Tokenizer

OPENAI_MEAN = (0.48145466, 0.4578275, 0.40821073)
"""What most CLIP models subtract from a picture (Radford et al. 2021, in the code of openai/CLIP)."""

OPENAI_STD = (0.26862954, 0.26130258, 0.27577711)
"""What most CLIP models divide a picture by, after `OPENAI_MEAN`."""

FEW = 16
"""Texts up to which each is read by itself, so that its embedding is the same to the bit in whatever company it is."""

_TEXTS_AT_ONCE = 256
_FIX = "Fetch or train the model again, or choose another"


class ImageTower(Protocol):
    """The part of an image tower that is used here."""

    image_size: int | Sequence[int]

    def modules(self) -> Iterator[nn.Module]:
        """The tower and all its parts."""


class ClipModel(Protocol):
    """The part of `PlainClip` and of open_clip's `CLIP` and `CustomTextCLIP` that is used here."""

    visual: ImageTower
    logit_scale: Tensor

    def encode_image(self, image: Tensor, normalize: bool = False) -> Tensor:
        """(n, 3, S, S), normalised, to (n, d)."""

    def encode_text(self, text: Tensor, normalize: bool = False) -> Tensor:
        """(n, context_length) tokens to (n, d)."""


class OpenClipPerceptor:
    """A `Perceptor` around a model, which it takes over: evaluation mode, frozen, channels last.

    Args:
        model: a `ClipModel` with its weights, on its device.
        tokenizer: turns text into the model's tokens.
        mean: three values that are subtracted from red, green and blue.
        std: three values, greater than 0, that red, green and blue are divided by, after that.
        name: what the artist calls it.
        identity: hex digest of weights and configuration.
        precision: of the image tower: "fp32", "bf16" for all of it, or "fp16" for its products alone, whose range is
            too small for more; embeddings are fp32 always.
        keeps: whether embeddings of texts are kept in the cache folder (`kept_texts`), by `identity` alone.
    """

    def __init__(
        self,
        model: nn.Module,
        tokenizer: Tokenizer,
        mean: Sequence[float],
        std: Sequence[float],
        *,
        name: str,
        identity: str,
        precision: Precision = "fp32",
        keeps: bool = False,
    ) -> None:
        frozen = model.eval()
        attention.simplify(frozen)
        fold(frozen)
        frozen.eval().requires_grad_(False)
        self._model = cast("ClipModel", frozen.to(memory_format=torch.channels_last))
        self._tokenizer = tokenizer
        self._marks = tokens.marks(tokenizer)
        self._texts: dict[str, Tensor] = {}
        self._crowds: dict[str, Tensor] = {}  # read in company
        self._dtype = DTYPES[precision]
        self._at_once = 0
        self.name = name
        self.identity = identity
        self.device = next(model.parameters()).device
        self.context_length = tokenizer.context_length
        self.image_size = _side(self._model.visual.image_size)
        self.logit_scale = float(self._model.logit_scale.exp().max())
        self.dimensions = model.dimensions if isinstance(model, PlainClip) else self._measured()
        self._kept = KeptTexts(identity, self.device, self.dimensions) if keeps else None
        middle, spread = (torch.tensor(values, dtype=torch.float64).view(1, 3, 1, 1) for values in (mean, std))
        # one pass over the pictures instead of two: a product and a sum
        self._scale = (1 / spread).float().to(self.device)
        self._offset = (-middle / spread).float().to(self.device)
        if self._dtype == torch.float16:
            _lower(self._model.visual, self._dtype)
        elif self._dtype != torch.float32:
            self.tower.to(self._dtype)
            pack(self.tower)

    @property
    def tower(self) -> nn.Module:
        """The image tower, for whoever looks at its features; frozen, and not to be changed."""
        return cast("nn.Module", self._model.visual)

    def embed_text(self, texts: Sequence[str]) -> Tensor:
        """Embeddings (n, d) of n texts: unit length, without gradient. Each text is computed once and remembered.

        Up to `FEW` new ones are read one by one, which gives the same bits always; more are read in batches.

        Raises:
            InputError: a text is empty or too long.
        """
        if isinstance(texts, str):
            raise TypeError("texts are a sequence of strings, not one string")
        if not texts:
            return self._scale.new_zeros(0, self.dimensions)
        unknown = [text for text in dict.fromkeys(texts) if text not in self._texts]
        if unknown and self._kept:
            self._texts |= {text: found.to(self.device) for text, found in self._kept.find(unknown).items()}
            unknown = [text for text in unknown if text not in self._texts]
        for text in unknown:
            self.check_text(text)
        if len(unknown) > FEW:
            missing = [text for text in unknown if text not in self._crowds]
            for start in range(0, len(missing), _TEXTS_AT_ONCE):
                some = missing[start : start + _TEXTS_AT_ONCE]
                self._crowds.update(zip(some, self._read(some), strict=True))
            return torch.stack([self._texts[text] if text in self._texts else self._crowds[text] for text in texts])
        read = {text: self._read([text])[0] for text in unknown}
        self._texts |= read
        if self._kept:
            self._kept.keep(read)
        return torch.stack([self._texts[text] for text in texts])

    @torch.no_grad()
    def _read(self, texts: list[str]) -> Tensor:
        return self._model.encode_text(self._tokenizer(texts).to(self.device), normalize=True).float()

    def embed_image(self, images: Tensor) -> Tensor:
        """Embeddings (n, d) of pictures (n, 3, S, S), nominally in 0 to 1: unit length, differentiable.

        With a gradient they are computed in parts once `spare` was called.
        """
        if self._at_once and len(images) > self._at_once and images.requires_grad and torch.is_grad_enabled():
            return in_parts(self.embed_image, images, self._at_once)
        side = self.image_size
        if images.ndim != 4 or images.shape[1:] != (3, side, side):
            raise ValueError(f"{self.name} looks at pictures (n, 3, {side}, {side}), not {tuple(images.shape)}")
        dtype = torch.bfloat16 if self._dtype == torch.bfloat16 else images.dtype
        normalised = torch.addcmul(self._offset, images, self._scale).to(dtype, memory_format=torch.channels_last)
        with self._reduced():
            features = self._model.encode_image(normalised)
        return nn.functional.normalize(features.float(), dim=-1)

    def spare(self, count: int) -> int:
        """Keep half as much for the gradient of `count` views from now on, or of as many as are looked at now.

        Returns:
            How many views are looked at together now; 0 when it was one already.
        """
        now = min(count, self._at_once) if self._at_once else count
        if now <= 1:
            return 0
        self._at_once = (now + 1) // 2
        return self._at_once

    def ease(self) -> None:
        """Look at all views together again."""
        self._at_once = 0

    def count_tokens(self, text: str) -> int:
        """How many tokens `text` takes of `context_length`, the marks of start and end counted in."""
        return len(self._tokenizer.encode(text)) + self._marks

    def check_text(self, text: str) -> None:
        """Do nothing, or raise InputError when `text` is empty or takes more than `context_length` tokens."""
        tokens.check(text, self.count_tokens, self.context_length, name=self.name, marks=self._marks)

    @torch.no_grad()
    def _measured(self) -> int:
        """The length of an embedding; open_clip's networks do not tell."""
        blank = torch.zeros(1, self.context_length, dtype=torch.long, device=self.device)
        return int(self._model.encode_text(blank).shape[-1])

    def _reduced(self) -> AbstractContextManager[object]:
        return torch.autocast(self.device.type, self._dtype) if self._dtype == torch.float16 else nullcontext()


def build(
    weights: Weights, device: torch.device | str, precision: Precision = "fp32", *, keeps: bool = False
) -> OpenClipPerceptor:
    """The perceptor that a file of weights describes.

    Its configuration holds `model_cfg` (open_clip's model configuration: embed_dim, vision_cfg, text_cfg, custom_text),
    `mean` and `std` (OpenAI's when absent), and `tokenizer` (see `tokens.build_tokenizer`); SigLIP's is one of the
    tensors (see `siglip_tokens`).

    Nothing is downloaded, and nothing larger than the weights themselves is allocated on the word of the configuration.
    With `keeps`, embeddings of texts are kept in the cache folder: for weights whose `sha256` is that of a file.

    Raises:
        ModelError: the configuration cannot be built, or the weights do not fit it, naming the tensors.
    """
    name, config = weights.name, weights.config
    mean = _three(config.get("mean", OPENAI_MEAN), "mean", name)
    std = _three(config.get("std", OPENAI_STD), "std", name)
    if min(std) <= 0:
        raise _unusable(name, f"Its std is {list(std)}, and every value must be greater than 0")
    tensors = {key: tensor for key, tensor in weights.tensors.items() if key != TOKENIZER}
    model_cfg = _checked(config.get("model_cfg"), len(tensors), name)
    kind = _architecture(model_cfg, bool(model_cfg.pop("custom_text", False)))
    with torch.random.fork_rng(devices=[]), Unfilled():  # initial weights are thrown away; nobody's chance should move
        # First without memory: a hostile configuration may describe a network of any size, and its shapes show that.
        with torch.device("meta"):
            shapes = _construct(kind, model_cfg, name)
        match({key: tensor.to("meta") for key, tensor in tensors.items()}, shapes, name=name)
        model = _construct(kind, model_cfg, name)
    match(tensors, model, name=name)
    tokenizer = tokens.of(weights)
    on_device = model.to(device)
    return OpenClipPerceptor(
        on_device, tokenizer, mean, std, name=name, identity=weights.sha256, precision=precision, keeps=keeps
    )


def _architecture(model_cfg: Mapping[str, Any], custom_text: bool) -> Callable[..., nn.Module]:
    if not custom_text and understands(model_cfg):
        return PlainClip
    from open_clip.model import CLIP, CustomTextCLIP  # takes seconds, for it brings timm and torchvision along

    towers.register()
    kind: Callable[..., nn.Module] = CustomTextCLIP if custom_text else CLIP
    return kind


def _construct(kind: Callable[..., nn.Module], model_cfg: Mapping[str, Any], name: str) -> nn.Module:
    try:
        model = kind(**copy.deepcopy(dict(model_cfg)))
        _side(cast("ClipModel", model).visual.image_size)
    except Exception as error:  # whatever open_clip, timm and torch may stumble over in a configuration
        whose = "Keydream" if kind is PlainClip else "open_clip"
        raise _unusable(name, f"{whose} cannot build the network it describes: {error}") from error
    return model


def _checked(model_cfg: object, count: int, name: str) -> dict[str, Any]:
    """The model configuration, if it is one that asks for no download and for no more layers than there are tensors."""
    towers = [model_cfg.get(key) for key in ("vision_cfg", "text_cfg")] if isinstance(model_cfg, Mapping) else []
    if len(towers) != 2 or not all(isinstance(tower, Mapping) for tower in towers):
        raise _unusable(name, "It does not describe its network: model_cfg with vision_cfg and text_cfg is missing")
    checked: dict[str, Any] = copy.deepcopy(dict(cast("Mapping[str, Any]", model_cfg)))
    vision, text = checked["vision_cfg"], checked["text_cfg"]
    if text.get("hf_model_name") or ":" in str(vision.get("timm_model_name")):
        raise _unusable(name, "A part of its network would have to come from the Hugging Face Hub")
    if vision.get("timm_model_name"):
        vision["timm_model_pretrained"] = False  # its weights are in the file; never on the network
    for tower in (vision, text):
        layers = tower.get("layers", 0)
        numbers = layers if isinstance(layers, list) else [layers]
        if not all(isinstance(number, int) and 0 <= number <= count for number in numbers):
            raise _unusable(name, f"It describes {layers} layers, and there are {count} tensors in the file")
    return checked


def _lower(visual: ImageTower, dtype: torch.dtype) -> None:
    """Keep the factors of large products in `dtype`, so that autocast finds them cast already at every step."""
    for module in visual.modules():
        if isinstance(module, nn.Linear | nn.Conv2d | nn.MultiheadAttention):
            for parameter in module.parameters(recurse=False):
                parameter.data = parameter.data.to(dtype)


def _side(size: int | Sequence[int]) -> int:
    sides = {size} if isinstance(size, int) else set(size)
    if len(sides) != 1:
        raise ValueError(f"it looks at pictures of {size} pixels, and only squares are supported")
    return sides.pop()


def _three(values: object, what: str, name: str) -> tuple[float, float, float]:
    if (
        isinstance(values, list | tuple)
        and len(values) == 3
        and all(isinstance(value, int | float) for value in values)
    ):
        red, green, blue = (float(value) for value in values)
        if math.isfinite(red + green + blue):
            return red, green, blue
    raise _unusable(name, f"Its {what} is {values!r}, not three numbers")


def _unusable(name: str, why: str) -> ModelError:
    return ModelError(f"The model {name} could not be used", why, _FIX)
