from __future__ import annotations

from studio.app.reasons import reason
from studio.app.table import SPECS


def test_every_condition_of_the_table_has_a_sentence() -> None:
    conditions = {spec.when for spec in SPECS.values()} - {"always"}
    for when in conditions:
        assert reason(when).endswith("."), when
    assert reason("always") == ""
    assert len({reason(when) for when in conditions}) == len(conditions)
