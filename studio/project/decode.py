"""Checked JSON values to a `Project`."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Mapping
from typing import TypeVar

from pydantic import ValidationError

from studio.base.errors import InputError
from studio.project import wire
from studio.project.canonical import JSON
from studio.project.model import Asset, ExportSettings, Medium, Motion, PerceptorRef, Project
from studio.project.options import Value, options_of
from studio.project.places import Place, spell
from studio.project.reading import RefusedError
from studio.project.swatches import Colours
from studio.timeline.model import Marker, ParameterTrack, PromptTrack, Timeline
from studio.timeline.prompt import Content, Image, Noise, Prompt, Term, Text
from studio.timeline.time import FrameRange
from studio.timeline.track import Keyframe, Track

V = TypeVar("V")

_MESSAGES = {"model_type": "should be an object", "missing": "is missing"}  # where pydantic speaks of Python


def decode(values: Mapping[str, object]) -> Project:
    """Build the project that the values of a file in the current version describe.

    Raises:
        RefusedError: a value is missing, of the wrong type or out of range; the message begins with its place.
    """
    try:
        file = wire.ProjectJson.model_validate(values)
    except ValidationError as error:
        raise RefusedError(_first(error)) from error
    return _Decoder().project(file)


def _first(error: ValidationError) -> str:
    errors = error.errors(include_url=False, include_context=False)
    first = errors[0]
    place = spell(part for part in first["loc"] if part not in wire.TAGS)
    message = _MESSAGES.get(first["type"]) or first["msg"].removeprefix("Value error, ").removeprefix("Input ")
    given = first["input"]
    shown = f" (it is {given})" if isinstance(given, int | float) and first["type"] != "value_error" else ""
    more = f"; and {len(errors) - 1} more" if len(errors) > 1 else ""
    return f"{place}: {message[0].lower()}{message[1:]}{shown}{more}"


@contextlib.contextmanager
def _at(*place: str | int) -> Iterator[None]:
    """Name the place of what a constructor refuses inside the block."""
    try:
        yield
    except InputError as error:
        raise RefusedError(f"{spell(place)}: {wire.in_short(error)}") from error


class _Decoder:
    """Builds from the leaves up and collects the unknown keys that it passes."""

    def __init__(self) -> None:
        self._kept: dict[Place, Mapping[str, JSON]] = {}

    def _keep(self, place: Place, file: wire.Json) -> None:
        if file.model_extra:
            self._kept[place] = dict(file.model_extra)

    def project(self, file: wire.ProjectJson) -> Project:
        self._keep(("medium",), file.medium)
        self._keep(("motion",), file.motion)
        self._keep(("export",), file.export)
        self._keep(("colours",), file.colours)
        for index, perceptor in enumerate(file.perceptors):
            self._keep(("perceptors", index, perceptor.model), perceptor)
        ids: set[str] = set()
        for index, asset in enumerate(file.assets):
            if asset.id in ids:
                raise RefusedError(f"assets[{index}].id: another asset is called {asset.id}")
            ids.add(asset.id)
            self._keep(("assets", asset.id), asset)
        timeline = self.timeline(file.timeline)
        medium, motion, export = file.medium, file.motion, file.export
        return Project(
            name=file.name,
            timeline=timeline,
            width=file.width,
            height=file.height,
            seed=file.seed,
            medium=Medium(medium.kind, medium.model, medium.start, self.options(medium)),
            motion=Motion(motion.mode, motion.refine, motion.border, motion.centre_x, motion.centre_y),
            perceptors=tuple(PerceptorRef(each.model, each.weight) for each in file.perceptors),
            init_image=file.init_image,
            assets=tuple(Asset(each.id, each.path, each.sha256) for each in file.assets),
            export=ExportSettings(export.format, export.quality, export.loop),
            colours=Colours(tuple(file.colours.palette), file.colours.border),
            extra=dict(file.model_extra or {}),
            kept=self._kept,
        )

    def options(self, file: wire.MediumJson) -> dict[str, Value]:
        given, known = file.options.model_extra or {}, options_of(file.kind)
        if strange := {name: value for name, value in given.items() if name not in known}:
            self._kept["medium", "options"] = strange
        found: dict[str, Value] = {}
        for name, option in known.items():
            try:
                found |= {name: option.checked(given[name])} if name in given else {}
            except ValueError as error:
                raise RefusedError(f"{spell(('medium', 'options', name))}: {error}") from error
        return found

    def timeline(self, file: wire.TimelineJson) -> Timeline:
        self._keep(("timeline",), file)
        with _at("timeline", "range"):
            chosen = FrameRange(*file.range) if file.range is not None else None
        prompts = tuple(self.prompt_track(index, track) for index, track in enumerate(file.prompts))
        parameters = tuple(self.parameter_track(index, track) for index, track in enumerate(file.parameters))
        markers = []
        for index, marker in enumerate(file.markers):
            self._keep(("timeline", "markers", marker.frame), marker)
            with _at("timeline", "markers", index):
                markers.append(Marker(marker.frame, marker.name, marker.colour))
        with _at("timeline"):
            return Timeline(file.rate, file.length, prompts, parameters, tuple(markers), chosen, file.loop)

    def prompt_track(self, index: int, file: wire.PromptTrackJson) -> PromptTrack:
        here, place = ("timeline", "prompts", index), ("timeline", "prompts", file.name.strip())
        self._keep(place, file)
        keys = []
        for number, key in enumerate(file.keys):
            self._keep((*place, "keys", key.frame), key)
            with _at(*here, "keys", number):
                prompt = self.prompt((*place, "keys", key.frame), key.prompt, key.begin)
                keys.append(Keyframe(key.frame, prompt, key.ease))
        with _at(*here):
            return PromptTrack(file.name, _track(keys, (*here, "keys")), file.weight, file.muted)

    def parameter_track(self, index: int, file: wire.ParameterTrackJson) -> ParameterTrack:
        here, place = ("timeline", "parameters", index), ("timeline", "parameters", file.name.strip())
        self._keep(place, file)
        keys = []
        for number, key in enumerate(file.keys):
            self._keep((*place, "keys", key.frame), key)
            with _at(*here, "keys", number):
                keys.append(Keyframe(key.frame, key.value, key.ease))
        with _at(*here):
            return ParameterTrack(file.name, _track(keys, (*here, "keys")), file.muted)

    def prompt(self, place: Place, file: wire.PromptJson, begin: str) -> Prompt:
        terms = file if isinstance(file, list) else [file]
        return Prompt(tuple(self.term((*place, "terms", index), term) for index, term in enumerate(terms)), begin)

    def term(self, place: Place, file: str | wire.TextTermJson | wire.ImageTermJson | wire.NoiseTermJson) -> Term:
        if isinstance(file, str):
            return Term(Text(file))
        self._keep(place, file)
        content: Content
        if isinstance(file, wire.TextTermJson):
            content = Text(file.text)
        else:
            content = Noise(file.noise) if isinstance(file, wire.NoiseTermJson) else Image(file.image)
        return Term(content, file.weight, -math.inf if file.stop is None else file.stop, file.region)


def _track(keys: list[Keyframe[V]], place: Place) -> Track[V]:
    """Put the keys in order of time. Hand-written files may list them in any order, but no frame twice."""
    seen: set[int] = set()
    for index, key in enumerate(keys):
        if key.frame in seen:
            raise RefusedError(f"{spell((*place, index, 'frame'))}: another key of this track is at frame {key.frame}")
        seen.add(key.frame)
    return Track(tuple(sorted(keys, key=lambda key: key.frame)))
