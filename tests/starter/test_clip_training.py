"""Training a tiny starter CLIP: exact resume, honest stops, and the parts that its mathematics stands on."""

from __future__ import annotations

import os
from dataclasses import asdict, replace

import open_clip
import pytest
import torch

from studio.base.cancel import Cancelled, CancelToken
from studio.base.errors import FileError, InputError, ModelError
from studio.score.tokens import build_tokenizer
from studio.starter import clip_training
from studio.starter.clip_training import ClipSettings, ClipTraining, Heads, configuration, vocabulary
from studio.starter.pictures import NOTHING, Batch
from studio.starter.training import Run

SETTINGS = ClipSettings(
    steps=4, batch=4, replays=2, clean=0.5, side=32, embedding=16, text_width=40, text_layers=1, context=24, bank=3
)


@pytest.fixture(scope="module")
def merges(pictures):
    return vocabulary(pictures, 30)


@pytest.fixture
def training(pictures, tmp_path, merges):
    """Makes a training in a folder below the test's own."""

    def made(folder: str = "run", settings: ClipSettings = SETTINGS, source=pictures) -> ClipTraining:
        return ClipTraining(settings, source, tmp_path / folder, merges)

    return made


def finish(training: ClipTraining, **options: int) -> list[clip_training.Report]:
    return list(training.run(CancelToken(), every=1, **options))


def same(one: ClipTraining, other: ClipTraining) -> bool:
    pairs = ((one.average.state, other.average.state), (one.whole.state_dict(), other.whole.state_dict()))
    return all(torch.equal(value, theirs[key]) for ours, theirs in pairs for key, value in ours.items())


def interrupt(training: ClipTraining, after: int) -> None:
    token = CancelToken()
    with pytest.raises(Cancelled):
        for report in training.run(token, every=1):
            if report.step == after:
                token.cancel()


@pytest.fixture(scope="module")
def whole(pictures, tmp_path_factory, merges):
    """A training that was never interrupted, and its reports."""
    with torch.random.fork_rng(devices=[]):
        training = ClipTraining(SETTINGS, pictures, tmp_path_factory.mktemp("clip"), merges)
        return training, finish(training)


def test_it_reports_every_step_and_logs_it(whole):
    training, reports = whole
    assert [(report.step, report.steps) for report in reports] == [(step, 4) for step in (1, 2, 3, 4)]
    for report in reports:
        assert report.loss > 0
        assert report.head > 0
        assert report.first in (0, 0.25, 0.5, 0.75, 1)
        assert report.attacked in (0, 0.25, 0.5, 0.75, 1)
    assert all(report.first == report.attacked for report in reports[:2])  # no attack in the clean share
    assert len((training.record.folder / "log.jsonl").read_text().splitlines()) == 4


def test_it_is_determined_by_its_settings(whole, training):
    again = training()
    finish(again)
    assert same(again, whole[0])
    other = training("other", replace(SETTINGS, seed=5))
    finish(other)
    assert not same(other, whole[0])


@pytest.mark.parametrize("after", [1, 3])
def test_left_and_taken_up_again_it_is_the_same_to_the_bit(whole, training, after):
    interrupt(training(), after)
    again = training()
    assert again.record.step == after
    assert [report.step for report in finish(again)] == list(range(after + 1, 5))
    assert same(again, whole[0])


def test_a_cancelled_token_stops_before_the_first_step_and_leaves_a_checkpoint(training):
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        next(training().run(token))
    assert training().record.step == 0


def test_a_finished_training_has_nothing_to_do(whole, pictures, merges):
    again = ClipTraining(SETTINGS, pictures, whole[0].record.folder, merges)
    assert again.record.step == 4
    assert finish(again) == []
    assert same(again, whole[0])


def test_other_settings_are_refused(whole, pictures, merges):
    with pytest.raises(InputError, match="begun with another batch, rate"):
        ClipTraining(replace(SETTINGS, batch=8, rate=1e-4), pictures, whole[0].record.folder, merges)


