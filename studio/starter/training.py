"""What every training has in common: a run folder with exact resume, a schedule, an average of the weights.

A run is a folder: `state.safetensors` (all tensors of the last checkpoint), `state.json` (the plain numbers, written
    after it and
naming it by its hash) and `log.jsonl` (one line a report). Pictures are numbered, so the data needs no state of its
own.
"""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from studio.base import atomic
from studio.base.errors import InputError


@dataclass(slots=True)
class Run:
    """A training that can be left and taken up again.

    Attributes:
        folder: where its checkpoints and its log lie.
        config: everything that determines the result; a checkpoint of another configuration is refused.
        step: optimiser steps done.
        seconds: time spent on them, over all sittings.
    """

    folder: Path
    config: Mapping[str, Any]
    step: int = 0
    seconds: float = 0.0
    _since: float = field(default_factory=time.monotonic)

    def resume(self) -> dict[str, torch.Tensor] | None:
        """The tensors of the last checkpoint, or None on a fresh start; sets `step` and `seconds`.

        Raises:
            InputError: the checkpoint is of another configuration, or damaged.
        """
        note = self.folder / "state.json"
        if not note.is_file():
            return None
        data = json.loads(note.read_text("utf-8"))
        if data["config"] != json.loads(json.dumps(self.config)):
            different = [
                key for key in self.config if data["config"].get(key) != json.loads(json.dumps(self.config[key]))
            ]
            raise InputError(
                f"The training in {self.folder} could not be resumed",
                f"It was begun with another {', '.join(different) or 'configuration'}",
                "Use another folder, or the same settings",
            )
        path = self.folder / data["file"]
        if hashlib.sha256(path.read_bytes()).hexdigest() != data["sha256"]:
            raise InputError(
                f"The training in {self.folder} could not be resumed",
                f"{path.name} is damaged",
                "Start again in another folder",
            )
        self.step, self.seconds = data["step"], data["seconds"]
        self._since = time.monotonic()
        return load_file(path)

    def save(self, tensors: Mapping[str, torch.Tensor]) -> None:
        """Write a checkpoint of `step`; a crash at any moment leaves the one before or this one."""
        self.folder.mkdir(parents=True, exist_ok=True)
        now = time.monotonic()
        self.seconds, self._since = self.seconds + now - self._since, now
        name = f"state-{self.step % 2}.safetensors" if self.step else "state-0.safetensors"
        old = self.folder / "state.json"
        if old.is_file() and json.loads(old.read_text("utf-8"))["file"] == name:
            name = "state-1.safetensors" if name.endswith("0.safetensors") else "state-0.safetensors"
        path = self.folder / name
        with atomic.replacing(path) as temporary:
            save_file({key: tensor.detach().contiguous() for key, tensor in tensors.items()}, temporary)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        note = {"config": self.config, "step": self.step, "seconds": self.seconds, "file": name, "sha256": digest}
        atomic.write_bytes(old, json.dumps(note).encode())

    def log(self, **values: float) -> None:
        """Add a line to the log."""
        self.folder.mkdir(parents=True, exist_ok=True)
        spent = self.seconds + time.monotonic() - self._since
        with (self.folder / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps({"step": self.step, "seconds": round(spent, 1), **values}) + "\n")


def cosine(step: int, steps: int, warm_up: int) -> float:
    """The learning rate's factor: linear from 0 over `warm_up` steps, then half a cosine to 0."""
    if step < warm_up:
        return (step + 1) / warm_up
    return 0.5 * (1 + math.cos(math.pi * min(1.0, (step - warm_up) / max(1, steps - warm_up))))


class Average:
    """An exponential moving average of a module's state, buffers included; short at the start so that it forgets the
    beginning.
    """

    def __init__(self, module: torch.nn.Module, decay: float) -> None:
        self.decay = decay
        self.state = {key: value.detach().clone() for key, value in module.state_dict().items()}

    def update(self, module: torch.nn.Module, step: int) -> None:
        """Take in the module's state after optimiser step number `step`."""
        decay = min(self.decay, (1 + step) / (10 + step))
        with torch.no_grad():
            for key, value in module.state_dict().items():
                if value.is_floating_point():
                    self.state[key].lerp_(value, 1 - decay)
                else:
                    self.state[key].copy_(value)


def pack(module: torch.nn.Module, optimiser: torch.optim.Optimizer, average: Average) -> dict[str, torch.Tensor]:
    """All tensors that a checkpoint needs, under flat names."""
    tensors = {f"module.{key}": value for key, value in module.state_dict().items()}
    tensors |= {f"average.{key}": value for key, value in average.state.items()}
    for number, state in optimiser.state_dict()["state"].items():
        tensors |= {f"optimiser.{number}.{key}": torch.as_tensor(value) for key, value in state.items()}
    return {key: value.clone() for key, value in tensors.items()}


def unpack(
    tensors: Mapping[str, torch.Tensor], module: torch.nn.Module, optimiser: torch.optim.Optimizer, average: Average
) -> None:
    """Put back what `pack` took."""
    module.load_state_dict(
        {key.removeprefix("module."): value for key, value in tensors.items() if key.startswith("module.")}
    )
    average.state = {
        key.removeprefix("average."): value for key, value in tensors.items() if key.startswith("average.")
    }
    state: dict[int, dict[str, torch.Tensor]] = {}
    for key, value in tensors.items():
        if key.startswith("optimiser."):
            _, number, name = key.split(".", 2)
            state.setdefault(int(number), {})[name] = value
    optimiser.load_state_dict({**optimiser.state_dict(), "state": state})
