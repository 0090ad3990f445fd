"""What the optimiser is given for a frame."""

from __future__ import annotations

import pytest
import torch

from studio.base.errors import AssetError, InputError
from studio.dream.arrange import Wish
from studio.dream.seeds import generator
from studio.project.swatches import Colours
from studio.render import recipe
from studio.timeline.sample import sample


def state(fakes, **parameters):
    values = {name: {0: value} for name, value in parameters.items()}
    return sample(fakes.project({0: "red:2 | image:tree:-0.5"}, parameters=values).timeline, 0)


def loss(fakes, picture, weights=(1.0,), medium="pixels", **parameters):
    frame = state(fakes, **parameters)
    who = [(fakes.Perceptor(), weight) for weight in weights]
    pictures = {"tree": fakes.Toolbox().picture(None, "tree")}
    return recipe.objective(frame, who, medium, pictures)(picture, generator(0))


def test_every_wish_is_a_term(fakes):
    terms = loss(fakes, torch.rand(1, 3, 16, 16, generator=generator(3))).terms
    assert set(terms) == {"fake: red", "fake: image:tree", "total variation"}
    assert terms["fake: red"] > 0 > terms["fake: image:tree"], "a negative weight pushes away"


def test_parameters_weigh_their_terms(fakes):
    picture = 3 * torch.rand(1, 3, 16, 16, generator=generator(3))
    plain = loss(fakes, picture, medium="vqgan").terms
    assert plain["range"] > 0 and plain["total variation"] > 0
    weighed = loss(fakes, picture, medium="vqgan", smoothness=4, range=0.5).terms
    assert weighed["total variation"] == pytest.approx(4 * float(plain["total variation"]))
    assert weighed["range"] == pytest.approx(0.5 * float(plain["range"]))
    pixels = loss(fakes, picture).terms
    assert plain["total variation"] < pixels["total variation"], "a decoder smooths of its own accord"
    assert "range" not in pixels, "what a canvas of pixels draws cannot leave the range"
    off = loss(fakes, picture, medium="vqgan", smoothness=0, range=0).terms
    assert off["total variation"] == off["range"] == 0


def test_wishes_beyond_the_prompts_are_terms_where_they_are_asked_for(fakes):
    picture = torch.rand(1, 3, 16, 16, generator=generator(3))
    terms = loss(fakes, picture, saturation=2, symmetry=3, anchor=5).terms
    assert terms["colourfulness"] < 0 < terms["symmetry"]
    assert "anchor" not in terms, "there is no init image"
    frame, who = state(fakes, anchor=5), [(fakes.Perceptor(), 1.0)]
    pictures = {"tree": fakes.Toolbox().picture(None, "tree")}
    anchored = recipe.objective(frame, who, "pixels", pictures, picture)
    assert float(anchored(picture, generator(0)).terms["anchor"]) == 0
    assert float(anchored(1 - picture, generator(0)).terms["anchor"]) > 0


def test_tiling_shows_the_seam_to_the_perceptor(fakes):
    picture = torch.rand(1, 3, 16, 16, generator=generator(3))
    plain, tiled = (loss(fakes, picture, tiling=each).terms["fake: red"] for each in (0, 1))
    assert plain != tiled


def test_each_perceptor_counts_as_it_should(fakes):
    picture = torch.rand(1, 3, 16, 16, generator=generator(3))
    one, three, both = (
        float(loss(fakes, picture, weights, cutouts=64).terms["fake: red"]) for weights in ((1,), (3,), (1, 3))
    )
    assert three == pytest.approx(3 * one)
    assert both > three, "both are asked"


def test_cutouts_are_as_many_and_as_small_as_asked_for(fakes):
    perceptor = fakes.Perceptor()
    small = recipe.cutouts(state(fakes, cutouts=5, cut_power=2), perceptor)
    assert (small.count, small.power) == (5, 2)
    perceptor.image_size = 224
    large = recipe.cutouts(state(fakes, cutouts=5, cut_power=2), perceptor)
    assert (large.count, large.power) == (5, 2) and large.smallest < small.smallest, "a full-size model sees details"


