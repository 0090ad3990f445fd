"""Whether somebody else has written a file since we did."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a file was like.

    Attributes:
        size: in bytes.
        modified: when, in nanoseconds, as the disk tells it.
        sha256: of its content.
    """

    size: int
    modified: int
    sha256: str

    @classmethod
    def of(cls, path: Path) -> Stamp | None:
        """The stamp of a file as it is now; None when it cannot be read."""
        with contextlib.suppress(OSError, ValueError):
            status = path.stat()
            return cls(status.st_size, status.st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest())
        return None

    def differs(self, path: Path) -> bool:
        """Whether the file has another content now. One that is gone, or only was touched, does not differ."""
        with contextlib.suppress(OSError, ValueError):
            status = path.stat()
            if (status.st_size, status.st_mtime_ns) == (self.size, self.modified):
                return False
            return hashlib.sha256(path.read_bytes()).hexdigest() != self.sha256
        return False
