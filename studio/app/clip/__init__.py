"""The page that asks CLIP: comparing, classifying, searching, and what in a picture speaks for a text."""
