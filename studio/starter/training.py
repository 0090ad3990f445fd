"""What every training has in common: a run folder with exact resume, a schedule, an average of the weights.

A run is a folder: `state-0.safetensors` or `state-1.safetensors` (all tensors of the last checkpoint, in turns),
`state.json` (the plain numbers, written after it and naming it by its hash) and `log.jsonl` (one line a report).
Pictures are numbered, so the data needs no state of its own. Resuming is exact on one machine with as many threads.
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
from safetensors import torch as safetensors

from studio.base import atomic
from studio.base.errors import InputError, ModelError

LENGTH = "steps"
"""The one setting that may change when a training is taken up: it may be made longer or shorter as it goes."""

STUMBLES = 3
"""How often a training rolls back before it gives up."""


class NotFinite(Exception):  # noqa: N818 (a turn that a training takes; nobody outside it sees one)
    """A step came to values that are infinite or not a number; `names` says which."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(" and ".join(names))
        self.names = names


@dataclass(slots=True)
class Run:
    """A training that can be left and taken up again.

    Attributes:
        folder: where its checkpoints and its log lie.
        config: everything that determines the result; a checkpoint of another configuration is refused, unless it
            differs in `LENGTH` alone: then the schedule is another one from there on, and the log says so.
        step: optimiser steps done.
        seconds: time spent on them, over all sittings.
        stumbles: how often it was rolled back.

    Call `resume` once, before anything else.
    """

    folder: Path
    config: Mapping[str, Any]
    step: int = 0
    seconds: float = 0.0
    stumbles: int = 0
    _since: float = field(default_factory=time.monotonic)
    _file: str = ""  # of the last checkpoint; "" before there is one
    _saved: int = 0  # its step

    def resume(self) -> dict[str, torch.Tensor] | None:
        """The tensors of the last checkpoint, or None on a fresh start; sets `step` and `seconds`.

        Raises:
            InputError: the checkpoint is of another configuration, damaged, or cannot be read.
        """
        note = self.folder / "state.json"
        if not note.is_file():
            return None
        what = f"The training in {self.folder} could not be resumed"
        try:
            data = json.loads(note.read_text("utf-8"))
            config, digest, name = dict(data["config"]), str(data["sha256"]), str(data["file"])
            step, seconds, stumbles = int(data["step"]), float(data["seconds"]), int(data.get("stumbles", 0))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(what, f"{note.name} is damaged", "Start again in another folder") from error
        wanted = json.loads(json.dumps(self.config))
        different = sorted(key for key in config.keys() | wanted.keys() if config.get(key) != wanted.get(key))
        if different and different != [LENGTH]:
            raise InputError(
                what, f"It was begun with another {', '.join(different)}", "Use another folder, or the same settings"
            )
        try:
            content = (self.folder / name).read_bytes()
        except OSError as error:
            raise InputError(
                what, f"{name} could not be read: {error.strerror}", "Start again in another folder"
            ) from error
        if hashlib.sha256(content).hexdigest() != digest:
            raise InputError(what, f"{name} is damaged", "Start again in another folder")
        self.step, self.seconds, self.stumbles, self._file, self._saved = step, seconds, stumbles, name, step
        self._since = time.monotonic()
        if different:
            self.log(**{f"{LENGTH}_before": float(config[LENGTH]), LENGTH: float(wanted[LENGTH])})
        return safetensors.load(content)

    def save(self, tensors: Mapping[str, torch.Tensor]) -> None:
        """Write a checkpoint of `step`; a crash at any moment leaves the one before or this one.

        Raises:
            FileError: it could not be written; the one before is still there.
        """
        now = time.monotonic()
        self.seconds, self._since = self.seconds + now - self._since, now
        name = "state-1.safetensors" if self._file == "state-0.safetensors" else "state-0.safetensors"
        # safetensors' own writing would report a full disk as an error of its format
        content = safetensors.save({key: tensor.detach().contiguous() for key, tensor in tensors.items()})
        atomic.write_bytes(self.folder / name, content)
        note = {
            "config": self.config,
            "step": self.step,
            "seconds": self.seconds,
            "stumbles": self.stumbles,
            "file": name,
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        atomic.write_bytes(self.folder / "state.json", json.dumps(note).encode())
        self._file, self._saved = name, self.step

    @property
    def caution(self) -> float:
        """What the learning rate is multiplied by: half as much after each time it was rolled back."""
        return 0.5**self.stumbles

    def check_finite(self, **values: float) -> None:
        """Do nothing, or stop a step that has lost its way, before the optimiser takes it in.

        Args:
            values: what the step came to, by name ("loss", "gradient").

        Raises:
            NotFinite: a value is NaN or infinite.
        """
        wrong = tuple(name for name, value in values.items() if not math.isfinite(value))
        if wrong:
            raise NotFinite(wrong)

    def stumble(self, fault: NotFinite) -> None:
        """Take note that a step failed, and must be rolled back.

        Raises:
            ModelError: it happened too often; the message names the values, the step, and what is kept.
        """
        self.stumbles += 1
        self.log(rolled_back_from=self.step)
        if self.stumbles > STUMBLES:
            kept = f"The checkpoint of step {self._saved} is kept" if self._file else "There was no checkpoint yet"
            raise ModelError(
                f"The training in {self.folder} stopped at step {self.step + 1}",
                f"Its {fault} became infinite or not a number, {STUMBLES} times in spite of going back and halving the "
                f"rate. {kept}",
                "Start again in another folder, with a lower rate or another seed",
            )

    def log(self, **values: float) -> None:
        """Add a line to the log.

        Raises:
            FileError: it could not be written.
        """
        spent = self.seconds + time.monotonic() - self._since
        line = json.dumps({"step": self.step, "seconds": round(spent, 1), **values}) + "\n"
        path = self.folder / "log.jsonl"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with path.open("a", encoding="utf-8") as file:
                file.write(line)
        except OSError as error:
            raise atomic.explain(error, path) from error


def cosine(step: int, steps: int, warm_up: int) -> float:
    """The learning rate's factor: linear from 0 over `warm_up` steps, then half a cosine to 0."""
    if step < warm_up:
        return (step + 1) / warm_up
    return 0.5 * (1 + math.cos(math.pi * min(1.0, (step - warm_up) / max(1, steps - warm_up))))


class Average:
    """An exponential moving average of a module's state, buffers included; short at first, to forget the beginning.

    Attributes:
        decay: share that is kept at each step, in the end.
        state: the averages, by the names of the module's state.
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


def pack(
    module: torch.nn.Module, optimiser: torch.optim.Optimizer, average: Average | None = None
) -> dict[str, torch.Tensor]:
    """All tensors that a checkpoint needs, under flat names."""
    tensors = {f"module.{key}": value for key, value in module.state_dict().items()}
    if average is not None:
        tensors |= {f"average.{key}": value for key, value in average.state.items()}
    for number, state in optimiser.state_dict()["state"].items():
        tensors |= {f"optimiser.{number}.{key}": torch.as_tensor(value) for key, value in state.items()}
    return {key: value.clone() for key, value in tensors.items()}


def unpack(
    tensors: Mapping[str, torch.Tensor],
    module: torch.nn.Module,
    optimiser: torch.optim.Optimizer,
    average: Average | None = None,
) -> None:
    """Put back what `pack` took.

    Raises:
        InputError: it was taken from a network of another shape.
    """
    try:
        module.load_state_dict(
            {key.removeprefix("module."): value for key, value in tensors.items() if key.startswith("module.")}
        )
        for key, value in average.state.items() if average is not None else ():
            value.copy_(tensors[f"average.{key}"])
    except (RuntimeError, KeyError) as error:
        raise InputError(
            "The training could not be resumed",
            "Its checkpoint does not fit the network: since then, the list of objects or the artwork has changed",
            "Start again in another folder",
        ) from error
    parameters = [parameter for group in optimiser.param_groups for parameter in group["params"]]
    state: dict[int, dict[str, torch.Tensor]] = {}
    for key, value in tensors.items():
        if key.startswith("optimiser."):
            _, number, name = key.split(".", 2)
            like = parameters[int(number)]  # in whose memory layout the optimiser works
            kept = torch.empty_like(like).copy_(value) if value.shape == like.shape else value
            state.setdefault(int(number), {})[name] = kept
    optimiser.load_state_dict({**optimiser.state_dict(), "state": state})
