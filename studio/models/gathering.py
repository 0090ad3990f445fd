"""Which of some files are a model's: its checkpoint, and what belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

CHECKPOINTS = (".safetensors", ".pt", ".pth", ".bin", ".ckpt")
"""Suffixes of files that may be models."""

_CONFIGS = (".yaml", ".yml", ".json")
_TOKENIZER = "tokenizer.json"


@dataclass(frozen=True, slots=True)
class Gathered:
    """A model's files, as far as they are among those that were looked at.

    Attributes:
        weights: its checkpoint.
        config: its yaml or json.
        tokenizer: its tokenizer.json.
    """

    weights: Path
    config: Path | None = None
    tokenizer: Path | None = None

    @property
    def files(self) -> tuple[Path, ...]:
        """All of them."""
        return tuple(path for path in (self.weights, self.config, self.tokenizer) if path is not None)


def is_checkpoint(path: Path) -> bool:
    """Whether a file may be a model, by its name."""
    return path.suffix.lower() in CHECKPOINTS


def gather(paths: Sequence[Path]) -> tuple[Gathered, ...]:
    """The models among some files, in their order.

    A configuration belongs to the checkpoint of its name; where there is one checkpoint and one configuration, they
    belong together whatever they are called: taming's are `last.ckpt` and `model.yaml`. What is not among the files is
    looked for beside the checkpoint when it is added (`studio.models.adding`).
    """
    checkpoints = [path for path in paths if is_checkpoint(path)]
    tokenizer = next((path for path in paths if path.name.lower() == _TOKENIZER), None)
    configs = [path for path in paths if path.suffix.lower() in _CONFIGS and path != tokenizer]
    only = configs[0] if len(configs) == len(checkpoints) == 1 else None
    return tuple(
        Gathered(path, next((each for each in configs if each.stem == path.stem), only), tokenizer)
        for path in checkpoints
    )