def test_step_size_and_steps_reach_the_dream(fakes):
    made = recipe.settings(state(fakes, step_size=2.5), 7)
    assert (made.steps, made.step_size) == (7, 2.5)


def test_pictures_of_a_frame_are_those_its_prompts_show(fakes):
    project = fakes.project({0: "image:flower | red", 8: "image:tree | image:flower"})
    assert recipe.pictures_in(sample(project.timeline, 0)) == ("flower",)
    assert recipe.pictures_in(sample(project.timeline, 3)) == ("flower", "tree")


def test_a_prompt_that_is_too_long_is_refused_before_anything_is_dreamed(fakes, run):
    class Strict(fakes.Perceptor):
        def embed_text(self, texts):
            for text in texts:
                self.check_text(text)
            return super().embed_text(texts)

    with pytest.raises(InputError, match="too long"):
        run(fakes.project({0: "word " * 20}), toolbox=fakes.Toolbox(Strict()))


@pytest.mark.parametrize(
    ("size", "scales"),
    [
        ((256, 256), [0.25, 0.5, 1]),
        ((512, 256), [0.25, 0.5, 1]),
        ((128, 300), [0.5, 1]),
        ((100, 100), []),
        ((64, 64), []),
    ],
)
def test_a_ladder_has_no_rung_that_is_too_small_to_see(size, scales):
    rungs = recipe.ladder(size)
    assert [rung.scale for rung in rungs] == scales
    assert all(min(size) * rung.scale >= recipe.SMALLEST_RUNG for rung in rungs)


@pytest.mark.parametrize(
    ("size", "seen", "rungs"),
    [
        ((256, 256), 64, [(0.6, 0.5), (0.4, 1)]),
        ((1024, 512), 64, [(0.3, 0.25), (0.3, 0.5), (0.4, 1)]),
        ((512, 512), 224, []),
        ((1024, 1024), 224, [(0.6, 0.5), (0.4, 1)]),
        ((200, 300), 64, []),
    ],
)
def test_what_is_drawn_anew_climbs_as_far_as_perceptors_see_all_of_it(size, seen, rungs):
    found = [(round(rung.share, 6), rung.scale) for rung in recipe.sharp_ladder(size, seen)]
    assert found == rungs


@pytest.fixture
def climbs(monkeypatch):
    """The scales of the rungs that were asked for, by the number of steps."""
    found = {}
    original = recipe.settings

    def settings(state, steps, *, rungs=(), gentle=1.0):
        found.setdefault(steps, set()).add(tuple(rung.scale for rung in rungs))
        return original(state, steps, rungs=rungs, gentle=gentle)

    monkeypatch.setattr(recipe, "settings", settings)
    monkeypatch.setattr(recipe, "SMALLEST_RUNG", 8)
    return found


def test_only_what_begins_from_nothing_climbs(fakes, run, climbs):
    run(fakes.project(steps=3, refine=2))
    assert climbs == {3: {(0.5, 1)}, 2: {()}}
    climbs.clear()
    run(fakes.project(mode="follow", length=3, steps=2))
    assert climbs == {6: {(0.5, 1)}, 2: {()}}


def asked(fakes, prompt, count=8, **parameters):
    """What is dreamed towards for a prompt, and the perceptor that looks."""
    values = {name: {0: value} for name, value in {"cutouts": count, **parameters}.items()}
    frame = sample(fakes.project({0: prompt}, parameters=values).timeline, 0)
    return frame, fakes.Perceptor()


class Counting:
    """Counts the views that a perceptor is shown."""

    def __init__(self, perceptor):
        self._perceptor, self.views = perceptor, []

    def __getattr__(self, name):
        return getattr(self._perceptor, name)

    def embed_image(self, images):
        self.views.append(len(images))
        return self._perceptor.embed_image(images)


