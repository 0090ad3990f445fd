"""Requests over HTTP, one thread each. The only module that opens sockets.

The standard library speaks the protocol: it follows redirects, reads proxies from the environment and needs no event
loop, so the terminal and the window share one engine. Each request runs in a thread of its own, because only so can
whoever waits turn away at once from a connection, a look-up of a name or a handshake that hangs. Certificates are
checked against those that the system trusts (`truststore`), as a browser does.
"""

from __future__ import annotations

import contextlib
import functools
import http.client
import queue
import re
import socket
import ssl
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import IO, Any
from urllib.parse import urlsplit

import truststore

from studio import __version__
from studio.base.cancel import CancelToken

PIECE = 1 << 18
"""Bytes that `Reply.read` gives at most."""

_WAITING = 32  # pieces that are read ahead
_POLL = 0.1  # seconds between looks at the token
_GRACE = 5.0  # seconds after which the thread of a request that nobody waits for gives up by itself
_SHA256 = re.compile(r'"?([0-9a-f]{64})"?')


class HttpFault(Exception):  # noqa: N818 (it is a fault of the other side)
    """A request that came to nothing, or broke off.

    Attributes:
        why: in words for the artist.
        again: whether another try may end better.
    """

    def __init__(self, why: str, *, again: bool) -> None:
        super().__init__(why)
        self.why = why
        self.again = again


class Reply:
    """The answer to a GET; a context manager, which lets go of the connection.

    Attributes:
        status: as the server gave it, after redirects.
        headers: by their names in small letters.
        promised: the SHA-256 that a hub named when it redirected to its store (`X-Linked-Etag`), or "".
    """

    def __init__(self, url: str, headers: Mapping[str, str], token: CancelToken, stall: float) -> None:
        """Ask; returns when the headers are there.

        Args:
            url: http or https.
            headers: to send along.
            token: looked at all the while, also while nothing comes.
            stall: seconds without a byte that are waited for.

        Raises:
            HttpFault: no answer came.
            Cancelled: the token was fired.
        """
        self.status = 0
        self.headers: Mapping[str, str] = {}
        self.promised = ""
        self._token, self._stall = token, stall
        self._pieces: queue.Queue[bytes | HttpFault | None] = queue.Queue(_WAITING)
        self._closed = threading.Event()
        self._socket: socket.socket | None = None
        request = urllib.request.Request(url, headers={"User-Agent": f"keydream/{__version__}", **headers})  # noqa: S310
        threading.Thread(target=self._work, args=(request,), name="http", daemon=True).start()
        try:
            self._next()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Reply:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self) -> bytes:
        """The next bytes of the body; b"" at its end.

        Raises:
            HttpFault: the connection broke, or nothing came for too long.
            Cancelled: the token was fired.
        """
        return self._next() or b""

    def close(self) -> None:
        """Let go of the connection, at once; harmless when repeated."""
        self._closed.set()
        if self._socket is not None:
            with contextlib.suppress(OSError):  # below TLS, which is not made for being ended from another thread
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def _next(self) -> bytes | None:
        since = time.monotonic()
        while True:
            self._token.check()
            try:
                piece = self._pieces.get(timeout=_POLL)
            except queue.Empty:
                if time.monotonic() - since > self._stall:
                    raise HttpFault(f"nothing came for {self._stall:g} s", again=True) from None
                continue
            if isinstance(piece, HttpFault):
                raise piece
            return piece

    def _work(self, request: urllib.request.Request) -> None:
        """What the thread does: hand over an empty piece for the headers, then the body, then None or a fault."""
        try:
            with self._answer(request) as response:
                self.status = response.status or 0
                self.headers = {name.lower(): value for name, value in response.headers.items()}
                self._hand_over(b"")
                while data := response.read1(PIECE):
                    self._hand_over(data)
            self._hand_over(None)
        except _NobodyWaits:
            pass
        except Exception as error:  # all that sockets, TLS and half a protocol may raise must reach who waits
            with contextlib.suppress(_NobodyWaits):
                self._hand_over(_fault(error))

    def _answer(self, request: urllib.request.Request) -> http.client.HTTPResponse | urllib.error.HTTPError:
        opener = urllib.request.OpenerDirector()
        for handler in (
            urllib.request.ProxyHandler(),
            urllib.request.HTTPDefaultErrorHandler(),
            urllib.request.HTTPErrorProcessor(),
            _Redirects(self),
            _Plain(self),
            _Secure(self),
            urllib.request.UnknownHandler(),
        ):
            opener.add_handler(handler)
        try:
            found: http.client.HTTPResponse = opener.open(request, timeout=self._stall + _GRACE)
            return found
        except urllib.error.HTTPError as error:
            if error.status in _REDIRECTS:
                error.close()
                raise HttpFault("it redirects in a circle", again=False) from None
            return error  # an answer like any other: its status says what it is worth

    def _hand_over(self, piece: bytes | HttpFault | None) -> None:
        while not self._closed.is_set():
            with contextlib.suppress(queue.Full):
                self._pieces.put(piece, timeout=_POLL)
                return
        raise _NobodyWaits


