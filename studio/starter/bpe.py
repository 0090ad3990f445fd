"""A small vocabulary for the starter CLIP: byte-pair merges learnt from its captions (Sennrich et al. 2016).

open_clip's own tokenizer runs with these merges in place of its 48,894, so words never met fall to pieces instead of
failing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise


def learn_merges(captions: Iterable[str], limit: int) -> list[str]:
    """The merges, most useful first, as open_clip's `SimpleTokenizer` reads them ("a p", "ap p", "le</w> s").

    Args:
        captions: sentences, ASCII letters and spaces mostly.
        limit: how many merges at most; fewer when all words are whole.
    """
    counts = Counter(word for caption in captions for word in re.findall(r"[^\W\d_]+", caption.lower()))
    words = {word: [*word[:-1], word[-1] + "</w>"] for word in counts}
    merges: list[str] = []
    while len(merges) < limit:
        pairs: Counter[tuple[str, str]] = Counter()
        for word, parts in words.items():
            for pair in pairwise(parts):
                pairs[pair] += counts[word]
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(" ".join(best))
        for word, parts in words.items():
            if best[0] in parts:
                words[word] = _merge(parts, best)
    return merges


def _merge(parts: list[str], pair: tuple[str, str]) -> list[str]:
    merged: list[str] = []
    for part in parts:
        if merged and (merged[-1], part) == pair:
            merged[-1] += part
        else:
            merged.append(part)
    return merged
