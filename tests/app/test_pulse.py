from __future__ import annotations

import gc
import sys
import time

import pytest
from pytestqt.qtbot import QtBot

from studio.app.pulse import SWITCH, Pulse, quicken, uncollected


def test_a_block_of_the_loop_is_seen(qtbot: QtBot) -> None:
    pulse = Pulse()
    assert pulse.percentile(0.99) == 0
    pulse.start()
    qtbot.wait(30)
    time.sleep(0.08)
    qtbot.wait(30)
    pulse.stop()
    assert pulse.percentile(1) >= 70
    assert pulse.percentile(0) < pulse.percentile(1)
    assert len(pulse.delays) > 3


def test_what_is_loaded_is_left_out_of_collections() -> None:
    before = sys.getswitchinterval()
    try:
        quicken()
        assert sys.getswitchinterval() == pytest.approx(SWITCH)
        assert gc.get_freeze_count() > 1000
    finally:
        gc.unfreeze()
        sys.setswitchinterval(before)


def test_loading_is_not_interrupted_by_collections() -> None:
    before = gc.get_freeze_count()
    try:
        with uncollected():
            assert not gc.isenabled()
            kept = [[number] for number in range(1000)]
        assert gc.isenabled()
        assert gc.get_freeze_count() >= before + len(kept)
    finally:
        gc.unfreeze()
