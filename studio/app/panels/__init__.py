"""The docks beside the picture: inspector, library, queue, history."""
