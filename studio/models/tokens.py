"""open_clip's tokenizer over a vocabulary that ships with the weights."""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Sequence
from pathlib import Path

from open_clip.tokenizer import SimpleTokenizer


class MergesTokenizer(SimpleTokenizer):  # type: ignore[misc]
    """`SimpleTokenizer` with merges given as a list instead of a file.

    Calling it with texts gives int64 token numbers (n, context), cut at the context's length as open_clip does.

    Args:
        merges: byte-pair merges, most useful first, each two parts with a space between.
        context: tokens a text may have, start and end included.
    """

    def __init__(self, merges: Sequence[str], context: int) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "merges.txt.gz"
            with gzip.open(path, "wt", encoding="utf-8") as file:
                file.write("\n".join(["merges", *merges]))
            super().__init__(bpe_path=str(path), context_length=context)
