"""`python -m studio` and the `keydream` command."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and leave with its exit status: this ends the process, see `studio.base.leaving`."""
    from studio.base.allocating import settle

    settle()
    from studio.base.collecting import importing

    with importing():
        from studio.cli import run

    status = run(sys.argv[1:])
    from studio.base.leaving import leave

    leave(status)


if __name__ == "__main__":
    main()
