"""A BigGAN that follows: latents go from frame to frame, the camera moves the thing, prompts change on the way."""

from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace

import pytest
import torch

from studio.bench import deep
from studio.canvas import imagenet_model
from studio.canvas.biggan import BigGanCanvas
from studio.canvas.biggan_fitting import one_hot
from studio.canvas.biggan_model import build
from studio.canvas.camera import Camera
from studio.canvas.imagenet import ImageNetCanvas
from studio.canvas.placement import PLACE, TINT, moved
from studio.canvas.strokes import StrokeCanvas
from studio.models.catalogue import find
from studio.models.loading import read_weights
from studio.project.model import Medium
from studio.render.carrying import Carrying, kept, moved_strokes, way
from studio.render.checkpoint import pack
from studio.render.passing import Found
from studio.timeline.prompt import NEVER_STOP, Image, Text
from studio.timeline.sample import FrameState, TermState

KNOWN = {"fox": (3, 5), "rocket": (60, 300), "tree": (200, 30)}
STILL = Camera()


@pytest.fixture(scope="module")
def model():
    entry = find("", "biggan")
    return build(read_weights(entry.path, name=entry.name, expect_kind="biggan"), "cpu")


def showing(model, text: str) -> BigGanCanvas:
    canvas = BigGanCanvas(model, 32, 32)
    canvas.adopt(one_hot(model, *KNOWN[text], (0.1,) * PLACE, (-1.0 + 0.2 * len(text),) * TINT))
    return canvas


@pytest.fixture
def carry(fakes, model, tmp_path):
    """One step of a chain, from a state and two frames; counts what is searched."""
    searched = []

    def begun(state, chance):
        (term,) = state.terms
        searched.append(term.start.text)
        return showing(model, term.start.text)

    def stepped(state, before, now, camera=STILL, **fields):
        fields = {"medium": Medium("biggan")} | fields
        dreamer = SimpleNamespace(project=fakes.project(**fields), begun=begun)
        path = tmp_path / "latents"
        path.write_bytes(pack(state))
        return Carrying(dreamer, BigGanCanvas(model, 32, 32)).next(
            Found(SimpleNamespace(latents=path)), before, now, camera
        )

    stepped.searched = searched
    return stepped


def frame(start: str, end: str = "", mix: float = 0.0) -> FrameState:
    return FrameState(0, (TermState(Text(start), Text(end or start), mix, 1.0, NEVER_STOP),), ())


def picture(model, state) -> torch.Tensor:
    canvas = BigGanCanvas(model, 32, 32)
    canvas.restore(state)
    return canvas.image().detach()


def same(one, other, *names: str) -> bool:
    return all(torch.equal(one[name], other[name]) for name in names)


def test_while_the_prompt_stays_the_camera_is_all_that_changes(carry, model):
    state = showing(model, "fox").state()
    found = carry(state, frame("fox"), frame("fox"), Camera(zoom=1.1))
    assert same(found, state, "things", "scenes", "tint")
    assert torch.equal(found["place"], moved(state["place"], Camera(zoom=1.1), 32, 32))
    assert carry.searched == []


def test_a_prompt_that_changes_is_gone_to_step_by_step_and_reached(carry, model):
    states = [showing(model, "fox").state()]
    frames = [frame("fox"), *(frame("fox", "rocket", mix) for mix in (0.3, 0.6)), frame("rocket")]
    for before, now in pairwise(frames):
        states.append(carry(states[-1], before, now))
    assert [float(state.get("way", -1)) for state in states] == [-1, 0.3, 0.6, -1]
    rocket = showing(model, "rocket").state()
    assert same(states[-1], rocket, "things", "scenes", "tint")
    assert torch.allclose(states[2]["tint"], torch.lerp(states[0]["tint"], rocket["tint"], 0.6), atol=1e-6)
    assert set(carry.searched) == {"rocket"}
    ends = [picture(model, state) for state in (states[0], {**rocket, "place": states[0]["place"]})]
    far = [[float((picture(model, state) - end).abs().mean()) for end in ends] for state in states]
    assert far[0][0] == 0
    assert far[0][1] > far[1][1] > far[2][1] > far[3][1] == 0


def test_a_way_that_is_given_up_goes_back(carry, model):
    fox = showing(model, "fox").state()
    half = carry(fox, frame("fox"), frame("fox", "rocket", 0.4))
    assert same(carry(half, frame("fox", "rocket", 0.4), frame("fox")), fox, "things", "scenes")


