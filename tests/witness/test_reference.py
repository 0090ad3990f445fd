"""What is known is a scale: true captions come to 1, others to 0, for both models that ship."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from studio.base import paths
from studio.base.cancel import Cancelled, CancelToken, never
from studio.canvas.pack import read_pack
from studio.evaluation.prompts import read_prompts
from studio.evaluation.reals import can_draw, real_pictures
from studio.score.looking import embed, looks
from studio.score.sharing import perceptor
from studio.score.standing import seen
from studio.timeline.prompt import Image, Text
from studio.witness import reference as module
from studio.witness.memory import Memory
from studio.witness.reference import reference

CPU = torch.device("cpu")


@pytest.mark.parametrize("name", ["starter-clip", "starter-evaluator"])
def test_unseen_pictures_of_the_captions_come_to_one_and_others_to_zero(name: str, tmp_path: Path) -> None:
    clip, memory = perceptor(name, CPU), Memory(tmp_path / "seen.sqlite")
    known = reference(clip, memory, never())
    prompts = read_prompts(paths.resources() / "starter" / "prompts-24.txt")
    pack = read_pack(paths.resources() / "starter" / "noto.zip")
    some = [prompt for prompt in prompts if can_draw(prompt, pack)][:12]
    pictures = real_pictures(some, pack, clip.image_size, 7)
    shown = embed(clip, [looks(one[None], clip.image_size) for one in pictures]).numpy()
    said = clip.embed_text([prompt.text for prompt in some]).numpy()
    chance = np.array([known.chance(Text(p.text), point) for p, point in zip(some, said, strict=True)], np.float32)
    found = seen(shown @ said.T, chance, np.full(len(some), known.word_gain, np.float32))
    assert np.diag(found).mean() == pytest.approx(1, abs=0.15)
    assert found[~np.eye(len(some), dtype=bool)].mean() == pytest.approx(0, abs=0.15)
    second = real_pictures(some, pack, clip.image_size, 8)
    again = embed(clip, [looks(one[None], clip.image_size) for one in second]).numpy()
    chance = np.array([known.chance(Image("x"), point) for point in again], np.float32)
    alike = seen(shown @ again.T, chance, np.full(len(some), known.picture_gain, np.float32))
    assert np.diag(alike).mean() == pytest.approx(1, abs=0.2)
    memory.close()


def test_a_caption_is_not_measured_by_its_own_picture() -> None:
    shown = np.eye(3, dtype=np.float32)
    known = module.Reference(("a dog", "a cat", "a bird"), shown, 1.0, 1.0)
    point = np.array([1, 0, 0], np.float32)
    assert known.chance(Text("a dog"), point) == 0
    assert known.chance(Text("a hound"), point) == pytest.approx(1 / 3)


def test_it_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clip, memory = perceptor("", CPU), Memory(tmp_path / "seen.sqlite")
    first = reference(clip, memory, never())
    monkeypatch.setattr(module, "real_pictures", lambda *_: pytest.fail("pictures were drawn again"))
    again = reference(clip, memory, never())
    assert again.word_gain == pytest.approx(first.word_gain, abs=1e-3)
    memory.close()


def test_it_can_be_stopped(tmp_path: Path) -> None:
    token = CancelToken()
    token.cancel()
    memory = Memory(tmp_path / "seen.sqlite")
    with pytest.raises(Cancelled):
        reference(perceptor("", CPU), memory, token)
    memory.close()
