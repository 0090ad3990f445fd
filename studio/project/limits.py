"""How large a project may be. Every number is checked before anything of that size is allocated."""

from __future__ import annotations

from studio.timeline.validate import MAXIMUM_FRAMES, MAXIMUM_VALUE

FILE_BYTES = 8 * 2**20
"""Largest `.keydream` file that is read or written."""

DEPTH = 32
"""How deeply objects and lists may be nested in it, checked before it is parsed."""

VALUES = 200_000
"""How many values (numbers, texts, lists, objects) it may hold in all, checked before it is parsed."""

MEMBERS = 1000
"""Most keys in one object."""

DIGITS = 20
"""Longest whole number, in characters: enough for 64 bits."""

FRAMES = MAXIMUM_FRAMES
"""Longest timeline, and largest frame number anywhere."""

TRACKS = 200
"""Most prompt tracks, and most parameter tracks."""

KEYS = 10_000
"""Most keyframes on one track."""

TERMS = 64
"""Most terms in one prompt."""

MARKERS = 10_000
"""Most markers on the timeline."""

ASSETS = 10_000
"""Most pictures a project refers to."""

PERCEPTORS = 8
"""Most perceptors that look at one canvas."""

SIDE_MIN = 16
"""Smallest width or height of the picture, in pixels."""

SIDE_MAX = 4096
"""Largest width or height of the picture, in pixels."""

SEED = 2**63 - 1
"""Largest seed."""

STEPS = 5_000
"""Most optimiser steps on one frame."""

VALUE = MAXIMUM_VALUE
"""Largest magnitude of a weight, a stop or a parameter."""

NAME = 200
"""Longest name, in characters."""

STRING = 100_000
"""Longest text anywhere, in characters: prompts (a perceptor's own limit is far lower) and values of unknown keys."""

PATH = 1024
"""Longest path of an asset, in characters."""

PICTURE_PIXELS = 64_000_000
"""Largest picture that is decoded: 64 megapixels."""

PICTURE_BYTES = 512 * 2**20
"""Largest picture file: enough for 64 megapixels of uncompressed 16-bit RGBA."""

BACKUPS = 3
"""How many earlier versions are kept beside a project."""