class _NobodyWaits(Exception):  # noqa: N818
    """Whoever asked has turned away."""


_REDIRECTS = (301, 302, 303, 307, 308)


class _Redirects(urllib.request.HTTPRedirectHandler):
    def __init__(self, reply: Reply) -> None:
        self._reply = reply

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        old, new = urlsplit(req.full_url).scheme, urlsplit(newurl).scheme
        if new not in ("http", "https") or (old == "https" and new == "http"):
            fp.close()
            raise HttpFault(f"it was redirected to {new or 'nowhere'}, which is not safe", again=False)
        if found := _SHA256.fullmatch(headers.get("X-Linked-Etag", "")):
            self._reply.promised = found[1]
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class _Plain(urllib.request.HTTPHandler):
    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self._reply = reply

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(functools.partial(_Connection, self._reply), req)


class _Secure(urllib.request.HTTPSHandler):
    def __init__(self, reply: Reply) -> None:
        super().__init__(context=_context())
        self._reply = reply

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        kind = functools.partial(_SecureConnection, self._reply)
        return self.do_open(kind, req, context=_context())


class _Connection(http.client.HTTPConnection):
    def __init__(self, reply: Reply, *args: Any, **options: Any) -> None:  # noqa: ANN401 (as their parent has them)
        super().__init__(*args, **options)
        self._reply = reply

    def connect(self) -> None:
        super().connect()
        self._reply._socket = self.sock


class _SecureConnection(http.client.HTTPSConnection):
    def __init__(self, reply: Reply, *args: Any, **options: Any) -> None:  # noqa: ANN401 (as their parent has them)
        super().__init__(*args, **options)
        self._reply = reply

    def connect(self) -> None:
        super().connect()
        self._reply._socket = self.sock


@functools.cache
def _context() -> ssl.SSLContext:
    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _fault(error: Exception) -> HttpFault:
    """What a failure of the libraries below means."""
    if isinstance(error, HttpFault):
        return error
    if isinstance(error, urllib.error.URLError) and isinstance(error.reason, Exception):
        error = error.reason
    if isinstance(error, ssl.SSLCertVerificationError):
        return HttpFault(f"its certificate is not to be trusted ({error.verify_message})", again=False)
    if isinstance(error, socket.gaierror):
        return HttpFault("its name was not found, as without a network", again=True)
    if isinstance(error, ConnectionRefusedError):
        return HttpFault("it took no connection", again=True)
    if isinstance(error, TimeoutError):
        return HttpFault("it did not answer in time", again=True)
    if isinstance(error, OSError | http.client.HTTPException):
        said = error.strerror if isinstance(error, OSError) else ""
        return HttpFault(f"the connection broke ({said or str(error) or type(error).__name__})", again=True)
    return HttpFault(f"the address cannot be used ({error})", again=False)
