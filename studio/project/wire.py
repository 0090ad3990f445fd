"""The `.keydream` format as pydantic models: names, types, ranges and list lengths, and the JSON schema they give.

Values are taken strictly (no "1" for 1), unknown keys are kept. What depends on several values at once, such as two
keyframes on one frame, is left to `decode`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    JsonValue,
    PlainValidator,
    Tag,
    WithJsonSchema,
)

from studio.base.errors import InputError
from studio.project import limits
from studio.project.contained import reason_against
from studio.project.options import OPTIONS, Option
from studio.project.swatches import MOST_COLOURS, WHITE
from studio.timeline.easing import MAXIMUM_REACH, Ease
from studio.timeline.region import NAMED, Area, Region, parse_region
from studio.timeline.time import FrameRate

PLAIN_TERM, TEXT_TERM, IMAGE_TERM, NOISE_TERM = "<plain>", "<text>", "<image>", "<noise>"
ONE_TERM, MANY_TERMS = "<term>", "<terms>"
TAGS = frozenset({PLAIN_TERM, TEXT_TERM, IMAGE_TERM, NOISE_TERM, ONE_TERM, MANY_TERMS})
"""How alternatives are told apart; pydantic puts them into the places of its errors, where they mean nothing."""


def in_short(error: InputError) -> str:
    """What and why, for the inside of a longer message."""
    return f"{error.what} ({error.why})" if error.why else error.what


def _read_ease(value: object) -> Ease:
    try:
        if isinstance(value, str):
            return Ease.parse(value)
        if isinstance(value, list) and len(value) == 4:
            return Ease.bezier(*value)
    except InputError as error:
        raise ValueError(in_short(error)) from error
    except TypeError as error:
        raise ValueError(str(error)) from error
    raise ValueError("should be the name of an easing or the four numbers [x1, y1, x2, y2]")


def _read_rate(value: object) -> FrameRate:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError('should be frames a second, such as "24" or "30000/1001"')
    try:
        return FrameRate.parse(value)
    except InputError as error:
        raise ValueError(in_short(error)) from error


def _read_region(value: object) -> Region:
    try:
        if isinstance(value, str) and (region := parse_region(value)):
            return region
        if isinstance(value, list) and len(value) == 4:
            return Area(*value)
    except InputError as error:
        raise ValueError(in_short(error)) from error
    except TypeError as error:
        raise ValueError(str(error)) from error
    raise ValueError(
        'should be the name of a region, "mask(ASSET)", or the four shares [left, top, right, bottom] of the picture'
    )


def _check_path(value: str) -> str:
    if reason := reason_against(value):
        raise ValueError(f"cannot be used as a path: {reason}")
    return value


def _check_model(value: str) -> str:
    if value and (reason := reason_against(value)):
        raise ValueError(f"cannot be used as the name of a model: {reason}")
    return value


def _term_tag(value: object) -> str | None:
    if isinstance(value, str):
        return PLAIN_TERM
    kinds = {"text": TEXT_TERM, "image": IMAGE_TERM, "noise": NOISE_TERM}
    found = [kinds[name] for name in kinds if name in value] if isinstance(value, dict) else []
    return found[0] if len(found) == 1 else None


def _prompt_tag(value: object) -> str | None:
    return MANY_TERMS if isinstance(value, list) else ONE_TERM


def _alternatives(tag: Callable[[object], str | None], message: str) -> Discriminator:
    return Discriminator(tag, custom_error_type="alternatives", custom_error_message=message)


Frame = Annotated[int, Field(ge=0, le=limits.FRAMES)]
Side = Annotated[int, Field(ge=limits.SIDE_MIN, le=limits.SIDE_MAX)]
Share = Annotated[float, Field(ge=0, le=1)]
Number = Annotated[float, Field(ge=-limits.VALUE, le=limits.VALUE)]
Name = Annotated[str, Field(max_length=limits.NAME)]
Label = Annotated[str, Field(min_length=1, max_length=limits.NAME)]
Words = Annotated[str, Field(min_length=1, max_length=limits.STRING)]
ModelName = Annotated[str, Field(max_length=limits.NAME), AfterValidator(_check_model)]
EaseJson = Annotated[
    Ease,
    PlainValidator(_read_ease),
    WithJsonSchema(
        {
            "description": "From this keyframe to the next: a name, or a cubic Bezier's handles [x1, y1, x2, y2].",
            "anyOf": [
                {"enum": ["hold", "linear", "in", "out", "both", "overshoot"]},
                {"type": "string", "pattern": "^(cubic-)?bezier"},
                {
                    "type": "array",
                    "items": {"type": "number", "minimum": -MAXIMUM_REACH, "maximum": MAXIMUM_REACH},
                    "minItems": 4,
                    "maxItems": 4,
                },
            ],
        }
    ),
]
RateJson = Annotated[
    FrameRate,
    PlainValidator(_read_rate),
    WithJsonSchema(
        {
            "description": 'Frames a second: "24", "30000/1001".',
            "anyOf": [
                {"type": "string", "pattern": "^[0-9.]+( */ *[0-9]+)?"},
                {"type": "number", "exclusiveMinimum": 0},
            ],
        }
    ),
]

RegionJson = Annotated[
    Region,
    PlainValidator(_read_region),
    WithJsonSchema(
        {
            "description": "Where a term counts: a name, a mask, or [left, top, right, bottom] in shares.",
            "anyOf": [
                {"enum": [*NAMED]},
                {"type": "string", "pattern": "^mask\\(.+\\)$"},
                {
                    "type": "array",
                    "items": {"type": "number", "minimum": 0, "maximum": 1},
                    "minItems": 4,
                    "maxItems": 4,
                },
            ],
        }
    ),
]


class Json(BaseModel):
    """An object of the file. Unknown keys are kept."""

    model_config = ConfigDict(extra="allow", strict=True, allow_inf_nan=False, frozen=True)


class TextTermJson(Json):
    """Words with a weight (negative pushes away) and the distance below which they stop pulling."""

    text: Words
    weight: Number = 1.0
    stop: Number | None = None
    region: RegionJson | None = None


class ImageTermJson(Json):
    """A picture as a prompt, by the id of an asset."""

    image: Label
    weight: Number = 1.0
    stop: Number | None = None
    region: RegionJson | None = None


class NoiseTermJson(Json):
    """A point of the perceptors' spaces that means nothing in words, by its seed."""

    noise: Annotated[int, Field(ge=0, le=limits.SEED)]
    weight: Number = 1.0
    stop: Number | None = None
    region: RegionJson | None = None


