"""Starting the window, and ending it."""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import logging.handlers
import os
import signal
import sys

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from studio import __version__
from studio.app import errors
from studio.app.context import new_context
from studio.app.pulse import quicken
from studio.app.tasks import new_loop
from studio.app.theme import theme
from studio.app.window import Window
from studio.base import paths
from studio.project import samples, store

LOG_BYTES = 2 * 2**20
"""A log file is turned over when it is this long; four old ones are kept."""

_CRASH = 20_000  # characters of it that are kept in the log


def run(wanted: str = "") -> int:
    """Open the window and stay until it is closed.

    Args:
        wanted: a project, an export that carries one, or a sample; "" for what was open last.

    Returns:
        The exit status: 0, or 1 when something did not end in time.
    """
    _keep_log()
    application = QApplication(sys.argv[:1])
    application.setApplicationName("Keydream")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("keydream")
    loop = new_loop(application)
    context = new_context(store.load(paths.samples() / f"{samples.names()[0]}.keydream"))
    theme().choose(context.settings.text("theme", "dark"))
    hints = application.styleHints()
    if hints is not None:
        hints.colorSchemeChanged.connect(theme().refresh)
    window = Window(context)
    errors.install(window)
    window.closed.connect(loop.stop)
    window.show()
    quicken()
    # the first render brings the networks' libraries along
    context.rendering.job_over.connect(quicken, Qt.ConnectionType.SingleShotConnection)
    QTimer.singleShot(0, lambda: window.begin(wanted))
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: window.close())
    awake = QTimer()  # lets Python see a signal while nothing else happens
    awake.start(250)
    awake.timeout.connect(lambda: None)
    try:
        loop.run_forever()
    finally:
        loop.close()
    awake.stop()
    return 0


def _keep_log() -> None:
    folder = paths.data_dir() / "logs"
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(
            folder / "keydream.log", maxBytes=LOG_BYTES, backupCount=4, encoding="utf-8"
        )
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        logging.getLogger().addHandler(handler)
        logging.getLogger().setLevel(logging.INFO)
        crash = folder / "crash.log"
        if crash.is_file() and crash.stat().st_size:
            logging.getLogger(__name__).error("the last run crashed:\n%s", crash.read_text(errors="replace")[:_CRASH])
        faulthandler.enable(os.open(crash, os.O_WRONLY | os.O_CREAT | os.O_TRUNC))
