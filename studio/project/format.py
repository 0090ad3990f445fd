"""The `.keydream` format: text to `Project` and back.

    {
      "keydream": 1,
      "name": "First walk",
      "width": 256, "height": 256, "seed": 0,
      "timeline": {
        "rate": "24",
        "length": 48,
        "loop": true,
        "prompts": [
          {
            "name": "Prompt",
            "keys": [
              {"frame": 0, "prompt": "a red apple", "ease": "both"},
              {"frame": 24, "prompt": ["a blue fish", {"text": "blur", "weight": -0.5}], "ease": [0.2, 0, 0.4, 1]}
            ]
          }
        ]
      }
    }

A prompt is a term or a list of terms; a term is a text, or an object with "text", "image" (an asset's id) or "noise"
(a seed), and perhaps "weight", "stop" and "region". A key may have a "begin": the asset that its picture starts from.
What is left out has its usual value. `schema` says the rest.
"""

from __future__ import annotations

from typing import Any

import studio
from studio.base.errors import ProjectError
from studio.project.decode import decode
from studio.project.encode import encode
from studio.project.layout import lay_out
from studio.project.migrate import NewerVersionError, upgrade
from studio.project.model import Project
from studio.project.reading import RefusedError, parse
from studio.project.wire import ProjectJson


def loads(text: str | bytes, *, source: str = "") -> Project:
    """Read a project from the text of a `.keydream` file.

    Args:
        text: the whole file; bytes are UTF-8.
        source: the file's name, for messages.

    Raises:
        ProjectError: it is broken, larger than `limits` allow, or of a newer version. The message names the place.
    """
    name = source or "The project"
    try:
        return decode(upgrade(parse(text if isinstance(text, bytes) else _encoded(text))))
    except NewerVersionError as error:
        raise ProjectError(
            f"{name} was saved by a newer version of Keydream",
            f"Its format is version {error.version}; Keydream {studio.__version__} reads up to version {error.known}",
            "Update Keydream and open it again. The file was not changed",
        ) from error
    except RefusedError as error:
        raise ProjectError(
            f"{name} cannot be read as a Keydream project",
            str(error),
            "Correct it in a text editor, or open a backup. The file was not changed",
        ) from error


def dumps(project: Project) -> str:
    """Spell a project as the text of a `.keydream` file. Equal projects give equal text.

    Raises:
        ProjectError: it could not be read again: something in it passes `limits`. The message names the place.
    """
    try:
        text = lay_out(encode(project))
        decode(parse(_encoded(text)))
    except (RefusedError, ValueError, TypeError) as error:
        raise ProjectError(
            f"The project {project.name[:80]} cannot be written to a file".replace("  ", " "),
            str(error),
            "Change that place and save again",
        ) from error
    return text


def schema() -> dict[str, Any]:
    """The JSON schema (draft 2020-12) of a `.keydream` file, for editors and other programs."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **ProjectJson.model_json_schema(),
        "title": "Keydream project",
    }


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise RefusedError("It holds half a surrogate pair, which is no character") from error
