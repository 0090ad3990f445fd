"""The optimiser: moves a canvas towards what an objective asks for."""
