"""What is kept beside a take's pictures: how it was made, and what the artist thinks of it. No torch."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from studio.base.errors import FileError
from studio.project.model import Medium

PICTURE, THUMBNAIL, LATENTS, SIDECAR = "picture.png", "thumbnail.webp", "latents.safetensors", "take.json"
"""The files in a take's folder."""

SIDECAR_BYTES = 1 << 20
"""Longest sidecar that is read."""

SHORT = 12
"""Digits of a key that are shown: 10,000 takes share their first twelve with a chance of one in five million."""

_Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Part(BaseModel):
    # what a newer version wrote is kept when a sidecar is written again
    model_config = ConfigDict(frozen=True, extra="allow", allow_inf_nan=False)


class TakeTerm(_Part):
    """One wish of a take's prompt; `text`, `image` (the id of the project's asset) or `noise`, and how strongly it
    pulled, and where in the picture: a region as it is written in prompts, empty for everywhere.

    A keyframe may lie between two keyframes of another track: then `towards` is the second content, `mix` of the way.
    """

    text: str = ""
    image: str = ""
    noise: str = ""
    region: str = ""
    towards: str = ""
    mix: float = 0.0
    weight: float = 1.0
    stop: float | None = None


class TakeMedium(_Part):
    """On what it was dreamed: a medium's kind, model and start, and the SHA-256 of its weights or pack, and of those
    of what it began from; empty for a medium without. `options` is what was set otherwise than usual."""

    kind: str
    model: str = ""
    start: str = ""
    sha256: str = ""
    start_sha256: str = ""
    options: dict[str, int | float | str] = {}

    def medium(self) -> Medium:
        """As a project has it. Raises ValueError for a kind or an option that this version does not know."""
        return Medium(self.kind, self.model, self.start, self.options)


class TakeGuide(_Part):
    """A perceptor that guided it: its name (empty: the starter), its weights' SHA-256 and how much it counted.

    `score` is the cosine of the picture's embedding with its wishes, averaged by their weights; what it was to avoid
    does not count. None where there was no wish.
    """

    model: str
    sha256: str
    weight: float = 1.0
    score: float | None = None


class TakeFile(_Part):
    """How long a file of the take is, in bytes, and its SHA-256."""

    size: Annotated[int, Field(gt=0)]
    sha256: _Hash


class Take(_Part):
    """A picture that was dreamed to rest.

    Attributes:
        version: of this format.
        key: the key of its solve in the frame store, 64 hex digits: equal keys are one take.
        prompt: as the artist would write it.
        terms: the same, one by one.
        medium: on what it was dreamed.
        width: in pixels.
        height: in pixels.
        seed: the project's.
        steps: of the optimiser.
        parameters: the timeline's parameters at its frame.
        guides: the perceptors, in the project's order.
        score: of the first guide.
        algorithm: `studio.render.keys.ALGORITHM` when it was made.
        device: the kind of device that computed it.
        created: seconds since 1970 at which it was kept.
        seconds: that the solve took; 0 where it was found in the frame store.
        project: the project's name.
        source: the project's file, where it has one.
        folder: what the project's pictures and packs are relative to.
        frame: the first frame that needed it.
        files: name to size and hash; those are the take.
        star: whether the artist marked it.
        tags: the artist's words, sorted.
    """

    version: Literal[1] = 1
    key: _Hash
    prompt: str
    terms: tuple[TakeTerm, ...] = ()
    medium: TakeMedium
    width: Annotated[int, Field(gt=0)]
    height: Annotated[int, Field(gt=0)]
    seed: int
    steps: Annotated[int, Field(ge=0)]
    parameters: dict[str, float] = {}
    guides: tuple[TakeGuide, ...] = ()
    score: float | None = None
    algorithm: int
    device: str
    created: float
    seconds: float = 0.0
    project: str = ""
    source: str = ""
    folder: str = ""
    frame: int = 0
    files: dict[str, TakeFile] = {}
    star: bool = False
    tags: tuple[str, ...] = ()

    @property
    def short(self) -> str:
        """The first digits of its key, by which it can be named."""
        return self.key[:SHORT]


@dataclass(frozen=True, slots=True)
class Kept:
    """A take and where it lies.

    Attributes:
        take: what is known of it.
        place: its folder.
        binned: whether it is in the bin.
    """

    take: Take
    place: Path
    binned: bool = False

    @property
    def picture(self) -> Path:
        """Its PNG file, 8 bit RGB."""
        return self.place / PICTURE

    @property
    def thumbnail(self) -> Path:
        """A WebP file, 128 pixels on the longer side."""
        return self.place / THUMBNAIL

    @property
    def latents(self) -> Path:
        """Its canvas' state, a safetensors file."""
        return self.place / LATENTS


def spell(take: Take) -> bytes:
    """A take as the bytes of its sidecar."""
    return take.model_dump_json(indent=1).encode()


def read(text: bytes, name: str) -> Take:
    """The take of a sidecar's bytes; `name` is what its file is called in errors.

    Raises:
        FileError: it is none.
    """
    try:
        if len(text) > SIDECAR_BYTES:
            raise ValueError(f"it has more than {SIDECAR_BYTES} bytes")
        take = Take.model_validate(json.loads(text))
        for term in take.terms:
            if not (term.text or term.image or term.noise):
                raise ValueError("a term is empty")
    except ValidationError as error:
        first = error.errors()[0]
        why = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    except (ValueError, RecursionError) as error:
        why = str(error)
    else:
        return take
    raise FileError(f"{name} describes no take", why, "Its picture beside it is not touched; look at it there")
