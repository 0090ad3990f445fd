"""The formats, as a table: names, suffixes, codecs, what quality 0 to 100 means in each, what each can hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import av
from PIL import features

from studio.base.errors import ExportError


@dataclass(frozen=True, slots=True)
class Encoding:
    """What a quality means: the pixel format to encode in, and the encoder's options."""

    pixels: str
    options: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file.

    Attributes:
        name: how projects and the command line call it.
        label: how the artist reads it.
        suffixes: of its files, lower case; the first is the usual one.
        encoding: (quality 0..100, with transparency) to what the encoder is told.
        muxer: FFmpeg's name of the container; empty where Keydream writes the file itself.
        codec: FFmpeg's name of the encoder; empty where Pillow encodes.
        feature: the feature of Pillow that it needs.
        loop: whether the file says how often to play.
        alpha: whether it keeps transparency.
        even: whether width and height must be even; odd pictures are padded.
        largest: the longest side in pixels.
        sequence: whether it is many files.
    """

    name: str
    label: str
    suffixes: tuple[str, ...]
    encoding: Callable[[int, bool], Encoding]
    muxer: str = ""
    codec: str = ""
    feature: str = ""
    loop: bool = False
    alpha: bool = False
    even: bool = False
    largest: int = 16384
    sequence: bool = False

    def available(self) -> bool:
        """Whether this installation can write it."""
        if self.codec:
            try:
                av.Codec(self.codec, "w")
            except ValueError:  # av's UnknownCodecError
                return False
        return not self.feature or bool(features.check(self.feature))


def _gif(quality: int, _alpha: bool) -> Encoding:
    colours = min(256, round(2 ** (4 + quality / 20)))  # 16 at 0, 256 from 80
    return Encoding("pal8", {"colours": str(colours)})


def _h264(quality: int, _alpha: bool) -> Encoding:
    return Encoding("yuv420p", {"crf": str(round(40 - 0.26 * quality)), "preset": "medium", "profile": "high"})


def _vp9(quality: int, _alpha: bool) -> Encoding:
    crf = str(round(56 - 0.38 * quality))
    return Encoding("yuv420p", {"crf": crf, "b": "0", "deadline": "good", "cpu-used": "3", "row-mt": "1"})


def _prores(quality: int, alpha: bool) -> Encoding:
    if alpha:
        return Encoding("yuva444p10le", {"profile": "4", "vendor": "apl0"})
    if quality == 100:
        return Encoding("yuv444p10le", {"profile": "4", "vendor": "apl0"})
    return Encoding("yuv422p10le", {"profile": str(quality // 25), "vendor": "apl0"})  # proxy, LT, standard, HQ


def _webp(quality: int, alpha: bool) -> Encoding:
    return Encoding("rgba" if alpha else "rgb24", {"quality": str(quality), "lossless": str(int(quality == 100))})


def _lossless(_quality: int, alpha: bool) -> Encoding:
    return Encoding("rgba" if alpha else "rgb24", {})


_TABLE = (
    Format(
        "gif",
        "GIF",
        (".gif",),
        _gif,
        muxer="gif",
        codec="gif",
        loop=True,
        largest=65535,
    ),
    Format("mp4", "MP4 (H.264)", (".mp4", ".m4v"), _h264, muxer="mp4", codec="libx264", even=True),
    Format("webm", "WebM (VP9)", (".webm",), _vp9, muxer="webm", codec="libvpx-vp9"),
    Format("webp", "Animated WebP", (".webp",), _webp, feature="webp", loop=True, alpha=True, largest=16383),
    Format("apng", "APNG", (".apng", ".png"), _lossless, loop=True, alpha=True, largest=65535),
    Format("prores", "ProRes", (".mov",), _prores, muxer="mov", codec="prores_ks", alpha=True, even=True),
    Format("png", "PNG sequence", (), _lossless, alpha=True, largest=65535, sequence=True),
)

FORMATS: Mapping[str, Format] = {format.name: format for format in _TABLE}
"""Every format by name."""


def choose(out: Path, name: str = "") -> Format:
    """The format of `out`: the one named, or the one its suffix stands for.

    A name with a run of `#` (`shot_####.png`), a folder that exists and a name without suffix are a PNG sequence; a
    `.png` without `#` is an APNG, which shows as a picture wherever animation is not understood.

    Raises:
        ExportError: an unknown name or suffix, a suffix that belongs to another format, or a format that this
            installation cannot write.
    """
    chosen = _named(name, out) if name else _by_suffix(out)
    if not chosen.available():
        raise ExportError(
            f"{out.name} cannot be exported as {chosen.label}",
            f"This installation of FFmpeg (PyAV) or Pillow has no encoder for it ({chosen.codec or chosen.feature})",
            f"Choose another format ({_listing(usable=True)}), or reinstall the packages av and pillow",
        )
    return chosen


def is_pattern(out: Path) -> bool:
    """Whether `out` names many pictures: `####` in the name of a .png stands for the frame's number."""
    return "#" in out.stem and out.suffix.lower() == ".png"


def _named(name: str, out: Path) -> Format:
    chosen = FORMATS.get(name.lower())
    if chosen is None:
        raise ExportError(f'There is no export format "{name}"', "", f"Choose one of {_listing()}")
    suffix = out.suffix.lower()
    others = [other for other in _TABLE if suffix in other.suffixes and other is not chosen]
    if chosen.sequence and suffix == ".png" and not is_pattern(out) and not out.is_dir():
        raise ExportError(
            f"{out.name} cannot hold a PNG sequence",
            "It is the name of one file, and a sequence is many",
            f"Name it {out.stem}_####.png, or give a folder",
        )
    if others and not (chosen.sequence and (is_pattern(out) or out.is_dir())):
        raise ExportError(
            f"{out.name} cannot be exported as {chosen.label}",
            f"The suffix {suffix} belongs to {others[0].label}",
            f"End the name in {chosen.suffixes[0] if chosen.suffixes else '_####.png'}, or choose {others[0].name}",
        )
    return chosen


def _by_suffix(out: Path) -> Format:
    if is_pattern(out) or out.is_dir() or not out.suffix:
        return FORMATS["png"]
    for chosen in _TABLE:
        if out.suffix.lower() in chosen.suffixes:
            return chosen
    suffixes = ", ".join(suffix for chosen in _TABLE for suffix in chosen.suffixes)
    raise ExportError(
        f"{out.name} cannot be exported",
        f"No format has the suffix {out.suffix}",
        f"End the name in one of {suffixes}, or name a format ({_listing()})",
    )


def _listing(*, usable: bool = False) -> str:
    return ", ".join(chosen.name for chosen in _TABLE if not usable or chosen.available())