def test_regions_share_the_cutouts_of_a_step(fakes):
    picture = torch.rand(1, 3, 16, 16, generator=generator(3))
    for prompt, views in [
        ("red", [8]),
        ("red @left | blue @left", [8]),
        ("red @left | blue @right", [8]),
        ("red @left | blue @right | a sky | green:-1", [8]),
        ("red @left | blue @right | a @top | b @bottom | c @centre | d", [8]),
    ]:
        frame, perceptor = asked(fakes, prompt)
        counting = Counting(perceptor)
        recipe.objective(frame, [(counting, 1.0)], "pixels", {})(picture, generator(0))
        assert counting.views == views, prompt
    tiled, _ = asked(fakes, "red @left | blue @right | a sky", tiling=1)
    counting = Counting(perceptor)
    recipe.objective(tiled, [(counting, 1.0)], "pixels", {})(picture, generator(0))
    assert counting.views == [3, 5], "only the whole is pushed round"


@pytest.mark.parametrize("tiling", [0, 1])
def test_a_term_changes_its_region_alone(fakes, tiling):
    frame, perceptor = asked(fakes, "red @left", smoothness=0, range=0, tiling=tiling)
    picture = torch.rand(1, 3, 16, 16, generator=generator(3), requires_grad=True)
    recipe.objective(frame, [(perceptor, 1.0)], "pixels", {})(picture, generator(0)).total.backward()
    assert bool((picture.grad[..., 8:] == 0).all())
    assert bool((picture.grad[..., :8] != 0).any(1).float().mean() > 0.9)


def test_a_term_without_region_sees_the_whole_beside_those_that_have_one(fakes):
    frame, perceptor = asked(fakes, "red @left | blue", smoothness=0, range=0)
    picture = torch.rand(1, 3, 16, 16, generator=generator(3), requires_grad=True)
    loss = recipe.objective(frame, [(perceptor, 1.0)], "pixels", {})(picture, generator(0))
    assert {"fake: red", "fake: blue"} < set(loss.terms)
    loss.total.backward()
    assert bool((picture.grad[..., 8:] != 0).any())


def test_a_mask_is_a_region(fakes):
    frame, perceptor = asked(fakes, "red @mask(tree)", smoothness=0, range=0)
    assert recipe.pictures_in(frame) == ("tree",)
    mask = torch.zeros(1, 3, 16, 16)
    mask[..., 4:12, 2:6] = 1
    picture = torch.rand(1, 3, 16, 16, generator=generator(3), requires_grad=True)
    recipe.objective(frame, [(perceptor, 1.0)], "pixels", {"tree": mask})(picture, generator(0)).total.backward()
    outside = mask[:, :1] == 0
    assert bool((picture.grad.masked_select(outside) == 0).all())
    assert bool((picture.grad != 0).any())
    with pytest.raises(AssetError, match="mask is missing"):
        recipe.objective(frame, [(perceptor, 1.0)], "pixels", {})


def test_wishes_say_where_things_are_to_be(fakes):
    frame, _ = asked(fakes, "red @left:2 | blue | red @left | green:-1 | noise:3 | rose @mask(tree)")
    mask = torch.zeros(1, 3, 16, 16)
    mask[..., 8:] = 1
    assert recipe.wishes(frame, {"tree": mask}) == (
        Wish("red", 3.0, (0, 0, 0.5, 1)),
        Wish("blue", 1.0),
        Wish("rose", 1.0, (0.5, 0, 1, 1)),
    )


def test_the_palette_the_border_and_coherence_are_asked_for_by_their_parameters(fakes):
    picture = torch.rand(1, 3, 16, 16, generator=generator(3))
    frame, perceptor = asked(fakes, "red", palette=2, edges=3, coherence=4)
    none, some = (
        recipe.objective(frame, [(perceptor, 1.0)], "pixels", {}, None, colours)(picture, generator(0)).terms
        for colours in (Colours(), Colours(("#ff0000",), "#000000"))
    )
    assert "palette" not in none, "the project has no palette"
    assert some["palette"] > 0 and some["colour coherence"] == none["colour coherence"] > 0
    assert some["edges"] != none["edges"], "black instead of white"
    assert not {"edges", "palette", "colour coherence"} & set(loss(fakes, picture).terms)
