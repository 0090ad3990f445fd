"""Asking CLIP about what ships, and about artwork: the keyframes' prompts win, the model card's numbers hold."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn import functional

from studio.base import paths
from studio.cli import run
from studio.project import samples
from studio.project.store import load
from studio.timeline.prompt import Text

Ask = Callable[..., dict[str, Any]]


SAMPLES = [
    name
    for name in samples.names()
    if samples.animation(name) and len(load(paths.samples() / f"{name}.keydream").timeline.prompts) == 1
]
"""Those of which every keyframe has one prompt to itself."""


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Ask:
    def asked(*arguments: object) -> dict[str, Any]:
        assert run([*map(str, arguments), "--json"]) == 0
        found: dict[str, Any] = json.loads(capsys.readouterr().out)
        return found

    return asked


def test_there_are_samples_to_ask_about() -> None:
    assert {"first-walk", "first-follow", "four-seasons"} <= set(SAMPLES)


def keyframes(name: str) -> dict[Path, str]:
    """The frames of a sample's animation that stand at its keyframes, and their prompts."""
    [track] = load(paths.samples() / f"{name}.keydream").timeline.prompts
    pictures = samples.frames(name)
    return {
        pictures[key.frame]: " ".join(term.content.text for term in key.value.terms if isinstance(term.content, Text))
        for key in track.track.keys
        if key.frame < len(pictures)
    }


@pytest.mark.parametrize("name", SAMPLES)
def test_the_keyframes_own_prompts_win(name: str, ask: Ask, tmp_path: Path) -> None:
    wanted = keyframes(name)
    assert len(wanted) >= 2
    texts = [part for text in dict.fromkeys(wanted.values()) for part in ("--prompt", text)]
    rows = ask("score", *wanted, *texts)["scores"]
    for row in rows:
        own = wanted[Path(row["image"])]
        assert max(row["cosine"], key=row["cosine"].get) == own
        assert row["probability"][own] == max(row["probability"].values())
    (tmp_path / "labels.txt").write_text("\n".join(dict.fromkeys(wanted.values())))
    found = ask("classify", *wanted, "--labels", tmp_path / "labels.txt")["pictures"]
    assert [row["label"] for row in found] == list(wanted.values())


@pytest.mark.parametrize("name", SAMPLES)
def test_a_search_among_all_frames_finds_one_near_the_keyframe(name: str, ask: Ask, tmp_path: Path) -> None:
    wanted = keyframes(name)
    for path in samples.frames(name):
        shutil.copy(path, tmp_path)
    everything = len(samples.frames(name))
    found = ask("search", tmp_path, *dict.fromkeys(wanted.values()), "-n", 1)
    assert found["pictures"] == everything
    places = {text: [int(path.stem) for path, said in wanted.items() if said == text] for text in wanted.values()}
    for result in found["results"]:
        best = int(Path(result["pictures"][0]["image"]).stem)
        away = [abs(best - place) for place in places[result["text"]]]
        near = everything // (2 * len(wanted))
        assert min(min(steps, everything - steps) for steps in away) <= near


def searched(ask: Ask, folder: Path, texts: Sequence[str], count: int, place: Path) -> list[list[str]]:
    """For each text the names of the pictures that a search finds, best first."""
    place.write_text("\n".join(dict.fromkeys(texts)))
    results = ask("search", folder, "--texts", place, "-n", count)["results"]
    found = {result["text"]: [Path(hit["image"]).stem for hit in result["pictures"]] for result in results}
    return [found[text] for text in texts]


