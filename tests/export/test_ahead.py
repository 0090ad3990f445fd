"""Done in threads, handed over in order, and never more than a few ahead."""

from __future__ import annotations

import itertools
import threading
from collections import Counter

import pytest

from studio.export.ahead import WORKERS, ahead


def threads():
    return [thread for thread in threading.enumerate() if thread.name.startswith("export")]


def test_results_come_in_order_whatever_is_done_first():
    late = threading.Event()

    def work(number):
        if number == 0 and WORKERS > 1:
            assert late.wait(20)
        elif number == 1:
            late.set()
        return 10 * number

    with ahead(work, range(30)) as results:
        assert list(results) == [10 * number for number in range(30)]
    with ahead(work, []) as results:
        assert list(results) == []
    assert not threads()


def test_only_a_few_are_taken_ahead():
    taken = itertools.count()
    with ahead(str, taken) as results:
        assert next(results) == "0"
        assert next(taken) == WORKERS + 1
        assert threads()
    assert not threads()


def test_what_fails_is_raised_in_its_place_and_ends_it():
    begun = Counter()

    def work(number):
        begun[number] += 1
        if number == 3:
            raise ValueError("three")
        return number

    seen = []
    with pytest.raises(ValueError, match="three") as caught, ahead(work, itertools.count()) as results:
        for number in results:
            seen.append(number)
    assert seen == [0, 1, 2] and max(begun) <= 4 + WORKERS
    assert caught.tb is not None and not threads(), "not even while somebody holds the error"
