from __future__ import annotations

import time

from pytestqt.qtbot import QtBot

from studio.app.pulse import Pulse


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
