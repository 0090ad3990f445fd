"""Frames: what must be rendered, rendering it, and keeping it. Glues timeline, score, canvas and dream; no Qt."""
