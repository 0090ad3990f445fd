"""Files that are dropped together are told apart: checkpoints, and what belongs to them."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.models.gathering import Gathered, gather, is_checkpoint


def gathered(*names: str) -> list[tuple[str, ...]]:
    return [
        tuple(path.name if path else "" for path in (each.weights, each.config, each.tokenizer))
        for each in gather([Path("/m") / name for name in names])
    ]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("a.pt",), [("a.pt", "", "")]),
        (("model.yaml", "last.ckpt"), [("last.ckpt", "model.yaml", "")]),
        (("a.ckpt", "b.CKPT", "b.yml", "a.yaml"), [("a.ckpt", "a.yaml", ""), ("b.CKPT", "b.yml", "")]),
        (("a.ckpt", "b.ckpt", "c.yaml"), [("a.ckpt", "", ""), ("b.ckpt", "", "")]),
        (
            ("open_clip_model.safetensors", "open_clip_config.json", "tokenizer.json"),
            [("open_clip_model.safetensors", "open_clip_config.json", "tokenizer.json")],
        ),
        (("sig.safetensors", "tokenizer.json"), [("sig.safetensors", "", "tokenizer.json")]),
        (("picture.png", "model.yaml"), []),
        ((), []),
    ],
)
def test_what_belongs_together(names, expected):
    assert gathered(*names) == expected


def test_all_files_of_one():
    config = Path("c.json")
    assert Gathered(Path("a.bin"), config).files == (Path("a.bin"), config)
    assert is_checkpoint(Path("X.SafeTensors"))
    assert not is_checkpoint(Path("pt"))
