"""The project inside an export, so that the film can be opened and changed again.

PNG, APNG    an iTXt chunk with the keyword `keydream` before the picture
GIF          an application extension `KEYDREAM1.0` at the end
SVG          the element `project` of the namespace `XMP_NAMESPACE` in `<metadata>`, before everything else
WebP         an XMP packet with the property `project` of the namespace `XMP_NAMESPACE`
MP4, MOV     the metadata key `keydream` in moov/udta/meta
WebM         the tag `KEYDREAM`
a sequence   a file `NAME.keydream` in the folder NAME, or beside the frames `NAME_####.png.keydream`
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO
from xml.sax.saxutils import escape, unescape

from studio.base.errors import FileError
from studio.export import chunks
from studio.export.chunks import LIMIT, Chunk, MalformedError
from studio.export.presets import is_pattern

KEY = "keydream"
"""The name of the project in formats that name their texts."""

GIF_APPLICATION = b"KEYDREAM1.0"
XMP_NAMESPACE = "https://keydream.app/xmp/1.0/"
SIDECAR = ".keydream"
"""What is added to the name of an export to name the project beside it."""

_COMPRESSED_TEXT = 1 << 20  # Pillow takes a compressed text that is longer for an attack and refuses the picture
_PNG = b"\x89PNG\r\n\x1a\n"
_OPENING, _CLOSING = b"<keydream:project>", b"</keydream:project>"
_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def storable(project_json: str) -> str:
    """`project_json` with JSON escapes for the characters that XML, UTF-8 or C strings cannot hold."""
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", project_json)


def fits(project_json: str) -> bool:
    """Whether `read_embedded` would give it back: at most `LIMIT` bytes, also as XML."""
    return len(escape(project_json).encode()) + 1024 <= LIMIT


def png_chunk(project_json: str) -> bytes:
    """The whole iTXt chunk (PNG specification, 11.3.3.4): keyword, compressed with zlib when small, no language."""
    data = project_json.encode()
    compress = len(data) <= _COMPRESSED_TEXT
    body = KEY.encode() + (b"\0\1\0\0\0" + zlib.compress(data, 9) if compress else b"\0\0\0\0\0" + data)
    checksum = zlib.crc32(b"iTXt" + body)
    return struct.pack(">I", len(body)) + b"iTXt" + body + struct.pack(">I", checksum)


def gif_extension(project_json: str) -> bytes:
    """The whole application extension, in sub-blocks of at most 255 bytes."""
    data = project_json.encode()
    blocks = (data[start : start + 255] for start in range(0, len(data), 255))
    return b"!\xff\x0b" + GIF_APPLICATION + b"".join(bytes([len(block)]) + block for block in blocks) + b"\0"


def xmp_packet(project_json: str) -> bytes:
    """The XMP packet for WebP."""
    return (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        b'<rdf:Description rdf:about="" xmlns:keydream="' + XMP_NAMESPACE.encode() + b'">'
        b"%b%b%b</rdf:Description></rdf:RDF></x:xmpmeta>" % (_OPENING, escape(project_json).encode(), _CLOSING)
    )


def svg_metadata(project_json: str) -> str:
    """The `<metadata>` element for SVG."""
    body = escape(project_json)
    namespace = f'xmlns:keydream="{XMP_NAMESPACE}"'
    return f"<metadata {namespace}>{_OPENING.decode()}{body}{_CLOSING.decode()}</metadata>\n"


def sidecar(out: Path, *, folder: bool) -> Path:
    """Where the project of a sequence at `out` is kept: inside when `out` is a folder, beside it otherwise."""
    return (out / out.name if folder else out).with_name(out.name + SIDECAR)


def read_embedded(path: Path) -> str | None:
    """The project (JSON text) inside or beside an export, or None when there is none that can be read.

    Args:
        path: a file of any format that Keydream writes, told by its content; a folder of frames; or the pattern
            `name_####.png` of a sequence.

    The text is whatever the file holds, at most 8 MiB; it may be hostile and must be parsed as such. Files that are
    broken, cut short or contradict themselves give None.

    Raises:
        FileError: there is no such file, or it may not be read.
    """
    try:
        if path.is_dir():
            return _folder(path)
        if is_pattern(path) and not path.exists():
            return _beside(sidecar(path, folder=False))
        with path.open("rb") as file:
            return _file(file)
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        raise FileError(
            f"{path} could not be read",
            "It does not exist" if missing else error.strerror or str(error),
            "Check its name" if missing else "Check its permissions and the drive",
        ) from error


def _folder(path: Path) -> str | None:
    named = sidecar(path, folder=True)
    others = sorted(path.glob("*" + SIDECAR))
    chosen = named if named in others else others[0] if len(others) == 1 else None
    return None if chosen is None else _beside(chosen)


def _beside(path: Path) -> str | None:
    with path.open("rb") as file:
        return _text(file.read(LIMIT + 1))


def _file(file: BinaryIO) -> str | None:
    head = file.read(12)
    try:
        for magic, at, reader in _READERS:
            if head[at : at + len(magic)] == magic:
                data = reader(file)
                return None if data is None else _text(data)
    except (MalformedError, struct.error, zlib.error):
        return None
    return None


def _text(data: bytes) -> str | None:
    if len(data) > LIMIT:
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _from_png(file: BinaryIO) -> bytes | None:
    for chunk in chunks.png_chunks(file):
        if chunk.name != b"iTXt" or chunk.size > LIMIT:
            continue
        body = chunks.content(file, chunk)
        keyword, _, rest = body.partition(b"\0")
        if keyword != KEY.encode() or len(rest) < 4:
            continue
        checksum = chunks.exactly(file, 4)
        if struct.unpack(">I", checksum)[0] != zlib.crc32(b"iTXt" + body):
            return None
        text = rest[2:].split(b"\0", 2)[-1]  # after the language and the translated keyword
        return _inflated(text) if rest[0] == 1 else text
    return None


def _inflated(data: bytes) -> bytes | None:
    inflater = zlib.decompressobj()
    text = inflater.decompress(data, LIMIT + 1)
    return text if inflater.eof else None  # cut short, or a bomb


def _from_gif(file: BinaryIO) -> bytes | None:
    return chunks.gif_application(file, GIF_APPLICATION)


def _from_webp(file: BinaryIO) -> bytes | None:
    outer = Chunk(b"RIFF", 12, chunks.whole(file).stop - 12)
    for chunk in chunks.riff_chunks(file, outer):
        if chunk.name == b"XMP ":
            return _from_xml(chunks.content(file, chunk))
    return None


def _from_svg(file: BinaryIO) -> bytes | None:
    file.seek(0)
    return _from_xml(file.read(LIMIT + 1024))


def _from_xml(data: bytes) -> bytes | None:
    start, stop = data.find(_OPENING), data.find(_CLOSING)
    if 0 <= start < stop:  # found as bytes: an XML parser could be made to expand entities without end
        return unescape(data[start + len(_OPENING) : stop].decode("utf-8", "replace")).encode()
    return None


def _from_mp4(file: BinaryIO) -> bytes | None:
    meta = _descend(file, chunks.whole(file), (b"moov", b"udta", b"meta"))
    if meta is None or meta.size < 4:
        return None
    inside = Chunk(b"", meta.start + 4, meta.size - 4)  # after the version
    keys, values = _descend(file, inside, (b"keys",)), _descend(file, inside, (b"ilst",))
    if keys is None or values is None or keys.size < 8:
        return None
    for number, key in enumerate(chunks.boxes(file, Chunk(b"", keys.start + 8, keys.size - 8)), start=1):
        if key.name == b"mdta" and key.size == len(KEY) and chunks.content(file, key) == KEY.encode():
            data = _descend(file, values, (struct.pack(">I", number), b"data"))
            return None if data is None else chunks.content(file, data, LIMIT + 8)[8:]  # after the type and the locale
    return None


def _descend(file: BinaryIO, outer: Chunk, names: tuple[bytes, ...]) -> Chunk | None:
    found: Chunk | None = outer
    for name in names:
        found = found and chunks.child(chunks.boxes(file, found), name)
    return found


_SEGMENT, _TAGS, _TAG, _SIMPLE = b"\x18\x53\x80\x67", b"\x12\x54\xc3\x67", b"\x73\x73", b"\x67\xc8"
_TAG_NAME, _TAG_STRING = b"\x45\xa3", b"\x44\x87"


def _from_webm(file: BinaryIO) -> bytes | None:
    for simple in _below(file, chunks.whole(file), (_SEGMENT, _TAGS, _TAG, _SIMPLE)):
        name = chunks.child(chunks.elements(file, simple), _TAG_NAME)
        text = chunks.child(chunks.elements(file, simple), _TAG_STRING)
        if name and text and name.size == len(KEY) and chunks.content(file, name).lower() == KEY.encode():
            return chunks.content(file, text)
    return None


def _below(file: BinaryIO, outer: Chunk, names: tuple[bytes, ...]) -> Iterator[Chunk]:
    """Every element at the end of a path of names, in the file's order."""
    if not names:
        yield outer
        return
    for inner in chunks.elements(file, outer):
        if inner.name == names[0]:
            yield from _below(file, inner, names[1:])


_READERS: tuple[tuple[bytes, int, Callable[[BinaryIO], bytes | None]], ...] = (
    (_PNG, 0, _from_png),
    (b"GIF8", 0, _from_gif),
    (b"WEBP", 8, _from_webp),
    (b"<svg", 0, _from_svg),
    (b"ftyp", 4, _from_mp4),
    (b"\x1a\x45\xdf\xa3", 0, _from_webm),
)