def test_a_prompt_that_is_suddenly_another_is_found(carry, model):
    fox, tree = showing(model, "fox").state(), showing(model, "tree").state()
    assert same(carry(fox, frame("fox"), frame("tree")), tree, "things", "scenes", "tint")
    half = carry(fox, frame("fox"), frame("fox", "rocket", 0.4))
    assert same(carry(half, frame("fox", "rocket", 0.4), frame("tree")), tree, "things", "scenes", "tint")
    onwards = carry(half, frame("fox", "rocket", 0.9), frame("rocket", "tree", 0.5))
    assert same(onwards, {"a_things": showing(model, "rocket").state()["things"]}, "a_things")
    assert same(onwards, {"b_things": tree["things"]}, "b_things")


def test_an_ease_that_overshoots_arrives(carry, model):
    rocket = showing(model, "rocket").state()
    found = carry(rocket, frame("fox", "rocket", 1.0), frame("fox", "rocket", 1.2))
    assert same(found, rocket, "things", "scenes", "tint")


@pytest.mark.parametrize("fields", [{"medium": Medium("biggan", start="noise")}, {"init_image": "flower"}])
def test_what_began_from_elsewhere_is_never_searched(carry, model, fields):
    state = showing(model, "fox").state()
    assert same(carry(state, frame("fox"), frame("tree"), **fields), state, "things", "scenes", "tint")


def test_without_latents_there_is_nothing_to_carry(carry, model):
    assert carry({"size": torch.tensor([32, 32])}, frame("fox"), frame("fox")) is None
    carrying = Carrying(SimpleNamespace(), BigGanCanvas(model, 32, 32))
    assert carrying.next(Found(SimpleNamespace(latents=None)), frame("fox"), frame("fox"), STILL) is None


def test_the_way_is_that_of_the_first_text_that_is_to_be_shown():
    terms = [
        TermState(Text("blur"), Text("blur"), 0.0, -1.0, NEVER_STOP),
        TermState(Image("flower"), Image("flower"), 0.0, 1.0, NEVER_STOP),
        TermState(Text("fox"), Text("rocket"), 1.3, 1.0, NEVER_STOP),
    ]
    assert way(FrameState(0, tuple(terms), ())) == (Text("fox"), Text("rocket"), 1.0)
    assert way(FrameState(0, tuple(terms[:2]), ())) is None


def test_strokes_go_on_as_they_are_stored_and_the_camera_moves_them(tmp_path):
    canvas = StrokeCanvas(32, 32, strokes=12)
    canvas.start(torch.Generator().manual_seed(1))
    state, path = canvas.state(), tmp_path / "latents"
    path.write_bytes(pack(state))
    found = moved_strokes(StrokeCanvas(32, 32), Found(SimpleNamespace(latents=path)), STILL)
    assert same(found, state, *state)
    turned = moved_strokes(canvas, Found(SimpleNamespace(latents=path)), Camera(rotate=5))
    assert not torch.equal(turned["points"], state["points"])
    assert torch.equal(turned["colours"], state["colours"])
    path.write_bytes(b"broken")
    assert moved_strokes(canvas, Found(SimpleNamespace(latents=path)), STILL) is None
    assert moved_strokes(canvas, Found(SimpleNamespace(latents=None)), STILL) is None


def test_a_published_biggans_latents_stay_as_they_are(tmp_path):
    canvas = ImageNetCanvas(imagenet_model.build(deep.weights(deep.small()), "cpu"), 16, 16)
    canvas.start(torch.Generator().manual_seed(1))
    state, path = canvas.state(), tmp_path / "latents"
    path.write_bytes(pack(state))
    canvas.start(torch.Generator().manual_seed(2))
    found = kept(canvas, Found(SimpleNamespace(latents=path)))
    assert found.keys() == state.keys()
    assert all(torch.equal(found[name], value) for name, value in state.items())
    path.write_bytes(pack({"size": torch.tensor([16, 16])}))
    assert kept(canvas, Found(SimpleNamespace(latents=path))) is None
    assert kept(canvas, Found(SimpleNamespace(latents=tmp_path / "gone"))) is None
    assert kept(canvas, Found(SimpleNamespace(latents=None))) is None
