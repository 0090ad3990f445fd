"""The command line: everything Keydream does, without a window. Importing it loads neither torch nor Qt."""

from studio.cli.app import run

__all__ = ["run"]
