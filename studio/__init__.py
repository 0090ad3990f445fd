"""Keydream: a studio for CLIP-guided animation. Importing this package is instant: it loads nothing."""

__version__ = "0.1.0"
