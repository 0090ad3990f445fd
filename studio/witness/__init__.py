"""How much of each prompt is seen in each frame: by those who guided it, and by a witness who did not."""
