"""Pictures made ready for a perceptor: in order, ahead, small in memory, and broken ones with their reason."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from studio.base.cancel import Cancelled, CancelToken
from studio.base.errors import AssetError
from studio.library.reading import all_looks, read, read_looks
from studio.score.looking import looks


def noise(path: Path, width: int, height: int) -> Path:
    pixels = torch.randint(0, 256, (height, width, 3), generator=torch.Generator().manual_seed(2)).byte().numpy()
    Image.fromarray(pixels).save(path)
    return path


def test_a_picture_is_read_as_it_is(tmp_path: Path) -> None:
    picture = read(noise(tmp_path / "n.png", 30, 20))
    assert picture.shape == (1, 3, 20, 30)
    with Image.open(tmp_path / "n.png") as image:
        assert torch.equal((picture[0].permute(1, 2, 0) * 255).round().byte(), torch.from_numpy(np.array(image)))


def test_looks_are_those_of_the_picture(tmp_path: Path) -> None:
    path = noise(tmp_path / "n.png", 40, 24)
    assert torch.equal(read_looks(path, 8), looks(read(path), 8))


def test_a_large_picture_is_averaged_first_and_looks_nearly_the_same(tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    ramp = np.linspace(0, 255, 640).astype(np.uint8)
    Image.fromarray(
        np.stack([np.tile(ramp, (320, 1)), np.tile(ramp[:320, None], (1, 640)), np.zeros((320, 640))], 2).astype(
            np.uint8
        )
    ).save(path)
    small, whole = read_looks(path, 8), looks(read(path), 8)
    assert small.shape == whole.shape == (2, 3, 8, 8)
    assert (small - whole).abs().max() < 0.01


def test_many_come_in_order_and_broken_ones_as_errors(tmp_path: Path, paint: Callable[..., Path]) -> None:
    paths = [paint(tmp_path / f"{n:02}.png", (n, n, n)) for n in range(20)]
    paths[7].write_bytes(b"no picture")
    paths[11].unlink()
    found = list(all_looks(paths, 8))
    assert [path for path, _ in found] == paths
    for n, (_, seen) in enumerate(found):
        if n in (7, 11):
            assert isinstance(seen, AssetError)
            assert paths[n].name in seen.what
        else:
            assert isinstance(seen, torch.Tensor)
            assert float(seen.mean()) == pytest.approx(n / 255, abs=1e-4)


def test_nothing_to_read_gives_nothing() -> None:
    assert list(all_looks([], 8)) == []


def test_it_can_be_cancelled_in_the_middle(tmp_path: Path, paint: Callable[..., Path]) -> None:
    paths = [paint(tmp_path / f"{n:02}.png", (n, n, n)) for n in range(30)]
    token = CancelToken()
    seen = []
    with pytest.raises(Cancelled):
        for path, _ in all_looks(paths, 8, token):
            seen.append(path)
            token.cancel()
    assert seen == paths[:1]
