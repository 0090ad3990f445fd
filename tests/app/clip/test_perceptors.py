from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from studio.app.clip import perceptors as module
from studio.app.clip.perceptors import LOADING, Perceptors, Source, is_folder, local, spread
from studio.base.cancel import Cancelled, CancelToken, never
from studio.base.errors import ModelError
from studio.base.progress import Progress, silent
from studio.models.catalogue import find


def test_a_network_is_loaded_once_and_only_one_is_held(perceptors: Perceptors, loader: Any) -> None:
    reports: list[Progress] = []
    first = perceptors.get("", reports.append)
    assert perceptors.get("starter-clip", reports.append) is first
    assert [report.label for report in reports] == [LOADING]
    other = perceptors.get("starter-evaluator", silent)
    assert other.name == "starter-evaluator"
    assert perceptors.get("", silent) is not first
    assert len(loader.made) == 3
    with pytest.raises(ModelError):
        perceptors.get("nobody", silent)


def test_pictures_are_looked_at_once_until_they_change(
    perceptors: Perceptors, loader: Any, sources: tuple[Source, ...], paint: Callable[..., Path]
) -> None:
    clip = perceptors.get("", silent)
    first = perceptors.look(clip, sources, never(), silent)
    assert [each.name for each in first.pictures] == ["red.png", "green.png", "below/blue.png"]
    assert first.embeddings.argmax(1).tolist() == [0, 1, 2]
    again = perceptors.look(clip, sources, never(), silent)
    assert torch.equal(again.embeddings, first.embeddings)
    assert loader.made[0].seen == 3
    paint(sources[0].path, (20, 20, 250), (14, 14))
    changed = perceptors.look(clip, sources, never(), silent)
    assert changed.embeddings.argmax(1).tolist() == [2, 1, 2]
    assert loader.made[0].seen == 4


def test_the_memory_is_bounded(
    perceptors: Perceptors, loader: Any, sources: tuple[Source, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "REMEMBERED", 2)
    clip = perceptors.get("", silent)
    for _ in range(2):
        perceptors.look(clip, sources, never(), silent)
    assert loader.made[0].seen == 4  # of three pictures two are remembered


def test_folders_are_spread_and_what_is_broken_is_named(perceptors: Perceptors, pictures: Path, tmp_path: Path) -> None:
    clip = perceptors.get("", silent)
    wanted = (Source(pictures, "pictures"), Source(tmp_path / "gone.png", "gone.png"))
    seen = perceptors.look(clip, wanted, never(), silent)
    assert sorted(each.name for each in seen.pictures) == ["below/blue.png", "green.png", "red.png"]
    why = {Path(trouble.path).name: trouble.why for trouble in seen.skipped}
    assert "no PNG" in why["broken.png"]
    assert "There is no file" in why["gone.png"]


@pytest.mark.skipif(os.geteuid() == 0, reason="whoever may do everything is refused nothing")
def test_a_folder_without_permission_is_named(pictures: Path) -> None:
    (pictures / "below").chmod(0)
    try:
        found, troubles = spread([Source(pictures, "pictures")], never())
    finally:
        (pictures / "below").chmod(0o700)
    assert len(found) == 3
    assert troubles[0].path.endswith("below")


def test_what_may_not_be_looked_at_is_no_folder(monkeypatch: pytest.MonkeyPatch, pictures: Path) -> None:
    assert is_folder(pictures)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "is_dir", refuse)
    assert not is_folder(pictures)
    found, troubles = spread([Source(pictures, "pictures")], never())
    assert (len(found), troubles) == (1, [])  # reading it says why


def test_looking_can_be_stopped(perceptors: Perceptors, sources: tuple[Source, ...]) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        perceptors.look(perceptors.get("", silent), sources, token, silent)


def test_the_starter_is_loaded() -> None:
    clip = local(find("", "clip"))
    assert clip.name == "starter-clip"
    assert clip.embed_text(["a red apple"]).shape == (1, clip.dimensions)
