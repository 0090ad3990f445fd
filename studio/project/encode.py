"""A `Project` to plain JSON values, in the order in which the file shows them."""

from __future__ import annotations

import math

from studio.project import wire
from studio.project.canonical import plain
from studio.project.migrate import CURRENT
from studio.project.model import Project
from studio.project.options import options_of
from studio.project.places import Place
from studio.project.swatches import WHITE
from studio.timeline.easing import Ease
from studio.timeline.model import Timeline
from studio.timeline.prompt import Noise, Prompt, Term, Text
from studio.timeline.region import NAMED, Mask, Region, format_region
from studio.timeline.track import Keyframe, Track

Values = dict[str, object]


def encode(project: Project) -> Values:
    """Spell a project as the values of a file in the current version.

    The picture, the medium, the motion and the export are always written out; lists that are empty and, inside tracks,
    what has its usual value are left out. Unknown keys follow the known ones; they never replace one.

    Raises:
        TypeError: an unknown key's value is no JSON.
        ValueError: a number in it is not finite.
    """
    return _Encoder(project).project()


class _Encoder:
    def __init__(self, project: Project) -> None:
        self._project = project

    def _with_kept(self, place: Place, known: type[wire.Json], values: Values) -> Values:
        kept = self._project.kept.get(place, {}) if place else self._project.extra
        return values | {key: plain(item) for key, item in kept.items() if key not in known.model_fields}

    def project(self) -> Values:
        project = self._project
        medium, motion, export = project.medium, project.motion, project.export
        values: Values = {
            "keydream": CURRENT,
            "name": project.name,
            "width": project.width,
            "height": project.height,
            "seed": project.seed,
            "medium": self._with_kept(
                ("medium",),
                wire.MediumJson,
                {"kind": medium.kind}
                | _unless("", model=medium.model, start=medium.start)
                | _unless({}, options=self.options()),
            ),
            "motion": self._with_kept(
                ("motion",),
                wire.MotionJson,
                {"mode": motion.mode, "refine": motion.refine, "border": motion.border}
                | _unless(0.5, centre_x=motion.centre_x, centre_y=motion.centre_y),
            ),
        }
        if project.perceptors:
            values["perceptors"] = [
                self._with_kept(
                    ("perceptors", index, each.model),
                    wire.PerceptorJson,
                    {"model": each.model} | _unless(1.0, weight=each.weight),
                )
                for index, each in enumerate(project.perceptors)
            ]
        values |= _unless("", init_image=project.init_image)
        if project.assets:
            values["assets"] = [
                self._with_kept(
                    ("assets", each.id),
                    wire.AssetJson,
                    {"id": each.id, "path": each.path} | _unless("", sha256=each.sha256),
                )
                for each in project.assets
            ]
        colours = project.colours
        kept = self._with_kept(
            ("colours",),
            wire.ColoursJson,
            _unless([], palette=[*colours.palette]) | _unless(WHITE, border=colours.border),
        )
        values |= _unless({}, colours=kept)
        values["timeline"] = self.timeline(project.timeline)
        values["export"] = self._with_kept(
            ("export",), wire.ExportJson, {"format": export.format, "quality": export.quality, "loop": export.loop}
        )
        return self._with_kept((), wire.ProjectJson, values)

    def options(self) -> Values:
        medium = self._project.medium
        kept, known = self._project.kept.get(("medium", "options"), {}), options_of(medium.kind)
        return dict(medium.options) | {name: plain(item) for name, item in kept.items() if name not in known}

    def timeline(self, timeline: Timeline) -> Values:
        values: Values = {"rate": str(timeline.rate.fraction), "length": timeline.length, "loop": timeline.loop}
        if timeline.range is not None:
            values["range"] = [timeline.range.start, timeline.range.stop]
        values["prompts"] = [
            self._with_kept(
                ("timeline", "prompts", each.name),
                wire.PromptTrackJson,
                {"name": each.name}
                | _unless(1.0, weight=each.weight)
                | _unless(False, muted=each.muted)
                | {"keys": self.prompt_keys(("timeline", "prompts", each.name), each.track)},
            )
            for each in timeline.prompts
        ]
        if timeline.parameters:
            values["parameters"] = [
                self._with_kept(
                    ("timeline", "parameters", each.name),
                    wire.ParameterTrackJson,
                    {"name": each.name}
                    | _unless(False, muted=each.muted)
                    | {"keys": self.value_keys(("timeline", "parameters", each.name), each.track)},
                )
                for each in timeline.parameters
            ]
        if timeline.markers:
            values["markers"] = [
                self._with_kept(
                    ("timeline", "markers", each.frame),
                    wire.MarkerJson,
                    {"frame": each.frame, "name": each.name} | _unless("", colour=each.colour),
                )
                for each in timeline.markers
            ]
        return self._with_kept(("timeline",), wire.TimelineJson, values)

    def prompt_keys(self, track: Place, keys: Track[Prompt]) -> list[Values]:
        return [
            self.key(
                track,
                key,
                wire.PromptKeyJson,
                {"prompt": self.prompt((*track, "keys", key.frame), key.value)} | _unless("", begin=key.value.begin),
            )
            for key in keys.keys
        ]

    def value_keys(self, track: Place, keys: Track[float]) -> list[Values]:
        return [self.key(track, key, wire.ValueKeyJson, {"value": key.value}) for key in keys.keys]

    def key(
        self, track: Place, key: Keyframe[Prompt] | Keyframe[float], known: type[wire.Json], value: Values
    ) -> Values:
        values: Values = {"frame": key.frame} | value
        if key.ease != Ease.LINEAR:
            values["ease"] = _ease(key.ease)
        return self._with_kept((*track, "keys", key.frame), known, values)

    def prompt(self, place: Place, prompt: Prompt) -> object:
        terms = [self.term((*place, "terms", index), term) for index, term in enumerate(prompt.terms)]
        return terms[0] if len(terms) == 1 else terms

    def term(self, place: Place, term: Term) -> str | Values:
        usual = _unless(1.0, weight=term.weight) | _unless(-math.inf, stop=term.stop)
        if term.region is not None:
            usual["region"] = _region(term.region)
        if isinstance(term.content, Text):
            values = self._with_kept(place, wire.TextTermJson, {"text": term.content.text} | usual)
            return term.content.text if len(values) == 1 else values
        if isinstance(term.content, Noise):
            return self._with_kept(place, wire.NoiseTermJson, {"noise": term.content.seed} | usual)
        return self._with_kept(place, wire.ImageTermJson, {"image": term.content.asset} | usual)


def _region(region: Region) -> str | list[float]:
    if isinstance(region, Mask) or region in NAMED.values():
        return format_region(region)
    return [*region.sides]


def _unless(usual: object, **values: object) -> Values:
    """The values that differ from the usual one."""
    return {key: value for key, value in values.items() if value != usual}


def _ease(ease: Ease) -> str | list[float]:
    named = ease.hold or not ease.name.startswith("bezier")
    return ease.name if named else [ease.x1, ease.y1, ease.x2, ease.y2]