@pytest.mark.slow
def test_the_shipped_drawings_are_found_and_named(ask: Ask, tmp_path: Path) -> None:
    """A fifth of Noto's drawings on white, searched for by "a NOUN" among themselves (0.92), and classified (0.90)."""
    from studio.canvas.pack import read_pack
    from studio.canvas.sprites import draw
    from studio.starter.captions import with_article

    pack = read_pack(paths.resources() / "starter" / "noto.zip")
    (tmp_path / "drawings").mkdir()
    nouns = []
    for number, (name, cutout) in enumerate(list(pack.cutouts.items())[::5]):
        drawn = functional.pad(draw(pack, name, 52), (6, 6, 6, 6))
        pixels = (drawn[:3] + 1 - drawn[3:]).clamp(0, 1).permute(1, 2, 0).mul(255).round().byte().numpy()
        Image.fromarray(pixels).save(tmp_path / "drawings" / f"{number:04}.png")
        nouns.append(cutout.nouns[0])
    texts = [with_article(noun) for noun in nouns]
    found = searched(ask, tmp_path / "drawings", texts, 1, tmp_path / "texts.txt")
    shown = [nouns[int(hits[0])] == noun for hits, noun in zip(found, nouns, strict=True)]
    assert np.mean(shown) > 0.85
    (tmp_path / "labels.txt").write_text("\n".join(dict.fromkeys(nouns)))
    rows = ask("classify", tmp_path / "drawings", "--labels", tmp_path / "labels.txt", "--template", "a {}")["pictures"]
    named = [row["label"] == noun for row, noun in zip(rows, nouns, strict=True)]
    assert np.mean(named) > 0.85


@pytest.fixture(scope="module")
def artwork() -> Path:
    """The folder of the artwork packages that the starter models were trained on, which are no part of Keydream."""
    folder = os.environ.get("KEYDREAM_ARTWORK", "")
    if not folder:
        pytest.skip("KEYDREAM_ARTWORK names no folder with the artwork packages (see resources/starter/MODEL_CARD.md)")
    return Path(folder)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_model_cards_numbers_come_out_again(artwork: Path, ask: Ask, tmp_path: Path) -> None:
    """On pictures and combinations that no training saw, by the commands alone; pictures become PNG files first."""
    from studio.starter.artwork import load_atlas
    from studio.starter.captions import with_article
    from studio.starter.clip_training import ClipSettings
    from studio.starter.making import HELD_OUT
    from studio.starter.objects import read_kinds
    from studio.starter.pictures import Pictures

    settings, kinds = ClipSettings(), read_kinds()
    atlas = load_atlas(kinds, 96, artwork)
    pictures = Pictures(kinds, atlas, settings.side, settings.seed + HELD_OUT)
    unseen = Pictures(kinds, atlas, settings.side, settings.seed + HELD_OUT, unseen=True)

    def save(name: str, number: int, picture: np.ndarray[Any, np.dtype[np.float32]]) -> None:
        (tmp_path / name).mkdir(exist_ok=True)
        Image.fromarray(np.rint(picture * 255).astype(np.uint8)).save(tmp_path / name / f"{number:04}.png")

    def first(name: str, source: Pictures) -> float:
        captions: list[str] = []
        for start in range(0, 1000, 100):
            batch = source.batch(start, 100)
            captions += batch.captions
            for number, picture in enumerate(batch.images, start):
                save(name, number, picture.permute(1, 2, 0).numpy())
        found = searched(ask, tmp_path / name, captions, 1, tmp_path / f"{name}.txt")
        return float(np.mean([hits[0] == f"{number:04}" for number, hits in enumerate(found)]))

    for number in range(pictures.drawings):
        save("drawings", number, pictures.alone(number))
    names = [with_article(kind.name) for kind in kinds]
    found = searched(ask, tmp_path / "drawings", names, 20, tmp_path / "names.txt")
    own = [[pictures.kind_of[int(hit)] == number for hit in hits] for number, hits in enumerate(found)]
    figures = {
        "named": float(np.mean([hits[0] for hits in own])),
        "named20": float(np.mean([any(hits) for hits in own])),
        "first": first("scenes", pictures),
        "unseen": first("unseen", unseen),
    }
    assert figures == pytest.approx({"named": 0.893, "named20": 1.0, "first": 0.774, "unseen": 0.648}, abs=0.005)
