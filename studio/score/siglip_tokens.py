"""SigLIP's tokenizers (Zhai et al. 2023, Tschannen et al. 2025): the tokenizer.json that is published with the weights.

It lies in a converted model as one tensor of bytes, so that a perceptor stays one file with one hash.
"""

from __future__ import annotations

import re

import torch
from torch import Tensor

from studio.base.errors import ModelError
from studio.models.loading import TOKENIZER
from studio.score.byte_pairs import canonical

_SPARE = re.compile(r"▁?<extra_id_\d+>")  # T5's, behind its 32,000; no cleaned text has them
_WORDS = "a red apple"


class SiglipTokenizer:
    """Reads texts as open_clip's `HFTokenizer` with `clean="canonicalize"` does: lower case, without punctuation.

    Args:
        data: a tokenizer.json.
        context_length: tokens that the model reads, the mark of the end counted in.
        vocabulary: how many tokens it knows.
        name: the model's, for messages.

    Raises:
        ModelError: it is no tokenizer.json, or none of a SigLIP with that vocabulary.
    """

    def __init__(self, data: bytes, context_length: int, vocabulary: int, *, name: str) -> None:
        from tokenizers import Tokenizer

        try:
            self._tokenizer = Tokenizer.from_str(data.decode())
            self._tokenizer.no_padding()
            self._tokenizer.no_truncation()
            self._end = self._tokenizer.encode("").ids
            known = self._tokenizer.get_vocab(with_added_tokens=True)
        except Exception as error:  # the library raises Exception itself
            raise _unusable(name, f"Its tokenizer.json could not be read: {str(error)[:200]}") from error
        self.context_length = context_length
        self.marks = len(self._end)
        words = self.encode(_WORDS)
        if self.marks != 1 or self._tokenizer.encode(_WORDS).ids != [*words, *self._end]:
            raise _unusable(name, "Its tokenizer.json does not end a text with one mark, as SigLIP's do")
        highest = max(number for piece, number in known.items() if not _SPARE.fullmatch(piece))
        if highest >= vocabulary:
            raise _unusable(name, f"Its tokenizer.json has {highest + 1} tokens and its text tower knows {vocabulary}")
        self.eot_token_id = self._end[0]
        # open_clip's SigLipTokenizer: Gemma's pieces (SigLIP2) are padded with the first, T5's with the mark of the end
        self._pad = 0 if type(self._tokenizer.model).__name__ == "BPE" else self.eot_token_id

    def encode(self, text: str) -> list[int]:
        """The tokens of `text` without marks, however many."""
        ids: list[int] = self._tokenizer.encode(canonical(text), add_special_tokens=False).ids
        return ids

    def __call__(self, texts: list[str]) -> Tensor:
        """Tokens (n, context_length), ended and padded, cut off where they are too many."""
        room = self.context_length - self.marks
        rows = [[*self.encode(text)[:room], *self._end] for text in texts]
        return torch.tensor([row + [self._pad] * (self.context_length - len(row)) for row in rows])


def missing(name: str, repository: str) -> ModelError:
    """What to say of a model without the file."""
    return ModelError(
        f"The model {name} could not be used",
        f"It reads texts by a {TOKENIZER} of its own, which is not there",
        f"Fetch https://huggingface.co/{repository}/resolve/main/{TOKENIZER}, and add the model again with it "
        "beside the weights",
    )


def is_siglips(repository: str) -> bool:
    """Whether open_clip's `hf_tokenizer_name` is one of those that are known here."""
    return "siglip" in repository.lower() and re.fullmatch(r"[\w.-]+/[\w.-]+", repository) is not None


def _unusable(name: str, why: str) -> ModelError:
    return ModelError(
        f"The model {name} could not be used", why, "Give it the tokenizer.json that was published with its weights"
    )
