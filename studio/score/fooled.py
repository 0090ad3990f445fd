"""Where a guide is being fooled: it sees more and more of a prompt, a witness who did not guide sees less. No torch.

The rule, for a prompt in the frames that ask for it, on both scores as `standing` has them (1 is a true picture):

1. Both are smoothed by the mean of `SMOOTH` frames.
2. At each frame the change from `WINDOW` / 2 frames before it to `WINDOW` / 2 frames after it is taken.
3. The guide's must be at least `RISE` and the witness's at most minus `FALL`, and both greater than `NOISE` times the
   score's own jitter: what smoothing took away, which is no trend, as much of it as is left in a change.
4. Frames within half a window of such a frame belong to the span; spans that touch are one.

The guide need rise less than the witness falls: pictures soon please it about as much as any can, and what goes on
being done to them for the last percent is just what fools it. A frame that is not there breaks a series: nothing is
said across a gap.

Measured with the two models that ship. Of 48 dreams that followed the evaluator's gradient alone, without cutouts or
augmentation, from a blurred, faint, grey, veiled or noisy picture of their prompt, 19 are found; of 48 that followed
the starter's, which is trained against just such attacks, none, and in these the evaluator's score hardly falls. On the
frames of the four samples one place is found, the end of first-follow, where the moon has dissolved into colours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from studio.score.standing import Floats

SMOOTH = 5
"""Frames of the moving mean."""

WINDOW = 12
"""Frames over which a trend is taken."""

RISE = 0.04
"""Least change of the guide's score over a window."""

FALL = 0.08
"""Least change of the witness's, downwards."""

NOISE = 3.0
"""How many times the jitter a change must be."""

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Span:
    """Frames in which the guide is being fooled about one prompt.

    Attributes:
        prompt: its place among the prompts.
        start: the first frame.
        stop: the frame after the last.
        rise: how much more the guide sees over the worst window.
        fall: how much less the witness sees there.
    """

    prompt: int
    start: int
    stop: int
    rise: float
    fall: float


def fooled(guide: Floats, witness: Floats, asked: Flags) -> tuple[Span, ...]:
    """The spans in which `guide` rises while `witness` falls, in order of frames; the rule is this module's.

    Args:
        guide: (n, k), the guide's score of k prompts in n frames; NaN where there is no picture.
        witness: (n, k), likewise.
        asked: (n, k), whether a frame asks for the prompt.
    """
    found = []
    for prompt in range(guide.shape[1]):
        there = asked[:, prompt] & np.isfinite(guide[:, prompt]) & np.isfinite(witness[:, prompt])
        for start, stop in _runs(there):
            found += list(_spans(prompt, start, guide[start:stop, prompt], witness[start:stop, prompt]))
    return tuple(sorted(found, key=lambda span: (span.start, span.prompt)))


def _spans(prompt: int, first: int, guide: Floats, witness: Floats) -> Iterator[Span]:
    """Those of one prompt in frames that are all there."""
    if len(guide) < WINDOW + 1:
        return
    (up, up_noise), (change, down_noise) = _trend(guide), _trend(witness)
    down = -change
    flagged = (up >= max(RISE, NOISE * up_noise)) & (down >= max(FALL, NOISE * down_noise))
    badly = np.where(flagged, np.minimum(up, down), -np.inf)
    for start, stop in _runs(np.convolve(flagged, np.ones(WINDOW + 1), "same") > 0.5):
        worst = start + int(np.argmax(badly[start:stop]))
        yield Span(prompt, first + start, first + stop, float(up[worst]), float(down[worst]))


def _trend(values: Floats) -> tuple[Floats, float]:
    """The change over the window around each frame, 0 where the window does not fit; and the jitter of a change."""
    margin, half = SMOOTH // 2, WINDOW // 2
    padded = np.pad(values, margin, "edge")
    smooth = np.convolve(padded, np.full(SMOOTH, 1 / SMOOTH), "valid").astype(np.float32)
    change = np.zeros_like(smooth)
    change[half : len(change) - half] = smooth[WINDOW:] - smooth[:-WINDOW]
    return change, float(np.std(values - smooth)) * float(np.sqrt(2 / SMOOTH))


def _runs(flags: Flags) -> Iterator[tuple[int, int]]:
    """Where flags are set: from, and up to but without."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
