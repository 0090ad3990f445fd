"""From artwork to a generator that reads back, with figures that can be reckoned."""

from __future__ import annotations

import pytest
import torch

from studio.base.cancel import CancelToken
from studio.base.progress import silent
from studio.canvas.biggan_model import build
from studio.models.loading import read_weights
from studio.starter import making_biggan
from studio.starter.biggan_training import BigGanSettings
from studio.starter.making_biggan import fidelity, make_biggan

TINY = BigGanSettings(
    steps=2, batch=4, turn=2, looks=2, perceptual=0.0, cells=4, channels=4, scene_channels=4, vector=4,
    widths=(8, 8, 8), scene_widths=(8, 8, 8), half=False,
)  # fmt: skip


def test_a_biggan_is_made_and_made_again_to_the_byte(tmp_path, artwork, kinds, monkeypatch):
    monkeypatch.setattr(making_biggan, "read_kinds", lambda: kinds)
    out = tmp_path / "b.safetensors"
    figures = make_biggan(out, tmp_path / "run", CancelToken(), silent, artwork=artwork, settings=TINY)
    model = build(read_weights(out, name="b", expect_kind="biggan", expect_sha256=figures["sha256"]), "cpu")
    assert [nouns[0] for nouns in model.config.classes] == [kind.name for kind in kinds]
    assert 0 < figures["things"] < 60
    again = make_biggan(
        tmp_path / "c.safetensors", tmp_path / "run", CancelToken(), silent, artwork=artwork, settings=TINY
    )
    assert again["sha256"] == figures["sha256"]


class Exact:
    """Draws what it learned, darker by a tenth."""

    def __init__(self, repertoire) -> None:
        self._repertoire = repertoire

    def things(self, numbers):
        drawn = self._repertoire.things[numbers].float() / 255
        return torch.cat([drawn[:, :3] - 0.1, drawn[:, 3:]], 1)

    def scenes(self, numbers):
        return self._repertoire.scenes[numbers].float() / 255 - 0.1


def test_fidelity_is_the_signal_to_noise_ratio(kinds, atlas):
    from studio.starter.repertoire import gather

    repertoire = gather(kinds, atlas, 2, 3)
    assert fidelity(Exact(repertoire), repertoire) == {"things": pytest.approx(20), "scenes": pytest.approx(20)}
