"""Keyframed prompts and parameters over time. Pure: no files, no clock, no randomness, standard library only."""
