"""What holds for every test: folders of its own, no network, the same examples every time."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "keydream",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("keydream")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")  # a process of tests a core; threads would wait for each other


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Caches and data of this test alone."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("KEYDREAM_HOME", str(folder))
    return folder


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A test that reaches for another machine fails."""
    connect = socket.socket.connect

    def refuse(this: socket.socket, address: object) -> None:
        if (
            this.family in (socket.AF_INET, socket.AF_INET6)
            and isinstance(address, tuple)
            and address[0] not in ("127.0.0.1", "::1", "localhost")
        ):
            raise AssertionError(f"a test tried to reach {address}")
        return connect(this, address)

    monkeypatch.setattr(socket.socket, "connect", refuse)
    yield
