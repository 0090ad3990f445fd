"""How a BigGAN's picture goes from frame to frame when it follows, and strokes: by latents, not by pixels.

The camera alone moves the thing, and the background stays. Where the prompt changes, what the generator knows of the
next one is searched once, and each frame lies on the way there, as far as the prompt is: as in a walk.
"""

from __future__ import annotations

from dataclasses import replace

import torch

from studio.canvas.base import Canvas, State
from studio.canvas.biggan import BigGanCanvas
from studio.canvas.camera import Camera
from studio.canvas.imagenet import ImageNetCanvas
from studio.canvas.strokes import StrokeCanvas
from studio.dream.seeds import generator
from studio.render.dreaming import Dreamer
from studio.render.identity import start_of
from studio.render.passing import Passed
from studio.timeline.prompt import NEVER_STOP, Text
from studio.timeline.sample import FrameState, TermState

Way = tuple[Text, Text, float]
"""What is left, what is reached, and how far, 0 to 1."""


def way(state: FrameState) -> Way | None:
    """Where a frame lies between two prompts, by the first text that it is to show; None where it shows none."""
    for term in state.terms:
        if term.weight > 0 and isinstance(term.start, Text) and isinstance(term.end, Text):
            return term.start, term.end, min(max(term.mix, 0.0), 1.0)
    return None


def kept(canvas: ImageNetCanvas, previous: Passed) -> State | None:
    """What the frame after `previous` begins from on a published BigGAN: the same latents; None where they are gone.

    Such a generator cannot move what it draws, so the camera has no say.
    """
    if not _restored(canvas, previous):
        return None
    return canvas.state()


def moved_strokes(canvas: StrokeCanvas, previous: Passed, camera: Camera) -> State | None:
    """What the frame after `previous` begins from: its strokes, moved by the camera; None where they are gone."""
    if not _restored(canvas, previous):
        return None
    canvas.move(camera)
    return canvas.state()


def _restored(canvas: Canvas, previous: Passed) -> bool:
    try:
        state = previous.state()
        if state is not None:
            canvas.restore(state)
    except (ValueError, KeyError):
        return False  # another medium's
    return state is not None


class Carrying:
    """Carries a BigGAN's latents along a chain of frames; remembers what it has searched.

    Args:
        dreamer: whose canvas is a BigGAN's.
        canvas: that canvas.
    """

    def __init__(self, dreamer: Dreamer, canvas: BigGanCanvas) -> None:
        self._dreamer = dreamer
        self._canvas = canvas
        self._found: dict[str, State] = {}

    def next(self, previous: Passed, before: FrameState, now: FrameState, camera: Camera) -> State | None:
        """What the frame of `now` begins from; None where the latents of the frame before, `previous`, are gone.

        Args:
            previous: as it was made or is stored.
            before: what the timeline says about it.
            now: what it says about the next frame.
            camera: how the picture moves to there.

        Raises:
            Cancelled: the token was fired.
        """
        if not _restored(self._canvas, previous):
            return None
        self._canvas.move(camera)
        state = self._canvas.state()
        here, there = way(before), way(now)
        if here is None or there is None or here == there or not self._searches:
            return state
        return self._changed(state, here, there, now)

    @property
    def _searches(self) -> bool:
        project = self._dreamer.project
        return not project.init_image and start_of(project.medium) == "biggan"

    def _changed(self, state: State, here: Way, there: Way, now: FrameState) -> State:
        """The state with the mixtures and the tint of its own prompt; the thing stays where it is."""
        left, reached, mix = there
        going = "way" in state and here[:2] == there[:2] and left != reached
        if not going:
            state = self._resting(state, here, left, now)
        if left == reached or mix == 0:
            return state
        end = self._search(reached, now)
        passed = here[2] if going else 0.0
        tint = torch.lerp(state["tint"], end["tint"], max(0.0, (mix - passed) / (1 - passed)) if passed < 1 else 1.0)
        if mix == 1:
            mixed = end
        elif going:
            start = {name: state[f"a_{name}"] for name in ("things", "scenes")}
            mixed = self._canvas.blend({**end, **start}, end, mix)
        else:
            mixed = self._canvas.blend(state, end, mix)
        return {**mixed, "place": state["place"], "tint": tint}

    def _resting(self, state: State, here: Way, text: Text, now: FrameState) -> State:
        """A state that shows one prompt alone: itself, or the end that it came from or went to, or what is found."""
        left, reached, mix = here
        if "way" not in state:
            if text == (reached if mix >= 0.5 else left):
                return state
            found = self._search(text, now)
            return {**found, "place": state["place"]}
        for letter, content in (("b", reached), ("a", left)):
            if text == content:
                ends = {name: state[f"{letter}_{name}"] for name in ("things", "scenes")}
                tint = self._search(text, now)["tint"] if letter == "b" else state["tint"]
                return {"size": state["size"], **ends, "place": state["place"], "tint": tint}
        return {**self._search(text, now), "place": state["place"]}

    def _search(self, text: Text, now: FrameState) -> State:
        if text.text not in self._found:
            alone = replace(now, terms=(TermState(text, text, 0.0, 1.0, NEVER_STOP),))
            chance = generator(self._dreamer.project.seed, "follow", "start")
            self._found[text.text] = self._dreamer.begun(alone, chance).state()
        return self._found[text.text]