TermJson = Annotated[
    Annotated[Words, Tag(PLAIN_TERM)]
    | Annotated[TextTermJson, Tag(TEXT_TERM)]
    | Annotated[ImageTermJson, Tag(IMAGE_TERM)]
    | Annotated[NoiseTermJson, Tag(NOISE_TERM)],
    _alternatives(_term_tag, 'should be a text, or an object with either "text", "image" or "noise"'),
]
PromptJson = Annotated[
    Annotated[TermJson, Tag(ONE_TERM)]
    | Annotated[list[TermJson], Field(min_length=1, max_length=limits.TERMS, fail_fast=True), Tag(MANY_TERMS)],
    _alternatives(_prompt_tag, "should be a term or a list of terms"),
]


class PromptKeyJson(Json):
    """What the picture should show from a frame on."""

    frame: Frame
    prompt: PromptJson
    begin: Annotated[Name, Field(description="The asset that the picture here starts from.")] = ""
    ease: EaseJson = Ease.LINEAR


class ValueKeyJson(Json):
    """A parameter's value at a frame."""

    frame: Frame
    value: Number
    ease: EaseJson = Ease.LINEAR


class PromptTrackJson(Json):
    """Prompts over time."""

    name: Label
    keys: Annotated[list[PromptKeyJson], Field(max_length=limits.KEYS, fail_fast=True)] = []
    weight: Number = 1.0
    muted: bool = False


class ParameterTrackJson(Json):
    """One parameter over time: zoom, pan_x, pan_y, rotate, steps, ... or a name of one's own."""

    name: Label
    keys: Annotated[list[ValueKeyJson], Field(max_length=limits.KEYS, fail_fast=True)] = []
    muted: bool = False


