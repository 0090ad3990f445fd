"""How much of a prompt is seen in a picture, in numbers that can be compared between perceptors. No torch.

A cosine alone says little: one CLIP gives a picture of an apple and the words for it 0.65, another 0.28. Here it is
counted from chance, which is 0, to what a true picture gets, which is 1:

    seen = (cosine - chance) / gain

`chance` is the mean cosine of that very prompt with a fixed set of pictures that do not show it, so that words which
suit every picture a little gain nothing by it; `gain` is how much more the perceptor gives the true caption of those
pictures than it gives the others. So neither a perceptor's temperature nor the spread of its space counts.

Why nothing finer: a prompt's share of a softmax is 0 or 1 nearly everywhere, and neither rises nor falls. A z-score
among a picture's cosines with many captions stays at 1 while a dream goes on pleasing its guide, since its spread
grows as well. This is linear in the cosine, so it shows what dreaming pushes up, beyond 1 too: a picture that pleases
its guide more than true pictures do is worth a look.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

_LEAST = 1e-6  # a gain below this is rounding


def gain(cosine: Floats) -> float:
    """How much more a perceptor gives what is true, on the average.

    Args:
        cosine: (c, c), of c pictures with c captions, in the same order: the diagonal is true. c at least 2.
    """
    count = len(cosine)
    true = float(np.trace(cosine)) / count
    false = (float(cosine.sum()) - count * true) / (count * (count - 1))
    return max(true - false, _LEAST)


def seen(cosine: Floats, chance: Floats, gains: Floats) -> Floats:
    """How much of each wish is seen in each picture: 0 is chance, 1 a true picture.

    Args:
        cosine: (n, w), of n pictures with w wishes.
        chance: (w,), the mean cosine of each wish with pictures that do not show it.
        gains: (w,), greater than 0, of the perceptor for wishes of that kind.
    """
    made: Floats = ((cosine - chance) / gains).astype(np.float32)
    return made
