"""How many tokens a text takes of those that the project's perceptor reads, counted in another thread while typing."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from studio.app.context import Context
from studio.base.errors import StudioError
from studio.models.catalogue import find

_CALM = 250  # milliseconds without a key before it is counted

_WORDS = re.compile(r"[^\W\d_]+|\d|[^\s\w]+")
_LETTERS = 7  # in a token, of long words

Count = Callable[[str], tuple[int, int]]
Counter = Callable[[str, str], tuple[int, int]]


class TokenCounter(QObject):
    """Counts texts one after the other, the latest first; each is counted once for a perceptor."""

    counted = Signal(str, int, int)
    """(text, tokens, limit), neither counting the marks of start and end."""

    def __init__(self, context: Context, parent: QObject | None = None, count: Counter | None = None) -> None:
        """`count` gives (tokens, limit) for (perceptor, text); tests bring their own."""
        super().__init__(parent)
        self._context = context
        self._count = count or tokens_of
        self._known: dict[tuple[str, str], tuple[int, int]] = {}
        self._waiting: dict[int, str] = {}
        self._busy = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_CALM)
        self._timer.timeout.connect(self._start)

    @property
    def perceptor(self) -> str:
        """The name of the one whose tokens are counted: the project's first."""
        perceptors = self._context.document.project.perceptors
        return perceptors[0].model if perceptors else ""

    def known(self, text: str) -> tuple[int, int] | None:
        """Tokens and limit of a text that was counted already; None for others."""
        return self._known.get((self.perceptor, text))

    def ask(self, text: str, place: int = 0) -> None:
        """Count this text soon, unless it is known, in place of what was asked before for that place of the prompt."""
        self._waiting.pop(place, None)
        if text.strip() and self.known(text) is None:
            self._waiting[place] = text
            self._timer.start()

    @Slot()
    def _start(self) -> None:
        if self._context.tasks.closed:
            return  # the window is on its way out: there is no loop any more
        if self._context.player.playing:
            self._timer.start()  # loading a tokenizer for the first time would make playback stutter
        elif not self._busy and self._waiting:
            self._busy = True
            _, text = self._waiting.popitem()
            self._context.tasks.start(self._counted(self.perceptor, text))

    async def _counted(self, name: str, text: str) -> None:
        try:
            tokens, limit = await self._context.tasks.in_thread(self._count, name, text)
        except StudioError:
            # What is wrong with the perceptor is told where frames are rendered; here the estimate stays.
            self._waiting.clear()
            return
        finally:
            self._busy = False
        self._known[name, text] = (tokens, limit)
        self.counted.emit(text, tokens, limit)
        if self._waiting:
            self._start()


def estimate(text: str) -> int:
    """About how many tokens a text takes: words, digits and signs, long words in parts."""
    return sum(1 + len(word) // (_LETTERS + 1) for word in _WORDS.findall(text))


def tokens_of(perceptor: str, text: str) -> tuple[int, int]:
    """Tokens of a text, and how many the perceptor reads.

    Raises:
        ModelError: there is no such perceptor, or it is damaged.
    """
    return _counter(perceptor)(text)


@functools.lru_cache(4)
def _counter(perceptor: str) -> Count:
    from studio.models.loading import glance  # these bring torch along, which takes seconds
    from studio.score import tokens

    entry = find(perceptor, "clip")
    tokenizer = tokens.of(glance(entry.path, name=entry.name, expect_kind="clip"))
    return lambda text: (len(tokenizer.encode(text)), tokenizer.context_length - tokens.marks(tokenizer))
