"""A tokenizer.json of each kind that SigLIPs have, small, written with the library that wrote the published ones."""

from __future__ import annotations

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

WORDS = ("a", "red", "apple", "blue", "fish", "on", "the", "moon")
_LETTERS = "▁abcdefghijklmnopqrstuvwxyz0123456789"


def t5(size: int = 64) -> bytes:
    """As SigLIP's: T5's pieces by their likelihood, "</s>" the second, and a hundred spare ones behind `size`."""
    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    pieces += [(f"▁{word}", -3.0 - number / 100) for number, word in enumerate(WORDS)]
    pieces += [(letter, -8.0) for letter in _LETTERS]
    pieces += [(f"▁filler{number}", -9.0) for number in range(size - len(pieces))]
    spare = [f"<extra_id_{number}>" for number in range(100)]
    tokenizer = Tokenizer(models.Unigram([*pieces, *((piece, 0.0) for piece in reversed(spare))], unk_id=2))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    tokenizer.add_special_tokens(["<pad>", "</s>", "<unk>", *spare])
    return tokenizer.to_str().encode()


def gemma(size: int = 400) -> bytes:
    """As SigLIP2's: Gemma's pieces by merging letters, "<pad>" the first and "<eos>" the second, bytes for the rest."""
    known = ["<pad>", "<eos>", "<bos>", "<unk>", *(f"<0x{byte:02X}>" for byte in range(256)), *_LETTERS]
    merges = []
    for word in WORDS:
        for end in range(1, len(word) + 1):
            before, piece = f"▁{word}"[:end], f"▁{word}"[: end + 1]
            if piece not in known:
                merges.append((before, word[end - 1]))
                known.append(piece)
    known += [f"filler{number}" for number in range(size - len(known))]
    vocabulary = {piece: number for number, piece in enumerate(known)}
    tokenizer = Tokenizer(models.BPE(vocabulary, merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    tokenizer.post_processor = processors.TemplateProcessing(single="$A <eos>", special_tokens=[("<eos>", 1)])
    tokenizer.add_special_tokens(["<pad>", "<eos>", "<bos>", "<unk>"])
    return tokenizer.to_str().encode()
