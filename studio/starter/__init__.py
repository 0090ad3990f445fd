"""How the shipped starter models are made: captioned pictures, training, figures. Dreaming needs none of it."""
