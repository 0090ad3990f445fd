"""A process of its own that downloads a file or fetches a model, for tests with several, or that kill one.

fetch_and_report.py download URL SHA256 PART, or fetch URL SHA256: prints notices as they come, then "done".
"""

from __future__ import annotations

import sys
from pathlib import Path

from studio.base.cancel import never
from studio.base.progress import silent
from studio.models.catalogue import Entry
from studio.models.download import download
from studio.models.fetching import fetch
from studio.models.offer import Mirror, Offer


def said(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


mode, url, sha256, *rest = sys.argv[1:]
mirrors = (Mirror(url, sha256),)
if mode == "download":
    download(mirrors, Path(rest[0]), what="the file", token=never(), report=silent, notice=said)
else:
    offer = Offer(mirrors, (), "", (), (), 1000, 1000)
    entry = Entry("shared", "clip", Path(), "", 1000, "MIT", "for a test", False, offer)
    fetch(entry, prove=lambda weights: None, token=never(), report=silent, notice=said)
said("done")
