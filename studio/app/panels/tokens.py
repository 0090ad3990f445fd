"""How many tokens a text takes of those that the project's perceptor reads, counted in another thread while typing."""

from __future__ import annotations

import functools
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from studio.app.context import Context
from studio.models.catalogue import find
from studio.models.loading import read_weights
from studio.score.tokens import MARKS, build_tokenizer

_CALM = 250  # milliseconds without a key before it is counted

Count = Callable[[str], tuple[int, int]]
Counter = Callable[[str, str], tuple[int, int]]


class TokenCounter(QObject):
    """Counts one text at a time: the latest."""

    counted = Signal(str, int, int)
    """(text, tokens, limit), neither counting the marks of start and end."""

    def __init__(self, context: Context, parent: QObject | None = None, count: Counter | None = None) -> None:
        """`count` gives (tokens, limit) for (perceptor, text); tests bring their own."""
        super().__init__(parent)
        self._context = context
        self._count = count or tokens_of
        self._text = ""
        self._busy = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_CALM)
        self._timer.timeout.connect(self._start)

    def ask(self, text: str) -> None:
        """Count this text soon."""
        self._text = text
        self._timer.start()

    def _start(self) -> None:
        if self._busy or not self._text.strip():
            return
        self._busy = True
        perceptors = self._context.document.project.perceptors
        name = perceptors[0].model if perceptors else ""
        text = self._text
        self._context.tasks.start(self._counted(name, text))

    async def _counted(self, name: str, text: str) -> None:
        try:
            tokens, limit = await self._context.tasks.in_thread(self._count, name, text)
            self.counted.emit(text, tokens, limit)
        finally:
            self._busy = False
            if text != self._text:
                self._timer.start()


def tokens_of(perceptor: str, text: str) -> tuple[int, int]:
    """Tokens of a text, and how many the perceptor reads.

    Raises:
        ModelError: there is no such perceptor, or it is damaged.
    """
    return _counter(perceptor)(text)


@functools.lru_cache(4)
def _counter(perceptor: str) -> Count:
    entry = find(perceptor, "clip")
    weights = read_weights(entry.path, name=entry.name, expect_kind="clip", expect_sha256=entry.sha256)
    config = weights.config
    text_config = config.get("model_cfg", {}).get("text_cfg", {})
    tokenizer = build_tokenizer(config.get("tokenizer"), int(text_config.get("context_length", 77)), name=entry.name)
    return lambda text: (len(tokenizer.encode(text)), tokenizer.context_length - MARKS)
