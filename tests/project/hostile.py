"""Project files that mean harm, each as large as its trick allows.

python hostile.py    opens them all; prints how many were refused and the peak of this process's memory in MiB
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

LARGEST = 8 * 2**20


def many(item: bytes, count: int, opening: bytes, closing: bytes) -> bytes:
    return opening + b",".join([item] * count) + closing


def track(keys: bytes) -> bytes:
    return b'{"keydream":1,"timeline":{"rate":24,"length":1,"prompts":[{"name":"a","keys":[' + keys + b"]}]}}"


CORPUS: dict[str, Callable[[], bytes]] = {
    "lists without end": lambda: b"[" * LARGEST,
    "objects without end": lambda: b'{"a":' * (LARGEST // 5),
    "a hundred thousand levels": lambda: b"[" * 100_000 + b"]" * 100_000,
    "33 levels": lambda: b'{"keydream":1,"a":' + b"[" * 32 + b"]" * 32 + b"}",
    "levels that hide behind strings": lambda: b'{"keydream":1,"a":["\\"[",' + b"[" * 32 + b"]" * 32 + b"]}",
    "more than 8 MiB": lambda: b'{"keydream":1}' + b" " * LARGEST,
    "empty lists": lambda: b'{"keydream":1,"a":[' + b"[]," * (LARGEST // 3 - 20) + b"0]}",
    "empty objects": lambda: many(b'{"":{}}', 99_000, b'{"keydream":1,"a":[', b"]}"),
    "distinct keys": lambda: b'{"keydream":1,' + b",".join(b'"key%d":"ab"' % i for i in range(199_000)) + b"}",
    "numbers": lambda: many(b"1.5e5", 199_000, b'{"keydream":1,"a":[', b"]}"),
    "one key a hundred thousand times": lambda: many(b'"a":1', 100_000, b'{"keydream":1,', b"}"),
    "a string of 8 MiB": lambda: b'{"keydream":1,"name":"' + b"a" * (LARGEST - 30) + b'"}',
    "a key of 8 MiB": lambda: b'{"keydream":1,"' + b"a" * (LARGEST - 30) + b'":1}',
    "backslashes": lambda: b'{"keydream":1,"a":"' + b"\\" * (LARGEST - 30),
    "quotes": lambda: b'"' * LARGEST,
    "escaped quotes": lambda: b'{"keydream":1,"a":"' + b'\\"' * (LARGEST // 2 - 20),
    "strings without end": lambda: b'{"keydream":1,"a":[' + b'"a,' * 260_000,
    "a number of 8 million digits": lambda: b'{"keydream":' + b"9" * (LARGEST - 30) + b"}",
    "a fraction of 8 million digits": lambda: b'{"keydream":0.' + b"9" * (LARGEST - 30) + b"}",
    "an exponent of 8 million digits": lambda: b'{"keydream":1e' + b"9" * (LARGEST - 30) + b"}",
    "a thousand million frames": lambda: b'{"keydream":1,"timeline":{"rate":24,"length":1000000000}}',
    "a picture a million pixels wide": lambda: b'{"keydream":1,"width":1000000,"timeline":{"rate":24,"length":1}}',
    "a frame rate that is not a number": lambda: b'{"keydream":1,"timeline":{"rate":NaN,"length":1}}',
    "a frame rate with a huge exponent": lambda: b'{"keydream":1,"timeline":{"rate":"1e999999999","length":1}}',
    "a frame rate of a million digits": lambda: (
        b'{"keydream":1,"timeline":{"rate":"1' + b"0" * 90_000 + b'","length":1}}'
    ),
    "an easing of a hundred thousand digits": lambda: track(
        b'{"frame":0,"prompt":"a","ease":"bezier(0.' + b"1" * 90_000 + b',0,1,x)"}'
    ),
    "more keys than a track takes": lambda: track(
        b",".join(b'{"frame":%d,"prompt":"a"}' % frame for frame in range(60_000))
    ),
    "wrong keys": lambda: track(many(b'{"frame":-1,"prompt":3}', 60_000, b"", b"")),
    "a prompt of a hundred thousand terms": lambda: track(many(b'"a"', 190_000, b'{"frame":0,"prompt":[', b"]}")),
    "NUL bytes": lambda: b"\0" * LARGEST,
    "UTF-16": lambda: '{"keydream": 1}'.encode("utf-16"),
    "a path out of the folder": lambda: (
        b'{"keydream":1,"assets":[{"id":"a","path":"../../.ssh/id"}],"timeline":{"rate":24,"length":1}}'
    ),
    "an absolute path": lambda: (
        b'{"keydream":1,"assets":[{"id":"a","path":"/etc/passwd"}],"timeline":{"rate":24,"length":1}}'
    ),
    "a drive": lambda: b'{"keydream":1,"assets":[{"id":"a","path":"C:secret.png"}],"timeline":{"rate":24,"length":1}}',
}


def refused() -> Iterator[str]:
    from studio.base.errors import ProjectError
    from studio.project.format import loads

    for name, make in CORPUS.items():
        try:
            loads(make())
        except ProjectError:
            yield name


if __name__ == "__main__":
    count = len(list(refused()))
    # Not resource.ru_maxrss: it starts from the size of the program that started this one.
    peak = re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())
    sys.stdout.write(f"{count} {int(peak[1]) // 1024}\n")
