from __future__ import annotations

from collections import Counter

from studio.app.table import EASES, MENUS, SPECS
from studio.timeline.easing import Ease


def test_every_action_stands_in_a_menu_and_says_what_it_does() -> None:
    for spec in SPECS.values():
        assert spec.menu in MENUS
        assert spec.text
        assert spec.help.endswith(".")


def test_no_shortcut_is_given_twice() -> None:
    twice = [
        keys for keys, number in Counter(keys for spec in SPECS.values() for keys in spec.keys).items() if number > 1
    ]
    assert twice == []


def test_the_eases_exist() -> None:
    assert EASES.keys() <= SPECS.keys()
    assert {Ease.parse(name).name for name in EASES.values()} == set(EASES.values())
