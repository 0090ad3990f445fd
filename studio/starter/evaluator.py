"""The evaluator: a CLIP that judges pictures and never guides one.

Another architecture, other pictures and another seed than the starter's, and trained against attacks like it: what was
dreamed to please the one has no hold on the other, and blobs that please an ordinary network do not pass for things.
"""

from __future__ import annotations

from studio.starter.clip_training import ClipSettings

EVALUATOR = ClipSettings(
    steps=2800,
    batch=96,
    bank=128,
    clean=0.3,
    rate=1e-3,
    seed=4711,
    tower="keydream_judge_s",
    side=48,
    embedding=192,
    text_width=120,
    text_layers=2,
)
"""How the shipped evaluator is trained."""
