"""Training a tiny starter VQGAN: exact resume, honest stops, and a codebook whose dead codes come back."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from studio.base.cancel import Cancelled, CancelToken
from studio.base.errors import InputError, ModelError
from studio.canvas.networks import Networks, VqganConfig
from studio.models.towers import SmoothResNet
from studio.starter.codes import Codes
from studio.starter.perceptual import PerceptualLoss
from studio.starter.pictures import Batch
from studio.starter.vqgan_training import Report, VqganSettings, VqganTraining, configuration

SETTINGS = VqganSettings(
    steps=5, batch=2, views=1, side=32, crop=16, zoom=0.5, begin=0.5, free=0.2, critic=4, revive=2,
    shuffle=2, channels=8, multipliers=(1, 2, 4), codes=24, code_width=4, half=False,
)  # fmt: skip


@pytest.fixture
def training(pictures, tmp_path):
    """Makes a training in a folder below the test's own."""

    def made(folder: str = "run", settings: VqganSettings = SETTINGS, source=pictures) -> VqganTraining:
        return VqganTraining(settings, source, tmp_path / folder, PerceptualLoss(Perceptor()))

    return made


class Perceptor:
    """Sees what a small tower with random weights sees."""

    name, image_size, identity = "test", 16, "abc"

    def __init__(self) -> None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(4)
            self.tower = SmoothResNet((4, 6), (1, 0)).eval().requires_grad_(False)

    def embed_image(self, images: torch.Tensor) -> torch.Tensor:
        return self.tower(images)


def finish(training: VqganTraining, **options: int) -> list[Report]:
    return list(training.run(CancelToken(), every=1, **options))


def same(one: VqganTraining, other: VqganTraining) -> bool:
    ours, theirs = one.tensors(), other.tensors()
    return ours.keys() == theirs.keys() and all(torch.equal(value, theirs[key]) for key, value in ours.items())


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
        folder = tmp_path_factory.mktemp("vqgan")
        training = VqganTraining(SETTINGS, pictures, folder, PerceptualLoss(Perceptor()))
        return training, finish(training)


def test_it_reports_and_logs_every_step(whole):
    training, reports = whole
    assert [(report.step, report.steps) for report in reports] == [(step, 5) for step in range(1, 6)]
    for report in reports:
        assert 0 < report.error < 1
        assert 0 < report.psnr < 40
        assert 0 <= report.features < 4
    assert [report.used > 0 for report in reports] == [True] * 5
    assert [report.features > 0 for report in reports] == [False, False, False, True, True]
    assert [report.judged > 0 for report in reports] == [False, False, False, True, True]
    assert [report.balance > 0 for report in reports] == [False, False, False, True, True]
    assert len((training.record.folder / "log.jsonl").read_text().splitlines()) == 5


@pytest.mark.parametrize("after", [1, 2, 4])
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

    spoilt = training(settings=replace(SETTINGS, free=1.0), source=Spoilt())
    with pytest.raises(ModelError) as caught:
        finish(spoilt, checkpoint=2)
    assert caught.value.what == f"The training in {spoilt.record.folder} stopped at step 4"
    assert "The checkpoint of step 2 is kept" in caught.value.why
    healthy = training(settings=replace(SETTINGS, free=1.0))
    assert healthy.record.step == 2
    assert all(bool(torch.isfinite(value).all()) for value in healthy.networks.state_dict().values())


def test_the_configuration_is_one_that_the_canvas_reads(whole):
    config = VqganConfig.read(configuration(SETTINGS), name="test")
    assert config.factor == 8
    networks = Networks(config)
    networks.load_state_dict(whole[0].average.state)
    assert VqganConfig.read(configuration(VqganSettings()), name="shipped").factor == 4


def test_each_step_sees_other_parts_of_the_same_size(training):
    made = training(settings=replace(SETTINGS, zoom=0.0, views=2))
    steps = [made._parts(step) for step in range(6)]
    assert {parts.shape for parts in steps} == {(2, 3, 16, 16)}
    assert torch.equal(made._parts(3), steps[3])
    corners = set()
    for step, parts in enumerate(steps):
        full = made.pictures.batch(step, 1).images[0]
        for part in parts:
            found = [(x, y) for x in range(17) for y in range(17) if torch.equal(full[:, y : y + 16, x : x + 16], part)]
            assert len(found) == 1
            corners.update(found)
    assert len(corners) > 6


