"""Training a tiny starter VQGAN: exact resume, honest stops, and a codebook whose dead codes come back."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from studio.base.cancel import Cancelled, CancelToken
from studio.base.errors import InputError, ModelError
from studio.canvas.networks import Networks, VqganConfig
from studio.starter.pictures import Batch
from studio.starter.vqgan_training import Report, VqganSettings, VqganTraining, configuration

SETTINGS = VqganSettings(steps=5, batch=2, side=32, crop=16, revive=2, channels=8, codes=24, code_width=4)


@pytest.fixture
def training(pictures, tmp_path):
    """Makes a training in a folder below the test's own."""

    def made(folder: str = "run", settings: VqganSettings = SETTINGS, source=pictures) -> VqganTraining:
        return VqganTraining(settings, source, tmp_path / folder)

    return made


def finish(training: VqganTraining, **options: int) -> list[Report]:
    return list(training.run(CancelToken(), every=1, **options))


def same(one: VqganTraining, other: VqganTraining) -> bool:
    pairs = ((one.average.state, other.average.state), (one.networks.state_dict(), other.networks.state_dict()))
    return torch.equal(one.used, other.used) and all(
        torch.equal(value, theirs[key]) for ours, theirs in pairs for key, value in ours.items()
    )


def interrupt(training: VqganTraining, after: int) -> None:
    token = CancelToken()
    with pytest.raises(Cancelled):
        for report in training.run(token, every=1):
            if report.step == after:
                token.cancel()


@pytest.fixture(scope="module")
def whole(pictures, tmp_path_factory):
    """A training that was never interrupted, and its reports."""
    with torch.random.fork_rng(devices=[]):
        training = VqganTraining(SETTINGS, pictures, tmp_path_factory.mktemp("vqgan"))
        return training, finish(training)


def test_it_reports_and_logs_every_step(whole):
    training, reports = whole
    assert [(report.step, report.steps) for report in reports] == [(step, 5) for step in range(1, 6)]
    for report in reports:
        assert 0 < report.error < 1
        assert 0 < report.psnr < 40
        assert 0 < report.used <= 1
    assert len((training.record.folder / "log.jsonl").read_text().splitlines()) == 5


@pytest.mark.parametrize("after", [1, 3])
def test_left_and_taken_up_again_it_is_the_same_to_the_bit(whole, training, after):
    interrupt(training(), after)
    again = training()
    assert again.record.step == after
    assert [report.step for report in finish(again)] == list(range(after + 1, 6))
    assert same(again, whole[0])


def test_another_seed_is_another_training(whole, training):
    other = training(settings=replace(SETTINGS, seed=9))
    finish(other)
    assert not same(other, whole[0])


def test_a_cancelled_token_leaves_a_checkpoint(training):
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        next(training().run(token))
    assert training().record.step == 0
    assert (training().record.folder / "state.json").is_file()


def test_other_settings_are_refused(whole, pictures):
    with pytest.raises(InputError, match="begun with another codes"):
        VqganTraining(replace(SETTINGS, codes=32), pictures, whole[0].record.folder)


def test_a_damaged_checkpoint_is_refused(training):
    interrupt(training(), 1)
    (training().record.folder / "state-0.safetensors").write_bytes(b"")
    with pytest.raises(InputError, match=r"state-0\.safetensors is damaged"):
        training()


def test_values_that_are_not_finite_stop_it_and_keep_the_last_checkpoint(training, pictures):
    class Spoilt:
        @staticmethod
        def batch(start: int, count: int) -> Batch:
            batch = pictures.batch(start, count)
            return Batch(batch.images * float("inf"), batch.captions, batch.labels) if start >= 6 else batch

    spoilt = training(source=Spoilt())
    with pytest.raises(ModelError) as caught:
        finish(spoilt, checkpoint=2)
    assert caught.value.what == f"The training in {spoilt.record.folder} stopped at step 4"
    assert "The checkpoint of step 2 is kept" in caught.value.why
    healthy = training()
    assert healthy.record.step == 2
    assert all(bool(torch.isfinite(value).all()) for value in healthy.networks.state_dict().values())


def test_the_configuration_is_one_that_the_canvas_reads(whole):
    config = VqganConfig.read(configuration(SETTINGS), name="test")
    assert config.factor == 8
    networks = Networks(config)
    networks.load_state_dict(whole[0].average.state)
    assert VqganConfig.read(configuration(VqganSettings()), name="shipped").factor == 8


def test_each_step_sees_another_part_of_the_same_size(training):
    made = training()
    crops = [made._crops(step) for step in range(6)]
    assert {crop.shape for crop in crops} == {(2, 3, 16, 16)}
    assert torch.equal(made._crops(3), crops[3])
    corners = set()
    for step, crop in enumerate(crops):
        full = made.pictures.batch(step * 2, 2).images
        places = [(x, y) for x in range(17) for y in range(17) if torch.equal(full[:, :, y : y + 16, x : x + 16], crop)]
        assert len(places) == 1
        corners.update(places)
    assert len(corners) > 3


def test_a_crop_of_the_whole_picture_is_the_picture(training):
    made = training(settings=replace(SETTINGS, crop=32))
    assert torch.equal(made._crops(1), made.pictures.batch(2, 2).images)


def test_dead_codes_are_put_where_latents_are_and_living_ones_stay(training):
    made = training()
    codebook = made.networks.quantize.embedding.weight
    made.used.fill_(1.0)
    dead = torch.tensor([2, 5, 11])
    made.used[dead] = 0.01
    before = codebook.detach().clone()
    flat = torch.randn(50, SETTINGS.code_width) * 0.1 + 7
    made._revive(flat, 3)
    assert torch.cdist(codebook[dead], flat).min(1).values.max() < 0.1
    living = [number for number in range(SETTINGS.codes) if number not in dead.tolist()]
    assert torch.equal(codebook[living], before[living])
    assert bool((made.used == 1).all())


def test_codes_are_revived_only_in_the_first_half(training, monkeypatch):
    revived = []
    monkeypatch.setattr(VqganTraining, "_revive", lambda self, flat, step: revived.append(step))
    finish(training(settings=replace(SETTINGS, steps=9, batch=1)))
    assert revived == [1, 3]


def test_it_learns(training, pictures):
    """Thirty steps on the same few pictures bring the error down."""
    batch = pictures.batch(3, 2)

    class Fixed:
        @staticmethod
        def batch(start: int, count: int) -> Batch:
            return batch

    settings = replace(SETTINGS, steps=30, crop=32, rate=2e-2)
    reports = finish(training(settings=settings, source=Fixed()))
    assert reports[-1].error < 0.6 * reports[0].error
    assert reports[-1].psnr > reports[0].psnr + 3
