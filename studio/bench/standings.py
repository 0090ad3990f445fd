"""What comes of dreaming prompts both ways (`studio.bench.quality`): kept case by case, summed up by medians."""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from studio.base import atomic
from studio.base.errors import FileError, InputError
from studio.bench.quality import Case, Look

ASKED = 0.2
"""Of the plain loop's time: what Keydream is to need at most until its picture is as good."""


class Kept:
    """Cases in a file of JSON lines, so that who was interrupted goes on: what they were made with comes first.

    Args:
        path: of the file; None keeps them in memory alone.
        about: what the cases are made with.

    Attributes:
        cases: of before, and those added.

    Raises:
        FileError: the file cannot be read.
        InputError: it is no such file, or its cases were made with something else.
    """

    def __init__(self, path: Path | None, about: Mapping[str, Any]) -> None:
        self._path, self._about = path, dict(about)
        self.cases: list[Case] = []
        if path is not None and path.exists():
            self.cases = _read(path, self._about)

    def has(self, prompt: str, seed: int) -> bool:
        """Whether a prompt was dreamed with a seed already."""
        return any((case.prompt, case.seed) == (prompt, seed) for case in self.cases)

    def add(self, case: Case) -> None:
        """Keep one more. Raises FileError when it cannot be written."""
        self.cases.append(case)
        if self._path is not None:
            lines = [{"keydream_quality": self._about}, *(_written(each) for each in self.cases)]
            atomic.write_bytes(self._path, "".join(f"{json.dumps(line)}\n" for line in lines).encode())


def summary(cases: Sequence[Case]) -> dict[str, Any]:
    """Medians over cases, at least one; None stands for a time that never came, which counts as infinite."""
    best, whole, reached, stayed, beaten = (
        statistics.median(times)
        for times in (
            [case.plain_best for case in cases],
            [case.plain[-1].seconds for case in cases],
            [case.reached for case in cases],
            [case.stayed for case in cases],
            [case.beaten for case in cases],
        )
    )
    return {
        "cases": len(cases),
        "plain": {
            "object_first": statistics.mean(case.plain_rank == 0 for case in cases),
            "score": statistics.median(case.wanted for case in cases),
            "seconds_to_score": best,
            "seconds": whole,
            "last_score": statistics.median(case.plain[-1].score for case in cases),
        },
        "keydream": {
            "object_first": statistics.mean(case.our_rank == 0 for case in cases),
            "score": statistics.median(case.ours[-1].score for case in cases),
            "first_score": statistics.median(case.ours[0].score for case in cases),
            "seconds_to_equal": _finite(reached),
            "seconds_to_stay": _finite(stayed),
            "seconds_to_equal_last": _finite(beaten),
            "seconds_to_first": statistics.median(case.ours[0].seconds for case in cases),
            "seconds": statistics.median(case.ours[-1].seconds for case in cases),
        },
        "ratio": _finite(reached / best),
        "ratio_to_whole": _finite(reached / whole),
        "ratio_of_last": _finite(beaten / whole),
        "ratio_asked": ASKED,
        "never": sum(not math.isfinite(case.reached) for case in cases),
        "higher": sum(case.ours[-1].score >= case.wanted for case in cases),
    }


def lines(figures: Mapping[str, Any]) -> list[str]:
    """The lines of a terminal for a `summary`."""
    plain, ours, cases = figures["plain"], figures["keydream"], figures["cases"]
    fast = figures["ratio"] is not None and figures["ratio"] <= ASKED
    good = ours["score"] >= plain["score"]
    return [
        f"medians of {cases} {'pictures' if cases > 1 else 'picture'}; scores are cosines of picture and prompt",
        f"plain loop   {plain['score']:.3f}, had after {plain['seconds_to_score']:.2f} s of {plain['seconds']:.2f}; "
        f"its last picture {plain['last_score']:.3f}",
        f"Keydream     {ours['score']:.3f} after {ours['seconds']:.2f} s; its first picture {ours['first_score']:.3f} "
        f"after {ours['seconds_to_first']:.2f} s",
        f"as good      after {_said(ours['seconds_to_equal'])}, for good after {_said(ours['seconds_to_stay'])}: "
        f"{_share(figures['ratio'])} of the plain loop's time to its score, {_share(figures['ratio_to_whole'])} of its "
        f"whole time (asked: {ASKED:.2f}, {'reached' if fast else 'NOT reached'})",
        f"             as good as its last picture after {_said(ours['seconds_to_equal_last'])}: "
        f"{_share(figures['ratio_of_last'])} of its whole time",
        f"object first {plain['object_first']:.2f} in the plain loop's, {ours['object_first']:.2f} in Keydream's",
        f"in the end   as good in {figures['higher']} of {cases}, never as good in {figures['never']} (counted as "
        f"infinite); the median score is {'not lower' if good else 'LOWER'}",
    ]


def told(case: Case) -> str:
    """One line about one case."""
    return (
        f"{case.prompt}, seed {case.seed}: plain {case.wanted:.3f} after {case.plain_best:.1f} s, Keydream "
        f"{case.ours[-1].score:.3f}, as good after {_said(_finite(case.reached))}"
    )


def _read(path: Path, about: dict[str, Any]) -> list[Case]:
    what = f"{path} cannot be gone on with"
    try:
        first, *others = path.read_text("utf-8").splitlines()
        before = json.loads(first)["keydream_quality"]
        cases = [_case(json.loads(line)) for line in others]
    except OSError as error:
        raise FileError(what, error.strerror or str(error), "Name another file") from error
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(what, f"It was not made by keydream bench --quality ({error})", "Name another file") from error
    if before != json.loads(json.dumps(about)):
        changed = ", ".join(sorted(name for name in {*before, *about} if before.get(name) != about.get(name)))
        raise InputError(what, f"It was made with another {changed}", "Name another file, or use what it was made with")
    return cases


def _written(case: Case) -> dict[str, Any]:
    looks = {way: [[round(look.seconds, 4), round(look.score, 5)] for look in getattr(case, way)] for way in _WAYS}
    return asdict(case) | looks


def _case(data: Mapping[str, Any]) -> Case:
    plain, ours = (tuple(Look(*look) for look in data[way]) for way in _WAYS)
    if not (plain and ours):
        raise ValueError("a case has no pictures")
    return Case(data["prompt"], data["seed"], plain, ours, data["plain_rank"], data["our_rank"])


_WAYS = ("plain", "ours")


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _said(seconds: float | None) -> str:
    return "never" if seconds is None else f"{seconds:.2f} s"


def _share(ratio: float | None) -> str:
    return "never" if ratio is None else f"{ratio:.3f}"
