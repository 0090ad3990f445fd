"""One file from one of several addresses, whole and verified, however often the way there breaks.

What has come lies in a `.part` with a note beside it (address, validators, length), so that a later call goes on where
this one stopped. Nothing is used before its length and SHA-256 are as they should be.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from studio.base import atomic
from studio.base.cancel import CancelToken
from studio.base.errors import FileError, ModelError
from studio.base.progress import Progress, Report
from studio.models.http import HttpFault, Reply
from studio.models.offer import Mirror

_PIECE = 1 << 20
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
_PASSING = {408, 425, 429, 500, 502, 503, 504}  # statuses that another try may not meet again
_PAGES = (b"<!doctype html", b"<html", b"<head", b"<body")

Notice = Callable[[str], None]
"""What is called with a sentence for the artist, when something happens on the way that is no error yet."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How patient a download is.

    Attributes:
        stall: seconds without a byte after which a connection is given up.
        tries: how often it is taken up again, after failures between which nothing came.
        pause: seconds before the first of these; each next one waits twice as long.
    """

    stall: float = 30.0
    tries: int = 3
    pause: float = 1.0


@dataclass(frozen=True, slots=True)
class Download:
    """A file that came whole.

    Attributes:
        path: where it lies.
        url: where it came from.
        sha256: its hex digest.
    """

    path: Path
    url: str
    sha256: str


def download(
    mirrors: Sequence[Mirror],
    part: Path,
    *,
    what: str,
    token: CancelToken,
    report: Report,
    notice: Notice,
    policy: Policy | None = None,
) -> Download:
    """Fetch a file; whoever calls holds the lock for it.

    Args:
        mirrors: where it is, tried in order.
        part: where to put it; what lies there of an earlier call is gone on with.
        what: what to call it in messages ("the model openai-vit-b-32").
        token: noticed within a second; what has come is kept.
        report: called with bytes.
        notice: called when it starts over or tries again.
        policy: how patient to be.

    Raises:
        ModelError: no mirror gave it, and the message says why for each.
        FileError: it could not be written; a full disk is found out before the first byte, if the server says how long
            the file is.
        Cancelled: the token was fired.
    """
    faults = []
    for mirror in mirrors:
        try:
            return _Attempts(mirror, part, what, token, report, notice, policy or Policy()).run()
        except HttpFault as fault:
            faults.append(f"{mirror.host}: {fault.why}")
    raise ModelError(
        f"{what[0].upper()}{what[1:]} could not be fetched",
        "; ".join(faults) or "No address is known for it",
        "Look at your network, a login page in the browser, or the proxy, and try again: what has come is kept",
    )


def room(folder: Path, size: int, what: str) -> None:
    """Do nothing, or refuse to put `size` bytes, and a twentieth more, where there is no room for them.

    Raises:
        FileError: with the numbers.
    """
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free, need = shutil.disk_usage(existing).free, size * 21 // 20
    if free < need:
        raise FileError(
            f"There is no room for {what}",
            f"It takes {need / 2**20:,.0f} MiB, and {free / 2**20:,.0f} MiB are free at {existing}",
            "Free some space, or set KEYDREAM_HOME to a folder on a larger disk",
        )


@dataclass(frozen=True, slots=True)
class _State:
    """What is known of a part: where it is from, how to tell that the file there is still the same, and its length."""

    url: str
    validator: str
    total: int
    sha256: str


class _StartOver(Exception):  # noqa: N818
    """What has come is of no use, and why."""


class _Attempts:
    """A file from one mirror."""

    def __init__(
        self,
        mirror: Mirror,
        part: Path,
        what: str,
        token: CancelToken,
        report: Report,
        notice: Notice,
        policy: Policy,
    ) -> None:
        self._mirror, self._part, self._what = mirror, part, what
        self._token, self._report, self._notice, self._policy = token, report, notice, policy
        self._note = part.with_name(f"{part.name}.json")
        self._expected = mirror.sha256
        self._hash = hashlib.sha256()

    def run(self) -> Download:
        """Try until it is whole, or as often as the policy says."""
        failures, overs = 0, 0
        while True:
            before = self._length()
            try:
                self._attempt()
                digest = self._hash.hexdigest()
                if self._expected and digest != self._expected:
                    raise _StartOver(
                        f"What {self._mirror.host} sent is not the file it should be (SHA-256 {digest[:12]}… instead "
                        f"of {self._expected[:12]}…)"
                    )
                return Download(self._part, self._mirror.url, digest)
            except _StartOver as reason:
                self._discard()
                overs += 1
                if overs > 1:
                    raise HttpFault(str(reason), again=False) from None
                self._notice(f"{reason}: starting over.")
            except HttpFault as fault:
                if not fault.again:
                    raise
                failures = 1 if self._length() > before else failures + 1
                if failures > self._policy.tries:
                    raise
                self._wait(fault, self._policy.pause * 2 ** (failures - 1))

    def _wait(self, fault: HttpFault, pause: float) -> None:
        self._notice(f"{self._mirror.host}: {fault.why}. Trying again in {pause:g} s.")
        if self._token.wait(pause):
            self._token.check()

    def _attempt(self) -> None:
        """One request. Returns when the part has the length that the server named."""
        state = self._resumable()
        start = self._length() if state else 0
        if state and start == state.total:
            self._digest(start)
            return
        headers = {}
        if state and start:
            headers["Range"] = f"bytes={start}-"
            if state.validator and state.url == self._mirror.url:
                headers["If-Range"] = state.validator
        with Reply(self._mirror.url, headers, self._token, self._policy.stall) as reply:
            self._expected = self._expected or reply.promised
            if start and reply.status == 416 and reply.headers.get("content-range", "") == f"bytes */{start}":
                self._digest(start)  # it had come whole, and nobody had said how long it is
                return
            start, total = self._answer(reply, state, start)
            data = reply.read()
            if not start and data[:64].lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith(_PAGES):
                raise _a_page()  # before what has come is given up for it
            room(self._part.parent, max(0, total - start), self._what)
            self._digest(start)
            self._remember(reply, total)
            self._receive(reply, data, start, total)

    def _answer(self, reply: Reply, state: _State | None, start: int) -> tuple[int, int]:
        """From which byte on the body is, and how long the whole file is (0: not known)."""
        if reply.status == 416 and start:
            raise _StartOver(f"{self._mirror.host} has fewer than the {start} bytes that had come")
        if reply.status not in (200, 206):
            raise HttpFault(f"it answered with status {reply.status}", again=reply.status in _PASSING)
        if "html" in reply.headers.get("content-type", "").lower():
            raise _a_page()
        if reply.status == 206:
            found = _RANGE.fullmatch(reply.headers.get("content-range", ""))
            total = int(found[3]) if found else 0
            same = not state or total == state.total or not state.total
            if not start or not found or int(found[1]) != start or not same:
                raise _StartOver(f"{self._mirror.host} sent another part of the file than was asked for")
            if state and state.url == self._mirror.url and _validator(reply) != state.validator:
                raise _StartOver(f"The file at {self._mirror.host} has changed")
            return start, total
        if start:
            changed = state and state.url == self._mirror.url and _validator(reply) != state.validator
            why = "has another version of the file now" if changed else "cannot send a part of the file"
            self._notice(f"{self._mirror.host} {why}: starting over.")
        length = reply.headers.get("content-length", "")
        total = int(length) if length.isascii() and length.isdigit() else 0
        if not total and not self._expected and "chunked" not in reply.headers.get("transfer-encoding", "").lower():
            raise HttpFault("it does not say how long the file is", again=False)
        return 0, total

    def _receive(self, reply: Reply, data: bytes, at: int, total: int) -> None:
        """Put `data` and all that follows it behind the first `at` bytes."""
        try:
            with self._part.open("ab" if at else "wb") as file:
                self._report(Progress(at, total, self._what))
                while data:
                    file.write(data)
                    self._hash.update(data)
                    at += len(data)
                    self._report(Progress(at, total, self._what))
                    if total and at > total:
                        raise _StartOver(f"{self._mirror.host} sent more than the {total} bytes of the file")
                    data = reply.read()
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise atomic.explain(error, self._part) from error
        if total and at < total:
            raise HttpFault(f"it stopped after {at:,} of {total:,} bytes", again=True)
        self._remember(reply, at)

    def _digest(self, start: int) -> None:
        """Hash what lies there already, as far as it will be kept."""
        self._hash = hashlib.sha256()
        if not start:
            return
        try:
            with self._part.open("rb") as file:
                while data := file.read(_PIECE):
                    self._token.check()
                    self._hash.update(data)
        except OSError as error:
            raise atomic.explain(error, self._part) from error

    def _resumable(self) -> _State | None:
        """What is known of the part, if it can be gone on with from this mirror."""
        with contextlib.suppress(OSError, ValueError, TypeError):
            state = _State(**json.loads(self._note.read_text("utf-8")))
            same = state.url == self._mirror.url and (state.validator or self._expected)
            other = self._expected and state.sha256 == self._expected
            if isinstance(state.total, int) and (same or other) and self._length() <= (state.total or self._length()):
                return state
        return None

    def _remember(self, reply: Reply, total: int) -> None:
        state = _State(self._mirror.url, _validator(reply), total, self._expected)
        atomic.write_bytes(self._note, json.dumps(asdict(state)).encode())

    def _length(self) -> int:
        try:
            return self._part.stat().st_size
        except OSError:
            return 0

    def _discard(self) -> None:
        for path in (self._part, self._note):
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise atomic.explain(error, path) from error


def _validator(reply: Reply) -> str:
    """What tells whether the file is still the same (RFC 9110, 13.1.5: a strong ETag, or else a date); may be ""."""
    etag = reply.headers.get("etag", "")
    return etag if etag.startswith('"') else reply.headers.get("last-modified", "")


def _a_page() -> HttpFault:
    return HttpFault("a web page came instead of the file, as from a network that wants a login first", again=False)
