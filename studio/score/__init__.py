"""What CLIP thinks of a picture: perceptors, cutouts, losses, and the objective that dreaming lowers."""
