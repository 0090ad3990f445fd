"""A model of the catalogue brought to this machine: room, lock, download, conversion, note.

One engine for the terminal, which calls `fetch`, and for the window, which awaits `fetch_async`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from studio.base import atomic
from studio.base.cancel import Cancelled, CancelToken
from studio.base.errors import ModelError
from studio.base.presence import Presence
from studio.base.progress import Progress, Report
from studio.models import store
from studio.models.catalogue import Entry
from studio.models.converting import Prove, convert
from studio.models.download import Download, Notice, Policy, download, room
from studio.models.offer import Mirror, Offer

_LOOK = 0.2  # seconds between looks at another's lock


def fetch(
    entry: Entry,
    *,
    prove: Prove,
    token: CancelToken,
    report: Report,
    notice: Notice,
    policy: Policy | None = None,
    accept_new: bool = False,
) -> Entry:
    """Bring a model here, or find it here. What an earlier call left is gone on with.

    Args:
        entry: of the catalogue.
        prove: see `studio.models.converting.convert`.
        token: noticed within a second; what has come is kept.
        report: called with bytes, often, in this thread.
        notice: called with a sentence when it waits for another program, starts over or tries again.
        policy: how patient to be.
        accept_new: take a file of another hash than it had when it was first fetched, where nobody published one.

    Returns:
        The entry with its file's hash and size.

    Raises:
        ModelError: no mirror gave it; or what came is not usable, and why.
        FileError: there is no room for it, or it could not be written.
        Cancelled: the token was fired.
    """
    if entry.offer is None:
        return entry
    lock = _lock(store.folder() / f"{entry.name}.lock", entry, token, notice)
    try:
        if (found := _here(entry)) is not None:
            return found
        what = f"the model {entry.name}"
        for left in store.debris(entry.name):
            with contextlib.suppress(OSError):  # it takes room, and does no other harm
                left.unlink()
        # the checkpoint and what it is converted to lie side by side for a moment
        room(store.folder(), max(0, 2 * entry.offer.download - store.begun(entry.name)), what)
        weights = _file(entry, entry.offer.weights, "weights", accept_new, token, report, notice, policy)
        beside = {
            role: _file(entry, mirrors, role, accept_new, token, report, notice, policy).path
            for role, mirrors in (("config", entry.offer.config), ("tokenizer", entry.offer.tokenizer))
            if mirrors
        }
        return _put(entry, entry.offer, weights, beside, prove, token, report)
    finally:
        lock.leave()


async def fetch_async(
    entry: Entry,
    *,
    prove: Prove,
    report: Report,
    notice: Notice,
    policy: Policy | None = None,
    accept_new: bool = False,
) -> Entry:
    """`fetch` in a thread, for an event loop, in which `report` and `notice` are called.

    When the task is cancelled, it ends within a second, and what has come is kept.
    """
    loop, token = asyncio.get_running_loop(), CancelToken()

    def told(progress: Progress) -> None:
        loop.call_soon_threadsafe(report, progress)

    def said(text: str) -> None:
        loop.call_soon_threadsafe(notice, text)

    work = asyncio.ensure_future(
        asyncio.to_thread(
            fetch, entry, prove=prove, token=token, report=told, notice=said, policy=policy, accept_new=accept_new
        )
    )
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        token.cancel()
        with contextlib.suppress(Cancelled):
            await work
        raise


def _lock(path: Path, entry: Entry, token: CancelToken, notice: Notice) -> Presence:
    waited = False
    while (lock := Presence.take(path)) is None:
        if not waited:
            notice(f"Another Keydream is fetching {entry.name}: waiting for it.")
            waited = True
        if token.wait(_LOOK):
            token.check()
    return lock


def _here(entry: Entry) -> Entry | None:
    note = store.fetched(entry.name)
    return _with(entry, note.sha256, note.size) if note else None


def _with(entry: Entry, sha256: str, size: int) -> Entry:
    return replace(entry, path=store.weights(entry.name), sha256=sha256, size=size)


def _file(
    entry: Entry,
    mirrors: tuple[Mirror, ...],
    role: str,
    accept_new: bool,
    token: CancelToken,
    report: Report,
    notice: Notice,
    policy: Policy | None,
) -> Download:
    """One of its files, whole, as a part; whose hash is remembered where nobody published it."""
    known = tuple(
        Mirror(mirror.url, mirror.sha256 or ("" if accept_new else store.recorded(mirror.url))) for mirror in mirrors
    )
    part = store.part(entry.name, role)
    try:
        store.folder().mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise atomic.explain(error, store.folder()) from error
    what = {"weights": "the model", "config": "the configuration of", "tokenizer": "the tokenizer of"}[role]
    found = download(known, part, what=f"{what} {entry.name}", token=token, report=report, notice=notice, policy=policy)
    if not next(mirror.sha256 for mirror in mirrors if mirror.url == found.url):
        store.record(found.url, found.sha256)
    return found


def _put(
    entry: Entry,
    offer: Offer,
    weights: Download,
    beside: Mapping[str, Path],
    prove: Prove,
    token: CancelToken,
    report: Report,
) -> Entry:
    target = store.weights(entry.name)
    made = convert(
        weights.path,
        target,
        name=entry.name,
        prove=prove,
        config=beside.get("config"),
        tokenizer=beside.get("tokenizer"),
        architecture=offer.architecture,
        mean=offer.mean,
        std=offer.std,
        token=token,
        report=report,
    )
    if made.kind != entry.kind:
        target.unlink(missing_ok=True)
        raise ModelError(
            f"The model {entry.name} could not be used",
            f"What came holds {made.kind}, and {entry.kind} was offered",
            "Tell Keydream's authors: the catalogue is wrong",
        )
    store.note(entry.name, made.sha256, made.size, weights.url, weights.sha256)
    for left in store.folder().glob(f"{entry.name}.*.part*"):
        with contextlib.suppress(OSError):  # they are of no use any more, and the next fetch would go on with them
            left.unlink()
    return _with(entry, made.sha256, made.size)
