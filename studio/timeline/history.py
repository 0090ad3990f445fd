"""Undo and redo: snapshots of a frozen document, each with the label of the edit that led to it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import Generic, Protocol, TypeVar

from studio.base.errors import InputError

S = TypeVar("S")


class Change(Protocol[S]):
    """A named change of a document: an `Edit` of a timeline, or the like for what a timeline is part of."""

    @property
    def label(self) -> str:
        """What the undo menu shows."""

    @property
    def apply(self) -> Callable[[S], S]:
        """The changed document; raises when the change cannot be made."""


@dataclass(frozen=True)
class _Entry(Generic[S]):
    label: str
    merge: Hashable | None
    before: S
    after: S


class History(Generic[S]):
    """The one place where a document (a timeline, or a project with one) changes. It must be frozen.

    Edits that belong to one gesture (a drag, a slider) are applied one after another with the same `merge` key, and
    make one entry. Another key, an edit without one, `seal`, undo, redo or a clean mark end the gesture. Not for
    use from several threads.

    Attributes:
        limit: how many edits can be undone; older ones are forgotten.
    """

    def __init__(self, document: S, limit: int = 200) -> None:
        """Begin with a document, clean and with nothing to undo. `ValueError` when limit < 1."""
        if limit < 1:
            raise ValueError(f"a limit of at least 1 expected, not {limit}")
        self.limit = limit
        self._current = document
        self._clean: S | None = document
        self._done: list[_Entry[S]] = []
        self._undone: list[_Entry[S]] = []
        self._gesture: _Entry[S] | None = None

    @property
    def current(self) -> S:
        """The document as it is now."""
        return self._current

    @property
    def undo_name(self) -> str | None:
        """The label of the edit that `undo` takes back; None when there is none."""
        return self._done[-1].label if self._done else None

    @property
    def redo_name(self) -> str | None:
        """The label of the edit that `redo` makes again; None when there is none."""
        return self._undone[-1].label if self._undone else None

    @property
    def labels(self) -> tuple[str, ...]:
        """All entries, oldest first: those done, then those undone in the order `redo` takes them."""
        return tuple(entry.label for entry in (*self._done, *reversed(self._undone)))

    @property
    def position(self) -> int:
        """How many of `labels` are done."""
        return len(self._done)

    @property
    def documents(self) -> tuple[S, ...]:
        """Every document that undo and redo lead to, each once, and the current one first."""
        entries = (*self._done, *self._undone)
        every = (self._current, *(each for entry in entries for each in (entry.before, entry.after)))
        return tuple({id(each): each for each in every}.values())

    def apply(self, edit: Change[S], merge: Hashable | None = None, *, from_start: bool = False) -> S:
        """Make an edit and return the document after it. An edit that changes nothing leaves no entry.

        Args:
            edit: what to do. When it raises, nothing has changed.
            merge: the gesture it belongs to; it joins the latest entry when that has the same key and the gesture is
                not over. A gesture that comes back to where it began leaves no entry.
            from_start: apply it to the document as it was when the gesture began, in place of the gesture's earlier
                edits: for a drag, whose total offset is known.
        """
        joined = self._gesture if merge is not None and self._gesture and self._gesture.merge == merge else None
        after = edit.apply(joined.before if joined and from_start else self._current)
        if joined is None:
            self._gesture = None
        if after == self._current:
            return self._current
        before = self._current
        if joined:
            self._done.pop()
            before = joined.before
        if after == before:
            # The object itself, so that the entry before this one still ends at the current document.
            self._gesture = None
            self._current = before
            return before
        entry = _Entry(edit.label, merge, before, after)
        self._done.append(entry)
        del self._done[: -self.limit]
        self._undone.clear()
        self._gesture = None if merge is None else entry
        self._current = after
        return after

    def seal(self, merge: Hashable | None = None) -> None:
        """End the gesture: the next edit makes an entry of its own, whatever its key.

        Args:
            merge: end it only if it is this one; None for whichever it is.
        """
        if merge is None or (self._gesture is not None and self._gesture.merge == merge):
            self._gesture = None

    def cancel(self, merge: Hashable) -> S:
        """Take back an unfinished gesture without a trace (Escape in a drag). Nothing happens when it made no entry."""
        if self._gesture and self._gesture.merge == merge:
            self._done.pop()
            self._current = self._gesture.before
        self._gesture = None
        return self._current

    def amend(self, change: Callable[[S], S]) -> S:
        """Make a change to every document here, the clean one too, and return the current one. It leaves no entry.

        For what has no history: where files lie, how something was last done. It ends the gesture. When the change
        raises, nothing has changed.
        """
        made: dict[int, S] = {}

        def amended(document: S) -> S:
            if id(document) not in made:
                made[id(document)] = change(document)
            return made[id(document)]

        def all_of(entries: list[_Entry[S]]) -> list[_Entry[S]]:
            return [replace(entry, before=amended(entry.before), after=amended(entry.after)) for entry in entries]

        done, undone = all_of(self._done), all_of(self._undone)
        clean = None if self._clean is None else amended(self._clean)
        self._done, self._undone, self._clean, self._current = done, undone, clean, amended(self._current)
        self._gesture = None
        return self._current

    def undo(self) -> S:
        """Go back to exactly the document before the latest edit. `InputError` when there is none."""
        if not self._done:
            raise InputError("There is nothing to undo")
        entry = self._done.pop()
        self._undone.append(entry)
        self._gesture = None
        self._current = entry.before
        return entry.before

    def redo(self) -> S:
        """Go forward to exactly the document that `undo` left. `InputError` when there is none."""
        if not self._undone:
            raise InputError("There is nothing to redo")
        entry = self._undone.pop()
        self._done.append(entry)
        self._gesture = None
        self._current = entry.after
        return entry.after

    def mark_clean(self) -> None:
        """Remember this document as the one that is stored, and end the gesture."""
        self._clean = self._current
        self._gesture = None

    def forget_clean(self) -> None:
        """Nothing that is stored equals this document: it was recovered, say."""
        self._clean = None

    @property
    def is_clean(self) -> bool:
        """Whether the document equals the one last marked clean, however it came to be so."""
        return self._current == self._clean
