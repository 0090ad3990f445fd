"""Drafts as one batch: each is what a render of its project gives; what is done is kept; what fails, fails alone."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
import torch

from studio.base.cancel import Cancelled, CancelToken
from studio.base.errors import RenderError
from studio.project.model import Medium
from studio.render.drafts import DraftBegun, DraftDone, DraftFailed, Explored, Grown, Planned
from studio.render.exploring import draft_key, explore
from studio.render.pictures import from_png
from studio.render.session import render
from studio.render.store import FrameStore
from studio.render.toolbox import LocalToolbox
from studio.render.variations import Draft, by_seeds, by_weights, prompt_at, small
from studio.timeline.prompt import parse_prompt


@pytest.fixture
def drafts(fakes) -> tuple[Draft, ...]:
    base = small(fakes.project({0: "red"}), 0, parse_prompt("red"), steps=6)
    return by_seeds(base, 3) + by_weights(base, 5)[1:]


def pictures(events) -> dict[int, torch.Tensor]:
    return {event.number: from_png(event.path) for event in events if isinstance(event, DraftDone)}


def test_each_is_what_a_render_of_its_project_gives(fakes, store, drafts, tmp_path):
    found = pictures(explore(drafts, fakes.Toolbox(), store))
    assert sorted(found) == list(range(7))
    for number, draft in enumerate(drafts):
        *_, end = render(draft.project, fakes.Toolbox(), FrameStore(tmp_path / "alone"))
        assert (found[number] - from_png(end.paths[0])).abs().max() <= 1 / 255, draft.label


def test_companions_change_nothing(fakes, store, drafts, tmp_path):
    found = pictures(explore(drafts, fakes.Toolbox(), store))
    for number, draft in enumerate(drafts):
        (alone,) = pictures(explore([draft], fakes.Toolbox(), FrameStore(tmp_path / "alone"))).values()
        assert (found[number] - alone).abs().max() <= 1 / 255, draft.label
    for at_once in (1, 3):
        halved = pictures(explore(drafts, fakes.Toolbox(), FrameStore(tmp_path / str(at_once)), at_once=at_once))
        assert all((found[number] - halved[number]).abs().max() <= 1 / 255 for number in found)


def test_all_share_a_pass_through_the_perceptor(fakes, store, drafts):
    toolbox = fakes.Toolbox()
    list(explore(drafts, toolbox, store))
    assert toolbox.perceptor.looks == 6, "one a step, whatever the number of drafts"


def test_events_tell_what_happens(fakes, store, drafts):
    events = list(explore(drafts, fakes.Toolbox(), store))
    assert events[0] == Planned(7, 0, 6)
    assert [event.number for event in events[1:8]] == list(range(7))
    assert all(isinstance(event, DraftBegun) for event in events[1:8])
    grown = [event for event in events if isinstance(event, Grown)]
    assert [(event.step, event.steps) for event in grown] == [(step, 6) for step in range(1, 7)]
    assert sorted(grown[0].losses()) == sorted(grown[0].previews()) == list(range(7))
    assert (grown[0].previews()[0].width, grown[0].previews()[0].height) == (16, 16)
    assert isinstance(events[-1], Explored)
    assert events[-1].made == 7


def test_what_was_made_is_found_again(fakes, store, drafts):
    first = list(explore(drafts[:3], fakes.Toolbox(), store))
    toolbox = fakes.Toolbox()
    events = list(explore(drafts, toolbox, store))
    assert events[0] == Planned(7, 3, 6)
    assert [event.number for event in events if isinstance(event, DraftDone) and event.reused] == [0, 1, 2]
    before, now = pictures(first), pictures(events)
    assert all(torch.equal(before[number], now[number]) for number in before)
    again = fakes.Toolbox()
    assert list(explore(drafts, again, store))[-1].made == 0
    assert again.built == [], "nothing is loaded for what is there"


def test_a_draft_has_a_key_of_its_own(fakes, store, drafts):
    (*_, done, _) = explore(drafts[:1], fakes.Toolbox(), store)
    *_, end = render(drafts[0].project, fakes.Toolbox(), store)
    assert end.rendered == 1, "a render, which gives the same bytes every time, does not take the batch's"
    assert done.key == draft_key(
        fakes.lay_out(drafts[0].project, identities=fakes.Toolbox().identities(drafts[0].project)).solves[0].key
    )
    assert done.latents.is_file()


def test_one_whose_prompt_is_too_long_fails_alone(fakes, store, drafts):
    class Perceptor(fakes.Perceptor):
        def embed_text(self, texts):
            for text in texts:
                self.check_text(text)
            return super().embed_text(texts)

    timeline = fakes.project({0: " ".join(["word"] * 40)}, length=1).timeline
    broken = Draft("long", replace(drafts[0].project, timeline=timeline))
    events = list(explore([drafts[0], broken, drafts[1]], fakes.Toolbox(Perceptor()), store))
    (failed,) = (event for event in events if isinstance(event, DraftFailed))
    assert failed.number == 1
    assert "too long" in str(failed.error)
    assert sorted(pictures(events)) == [0, 2]


def test_one_that_breaks_down_fails_alone(fakes, store, drafts):
    class Perceptor(fakes.Perceptor):
        def embed_text(self, texts):
            return super().embed_text(texts) * (float("nan") if texts[0] == "nothing" else 1)

    timeline = fakes.project({0: "nothing"}, length=1, steps=6).timeline
    broken = Draft("nothing", replace(drafts[0].project, timeline=timeline))
    events = list(explore([drafts[0], broken, drafts[1]], fakes.Toolbox(Perceptor()), store))
    (failed,) = (event for event in events if isinstance(event, DraftFailed))
    assert failed.number == 1
    assert "broke down" in str(failed.error)
    assert sorted(pictures(events)) == [0, 2]


def test_a_token_stops_within_a_step(fakes, store, drafts):
    token = CancelToken()
    events = explore(drafts, fakes.Toolbox(), store, token=token)
    steps = 0
    with pytest.raises(Cancelled):
        for event in events:
            if isinstance(event, Grown):
                steps += 1
                token.cancel()
    assert steps == 1


def test_a_full_memory_is_told_in_words(fakes, store, drafts):
    class Perceptor(fakes.Perceptor):
        def embed_image(self, images):
            raise torch.OutOfMemoryError("CUDA out of memory")

    with pytest.raises(RenderError, match="does not fit into memory"):
        list(explore(drafts, fakes.Toolbox(Perceptor()), store))


def test_events_may_be_shown_by_another_thread(fakes, store, drafts):
    found = []
    for event in explore(drafts[:2], fakes.Toolbox(), store):
        if isinstance(event, Grown):
            thread = threading.Thread(target=lambda event=event: found.append(event.previews()))
            thread.start()
            thread.join()
    assert len(found) == 6


def test_drafts_of_one_seed_and_prompt_share_their_beginning(fakes, store):
    project = fakes.project({0: "red"}, seed=3)
    base = small(project, 0, prompt_at(project, 0), steps=0)
    found = pictures(explore(by_weights(base, 3), fakes.Toolbox(), store))
    assert torch.equal(found[0], found[1])
    assert torch.equal(found[0], found[2])


def test_codes_of_a_vqgan_may_flip_and_no_more(store, fakes, tmp_path):
    """On the starter models: where a latent is as near to one code as to another, rounding decides."""
    project = fakes.project({0: "a red apple"}, medium=Medium("vqgan", "", "noise"), width=48, height=48)
    drafts = by_seeds(small(project, 0, parse_prompt("a red apple"), steps=6), 3)
    toolbox = LocalToolbox(tmp_path, torch.device("cpu"))
    found = pictures(explore(drafts, toolbox, store))
    for number, draft in enumerate(drafts):
        (alone,) = pictures(explore([draft], toolbox, FrameStore(tmp_path / "alone"))).values()
        assert (found[number] - alone).abs().mean() <= 1 / 255, draft.label
