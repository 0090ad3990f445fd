"""The pictures between takes: the kept ones at the takes, blends of their latents between them."""

from __future__ import annotations

import io

import pytest
import torch
from PIL import Image

from studio.base.cancel import Cancelled, CancelToken, never
from studio.base.errors import FileError, InputError
from studio.canvas.pixels import PixelCanvas
from studio.render.checkpoint import unpack
from studio.render.pictures import from_image
from studio.takes.course import Spot
from studio.takes.take import LATENTS, PICTURE
from studio.takes.way import BATCH, Way, check_alike, project_of


def test_on_a_take_is_the_picture_that_was_kept(dreamed, fakes):
    library, takes = dreamed()
    way = Way(takes, library, fakes.Toolbox(), never())
    for number, (spot, picture) in enumerate(way.draw([Spot(0, 0), Spot(1, 1), Spot(2, 2)])):
        png = library.content(takes[number], PICTURE)
        assert way.png(spot) == png
        with Image.open(io.BytesIO(png)) as kept:
            assert torch.equal(picture, from_image(kept))


def test_between_two_is_the_blend_of_their_latents(dreamed, fakes):
    library, takes = dreamed()
    way = Way(takes, library, fakes.Toolbox(), never())
    ((spot, picture),) = way.draw([Spot(0, 2, 0.25)])
    canvas = PixelCanvas(16, 16)
    canvas.restore(canvas.blend(*(unpack(library.content(takes[n], LATENTS)) for n in (0, 2)), 0.25))
    assert torch.equal(picture, canvas.image().detach().clamp(0, 1))
    assert way.png(spot) is None


def test_many_are_drawn_in_their_order(way_over):
    way = way_over()
    where = [Spot(0, 1, number / 30) if number % 4 else Spot(1, 1) for number in range(1, 2 * BATCH + 3)]
    drawn = list(way.draw(where))
    assert [spot for spot, _ in drawn] == where
    for spot, picture in drawn:
        assert torch.equal(picture, next(way.draw([spot]))[1])


def test_nothing_is_dreamed(dreamed, fakes):
    library, takes = dreamed()
    toolbox = fakes.Toolbox()
    list(Way(takes, library, toolbox, never()).draw([Spot(0, 1, 0.5)]))
    assert toolbox.built == ["canvas 16 x 16"]


def test_a_take_that_comes_again_is_the_same(way_over):
    way = way_over(0, 1, 0, 0)
    assert way.count == 4
    assert way.same(Spot(2, 2)) == Spot(0, 0)
    assert way.same(Spot(1, 2, 0.5)) == Spot(1, 0, 0.5)
    assert way.same(Spot(2, 3, 0.5)) == Spot(0, 0)


def test_stopping(way_over):
    token = CancelToken()
    drawing = way_over(token=token).draw([Spot(0, 1, number / 100) for number in range(1, 100)])
    next(drawing)
    token.cancel()
    with pytest.raises(Cancelled):
        list(drawing)


def test_takes_that_do_not_fit_together(dreamed, fakes):
    _, takes = dreamed()
    take = takes[1].take
    for change in (
        {"width": 32},
        {"medium": take.medium.model_copy(update={"kind": "fourier"})},
        {"medium": take.medium.model_copy(update={"model": "other"})},
        {"medium": take.medium.model_copy(update={"sha256": "b" * 64})},
    ):
        other = type(takes[1])(take.model_copy(update=change), takes[1].place)
        with pytest.raises(InputError, match=f"{takes[0].take.short} to {take.short}"):
            check_alike([takes[0], other])
    with pytest.raises(InputError, match="two takes"):
        check_alike(takes[:1])


def test_a_model_that_is_another_now(dreamed, fakes):
    library, takes = dreamed()
    medium = takes[0].take.medium.model_copy(update={"sha256": "b" * 64})
    old = [type(kept)(kept.take.model_copy(update={"medium": medium}), kept.place) for kept in takes]
    with pytest.raises(InputError, match="another model"):
        Way(old, library, fakes.Toolbox(), never())


def test_latents_that_are_damaged_or_of_another_canvas(dreamed, fakes, made):
    library, takes = dreamed()
    strange = library.keep(
        made(77, width=16, height=16, medium=takes[0].take.medium),
        png=library.content(takes[0], PICTURE),
        latents=b"no safetensors",
    )
    with pytest.raises(FileError, match="cannot be used"):
        Way([takes[0], strange], library, fakes.Toolbox(), never())
    (takes[1].place / LATENTS).write_bytes(b"")
    with pytest.raises(FileError, match="damaged"):
        Way(takes, library, fakes.Toolbox(), never())


def test_a_project_for_the_toolbox(made):
    take = made(width=32, height=16)
    project = project_of(take, "some clip")
    assert (project.width, project.height, project.medium.kind) == (32, 16, "pixels")
    assert [reference.model for reference in project.perceptors] == ["some clip"]
    assert project_of(take).perceptors == ()
    for strange in (made(width=8), made(medium=take.medium.model_copy(update={"kind": "clay"}))):
        with pytest.raises(InputError, match="cannot be drawn"):
            project_of(strange)
