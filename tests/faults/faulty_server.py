"""A server of files on this machine that does to its clients whatever it is told to.

Each request takes the next of its `faults`, a list of names of `Handler`'s methods; when they are used up it behaves.
"""

from __future__ import annotations

import hashlib
import http.server
import re
import ssl
import threading
import time
from pathlib import Path

PIECE = 4096


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        server = self.server
        with server.lock:
            server.requests.append((self.path, dict(self.headers)))
            fault = server.faults.pop(0) if server.faults else "behave"
        name, _, argument = fault.partition(":")
        try:
            getattr(self, name)(argument)
        except (ConnectionError, ssl.SSLError):
            self.close_connection = True

    def do_CONNECT(self):
        self.server.requests.append((self.path, {}))
        self.send_error(502)

    # --- faults -------------------------------------------------------------------------------------------------

    def behave(self, _=""):
        self.answer(*self.asked())

    def drop(self, argument):
        """Close after so many bytes of the body."""
        self.answer(*self.asked(), most=int(argument))
        self.close_connection = True

    def stall(self, argument):
        """Send so many bytes of the body, then nothing."""
        self.answer(*self.asked(), most=int(argument))
        self.server.released.wait(60)
        self.close_connection = True

    def hang(self, _):
        """Answer nothing at all."""
        self.server.released.wait(60)
        self.close_connection = True

    def slow(self, argument):
        """Pieces with a pause between them."""
        self.answer(*self.asked(), pause=float(argument))

    def ignore_range(self, _):
        self.answer(0, False)

    def other_part(self, _):
        """A part of the file, but not the one that was asked for."""
        start, _partial = self.asked()
        self.answer(max(0, start - 10), True)

    def other_total(self, _):
        start, _partial = self.asked()
        self.answer(start, True, total=len(self.server.data) + 7)

    def short(self, argument):
        """A file that is shorter than it was, said to be whole."""
        self.answer(0, False, data=self.server.data[: int(argument)])

    def long(self, argument):
        self.answer(0, False, data=self.server.data + bytes(int(argument)))

    def endless(self, _):
        """No length, and more than the file."""
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        data = self.server.data + b"more"
        for at in range(0, len(data), PIECE):
            piece = data[at : at + PIECE]
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")

    def nameless(self, _):
        """Neither length nor chunks: the end of the connection is the end of the file."""
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(self.server.data)
        self.close_connection = True

    def flip(self, argument):
        data = bytearray(self.server.data)
        data[int(argument)] ^= 1
        start, partial = self.asked()
        self.answer(start, partial, data=bytes(data))

    def page(self, _):
        self.text(200, "text/html; charset=utf-8", b"<html><body>Log in to the hotel</body></html>")

    def disguised_page(self, _):
        self.text(200, "application/octet-stream", b"\r\n<!DOCTYPE html><title>Log in</title>")

    def status(self, argument):
        self.text(int(argument), "text/plain", b"no")

    def beyond(self, _):
        """416: there are fewer bytes than asked for."""
        self.send_response(416)
        self.send_header("Content-Range", f"bytes */{len(self.server.data) // 2}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def redirect(self, argument):
        self.send_response(302)
        self.send_header("Location", argument or "/elsewhere")
        self.send_header("X-Linked-Etag", f'"{self.server.sha256}"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def change(self, _):
        """Another version of the file from now on."""
        self.server.serve(self.server.data[::-1])
        self.behave()

    # --- how to answer ------------------------------------------------------------------------------------------

    def asked(self):
        """The byte that was asked for, and whether a part is the right answer."""
        found = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        same = self.headers.get("If-Range", self.server.etag) == self.server.etag
        return (int(found[1]), True) if found and same else (0, False)

    def answer(self, start, partial, *, data=None, total=None, most=None, pause=0.0):
        data = self.server.data if data is None else data
        if partial and start >= len(data):
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(data)}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        body = data[start:]
        self.send_response(206 if partial else 200)
        if partial:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{total or len(data)}")
        if self.server.etag:
            self.send_header("ETag", self.server.etag)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        for at in range(0, len(body[:most]), PIECE):
            self.wfile.write(body[:most][at : at + PIECE])
            time.sleep(pause)

    def text(self, status, kind, body):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class FaultyServer(http.server.ThreadingHTTPServer):
    """Serves one file at every path; a context manager.

    Attributes:
        data: the file.
        etag: of it, with quotes; "" for none.
        faults: what to do to the next requests.
        requests: paths and headers of those that came.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, data: bytes, certificate: Path | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.lock = threading.Lock()
        self.faults: list[str] = []
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.released = threading.Event()
        self.scheme = "http"
        self.serve(data)
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)
            self.scheme = "https"

    def serve(self, data: bytes) -> None:
        """Have this file from now on."""
        self.data = data
        self.sha256 = hashlib.sha256(data).hexdigest()
        self.etag = f'"{self.sha256[:16]}"'

    def url(self, path: str = "/model.bin") -> str:
        return f"{self.scheme}://127.0.0.1:{self.server_port}{path}"

    def handle_error(self, *_):
        pass

    def __enter__(self):
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.released.set()
        self.shutdown()
        self.server_close()
        self._thread.join()
