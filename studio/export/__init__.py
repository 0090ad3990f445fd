"""Frames become files, with the project inside: GIF, MP4, WebM, WebP, APNG, ProRes, PNG sequences. No torch, no Qt."""

from studio.export.beside import Beside
from studio.export.coming import Coming
from studio.export.embed import read_embedded
from studio.export.estimate import Estimate, estimate
from studio.export.options import Exported, ExportOptions
from studio.export.presets import FORMATS, Format, choose
from studio.export.probe import Probe, probe
from studio.export.run import export

__all__ = [
    "FORMATS",
    "Beside",
    "Coming",
    "Estimate",
    "ExportOptions",
    "Exported",
    "Format",
    "Probe",
    "choose",
    "estimate",
    "export",
    "probe",
    "read_embedded",
]
