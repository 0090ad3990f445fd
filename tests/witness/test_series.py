"""Lines and warnings, from pictures of known content."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch

from studio.base.cancel import never
from studio.project.model import Project
from studio.witness.asked import asked
from studio.witness.memory import Memory
from studio.witness.panel import Panel, Seer
from studio.witness.series import Scorer

Make = Callable[..., Project]


@pytest.fixture
def scorer(memory: Memory) -> Iterator[Scorer]:
    yield Scorer(torch.device("cpu"), memory)


def panel(fakes: ModuleType, project: Project, *, guides: tuple[float, ...] = (1.0,), witness: bool = True) -> Panel:
    """Fake perceptors with one text a prompt, each counted from a chance of 0 with a gain of 0.5."""
    prompts = asked(project.timeline)

    def seer(number: int, weight: float) -> Seer:
        eye = fakes.Perceptor()
        eye.name, eye.identity = f"eye {number}", f"{number}" * 64
        eye._matrix = eye._matrix * (1 - 2 * (number % 2))
        points = eye.embed_text([prompt.name for prompt in prompts]).numpy()
        count = len(prompts)
        return Seer(eye, weight, points, np.zeros(count, np.float32), np.full(count, 0.5, np.float32))

    made = tuple(seer(number, weight) for number, weight in enumerate(guides))
    return Panel(prompts, np.eye(len(prompts), dtype=np.float32), made, seer(len(guides), 1.0) if witness else None)


def test_every_frame_has_its_row_and_frames_without_a_picture_none(
    scorer: Scorer, fakes: ModuleType, project: Make, picture: Callable[..., Path]
) -> None:
    made = project({0: "a dog", 24: "a cat"})
    looking = panel(fakes, made)
    pictures = [picture(frame % 5) if frame != 7 else None for frame in range(48)]
    list(scorer.look(looking, [path for path in pictures if path], never()))
    scores = scorer.scores(looking, made.timeline, pictures)
    assert scores.prompts == ("a dog", "a cat")
    assert scores.guide.seen.shape == scores.guide.cosine.shape == (48, 2)
    assert np.flatnonzero(np.isnan(scores.guide.seen).any(1)).tolist() == [7]
    np.testing.assert_allclose(scores.guide.seen[3], scores.guide.seen[8])
    np.testing.assert_allclose(scores.guide.seen[0], scores.guide.cosine[0] / 0.5, atol=1e-6)
    assert scores.witness is not None
    np.testing.assert_allclose(scores.witness.cosine[0], -scores.guide.cosine[0], atol=1e-3)  # it sees the opposite
    assert (scores.guide.name, scores.witness.name) == ("eye 0", "eye 1")


def test_several_guides_count_as_they_weigh(
    scorer: Scorer, fakes: ModuleType, project: Make, picture: Callable[..., Path]
) -> None:
    made = project({0: "a dog"})
    looking = panel(fakes, made, guides=(3.0, 1.0), witness=False)  # the second sees the opposite of the first
    list(scorer.look(looking, [picture(1)], never()))
    scores = scorer.scores(looking, made.timeline, [picture(1)])
    alone = panel(fakes, made, witness=False)
    first = scorer.scores(alone, made.timeline, [picture(1)])
    np.testing.assert_allclose(scores.guide.seen, first.guide.seen * 0.5, atol=1e-3)
    assert scores.guide.name == "eye 0, eye 1"
    assert scores.witness is None
    assert scores.fooled == ()


def test_before_anything_was_looked_at_nothing_is_known(scorer: Scorer, fakes: ModuleType, project: Make) -> None:
    made = project({0: "a dog"})
    scores = scorer.scores(panel(fakes, made), made.timeline, [None] * 48)
    assert np.isnan(scores.guide.seen).all()


def test_opposite_trends_are_a_warning(
    scorer: Scorer, fakes: ModuleType, project: Make, picture: Callable[..., Path], tmp_path: Path
) -> None:
    from PIL import Image

    made = project({0: "a dog"})
    looking = panel(fakes, made)
    eye = looking.guides[0].perceptor
    target = eye.embed_text(["a dog"])[0]
    picture_of = torch.full((1, 3, 8, 8), 0.5)
    pictures = []
    for frame in range(48):  # the guide's gradient, step by step: what pleases it displeases its opposite
        picture_of.requires_grad_()
        (gradient,) = torch.autograd.grad((eye.embed_image(picture_of + 1e-4) @ target).sum(), picture_of)
        picture_of = (picture_of + 0.004 * gradient.sign()).detach()
        path = tmp_path / f"{frame:02}.png"
        Image.fromarray((picture_of[0].permute(1, 2, 0).clamp(0, 1) * 255).round().byte().numpy()).save(path)
        pictures.append(path)
    list(scorer.look(looking, pictures, never()))
    scores = scorer.scores(looking, made.timeline, pictures)
    assert scores.guide.seen[-1, 0] > scores.guide.seen[0, 0]
    assert [span.prompt for span in scores.fooled][:1] == [0]
