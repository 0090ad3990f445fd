"""How good the pictures are: an independent judge, real pictures, distances, sheets for naming blind."""
