"""Weights: which there are, where they lie, and the only code that reads them."""