def test_a_damaged_checkpoint_is_refused(training):
    interrupt(training(), 1)
    path = training().record.folder / "state-0.safetensors"
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(InputError, match=r"state-0\.safetensors is damaged"):
        training()


def test_other_things_to_draw_are_refused(training, pictures):
    interrupt(training(), 1)

    class Fewer:
        kinds = pictures.kinds[1:]
        batch = pictures.batch

    with pytest.raises(InputError, match="list of objects or the artwork has changed"):
        training(source=Fewer())


class Spoilt:
    """Pictures of which one, from some number on, is not a number."""

    def __init__(self, pictures, number: int) -> None:
        self.kinds, self._pictures, self._number = pictures.kinds, pictures, number

    def batch(self, start: int, count: int) -> Batch:
        batch = self._pictures.batch(start, count)
        if start <= self._number < start + count:
            batch.images[self._number - start, 0, 3, 3] = float("nan")
        return batch


def test_values_that_are_not_finite_stop_it_and_keep_the_last_checkpoint(training, pictures):
    spoilt = training(source=Spoilt(pictures, 2 * SETTINGS.batch + 1))
    with pytest.raises(ModelError) as caught:
        finish(spoilt, checkpoint=1)
    assert caught.value.what == f"The training in {spoilt.record.folder} stopped at step 3"
    assert caught.value.why.startswith("Its loss and gradient became infinite or not a number")
    assert caught.value.why.endswith("The checkpoint of step 2 is kept")
    healthy = training()
    assert healthy.record.step == 2
    assert all(bool(torch.isfinite(value).all()) for value in healthy.whole.state_dict().values())


def test_a_full_disk_keeps_the_last_checkpoint(training, monkeypatch):
    run = training().run(CancelToken(), every=1, checkpoint=1)
    next(run)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileError, match="The disk is full"):
        next(run)
    monkeypatch.undo()
    assert training().record.step == 1


def test_checkpoints_come_as_often_as_asked_and_at_the_end(training, monkeypatch):
    steps = []
    monkeypatch.setattr(Run, "save", lambda run, tensors: steps.append(run.step))
    finish(training(), checkpoint=3)
    assert steps == [3, 4]


def test_the_text_tower_is_read_as_open_clip_reads_it(whole):
    training = whole[0]
    training.model.eval()
    tokens = training.tokenizer(["a cat", "an apple in the snow", "three kittens on a red and blue gradient"])
    with torch.no_grad():
        theirs = training.model.encode_text(tokens, normalize=True)
        reduced = training._encode(tokens)
        training.settings = replace(SETTINGS, half=False)
        ours = training._encode(tokens)
        training.settings = SETTINGS
    assert torch.allclose(reduced, theirs, atol=0.05)
    assert torch.allclose(ours, theirs, atol=1e-5)


def test_the_configuration_builds_with_open_clip_and_its_tokenizer(merges):
    config = configuration(SETTINGS, merges)
    model = open_clip.model.CLIP(**config["model_cfg"])
    tokenizer = build_tokenizer(config["tokenizer"], SETTINGS.context, name="test")
    tokens = tokenizer(["a cat"])
    assert int(tokens.max()) == config["model_cfg"]["text_cfg"]["vocab_size"] - 1
    assert model.encode_text(tokens).shape == (1, SETTINGS.embedding)
    assert model.encode_image(torch.zeros(2, 3, 32, 32)).shape == (2, SETTINGS.embedding)


def test_every_word_of_the_captions_is_one_token(pictures):
    tokenizer = build_tokenizer({"merges": vocabulary(pictures, 60)}, 32, name="test")
    for number in range(60):
        for word in pictures.caption(number).replace(",", "").split():
            assert len(tokenizer.encode(word)) == 1, word
    for word in ("ants", "kittens", "apples", "hearts"):
        assert len(tokenizer.encode(word)) == 1


