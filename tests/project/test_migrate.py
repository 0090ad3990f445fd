"""Older files are brought up to date one version at a time; the mechanism is shown with made-up versions."""

from __future__ import annotations

import pytest

from studio.project.migrate import CURRENT, MIGRATIONS, NewerVersionError, upgrade
from studio.project.reading import RefusedError


def rename(values):
    return {("title" if key == "name" else key): value for key, value in values.items()}


def shout(values):
    return {**values, "title": values["title"].upper()}


STEPS = {1: rename, 2: shout}


def test_every_version_below_the_current_has_a_way_up():
    assert set(MIGRATIONS) == set(range(1, CURRENT))


def test_the_current_version_is_left_alone():
    values = {"keydream": CURRENT, "name": "x"}
    assert upgrade(values) is values


def test_each_version_goes_through_all_that_follow():
    assert upgrade({"keydream": 1, "name": "x"}, migrations=STEPS, current=3) == {"keydream": 3, "title": "X"}
    assert upgrade({"keydream": 2, "title": "x"}, migrations=STEPS, current=3) == {"keydream": 3, "title": "X"}


def test_what_was_read_is_not_changed():
    values = {"keydream": 1, "name": "x"}
    upgrade(values, migrations=STEPS, current=3)
    assert values == {"keydream": 1, "name": "x"}


def test_a_gap_is_refused():
    with pytest.raises(RefusedError, match="nothing leads from version 2 to 3"):
        upgrade({"keydream": 1, "name": "x"}, migrations={1: rename}, current=3)


@pytest.mark.parametrize("values", [{"keydream": 2}, {"keydream": 2, "title": 7}])
def test_a_file_that_does_not_follow_its_version_is_refused(values):
    with pytest.raises(RefusedError, match="written in version 2 but does not follow it"):
        upgrade(values, migrations=STEPS, current=3)


@pytest.mark.parametrize("version", [None, True, "1", 1.0, 0, -3, [1]])
def test_a_version_that_is_none_is_refused(version):
    with pytest.raises(RefusedError, match="keydream"):
        upgrade({"keydream": version})


def test_a_file_without_a_version_is_refused():
    with pytest.raises(RefusedError, match='begins with "keydream": 1'):
        upgrade({"name": "x"})


def test_a_newer_version_is_told_apart():
    with pytest.raises(NewerVersionError) as caught:
        upgrade({"keydream": 7}, current=3)
    assert (caught.value.version, caught.value.known) == (7, 3)
