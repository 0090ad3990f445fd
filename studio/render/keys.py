"""What a frame is stored by: the hash of everything that determines its picture, and of nothing else. No torch.

Names, markers, the frame rate, muted tracks and export settings change no picture, so they are in no key. Neither is
the number of a walk's frame: a keyframe that is moved in time keeps its solve.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from studio.base.errors import AssetError
from studio.project.canonical import JSON, canonical_json
from studio.project.model import Medium, Project
from studio.timeline.prompt import Content, Image, Noise, Text
from studio.timeline.region import Mask, Region
from studio.timeline.sample import FrameState

ALGORITHM = 9
"""Version of how pictures are made. Raise it with every change that makes other pictures from the same project."""

DREAMING = ("cut_power", "cutouts", "range", "smoothness", "step_size")
"""The parameters that a dream depends on, beside its number of steps."""

WISHED = ("anchor", "coherence", "edges", "palette", "saturation", "symmetry", "tiling")
"""Those that a dream depends on only where they are not 0."""

CAMERA = ("pan_x", "pan_y", "rotate", "zoom")
"""The parameters that move a picture from one frame to the next."""


@dataclass(frozen=True, slots=True)
class Identities:
    """What a project's names stand for on this machine.

    Attributes:
        perceptors: SHA-256 of each perceptor's weights, in the project's order; of the starter's where it names none.
        medium: SHA-256 of the medium's weights, or of a collage's pack; empty for one without.
        assets: asset id to SHA-256 of the picture's file, for every asset that a frame may show.
        start: what a dream begins from, "noise", "collage" or "biggan", and the SHA-256 of the pack or weights.
        still: whether no camera moves the medium's pictures; in no key.
    """

    perceptors: tuple[str, ...]
    medium: str = ""
    assets: Mapping[str, str] = field(default_factory=dict, hash=False)
    start: tuple[str, str] = ("noise", "")
    still: bool = False


def weights(project: Project) -> tuple[float, ...]:
    """How much each perceptor's opinion counts; the starter's, where the project names none, counts once."""
    return tuple(reference.weight for reference in project.perceptors) or (1.0,)


class Hasher:
    """Makes the keys of one render.

    Args:
        project: what is rendered.
        identities: of its weights and assets.
        size: width and height of the frames, in pixels.
        device: the kind of device, "cpu", "cuda" or "mps": each computes slightly different pictures.
        deterministic: whether only repeatable operations are used; the CPU's always are.

    Raises:
        AssetError: the init image is none of the project's assets.
        ValueError: there is not one identity for each perceptor.
    """

    def __init__(
        self, project: Project, identities: Identities, *, size: tuple[int, int], device: str, deterministic: bool
    ) -> None:
        self._assets = identities.assets
        self._swatches = project.colours
        perceptors = zip(identities.perceptors, weights(project), strict=True)
        self._base = _digest(
            {
                "algorithm": ALGORITHM,
                "size": size,
                "medium": [project.medium.kind, identities.medium, *_options(project.medium)],
                "start": list(identities.start),
                "perceptors": [[identity, _number(weight)] for identity, weight in perceptors],
                "seed": project.seed,
                "device": device,
                "deterministic": deterministic or device == "cpu",
                "init": self._asset(project.init_image) if project.init_image else None,
            }
        )

    def solve(self, state: FrameState, steps: int) -> str:
        """The key of a walk's keyframe, dreamed to rest towards `state` for `steps`."""
        return self._key("solve", dream=self._dream(state, steps))

    def rest(self, solve: str) -> str:
        """The key of the frame that shows a solve."""
        return self._key("rest", solve=solve)

    def between(self, start: str, end: str, mix: float, state: FrameState, refine: int) -> str:
        """The key of a frame `mix` of the way from one solve to another, dreamed on for `refine` steps."""
        dream = self._dream(state, refine) if refine else None
        return self._key("between", start=start, end=end, mix=_number(mix), dream=dream)

    def first(self, state: FrameState, steps: int) -> str:
        """The key of a chain's first frame."""
        return self._key("first", dream=self._dream(state, steps))

    def following(self, previous: str, state: FrameState, steps: int, view: Mapping[str, JSON]) -> str:
        """The key of the frame after the one stored by `previous`, seen through the camera that `view` describes."""
        # Its number seeds its cutouts, so that a chain does not repeat the same ones for ever.
        camera = {name: _number(state.parameter(name)) for name in CAMERA}
        dream = self._dream(state, steps)
        return self._key("following", previous=previous, frame=state.frame, dream=dream, camera={**camera, **view})

    def _key(self, kind: str, **parts: JSON) -> str:
        return _digest({"base": self._base, "kind": kind, **parts})

    def _dream(self, state: FrameState, steps: int) -> JSON:
        begun = {"begin": self._asset(state.begin)} if state.begin else {}
        return begun | {
            "steps": steps,
            "parameters": {name: _number(state.parameter(name)) for name in DREAMING}
            | {name: _number(value) for name in WISHED if (value := state.parameter(name))},
            **self._colours(state),
            "terms": [
                {
                    "start": self._content(term.start),
                    "end": self._content(term.end),
                    "mix": _number(term.mix),
                    "weight": _number(term.weight),
                    "stop": _number(term.stop) if math.isfinite(term.stop) else None,
                    **({"region": self._region(term.region)} if term.region else {}),
                }
                for term in state.terms
            ],
        }

    def _colours(self, state: FrameState) -> Mapping[str, JSON]:
        """The project's colours, those of them that are asked for."""
        palette, border = state.parameter("palette"), state.parameter("edges")
        named: dict[str, JSON] = {"palette": [*self._swatches.palette]} if palette else {}
        return named | ({"border": self._swatches.border} if border else {})

    def _content(self, content: Content) -> JSON:
        if isinstance(content, Text):
            return {"text": content.text}
        return {"noise": content.seed} if isinstance(content, Noise) else {"image": self._asset(content.asset)}

    def _region(self, region: Region) -> JSON:
        return {"mask": self._asset(region.asset)} if isinstance(region, Mask) else [*region.sides]

    def _asset(self, name: str) -> str:
        try:
            return self._assets[name]
        except KeyError:
            raise AssetError(
                f"The project has no picture called {name}",
                "A keyframe or the init image refers to it",
                "Add the picture to the project, or take the reference out",
            ) from None


def assets_used(project: Project) -> tuple[str, ...]:
    """The ids of the assets that frames may show or begin from: the init image, and those of keyframes not muted."""
    prompts = [key.value for track in project.timeline.prompts if not track.muted for key in track.track.keys]
    terms = [term for prompt in prompts for term in prompt.terms]
    pictures = {part.asset for term in terms for part in (term.content, term.region) if isinstance(part, Image | Mask)}
    beginnings = {project.init_image, *(prompt.begin for prompt in prompts)} - {""}
    return tuple(sorted(pictures | beginnings))


def _options(medium: Medium) -> tuple[JSON, ...]:
    """What is set otherwise than usual; nothing where nothing is."""
    return ({**medium.options},) if medium.options else ()


def _digest(value: JSON) -> str:
    return hashlib.sha256(canonical_json(value)).hexdigest()


def _number(value: float) -> float:
    return float(value) + 0.0  # 1 and 1.0 are one value, and so are 0.0 and -0.0
