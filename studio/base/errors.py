"""The errors an artist may see. Each says what happened, why, and what to do now.

`StudioError` is raised where a fault is understood and handled exactly once, at a boundary: the command line, a
worker, a
background task. Code in between lets it pass.
"""

from __future__ import annotations


class StudioError(Exception):
    """A fault in plain words.

    Attributes:
        what: what happened, naming the file, frame or value it happened to.
        why: the cause, as far as it is known; may be empty.
        fix: what the artist can do now; may be empty.
    """

    def __init__(self, what: str, why: str = "", fix: str = "") -> None:
        super().__init__(what, why, fix)
        self.what = what
        self.why = why
        self.fix = fix

    def __str__(self) -> str:
        return " ".join(_sentence(part) for part in (self.what, self.why, self.fix) if part)


class InputError(StudioError):
    """A value, an option or a prompt that cannot be used."""


class FileError(StudioError):
    """A file that cannot be read or written: missing, denied, full disk, held by another program."""


class ProjectError(StudioError):
    """A project file that is broken, too large, hostile or from another version."""


class AssetError(StudioError):
    """A picture that a project refers to and that is missing, unreadable or too large."""


class ModelError(StudioError):
    """Weights that are missing, corrupt, of the wrong shape, or stored as code."""


class RenderError(StudioError):
    """A frame that could not be made."""


class ExportError(StudioError):
    """An animation that could not be encoded."""


def _sentence(text: str) -> str:
    return text if text[-1] in ".!?…" else text + "."
