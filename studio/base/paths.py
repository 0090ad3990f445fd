"""Where things are: what ships with Keydream, and where the artist's machine keeps caches and data.

`KEYDREAM_HOME` moves every folder that is written to below one place; tests and portable installs use it.
"""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

_APP = "keydream"


def resources() -> Path:
    """The folder of shipped resources, from a wheel (`studio/resources`) or from a checkout (`resources` beside it)."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "resources"
    return inside if inside.is_dir() else package.parent / "resources"


def samples() -> Path:
    """The folder of sample projects."""
    return resources() / "samples"


def data_dir() -> Path:
    """Where models that were fetched or trained are kept. Not made by this call."""
    return _below("data") or Path(platformdirs.user_data_dir(_APP, appauthor=False))


def cache_dir() -> Path:
    """Where rendered frames and embeddings are kept; may be emptied at any time. Not made by this call."""
    return _below("cache") or Path(platformdirs.user_cache_dir(_APP, appauthor=False))


def _below(name: str) -> Path | None:
    home = os.environ.get("KEYDREAM_HOME")
    return Path(home) / name if home else None
