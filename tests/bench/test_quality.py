"""Both ways to a picture, judged on the way: what is compared is what renders give, and what the textbook gives."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from studio.base.errors import InputError
from studio.bench.quality import Contest
from studio.cli.render import single
from studio.evaluation.prompts import Prompt
from studio.models.catalogue import find
from studio.models.loading import read_weights
from studio.project.model import Project
from studio.render.pictures import from_image, from_png
from studio.render.session import render
from studio.render.store import FrameStore
from studio.render.toolbox import LocalToolbox
from studio.score import clip
from studio.score.perceptor import Perceptor

CPU = torch.device("cpu")
CAT = Prompt("a cat", "on the beach")
OTHERS = ("a dog", "a tulip", "a cat")


def project(seed: int = 0) -> Project:
    return single(CAT.text, "vqgan", "noise", 3, (32, 32), seed)


def perceptor(name: str) -> Perceptor:
    entry = find(name, "clip")
    return clip.build(read_weights(entry.path, name=entry.name, expect_kind="clip"), CPU)


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def toolbox() -> LocalToolbox:
    return LocalToolbox(Path(), CPU)


@pytest.fixture(scope="module")
def contest(toolbox: LocalToolbox) -> Contest:
    return Contest(toolbox, perceptor("starter-evaluator"), project(5), OTHERS, steps=6)


def test_a_case_has_both_ways_to_their_ends(contest: Contest) -> None:
    found = contest.case(project(), CAT)
    assert (found.prompt, found.seed) == ("a cat on the beach", 0)
    assert len(found.plain) == 2  # after four steps and at the end
    assert len(found.ours) == 4  # three steps and the frame
    for looks in (found.plain, found.ours):
        times = [look.seconds for look in looks]
        assert times == sorted(times)
        assert times[0] > 0
        assert all(-1 <= look.score <= 1 for look in looks)
    assert {found.plain_rank, found.our_rank} <= {0, 1, 2}


def test_our_picture_is_the_frame_of_a_render(contest: Contest, toolbox: LocalToolbox, tmp_path: Path) -> None:
    *_, last = contest.ours(project())
    (path,) = [*render(project(), toolbox, FrameStore(tmp_path))][-1].paths
    torch.testing.assert_close(from_image(last.image), from_png(path), rtol=0, atol=0)


def test_the_plain_loop_goes_from_noise_towards_the_prompt(contest: Contest) -> None:
    first, *_, last = contest.plain(project(), steps=24)
    assert first.image.size == (32, 32)
    guide = perceptor("")
    pictures = torch.cat([from_image(each.image.resize((64, 64))) for each in (first, last)])
    before, after = (guide.embed_image(pictures) @ guide.embed_text([CAT.text])[0]).tolist()
    assert after > before


def test_a_guide_is_no_judge(toolbox: LocalToolbox) -> None:
    with pytest.raises(InputError, match="cannot judge"):
        Contest(toolbox, perceptor(""), project(), OTHERS)