class MarkerJson(Json):
    """A name for a frame."""

    frame: Frame
    name: Name
    colour: Name = ""


class TimelineJson(Json):
    """Prompts and parameters over time. `range` is [first frame, first frame after it]."""

    rate: RateJson
    length: Annotated[int, Field(ge=1, le=limits.FRAMES)]
    loop: bool = False
    range: Annotated[list[Frame], Field(min_length=2, max_length=2, fail_fast=True)] | None = None
    prompts: Annotated[list[PromptTrackJson], Field(max_length=limits.TRACKS, fail_fast=True)] = []
    parameters: Annotated[list[ParameterTrackJson], Field(max_length=limits.TRACKS, fail_fast=True)] = []
    markers: Annotated[list[MarkerJson], Field(max_length=limits.MARKERS, fail_fast=True)] = []


def _schema(option: Option) -> dict[str, JsonValue]:
    if option.choices:
        return {"description": option.help, "enum": [choice.name for choice in option.choices]}
    kind = "integer" if option.integer else "number"
    return {"description": option.help, "type": kind, "minimum": option.minimum, "maximum": option.maximum}


class OptionsJson(Json):
    """Settings of the medium; each has some of its own. Their values are left to `decode`."""

    model_config = ConfigDict(
        json_schema_extra={"properties": {o.name: _schema(o) for options in OPTIONS.values() for o in options.values()}}
    )


class MediumJson(Json):
    """Which canvas is dreamed on, and what a dream begins from; an empty model is the starter."""

    kind: Literal["vqgan", "pixels", "fourier", "palette", "strokes", "collage", "biggan"] = "vqgan"
    model: ModelName = ""
    start: Literal["", "noise", "collage", "biggan"] = ""
    options: OptionsJson = OptionsJson()


class MotionJson(Json):
    """How frames follow one another."""

    mode: Literal["walk", "follow"] = "walk"
    refine: Annotated[int, Field(ge=0, le=limits.STEPS)] = 0
    border: Literal["reflect", "wrap"] = "reflect"
    centre_x: Share = 0.5
    centre_y: Share = 0.5


class PerceptorJson(Json):
    """A CLIP model that judges, and how much it counts."""

    model: ModelName
    weight: Annotated[float, Field(ge=0, le=limits.VALUE)] = 1.0


class AssetJson(Json):
    """A picture inside the project's folder."""

    id: Annotated[str, Field(min_length=1, max_length=limits.NAME, pattern=r"^\S(.*\S)?$")]
    path: Annotated[str, Field(min_length=1, max_length=limits.PATH), AfterValidator(_check_path)]
    sha256: Annotated[str, Field(pattern="^([0-9a-f]{64})?$")] = ""


Colour = Annotated[str, Field(pattern="^#[0-9a-f]{6}$")]


class ColoursJson(Json):
    """What the parameters palette and edges draw colours to."""

    palette: Annotated[list[Colour], Field(max_length=MOST_COLOURS, fail_fast=True)] = []
    border: Colour = WHITE


class ExportJson(Json):
    """How it was last exported."""

    format: Annotated[str, Field(pattern="^[a-z0-9][a-z0-9_.-]{0,31}$")] = "gif"
    quality: Annotated[int, Field(ge=0, le=100)] = 80
    loop: bool = True


class ProjectJson(Json):
    """A Keydream project."""

    keydream: Annotated[int, Field(ge=1, description="Version of this format.")]
    name: Name = ""
    width: Side = 256
    height: Side = 256
    seed: Annotated[int, Field(ge=0, le=limits.SEED)] = 0
    medium: MediumJson = MediumJson()
    motion: MotionJson = MotionJson()
    perceptors: Annotated[list[PerceptorJson], Field(max_length=limits.PERCEPTORS, fail_fast=True)] = []
    init_image: Name = ""
    assets: Annotated[list[AssetJson], Field(max_length=limits.ASSETS, fail_fast=True)] = []
    colours: ColoursJson = ColoursJson()
    timeline: TimelineJson
    export: ExportJson = ExportJson()
