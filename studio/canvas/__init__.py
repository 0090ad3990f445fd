"""Differentiable pictures: what a dream moves. On screen a canvas is called a Medium."""
