"""Training a tiny generator: exact resume, rollback from NaN, and that it learns its drawings."""

from __future__ import annotations

import os

import pytest
import torch

from studio.base.cancel import Cancelled, CancelToken
from studio.base.errors import FileError, InputError, ModelError
from studio.starter.biggan_training import BigGanSettings, BigGanTraining
from studio.starter.repertoire import gather

TINY = BigGanSettings(
    steps=4, batch=4, turn=2, looks=2, perceptual=0.0, cells=4, channels=4, scene_channels=4, vector=4,
    widths=(8, 8, 8), scene_widths=(8, 8, 8), half=False,
)  # fmt: skip


@pytest.fixture(scope="module")
def repertoire(kinds, atlas):
    return gather(kinds, atlas, TINY.looks, TINY.seed)


@pytest.fixture
def training(repertoire, tmp_path):
    def made(folder: str = "run", settings: BigGanSettings = TINY) -> BigGanTraining:
        return BigGanTraining(settings, repertoire, tmp_path / folder)

    return made


def finish(training, **options):
    return list(training.run(CancelToken(), every=1, **options))


def same(one, other) -> bool:
    return all(torch.equal(value, other.average.state[key]) for key, value in one.average.state.items())


def test_left_and_taken_up_again_it_is_the_same_to_the_bit(training):
    whole = training("whole")
    reports = finish(whole)
    assert [report.step for report in reports] == [1, 2, 3, 4]
    token, part = CancelToken(), training("part")
    with pytest.raises(Cancelled):
        for report in part.run(token, every=1):
            if report.step == 2:
                token.cancel()
    again = training("part")
    assert again.record.step == 2
    finish(again)
    assert same(again, whole)


def test_it_learns_its_drawings(training):
    from dataclasses import replace

    reports = finish(training("long", replace(TINY, steps=120, batch=8)))
    assert reports[-1].loss < 0.6 * reports[5].loss
    assert reports[-1].scenes > reports[5].scenes + 1


def test_what_is_no_number_rolls_back_and_then_stops_it(training):
    spoilt = training()
    with torch.no_grad():
        spoilt.networks.things.maps.fill_(float("nan"))
    with pytest.raises(ModelError, match="stopped at step 1"):
        finish(spoilt)


def test_other_settings_are_refused_and_a_full_disk_keeps_the_checkpoint(training, monkeypatch):
    from dataclasses import replace

    run = training().run(CancelToken(), every=1, checkpoint=1)
    next(run)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileError, match="The disk is full"):
        next(run)
    monkeypatch.undo()
    assert training().record.step == 1
    with pytest.raises(InputError, match="another rate"):
        training(settings=replace(TINY, rate=1.0))
