"""Cancelling: a flag that any thread may raise."""

from __future__ import annotations

import signal
import threading

import pytest

from studio.base.cancel import Cancelled, CancelToken, never
from studio.base.errors import StudioError


def test_nothing_happens_until_it_is_fired():
    token = CancelToken()
    token.check()
    assert not token.cancelled


def test_once_fired_it_stays_fired():
    token = CancelToken()
    token.cancel()
    token.cancel()
    assert token.cancelled
    for _ in range(2):
        with pytest.raises(Cancelled):
            token.check()


def test_it_is_seen_in_another_thread():
    token, seen = CancelToken(), threading.Event()

    def work():
        try:
            while True:
                token.check()
        except Cancelled:
            seen.set()

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    token.cancel()
    assert seen.wait(5)


def test_a_signal_handler_may_fire_it():
    token = CancelToken()
    before = signal.signal(signal.SIGINT, lambda *_: token.cancel())
    try:
        signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)
    assert token.cancelled


def test_nobodys_token_is_never_shared():
    never().cancel()
    never().check()


def test_cancelling_is_no_error_for_the_artist():
    assert not issubclass(Cancelled, StudioError)


def test_waiting_ends_when_it_is_fired():
    token = CancelToken()
    assert not token.wait(0.01)
    threading.Timer(0.05, token.cancel).start()
    assert token.wait(30)
    assert token.wait(30)
