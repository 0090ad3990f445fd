"""Memory that ends at any place of a render: the step is made smaller where it can be, or it ends in plain words."""

from __future__ import annotations

import importlib.util
from fractions import Fraction
from pathlib import Path

import pytest
import torch
from PIL import Image

from studio.base.cancel import never
from studio.base.errors import ExportError, RenderError
from studio.base.progress import silent
from studio.canvas.pixels import PixelCanvas
from studio.cli import app
from studio.export import ExportOptions, export
from studio.render import dreaming
from studio.render.events import FrameDone, Notice
from studio.render.session import render
from studio.render.store import FrameStore

RENDER = Path(__file__).parents[1] / "render"

ERRORS = [
    MemoryError(),
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"),
    RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 8589934592 bytes"),
]


@pytest.fixture(scope="module")
def fakes():
    spec = importlib.util.spec_from_file_location("render_fakes_for_memory", RENDER / "fakes.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Short:
    """Raises an error at some of its calls, counted from 0; from there on at each, or that once."""

    def __init__(self, error, at, *, once=False):
        self._error, self._at, self._once = error, at, once
        self.calls = 0

    def __call__(self):
        now, self.calls = self.calls, self.calls + 1
        if now == self._at or (now > self._at and not self._once):
            raise self._error


class Backward(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, short):
        ctx.short = short
        return x.clone()

    @staticmethod
    def backward(ctx, gradient):
        ctx.short()
        return gradient, None


def broken(fakes, place, short):
    """Tools that fall short of memory at a place. They can spare some, twice, as large networks can."""

    class Canvas(PixelCanvas):
        sparing = 0

        def image(self):
            if place in ("decoder", "picture"):
                drawn = torch.is_grad_enabled()
                if drawn == (place == "decoder"):
                    short()
            picture = super().image()
            return Backward.apply(picture, short) if place == "backward" and picture.requires_grad else picture

        def resize(self, width, height):
            if place == "resize":
                short()
            super().resize(width, height)

        def spare(self):
            self.sparing += 1
            return self.sparing <= 2

        def ease(self):
            self.sparing = 0

    class Perceptor(fakes.Perceptor):
        def embed_image(self, images):
            if place == "perceptor":
                short()
            return super().embed_image(images)

    class Toolbox(fakes.Toolbox):
        def canvas(self, project, width, height):
            if place == "creation":
                short()
            return Canvas(width, height)

        def beginning(self, project, width, height):
            raise AssertionError("no dream of these begins elsewhere")

    return Toolbox(Perceptor())


def climbing(fakes):
    return fakes.project({0: "red"}, length=1, steps=4, width=256, height=256)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("place", ["decoder", "perceptor", "backward"])
def test_a_step_that_falls_short_is_made_smaller_and_the_frame_is_the_same(fakes, place, error, tmp_path):
    project = fakes.project({0: "red"}, length=1, steps=3)
    whole = list(render(project, fakes.Toolbox(), FrameStore(tmp_path / "whole")))[-2]
    short = Short(error, 3 if place == "perceptor" else 1, once=True)  # two looks are the estimate's
    events = list(render(project, broken(fakes, place, short), FrameStore(tmp_path / "short")))
    notices = [event.text for event in events if isinstance(event, Notice)]
    assert len(notices) == 1
    assert notices[0].startswith("Memory is short: the picture is drawn twice in every step, which takes longer")
    assert events[-2].pixels == whole.pixels


def test_an_estimate_that_falls_short_itself_is_done_without(fakes, tmp_path):
    project = fakes.project({0: "red"}, length=1, steps=3)
    short = Short(MemoryError(), 0, once=True)
    events = list(render(project, broken(fakes, "perceptor", short), FrameStore(tmp_path)))
    assert isinstance(events[-2], FrameDone)
    assert not [event for event in events if isinstance(event, Notice)]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("place", ["creation", "decoder", "perceptor", "backward", "resize", "picture"])
def test_where_nothing_helps_it_ends_in_plain_words_and_finished_frames_stay(fakes, place, error, tmp_path):
    project = climbing(fakes) if place == "resize" else fakes.project({0: "red"}, length=1, steps=3)
    with pytest.raises(RenderError, match="does not fit into memory") as told:
        list(render(project, broken(fakes, place, Short(error, 0)), FrameStore(tmp_path)))
    assert "smaller size" in told.value.fix
    events = list(render(project, fakes.Toolbox(), FrameStore(tmp_path)))
    assert [event.frame for event in events if isinstance(event, FrameDone)] == [0], (
        "and the next try is none the worse"
    )


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("where", ["arrange", "encode"])
def test_beginning_a_dream_falls_short(fakes, where, error, tmp_path, monkeypatch):
    def short(*_, **__):
        raise error

    if where == "arrange":
        from studio.canvas.collage import CollageCanvas

        tools = fakes.Toolbox()
        tools.beginning = lambda *_: CollageCanvas.__new__(CollageCanvas)
        monkeypatch.setattr(dreaming, "arrange", short)
        project = fakes.project({0: "red"}, length=1)
        project = fakes.replace(project, medium=fakes.Medium("pixels", "", "collage"))
    else:
        tools = fakes.Toolbox()
        monkeypatch.setattr(PixelCanvas, "encode", short)
        project = fakes.project({0: "red"}, length=1, init_image="flower")
    with pytest.raises(RenderError, match="does not fit into memory"):
        list(render(project, tools, FrameStore(tmp_path)))


@pytest.mark.parametrize("where", ["studio.export.run.encode", "studio.export.run.probe.check", "PIL.Image.Image.load"])
@pytest.mark.parametrize("name", ["a.gif", "a.mp4", "s_##.png"])
def test_an_export_that_falls_short_leaves_what_was_there(name, where, tmp_path, monkeypatch):
    Image.new("RGB", (16, 16), "red").save(tmp_path / "frame.png")
    out = tmp_path / name
    if "#" not in name:
        out.write_bytes(b"an earlier export")
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}

    def short(*_, **__):
        raise MemoryError

    monkeypatch.setattr(where, short)
    settings = ExportOptions(overwrite=True)
    with pytest.raises(ExportError, match="memory") as told:
        export([tmp_path / "frame.png"], out, Fraction(24), settings=settings, token=never(), report=silent)
    assert "smaller size" in told.value.fix
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_a_command_that_falls_short_anywhere_else_says_so(error, monkeypatch, capsys):
    def short(*_, **__):
        raise error

    monkeypatch.setattr(app.typer.main, "get_command", lambda _: type("C", (), {"main": staticmethod(short)}))
    assert app.run(["export", "x", "--json"]) == 1
    out, err = capsys.readouterr()
    assert "Keydream ran out of memory" in out
    assert "smaller size" in err


def test_a_fault_of_another_kind_is_none_of_memory(monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("shapes do not fit")

    monkeypatch.setattr(app.typer.main, "get_command", lambda _: type("C", (), {"main": staticmethod(broken)}))
    with pytest.raises(RuntimeError, match="shapes"):
        app.run(["export", "x"])
