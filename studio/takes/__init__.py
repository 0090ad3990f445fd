"""Takes: every picture that was dreamed to rest, kept with its latents; walks between them, and batches of them."""
