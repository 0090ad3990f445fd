"""The viewer: the picture, what is being dreamed, and how it is looked at."""
