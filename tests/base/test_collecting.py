"""Imports are not collected, and what comes after them is."""

from __future__ import annotations

import gc
import sys
import weakref

import pytest

from studio.base.collecting import importing


class Cycle:
    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def no_torch(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("no_torch")
def test_nothing_is_collected_within_and_all_of_it_is_left_alone_after():
    assert gc.isenabled()
    with importing():
        assert not gc.isenabled()
        made = Cycle()
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0
    assert not any(one is made for one in gc.get_objects())  # nobody looks at it any more
    later = Cycle()
    gone = weakref.ref(later)
    del later
    gc.collect()
    assert gone() is None


@pytest.mark.usefixtures("no_torch")
def test_an_import_that_fails_leaves_the_collector_on():
    with pytest.raises(ImportError), importing():
        raise ImportError("no such thing")
    assert gc.isenabled()


@pytest.mark.usefixtures("no_torch")
def test_a_collector_that_is_off_stays_off():
    gc.disable()
    try:
        with importing():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_nothing_happens_where_torch_is_there(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "torch", sys)
    before = gc.get_freeze_count()
    with importing():
        assert gc.isenabled()
    assert gc.get_freeze_count() == before
