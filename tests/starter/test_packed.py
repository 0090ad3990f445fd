"""A pack as training artwork: kinds by noun, drawings as training wants them, broken ones named."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from studio.base.errors import InputError
from studio.canvas.pack import read_pack
from studio.starter.packed import from_pack
from studio.starter.pictures import Pictures


@pytest.fixture
def pack(tmp_path):
    for name, colour in (("cat-1", "red"), ("cat-2", "orange"), ("blue dog", "blue")):
        picture = Image.new("RGBA", (30, 30))
        picture.paste(colour, (5, 5, 25, 25))
        picture.save(tmp_path / f"{name}.png")
    return tmp_path


def test_cutouts_of_one_noun_are_one_kind(pack):
    kinds, atlas = from_pack(read_pack(pack), 32)
    assert [kind.name for kind in kinds] == ["blue dog", "cat"]
    assert atlas.names == ("blue dog", "cat-1", "cat-2")
    assert atlas.kind.tolist() == [0, 1, 1]
    assert atlas.pictures.shape == (3, 32, 32, 4)
    assert atlas.pictures[0, 16, 16].tolist() == [0, 0, 255, 255]


def test_pictures_can_be_drawn_of_them(pack):
    kinds, atlas = from_pack(read_pack(pack), 32)
    batch = Pictures(kinds, atlas, 16, 1).batch(0, 40)
    assert any("cat" in caption for caption in batch.captions)
    assert any("dog" in caption for caption in batch.captions)
    assert float(np.ptp(batch.images.numpy())) > 0.5


def test_a_cutout_that_cannot_be_drawn_is_named(pack):
    (pack / "torn.png").write_bytes(b"\x89PNG broken")
    with pytest.raises(InputError, match=r"torn\.png"):
        from_pack(read_pack(pack), 32)
