"""Training the starter CLIP: contrastive, with a class head, against attacks on its own pictures.

Each batch of pictures is used `replays` times ("free" adversarial training, Shafahi et al. 2019): the gradient that a
pass leaves on the pictures is the attack of the next pass, so that robustness costs no extra pass. Robust features are
what makes gradients look like things (Santurkar et al. 2019; CLIPAG, Ganz and Elad 2023).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import open_clip
import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from studio.models import towers
from studio.models.loading import Weights, match
from studio.scenery.backgrounds import KINDS as BACKGROUNDS
from studio.scenery.colours import COLOURS
from studio.score.tokens import build_tokenizer
from studio.starter.bpe import learn_merges
from studio.starter.captions import ADJECTIVES, DOINGS, FRONTS, many, with_article
from studio.starter.pictures import NOTHING, Pictures, Source
from studio.starter.trainer import Trainer
from studio.starter.training import Average, Run, cosine, pack, unpack


@dataclass(frozen=True, slots=True)
class ClipSettings:
    """How a starter CLIP is trained.

    Attributes:
        steps: batches of fresh pictures.
        batch: pictures a batch.
        replays: passes over a batch once the clean share is over; the first is clean, each later one under attack.
        clean: share of the steps that train without attacks.
        radius: L2 length of the attack on a picture with values in 0..1 (64x64), reached after a ramp over a third of
            the steps.
        rate: peak learning rate of AdamW.
        decay: weight decay.
        seed: of the pictures, the weights and the attacks.
        tower: the image tower, as timm knows it.
        side: width and height of a picture, in pixels.
        embedding: dimensions of an embedding.
        text_width: width of the text tower, a multiple of 40.
        text_layers: depth of the text tower.
        context: tokens that the text tower reads, marks counted in.
        bank: how many names a picture is told apart among, beside the captions of its batch.
        half: whether products are computed in bfloat16, which processors with AMX and graphics processors do fast.
    """

    steps: int = 3000
    batch: int = 128
    replays: int = 2
    clean: float = 0.2
    radius: float = 2.0
    rate: float = 2e-3
    decay: float = 0.02
    seed: int = 1
    tower: str = "keydream_smooth_m"
    side: int = 64
    embedding: int = 256
    text_width: int = 160
    text_layers: int = 3
    context: int = 32
    bank: int = 256
    half: bool = True


@dataclass(frozen=True, slots=True)
class Report:
    """How training goes.

    Attributes:
        step: steps done.
        steps: steps in all.
        loss: contrastive, of the first pass over the batch.
        head: of the names and the attribute classifiers, on the first pass.
        first: share of the batch's pictures whose own caption ranks first, on the first pass.
        attacked: the same on the last pass, which is under attack once the clean share is over.
    """

    step: int
    steps: int
    loss: float
    head: float
    first: float
    attacked: float


class Heads(nn.Module):
    """Cosine classifiers over a picture's attributes, each with its own learned scale; only training needs them."""

    def __init__(self, width: int, kinds: int) -> None:
        super().__init__()
        sizes = (kinds, len(BACKGROUNDS), len(COLOURS))
        self.weights = nn.ParameterList([nn.Parameter(torch.randn(size, width) * width**-0.5) for size in sizes])
        self.scale = nn.Parameter(torch.full((len(sizes),), math.log(16.0)))

    def loss(self, features: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """Mean cross-entropy over the attributes; features (n, d) unit, labels (n, 3) with `NOTHING` ignored."""
        total = features.new_zeros(())
        for number, weight in enumerate(self.weights):
            wanted = labels[:, number]
            if bool((wanted != NOTHING).any()):
                logits = self.scale[number].exp() * features @ nn.functional.normalize(weight, dim=1).T
                share = (0.5, 0.3, 0.3)[number]
                total = total + share * nn.functional.cross_entropy(logits, wanted, ignore_index=NOTHING)
        return total


def configuration(settings: ClipSettings, merges: list[str]) -> dict[str, Any]:
    """The `config` that ships with the weights, as `studio.score.clip.build` takes it."""
    return {
        "model_cfg": {
            "embed_dim": settings.embedding,
            "vision_cfg": {
                "timm_model_name": settings.tower,
                "timm_model_pretrained": False,
                "timm_pool": "",
                "timm_proj": "linear",
                "image_size": settings.side,
            },
            "text_cfg": {
                "context_length": settings.context,
                "vocab_size": 512 + len(merges) + 2,
                "width": settings.text_width,
                "heads": settings.text_width // 40,
                "layers": settings.text_layers,
            },
        },
        "tokenizer": {"merges": merges},
        "mean": [0.5, 0.5, 0.5],
        "std": [0.28, 0.28, 0.28],
    }


def vocabulary(pictures: Pictures, samples: int = 3000) -> list[str]:
    """Merges that make every word of the captions one token."""
    words = [many(noun, count) for kind in pictures.kinds for noun in kind.nouns for count in (2, 3)]
    words += [noun for kind in pictures.kinds for noun in kind.nouns]
    words += [*FRONTS, *ADJECTIVES, *DOINGS]
    return learn_merges([*(pictures.caption(number) for number in range(samples)), *words], 6000)


class ClipTraining(Trainer[Report]):
    """A starter CLIP in training; iterate `run()`.

    Args:
        settings: how; where it goes on from a model, that one's architecture counts.
        pictures: what it sees.
        folder: its checkpoints.
        merges: of its vocabulary.
        begin: weights to go on from, vocabulary and architecture with them; None begins from chance.
        data: hex digest of what settings and `pictures` do not say by themselves, such as an artist's folder.

    Raises:
        ModelError: the weights to go on from are of no such model.
        InputError: the folder has a checkpoint of another training.
    """

    def __init__(
        self,
        settings: ClipSettings,
        pictures: Source,
        folder: Path,
        merges: list[str],
        *,
        begin: Weights | None = None,
        data: str = "",
    ) -> None:
        torch.manual_seed(settings.seed)
        self.settings = settings
        self.steps = settings.steps
        self.pictures = pictures
        self.config: dict[str, Any] = dict(begin.config) if begin else configuration(settings, merges)
        self.tokenizer = build_tokenizer(
            self.config["tokenizer"], self.config["model_cfg"]["text_cfg"]["context_length"], name="starter"
        )
        towers.register()
        self.model = open_clip.model.CLIP(**self.config["model_cfg"])
        if begin:
            match(begin.tensors, self.model, name=begin.name)
        self.model.visual.to(memory_format=torch.channels_last)
        self.heads = Heads(self.config["model_cfg"]["embed_dim"], len(pictures.kinds))
        self.whole = nn.ModuleDict({"model": self.model, "heads": self.heads})
        plain = [p for p in self.whole.parameters() if p.ndim < 2]
        decayed = [p for p in self.whole.parameters() if p.ndim >= 2]
        self.optimiser = torch.optim.AdamW(
            [{"params": decayed, "weight_decay": settings.decay}, {"params": plain, "weight_decay": 0.0}],
            lr=settings.rate,
            betas=(0.9, 0.98),
        )
        self.average = Average(self.whole, 0.998)
        self.mean = torch.tensor(self.config["mean"]).view(1, 3, 1, 1)
        self.std = torch.tensor(self.config["std"]).view(1, 3, 1, 1)
        named = {"begin": begin.sha256 if begin else "", "data": data}
        self.record = Run(folder, asdict(settings) | {key: value for key, value in named.items() if value})
        tensors = self.record.resume()
        if tensors is not None:
            self.restore(tensors)
        self.whole.train()

    def tensors(self) -> dict[str, torch.Tensor]:
        """Weights, optimiser and averages."""
        return pack(self.whole, self.optimiser, self.average)

    def restore(self, tensors: Mapping[str, torch.Tensor]) -> None:
        """Put back what `tensors` gave."""
        unpack(tensors, self.whole, self.optimiser, self.average)

    def after_step(self) -> None:
        """Average the weights."""
        self.average.update(self.whole, self.record.step)

    def figures(self, report: Report) -> dict[str, float]:
        """Losses and shares, for the log."""
        return {"loss": report.loss, "head": report.head, "first": report.first, "attacked": report.attacked}

    def advance(self, step: int) -> Report:
        """One batch of pictures: a clean pass, then those under attack; one step of the optimiser for all of them."""
        settings = self.settings
        batch = self.pictures.batch(step * settings.batch, settings.batch)
        tokens = self.tokenizer(list(batch.captions))
        clean_steps = int(settings.clean * settings.steps)
        attacked = step >= clean_steps
        radius = settings.radius * min(1.0, (step - clean_steps + 1) / max(1, settings.steps // 3)) if attacked else 0.0
        generator = torch.Generator().manual_seed(int(np.random.default_rng([settings.seed, step]).integers(2**62)))
        attack = _within(torch.randn(batch.images.shape, generator=generator), radius * 0.25)
        rate = settings.rate * cosine(step, settings.steps, 100) * self.record.caution
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        losses, heads, firsts = [], [], []
        self.optimiser.zero_grad(set_to_none=True)
        names, wanted = self._bank(step, batch.labels[:, 0])
        # all passes share one encoding of the texts, which is differentiated once
        texts, bank = self._encode(tokens), self._encode(names)
        shared, known = texts.detach().requires_grad_(), bank.detach().requires_grad_()
        for _ in range(settings.replays if attacked else 1):
            images = (
                (batch.images + attack)
                .clamp(0, 1)
                .contiguous(memory_format=torch.channels_last)
                .requires_grad_(attacked)
            )
            with self._reduced():
                features = self.model.visual((images - self.mean) / self.std)
            features = nn.functional.normalize(features.float(), dim=1)
            scale = self.model.logit_scale.exp().clamp(max=100)
            logits = scale * features @ shared.T
            truth = torch.arange(len(logits))
            contrastive = (
                nn.functional.cross_entropy(logits, truth) + nn.functional.cross_entropy(logits.T, truth)
            ) / 2
            head = self.heads.loss(features, batch.labels)
            if bool((wanted != NOTHING).any()):
                head = head + nn.functional.cross_entropy(scale * features @ known.T, wanted, ignore_index=NOTHING)
            (contrastive + head).backward()  # type: ignore[no-untyped-call]
            if images.grad is not None:
                attack = _within(attack + _within(images.grad, radius, exactly=True), radius)
            losses.append(float(contrastive.detach()))
            heads.append(float(head.detach()))
            firsts.append(float((logits.argmax(1) == truth).float().mean()))
        texts.backward(shared.grad)  # type: ignore[no-untyped-call]
        if known.grad is not None:
            bank.backward(known.grad)  # type: ignore[no-untyped-call]
        norm = nn.utils.clip_grad_norm_(self.whole.parameters(), 5.0)
        self.record.check_finite(loss=sum(losses) + sum(heads), gradient=float(norm))
        self.optimiser.step()
        return Report(step + 1, settings.steps, losses[0], heads[0], firsts[0], firsts[-1])

    def _bank(self, step: int, kinds: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Tokens of names, those of the batch's `kinds` (n,) among them, and for each picture which one is its own.

        It is what finds a drawing by its name: the contrastive loss alone meets too few names at once.
        """
        rng = np.random.default_rng([self.settings.seed, step, 1])
        count = len(self.pictures.kinds)
        present = {kind for kind in kinds.tolist() if kind != NOTHING}
        others = [kind for kind in rng.permutation(count).tolist() if kind not in present]
        chosen = sorted(present) + others[: max(0, self.settings.bank - len(present))]
        texts = []
        for kind in chosen:
            nouns = self.pictures.kinds[kind].nouns
            noun = nouns[0] if rng.random() < 0.6 else nouns[int(rng.integers(len(nouns)))]
            texts.append(FRONTS[int(rng.integers(len(FRONTS)))] + with_article(noun))
        place = {kind: number for number, kind in enumerate(chosen)}
        wanted = torch.tensor([place.get(kind, NOTHING) for kind in kinds.tolist()])
        return self.tokenizer(texts or ["nothing"]), wanted

    def _encode(self, tokens: torch.Tensor) -> torch.Tensor:
        """open_clip's `encode_text` without the padding behind the longest text; attention is causal: it's the same."""
        length = int((tokens != 0).sum(1).max())
        tokens = tokens[:, :length]
        # for texts so short, the plain product is seven times as fast on a processor as the blocked one
        with self._reduced(), sdpa_kernel(SDPBackend.MATH):
            x = self.model.token_embedding(tokens) + self.model.positional_embedding[:length]
            x = self.model.transformer(x, attn_mask=self.model.attn_mask[:length, :length])
            x = self.model.ln_final(x)[torch.arange(len(tokens)), tokens.argmax(1)]
            x = x @ self.model.text_projection
        embeddings: torch.Tensor = nn.functional.normalize(x.float(), dim=1)
        return embeddings

    def _reduced(self) -> torch.autocast:
        return torch.autocast("cpu", torch.bfloat16, enabled=self.settings.half)


def _within(attack: torch.Tensor, radius: float, *, exactly: bool = False) -> torch.Tensor:
    """Shorten each picture's attack (n, 3, h, w) to an L2 length of at most `radius`; or make it just that long."""
    length = attack.flatten(1).norm(dim=1).clamp(min=1e-12).view(-1, 1, 1, 1)
    factor = radius / length
    moved: torch.Tensor = attack * (factor if exactly else factor.clamp(max=1.0))
    return moved
