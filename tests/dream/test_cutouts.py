"""Each cutout is looked at once, and kept for the next time under the pack's and the perceptor's identity."""

from __future__ import annotations

import pytest
import torch
from PIL import Image

from studio.base import paths
from studio.canvas.pack import read_pack
from studio.dream import cutouts
from studio.dream.cutouts import look


class Counting:
    """Sees the mean colour, and counts how many pictures it was shown."""

    image_size, dimensions, device = 8, 3, torch.device("cpu")

    def __init__(self, identity: str) -> None:
        self.identity, self.shown = identity, 0

    def embed_image(self, images: torch.Tensor) -> torch.Tensor:
        self.shown += len(images)
        return torch.nn.functional.normalize(images.mean((2, 3)), dim=1)


@pytest.fixture
def pack(tmp_path, monkeypatch):
    monkeypatch.setenv("KEYDREAM_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(cutouts, "_known", {})
    (tmp_path / "pack").mkdir()
    for name in ("red", "lime", "blue"):
        Image.new("RGBA", (20, 20), name).save(tmp_path / "pack" / f"{name}.png")
    return read_pack(tmp_path / "pack")


def test_embeddings_are_of_unit_length_and_tell_cutouts_apart(pack):
    seen = look(pack, ["red", "blue", "red"], Counting("a"))
    assert torch.allclose(seen.norm(dim=1), torch.ones(3))
    assert torch.equal(seen[0], seen[2])
    assert seen[0].argmax() == 0
    assert seen[1].argmax() == 2


def test_nothing_is_looked_at_twice(pack):
    eye = Counting("b")
    look(pack, ["red"], eye)
    before = eye.shown
    look(pack, ["red"], eye)
    assert eye.shown == before
    look(pack, ["red", "blue"], eye)
    assert eye.shown == 2 * before


def test_a_whole_pack_is_kept_for_the_next_time(pack, monkeypatch):
    names = list(pack.cutouts)
    first = look(pack, names, Counting("c"))
    assert list((paths.cache_dir() / "cutouts").iterdir())
    monkeypatch.setattr(cutouts, "_known", {})
    later = Counting("c")
    assert torch.equal(look(pack, names, later), first)
    assert later.shown == 0
    other = Counting("d")
    look(pack, names, other)
    assert other.shown > 0


@pytest.mark.parametrize("content", [b"", b"broken", None])
def test_a_broken_cache_costs_time_alone(pack, monkeypatch, content):
    names = list(pack.cutouts)
    first = look(pack, names, Counting("e"))
    [kept] = (paths.cache_dir() / "cutouts").iterdir()
    if content is None:
        kept.unlink()
    else:
        kept.write_bytes(content)
    monkeypatch.setattr(cutouts, "_known", {})
    assert torch.equal(look(pack, names, Counting("e")), first)
