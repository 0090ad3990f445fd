"""One evaluation: pictures of prompts, judged by a perceptor that did not guide them."""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from studio import __version__
from studio.base import atomic
from studio.base.cancel import CancelToken
from studio.base.errors import InputError
from studio.base.progress import Progress, Report
from studio.canvas.pack import Pack
from studio.evaluation.kid import kid
from studio.evaluation.precision import context_ranks, object_ranks, precision
from studio.evaluation.prompts import Prompt
from studio.evaluation.reals import can_draw, drawable, real_pictures
from studio.evaluation.sheets import contact_sheet
from studio.render.pictures import from_image
from studio.score.perceptor import Perceptor

OTHERS = 99
"""Other objects that the true one is ranked among."""

DRAWS = 3
"""Real pictures of each prompt."""

_BLUR = 0.05  # standard deviation, of the side
_NOISE = 0.15  # standard deviation, of 0 to 1
_SEED = 1


@dataclass(frozen=True, slots=True)
class Made:
    """A picture to be judged: its file, and the seconds that it took; None where nobody knows."""

    path: Path
    seconds: float | None


def evaluate(
    prompts: Sequence[Prompt],
    made: Sequence[Made],
    judge: Perceptor,
    guides: Sequence[Perceptor],
    folder: Path,
    pack: Pack | None,
    about: dict[str, Any],
    *,
    token: CancelToken,
    report: Report,
) -> dict[str, Any]:
    """Judge pictures and write `evaluation.json`, `blind.png` and `captioned.png` into `folder`.

    Args:
        prompts: what the pictures should show.
        made: one for each.
        judge: never one of `guides`.
        guides: the perceptors that the pictures were made with; empty when nobody knows.
        folder: for what is written.
        pack: of the artwork that real pictures are drawn from, of those prompts whose words captions use, and other
            objects taken; None leaves them out, and the others are the objects of the other prompts.
        about: settings, to be kept with the figures.
        token: polled between the steps.
        report: told what is being done.

    Returns:
        What `evaluation.json` holds.

    Raises:
        InputError: the judge is a guide, or pictures are missing.
        FileError: something cannot be written.
        Cancelled: the token was fired.
    """
    if any(guide.identity == judge.identity for guide in guides):
        raise InputError(
            f"{judge.name} cannot judge these pictures",
            "They were made to please it",
            "Choose another with --evaluator",
        )
    if len(made) != len(prompts):
        raise InputError(
            "The pictures and the prompts do not match",
            f"There are {len(made)} and {len(prompts)}",
            "Give one for each",
        )
    images = [_opened(one.path) for one in made]
    seen = torch.cat([seen_by(image, judge) for image in images])
    others = drawable(pack) if pack else tuple(prompt.object for prompt in prompts)
    contexts = [prompt.context for prompt in prompts]
    among = min(OTHERS, len(set(others)) - 1) + 1

    def judged(name: str, pictures: Tensor, said: Sequence[Prompt] = prompts) -> dict[str, Any]:
        token.check()
        report(Progress(0, 0, f"judging {name}"))
        objects = object_ranks(judge, pictures, said, others, OTHERS, _SEED)
        places = context_ranks(judge, pictures, said, contexts)
        return {
            "object": asdict(precision(objects, among)),
            "context": asdict(precision(places, len(set(contexts)))),
            "object_ranks": objects,
            "context_ranks": places,
        }

    results: dict[str, Any] = {"made": judged("pictures", seen)}
    generator = torch.Generator().manual_seed(_SEED)
    results["blurred"] = judged("blurred copies", _blurred(seen))
    noise = torch.randn(seen.shape, generator=generator) * _NOISE
    results["noised"] = judged("noised copies", (seen + noise).clamp(0, 1))
    known = [number for number, prompt in enumerate(prompts) if pack and can_draw(prompt, pack)]
    if pack and len(known) > 1:
        said = [prompts[number] for number in known]
        reals = [real_pictures(said, pack, judge.image_size, seed) for seed in range(DRAWS + 1)]
        draws = [judged("real pictures", pictures, said) for pictures in reals[:DRAWS]]
        ranks = {key: [rank for draw in draws for rank in draw[key]] for key in ("object_ranks", "context_ranks")}
        results["real"] = {
            "object": asdict(precision(ranks["object_ranks"], among)),
            "context": asdict(precision(ranks["context_ranks"], len(set(contexts)))),
            "prompts": len(known),
        }
        results["kid"] = _distances(judge, seen[known], reals)
    seconds = [one.seconds for one in made if one.seconds is not None]
    data = {
        "keydream": __version__,
        "torch": torch.__version__,
        "machine": platform.machine(),
        "judge": {"name": judge.name, "identity": judge.identity},
        "guides": [{"name": guide.name, "identity": guide.identity} for guide in guides],
        **about,
        "seconds_a_picture": round(sum(seconds) / len(seconds), 2) if seconds else None,
        **results,
        "prompts": [prompt.text for prompt in prompts],
        "pictures": [one.path.name for one in made],
        "when": time.strftime("%Y-%m-%d"),
    }
    atomic.write_bytes(folder / "evaluation.json", json.dumps(data, indent=1).encode())
    atomic.write_bytes(folder / "blind.png", contact_sheet(images, None))
    atomic.write_bytes(folder / "captioned.png", contact_sheet(images, [prompt.text for prompt in prompts]))
    return data


@torch.no_grad()
def _distances(judge: Perceptor, seen: Tensor, reals: Sequence[Tensor]) -> dict[str, Any]:
    """The distance of the pictures to real ones, and of two sets of real ones."""
    embed: Callable[[Tensor], Tensor] = lambda pictures: judge.embed_image(pictures.to(judge.device)).cpu()  # noqa: E731
    made, first, second = embed(seen), embed(torch.cat(list(reals[:2]))), embed(torch.cat(list(reals[2:])))
    return {"made": asdict(kid(made, first)), "real": asdict(kid(second, first))}


def _opened(path: Path) -> Image.Image:
    from studio.project.assets import read_picture

    return read_picture(path)


def seen_by(image: Image.Image, judge: Perceptor) -> Tensor:
    """The picture as the judge looks at it, its middle square, (1, 3, S, S)."""
    edge = min(image.size)
    left, top = (image.width - edge) // 2, (image.height - edge) // 2
    square = image.crop((left, top, left + edge, top + edge))
    return from_image(square.resize((judge.image_size, judge.image_size), Image.Resampling.BOX))


def _blurred(pictures: Tensor) -> Tensor:
    """Copies under a Gaussian; shapes are gone where colours stay."""
    side = pictures.shape[-1]
    radius = max(1, round(3 * _BLUR * side))
    taps = torch.exp(-0.5 * (torch.arange(-radius, radius + 1) / (_BLUR * side)) ** 2)
    taps = taps / taps.sum()
    padded = torch.nn.functional.pad(pictures, (radius,) * 4, mode="reflect" if radius < side else "replicate")
    flat = padded.flatten(0, 1)[:, None]
    flat = torch.nn.functional.conv2d(torch.nn.functional.conv2d(flat, taps.view(1, 1, 1, -1)), taps.view(1, 1, -1, 1))
    return flat.view(pictures.shape)
