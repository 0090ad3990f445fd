"""What every other package stands on: errors, cancelling, progress, paths, atomic files. Imports nothing of ours."""