def test_zoomed_parts_are_pictures_of_the_same_size_too(training):
    made = training(settings=replace(SETTINGS, zoom=1.0))
    plain = training("plain", replace(SETTINGS, zoom=0.0))
    assert not torch.equal(made._parts(1), plain._parts(1))
    for step in range(6):
        parts = made._parts(step)
        assert parts.shape == (2, 3, 16, 16)
        assert 0 <= float(parts.min()) <= float(parts.max()) <= 1


def test_a_part_as_large_as_the_picture_is_the_picture(training):
    made = training(settings=replace(SETTINGS, crop=32, zoom=0.0))
    assert torch.equal(made._parts(1), made.pictures.batch(2, 2).images)


def test_views_that_do_not_divide_the_batch_are_refused(training):
    with pytest.raises(InputError, match="not a multiple of 3 views"):
        training(settings=replace(SETTINGS, views=3))


def test_codes_begin_after_the_free_steps_and_are_revived_in_the_first_three_quarters(training, monkeypatch):
    told = []
    monkeypatch.setattr(Codes, "begin", lambda self, latents, generator: told.append(("begin", len(latents))))
    monkeypatch.setattr(Codes, "revive", lambda self, latents, generator: told.append(("revive", len(latents))))
    monkeypatch.setattr(Codes, "follow", lambda self, latents, nearest: told.append(("follow", len(latents))))
    finish(training(settings=replace(SETTINGS, steps=10, free=0.3)))
    follow = ("follow", 8)
    assert told == [("begin", 96), *[follow, ("revive", 8), follow] * 3, follow]


def test_before_there_are_codes_latents_are_decoded_as_they_are(training):
    made = training()
    images = made._parts(0)
    drawn, flat, _ = made._redraw(images, 0)
    latents = flat.view(2, 2, 2, 4).movedim(-1, 1)
    with torch.no_grad():
        decoded = made.networks.decoder(made.networks.post_quant_conv(latents))
    assert torch.allclose(drawn, torch.nn.functional.pixel_shuffle(decoded, 2) * 0.5 + 0.5, atol=1e-5)


def test_the_discriminator_changes_what_is_drawn_and_without_weight_it_does_not(training, whole):
    without = training(settings=replace(SETTINGS, adversarial=0.0))
    reports = finish(without)
    assert [report.judged for report in reports] == [0] * 5
    assert not same(without, whole[0])
    untouched = training("untouched").critic.state_dict()
    assert all(torch.equal(value, untouched[key]) for key, value in without.critic.state_dict().items())


def test_without_a_perceptor_there_are_no_features(pictures, tmp_path):
    reports = finish(VqganTraining(replace(SETTINGS, perceptual=0.0, steps=2), pictures, tmp_path))
    assert [report.features for report in reports] == [0, 0]


def test_another_perceptor_is_another_training(whole, pictures):
    other = Perceptor()
    other.identity = "other"
    with pytest.raises(InputError, match="begun with another perceptor"):
        VqganTraining(SETTINGS, pictures, whole[0].record.folder, PerceptualLoss(other))


def test_half_precision_learns_and_takes_up_again_to_the_bit(training):
    settings = replace(SETTINGS, half=True)
    one = training(settings=settings)
    finish(one)
    interrupt(training("again", settings), 3)
    again = training("again", settings)
    finish(again)
    assert same(one, again)
    assert all(value.dtype == torch.float32 for value in one.average.state.values())


def test_it_learns(training, pictures):
    """Sixty steps on the same few pictures bring the error down."""
    batch = pictures.batch(3, 2)

    class Fixed:
        @staticmethod
        def batch(start: int, count: int) -> Batch:
            return batch

    settings = replace(SETTINGS, steps=60, crop=32, zoom=0.0, rate=2e-2, free=0.9, begin=1.0, perceptual=0.0)
    reports = finish(training(settings=settings, source=Fixed()))
    assert reports[-1].error < 0.6 * reports[0].error
    assert reports[-1].psnr > reports[0].psnr + 3
