"""What `keydream bench` found, as a table, as JSON, and against an earlier run."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from studio.base.errors import FileError, InputError
from studio.bench import curves
from studio.bench.ceilings import Ceilings
from studio.bench.steps import Measured

FORMAT = 2
"""Version of the JSON: raise it when names change their meaning."""

_COMPARED = ("seconds", "memory")


def document(ceilings: Ceilings, found: Sequence[Measured], device: torch.device) -> dict[str, Any]:
    """All figures, with what they were measured on: what `--json` prints and `--compare` reads."""
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else _processor()
    machine = {"device": device.type, "name": name, "threads": torch.get_num_threads(), "torch": torch.__version__}
    steps = {each.workload: asdict(each) | {"ratio": each.ratio} for each in found}
    return {"keydream_bench": FORMAT, "machine": machine, "ceilings": asdict(ceilings), "workloads": steps}


def table(figures: Mapping[str, Any]) -> list[str]:
    """The lines of a terminal for a `document`."""
    machine, ceilings = figures["machine"], figures["ceilings"]
    lines = [f"{machine['name']}, {machine['threads']} threads, PyTorch {machine['torch']}"]
    for what in ("products", "convolutions"):
        rates = ", ".join(f"{precision} {rate:,.0f}" for precision, rate in ceilings[what].items())
        lines.append(f"  {what}: {rates} GFLOP a second")
    lines.append(f"  copying: {ceilings['copying']:.1f} GB a second")
    for name, step in figures["workloads"].items():
        lines.append(f"{name}  {step['title']}, in {step['precision']}")
        lines.append(
            f"   {step['seconds']:.3f} s a {step['unit']}, {step['gflop']:,.0f} GFLOP, networks at "
            f"{100 * step['share']:.0f} % of the best{_memory(step['memory'])}"
        )
        if step["reference"] is not None:
            lines.append(
                f"   {step['reference']:.3f} s a plain reference {step['unit']}{_memory(step['reference_memory'])}: "
                f"{step['ratio']:.2f} of its time"
            )
            pairs = zip(step["losses"], step["reference_losses"], strict=False)
            most = max((abs(ours - theirs) for ours, theirs in pairs), default=0.0)
            count, ranks = len(step["reference_losses"]), step["agreement"]
            alike = "" if ranks is None else f"; ranks correlate by {ranks:.3f}"
            lines.append(f"   losses of {count} {step['sample']}s differ by {most:.4f} at most{alike}")
            lines += [f"   {line}" for line in curves.lines(step["losses"], step["reference_losses"])]
        whole = sum(step["parts"].values())
        parts = ", ".join(f"{part} {100 * taken / whole:.0f} %" for part, taken in step["parts"].items())
        lines.append(f"   {parts}")
    return lines


def comparison(now: Mapping[str, Any], before: Mapping[str, Any]) -> list[str]:
    """Ratios of this run to an earlier one, a line for each figure that both have."""
    lines = []
    if now["machine"] != before["machine"]:
        lines.append("measured on another machine, or with another PyTorch: ratios say little")
    for name, step in now["workloads"].items():
        earlier = before["workloads"].get(name, {})
        for what in _COMPARED:
            if step.get(what) and earlier.get(what):
                lines.append(f"{name}  {what}: {step[what] / earlier[what]:.2f} of what it was")
    return lines


def read(path: Path) -> dict[str, Any]:
    """An earlier run's figures.

    Raises:
        FileError: the file cannot be read.
        InputError: it is none of `keydream bench --json`.
    """
    try:
        figures = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FileError(f"{path} could not be read", error.strerror or str(error), "Name another file") from error
    except ValueError as error:
        raise InputError(f"{path} holds no figures", f"It is no JSON: {error}", _MAKE) from error
    if not (isinstance(figures, dict) and figures.get("keydream_bench") == FORMAT):
        raise InputError(f"{path} holds no figures", "It is no file of this version's keydream bench", _MAKE)
    return figures


_MAKE = "Make one with keydream bench --json > FILE"


def _memory(held: int | None) -> str:
    return "" if held is None else f", {held / 2**20:,.0f} MiB"


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass  # not Linux
    return platform.processor() or platform.machine()
