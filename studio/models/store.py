"""What was fetched: weights in the data folder, each with a note, and the hashes that files had when they first came.

No torch, and nothing of it needs a network.
"""

from __future__ import annotations

import contextlib
import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from studio.base import atomic, paths
from studio.base.errors import FileError

_HASHES = "hashes.json"


@dataclass(frozen=True, slots=True)
class Fetched:
    """A model that was fetched and converted.

    Attributes:
        sha256: hex digest of the converted file.
        size: its bytes.
        source: the address that the weights came from.
        source_sha256: hex digest of what came from there.
        date: when, as YYYY-MM-DD.
    """

    sha256: str
    size: int
    source: str
    source_sha256: str
    date: str


def folder() -> Path:
    """Where fetched models lie, and what of them is on its way. Not made by this call."""
    return paths.data_dir() / "models" / "fetched"


def weights(name: str) -> Path:
    """Where the weights of a model of the catalogue lie once they are fetched and converted."""
    return folder() / f"{name}.safetensors"


def fetched(name: str) -> Fetched | None:
    """The note of a model that was fetched; None when it was not, or its weights are gone."""
    with contextlib.suppress(OSError, ValueError, TypeError):
        note = Fetched(**json.loads(_note(name).read_text("utf-8")))
        if all(isinstance(value, str) for value in (note.sha256, note.source, note.date)) and weights(name).is_file():
            return note
    return None


def note(name: str, sha256: str, size: int, source: str, source_sha256: str) -> None:
    """Write down that a model was fetched: the mark of its weights' being complete.

    Raises:
        FileError: it could not be written.
    """
    told = Fetched(sha256, size, source, source_sha256, today())
    atomic.write_bytes(_note(name), json.dumps(asdict(told), indent=1).encode())


def part(name: str, role: str) -> Path:
    """Where a file of a model lies while it comes; `role` is "weights", "config" or "tokenizer"."""
    return folder() / f"{name}.{role}.part"


def begun(name: str) -> int:
    """Bytes of a model's checkpoint that have come so far, while it is not whole."""
    with contextlib.suppress(OSError):
        return part(name, "weights").stat().st_size
    return 0


def debris(name: str) -> list[Path]:
    """What conversions that were killed left of a model; whoever holds its lock may delete it."""
    return sorted(folder().glob(f".{name}.*{atomic.TEMPORARY}*"))


def remove(name: str) -> bool:
    """Delete a fetched model, and what of it was on its way; whether there was anything. Its hash stays known.

    Raises:
        FileError: a file could not be deleted.
    """
    found = False
    for path in (_note(name), weights(name), *sorted(folder().glob(f"{name}.*.part*")), *debris(name)):
        try:
            path.unlink()
            found = True
        except FileNotFoundError:
            continue
        except OSError as error:
            raise FileError(
                f"{path} could not be deleted", error.strerror or str(error), "Close what has it open, and try again"
            ) from error
    return found


def recorded(url: str) -> str:
    """The SHA-256 that a file had when it was first fetched from this address; "" when it never was."""
    found = _hashes().get(url, {})
    return str(found.get("sha256", "")) if isinstance(found, dict) else ""


def record(url: str, sha256: str) -> None:
    """Remember the SHA-256 of a file that nobody has published one for.

    Raises:
        FileError: it could not be written.
    """
    hashes = _hashes()
    hashes[url] = {"sha256": sha256, "date": today()}
    atomic.write_bytes(folder() / _HASHES, json.dumps(hashes, indent=1, sort_keys=True).encode())


def today() -> str:
    """The day, as YYYY-MM-DD, at Greenwich."""
    return time.strftime("%Y-%m-%d", time.gmtime())


def _note(name: str) -> Path:
    return folder() / f"{name}.json"


def _hashes() -> dict[str, object]:
    with contextlib.suppress(OSError, ValueError):
        found = json.loads((folder() / _HASHES).read_text("utf-8"))
        if isinstance(found, dict):
            return found
    return {}
