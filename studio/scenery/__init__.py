"""Procedural scenery and colours: what training pictures and collages are set in front of. No torch."""
