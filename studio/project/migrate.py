"""Files of older versions, brought up to date in memory.

To change the format: raise `CURRENT`, and put into `MIGRATIONS` under the old number a function that turns the values
of a file of that version into those of the next.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from studio.project.reading import RefusedError

Values: TypeAlias = "dict[str, object]"
Migration: TypeAlias = "Callable[[Values], Values]"

CURRENT = 1
"""The version of the format that is written."""

MIGRATIONS: Mapping[int, Migration] = {}
"""For each older version, what brings its values to the next. Version 1 is the first."""


class NewerVersionError(ValueError):
    """A file of a version that this Keydream does not know.

    Attributes:
        version: the file's.
        known: the newest that can be read.
    """

    def __init__(self, version: int, known: int) -> None:
        super().__init__(f"version {version}, known up to {known}")
        self.version = version
        self.known = known


def upgrade(values: Values, *, migrations: Mapping[int, Migration] = MIGRATIONS, current: int = CURRENT) -> Values:
    """Bring the values of a file to the current version, one version at a time.

    Args:
        values: of the whole file; its version stands under "keydream".
        migrations: for each older version, what brings its values to the next; it need not set "keydream".
        current: the version to reach.

    Raises:
        RefusedError: there is no version, no way from it to the current one, or values a migration cannot use.
        NewerVersionError: the version is above the current one.
    """
    version = values.get("keydream")
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise RefusedError(
            'keydream: the version of the format is missing or no whole number; a project begins with "keydream": 1'
        )
    if version > current:
        raise NewerVersionError(version, current)
    for number in range(version, current):
        if number not in migrations:
            raise RefusedError(f"keydream: nothing leads from version {number} to {number + 1}")
        try:
            values = {**migrations[number](values), "keydream": number + 1}
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise RefusedError(f"It is written in version {number} but does not follow it: {error}") from error
    return values
