"""Picture number i of a seed is always the same, in whatever batch, and its labels and caption are true."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.scenery.backgrounds import KINDS as BACKGROUNDS
from studio.scenery.colours import COLOURS
from studio.starter.artwork import Atlas
from studio.starter.captions import FRONTS
from studio.starter.objects import Kind
from studio.starter.pictures import NOTHING, Pictures, held_out

MANY = 400


@pytest.fixture(scope="module")
def small(make_pictures):
    return make_pictures(side=16)


@pytest.fixture(scope="module")
def scenes(small):
    return small.batch(0, MANY)


def test_a_batch_is_what_it_says(pictures):
    batch = pictures.batch(0, 5)
    assert batch.images.shape == (5, 3, 32, 32)
    assert batch.images.dtype == torch.float32
    assert batch.images.is_contiguous()
    assert 0 <= float(batch.images.min()) <= float(batch.images.max()) <= 1
    assert len(batch.captions) == 5
    assert batch.labels.shape == (5, 3)
    assert batch.labels.dtype == torch.int64


def test_an_empty_batch_is_empty(pictures):
    batch = pictures.batch(7, 0)
    assert batch.images.shape == (0, 3, 32, 32)
    assert batch.captions == ()


@settings(max_examples=25, deadline=None)
@given(start=st.integers(0, 10**9), cut=st.integers(0, 4))
def test_batch_boundaries_do_not_matter(small, start, cut):
    whole, first, second = small.batch(start, 4), small.batch(start, cut), small.batch(start + cut, 4 - cut)
    assert torch.equal(whole.images, torch.cat([first.images, second.images]))
    assert whole.captions == first.captions + second.captions
    assert torch.equal(whole.labels, torch.cat([first.labels, second.labels]))


def test_another_object_draws_the_same(make_pictures, small):
    assert torch.equal(make_pictures(side=16).batch(50, 6).images, small.batch(50, 6).images)
    assert make_pictures(side=16).caption(52) == small.caption(52)


def test_another_seed_or_number_draws_another(make_pictures, small):
    assert not torch.equal(make_pictures(side=16, seed=2).batch(0, 1).images, small.batch(0, 1).images)
    assert not torch.equal(small.batch(1, 1).images, small.batch(0, 1).images)


def test_drawing_leaves_global_randomness_alone(small):
    state = np.random.get_state()[1].copy()
    small.batch(0, 3)
    assert np.array_equal(np.random.get_state()[1], state)


def test_labels_are_in_range_or_nothing(scenes, kinds):
    for column, count in enumerate((len(kinds), len(BACKGROUNDS), len(COLOURS))):
        values = set(scenes.labels[:, column].tolist())
        assert values <= {NOTHING, *range(count)}
        assert values >= set(range(count)), "every value comes"
    assert NOTHING not in scenes.labels[:, 1].tolist()


def test_the_label_of_a_kind_is_in_the_caption(scenes, kinds):
    for caption, (kind, _, _) in zip(scenes.captions, scenes.labels.tolist(), strict=True):
        if kind != NOTHING:
            bare = [noun.rsplit(" ", 1)[-1] for noun in kinds[kind].nouns]
            assert any(noun in caption for noun in bare), caption


def test_the_label_of_a_colour_is_in_the_caption_before_the_noun(scenes, kinds):
    dyed = 0
    for caption, (kind, _, colour) in zip(scenes.captions, scenes.labels.tolist(), strict=True):
        if colour != NOTHING:
            nouns = "|".join(noun.rsplit(" ", 1)[-1] for noun in kinds[kind].nouns)
            assert re.search(rf"\b{COLOURS[colour].name} ({nouns})", caption), caption
            dyed += 1
    assert dyed > 20


def test_what_is_held_out_is_drawn_for_tests_alone(scenes, kinds, atlas):
    pairs = {(kinds[kind].name, BACKGROUNDS[ground].name) for kind, ground, _ in scenes.labels.tolist() if kind >= 0}
    colours = {(kinds[kind].name, COLOURS[dyed].name) for kind, _, dyed in scenes.labels.tolist() if dyed >= 0}
    assert len(pairs) > 40
    assert not any(held_out(*pair) for pair in pairs - {(kind.name, "plain") for kind in kinds})
    assert not any(held_out(*pair) for pair in colours)
    many = tuple(Kind((f"thing {number}",), "", ("x",)) for number in range(60))
    numbers = np.arange(60)
    drawings = Atlas(atlas.pictures[numbers % len(atlas.pictures)], numbers, numbers % 3, ("x",) * 60)
    unseen = Pictures(many, drawings, 8, 1, unseen=True).batch(0, 60).labels.tolist()
    assert all(held_out(many[kind].name, BACKGROUNDS[ground].name) for kind, ground, _ in unseen if kind >= 0)
    assert sum(kind >= 0 for kind, _, _ in unseen) > 20


def test_a_noun_with_a_colour_loses_it_when_dyed(scenes):
    assert [
        caption for caption in scenes.captions if re.search(r"(blue|green|pink|white|black) red apple", caption)
    ] == []
    assert any(re.search(r"(?<!red )(?<!a )apple", caption) for caption in scenes.captions)


def test_every_sort_of_scene_comes(scenes, kinds):
    nouns = [noun for kind in kinds for noun in kind.nouns]
    sorts: Counter[str] = Counter()
    for caption, (kind, _, _) in zip(scenes.captions, scenes.labels.tolist(), strict=True):
        if re.search(r"\b(above|below|to the (left|right) of)\b", caption):
            sorts["relation"] += 1
            assert kind == NOTHING
        elif re.search(r"\b(two|three)\b", caption):
            sorts["several"] += 1
            assert kind != NOTHING
        elif not any(noun.split()[-1] in caption for noun in nouns):
            sorts["background"] += 1
            assert kind == NOTHING
        elif kind == NOTHING:
            sorts["pair"] += 1
            assert " and " in caption
        else:
            sorts["single"] += 1
    assert min(sorts.values()) >= 3
    assert set(sorts) == {"relation", "several", "background", "pair", "single"}
    assert sorts["single"] > MANY / 2


def said(caption: str) -> list[str]:
    """The words of a caption, in no order, without what may stand before it."""
    front = next((front for front in FRONTS if front and caption.startswith(front)), "")
    bare = caption.removeprefix(front)
    return sorted(bare.replace(",", "").split())


def test_a_scene_is_the_same_at_two_sizes(make_pictures):
    small, large = make_pictures(side=32).batch(0, 30), make_pictures(side=128).batch(0, 30)
    assert torch.equal(small.labels, large.labels)
    assert [said(caption) for caption in small.captions] == [said(caption) for caption in large.captions]
    shrunk = torch.nn.functional.avg_pool2d(large.images, 4)
    assert float((shrunk - small.images).abs().mean((1, 2, 3)).max()) < 0.12
    assert float((shrunk - small.images).abs().mean()) < 0.05
    assert float((shrunk.roll(1, 0) - small.images).abs().mean()) > 0.15  # and not the same as any other


def test_a_drawing_alone_stands_in_the_middle_of_white(pictures, atlas):
    assert pictures.drawings == len(atlas.names)
    for number in (0, 4, 14):
        picture = pictures.alone(number)
        assert picture.shape == (32, 32, 3)
        assert bool((picture[:3] == 1).all() and (picture[:, :3] == 1).all())
        shade = atlas.pictures[number, 8, 16, :3] / 255
        assert np.abs(picture[11, 16] - shade).max() < 0.05
    larger = (pictures.alone(0, 1.0) < 0.9).any(-1).sum() / (pictures.alone(0, 0.5) < 0.9).any(-1).sum()
    assert 2 < larger < 5


def test_kinds_of_drawings_are_known(pictures, atlas):
    assert np.array_equal(pictures.kind_of, atlas.kind)


def test_relations_are_true():
    """Of two things, one all red and one all green, the red one lies where the caption says."""
    solid = np.zeros((2, 16, 16, 4), np.uint8)
    solid[0, ..., [0, 3]] = 255
    solid[1, ..., [1, 3]] = 255
    atlas = Atlas(solid, np.array([0, 1]), np.array([0, 0]), ("red", "green"))
    pictures = Pictures((Kind(("ruby",), "", ("red",)), Kind(("emerald",), "", ("green",))), atlas, 32, 3)
    seen: Counter[str] = Counter()
    for number in range(2500):
        image, caption, _ = pictures.picture(number)
        found = re.fullmatch(
            r".*\ba (ruby|emerald) (above|below|to the left of|to the right of) an? (ruby|emerald)\b.*", caption
        )
        if not found:
            continue
        red, green = places(image, 0), places(image, 1)
        if red is None or green is None:
            continue
        (y, x), (other_y, other_x) = (red, green) if found[1] == "ruby" else (green, red)
        relation = found[2]
        truth = {
            "above": y < other_y - 4,
            "below": y > other_y + 4,
            "to the left of": x < other_x - 4,
            "to the right of": x > other_x + 4,
        }
        assert truth[relation], (number, caption)
        seen[relation] += 1
    assert len(seen) == 4


def places(image: np.ndarray, channel: int) -> tuple[float, float] | None:
    """The middle of what is purely of one primary colour, or None when there is hardly any."""
    others = image[..., [c for c in range(3) if c != channel]].max(-1)
    rows, columns = np.nonzero((image[..., channel] > 0.9) & (others < 0.12))
    return (float(np.median(rows)), float(np.median(columns))) if len(rows) > 60 else None