def test_a_bank_of_names_holds_those_of_the_batch_and_says_which_is_whose(whole, kinds):
    training = whole[0]
    labels = torch.tensor([2, NOTHING, 0, 2])
    tokens, wanted = training._bank(7, labels)
    assert tokens.shape == (3, SETTINGS.context)
    assert wanted[1] == NOTHING
    assert wanted[0] == wanted[3] != wanted[2]
    again, _ = training._bank(7, labels)
    assert torch.equal(tokens, again)
    alone = training.tokenizer([f"{front}an apple" for front in clip_training.FRONTS])
    red = training.tokenizer([f"{front}a red apple" for front in clip_training.FRONTS])
    assert tokens[wanted[0]].tolist() in [*alone.tolist(), *red.tolist()]


def test_attacks_are_shortened_to_their_radius_each_for_itself():
    attack = torch.randn(3, 3, 8, 8) * torch.tensor([0.001, 1.0, 100.0]).view(-1, 1, 1, 1)
    lengths = clip_training._within(attack, 2.0).flatten(1).norm(dim=1)
    assert float(lengths[0]) == pytest.approx(float(attack[0].norm()))
    assert lengths[1:].tolist() == pytest.approx([2, 2], rel=1e-5)
    exactly = clip_training._within(attack, 2.0, exactly=True)
    assert exactly.flatten(1).norm(dim=1).tolist() == pytest.approx([2, 2, 2], rel=1e-5)
    assert float(clip_training._within(torch.zeros(1, 3, 4, 4), 2.0, exactly=True).abs().max()) == 0


def test_an_attack_makes_its_loss_worse(whole, pictures):
    """The direction that a pass leaves on the pictures raises the contrastive loss of the next one."""
    training = whole[0]
    training.whole.eval()
    batch = pictures.batch(500, 8)
    texts = training._encode(training.tokenizer(list(batch.captions))).detach()

    def loss(images):
        features = torch.nn.functional.normalize(training.model.visual((images - training.mean) / training.std), dim=1)
        return torch.nn.functional.cross_entropy(100 * features @ texts.T, torch.arange(8))

    images = batch.images.requires_grad_()
    before = loss(images)
    before.backward()
    attacked = images.detach() + clip_training._within(images.grad, 0.01, exactly=True)
    assert loss(attacked).item() > before.item()


def heads_loss(heads: Heads, labels: list[list[int]]) -> float:
    features = torch.nn.functional.normalize(torch.ones(len(labels), 6), dim=1)
    return heads.loss(features, torch.tensor(labels)).item()


def test_the_heads_leave_out_what_has_no_true_value():
    heads = Heads(6, 5)
    assert heads_loss(heads, [[NOTHING] * 3, [NOTHING] * 3]) == 0
    known = heads_loss(heads, [[2, 1, NOTHING]])
    assert known > 0
    assert heads_loss(heads, [[2, 1, NOTHING], [NOTHING] * 3]) == pytest.approx(known)


def test_a_head_that_knows_has_a_lower_loss():
    heads = Heads(6, 5)
    with torch.no_grad():
        heads.weights[0].copy_(torch.eye(5, 6))
    features = torch.eye(5, 6)
    right = heads.loss(features, torch.tensor([[n, NOTHING, NOTHING] for n in range(5)])).item()
    wrong = heads.loss(features, torch.tensor([[(n + 1) % 5, NOTHING, NOTHING] for n in range(5)])).item()
    assert right < 0.01
    assert wrong > 5


def test_it_learns(training, pictures):
    """Twenty steps on the same few pictures bring the losses down."""
    batch = pictures.batch(0, 4)

    class Fixed:
        kinds = pictures.kinds

        @staticmethod
        def batch(start: int, count: int) -> Batch:
            return batch

    reports = finish(training(settings=replace(SETTINGS, steps=40, clean=1.0, rate=1e-2), source=Fixed()))
    assert reports[-1].loss < reports[0].loss / 2
    assert reports[-1].head < reports[0].head


def test_settings_are_plain_values_that_a_checkpoint_can_hold():
    assert all(isinstance(value, int | float | str) for value in asdict(ClipSettings()).values())
