"""Files of foreign weights opened without running anything of them: torch's three formats, and safetensors.

`torch.save` writes a zip (since 2020) or pickles one behind the other with the numbers after them (before);
`torch.jit.save` a zip that also holds code, which is not looked at. Tensors are read one by one, when they are asked
for, so that a checkpoint may be larger than the memory.
"""

from __future__ import annotations

import contextlib
import io
import math
import struct
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import torch

from studio.base.errors import ModelError
from studio.models import legacy
from studio.models.legacy import StorageRef, TensorRef, Thing
from studio.models.loading import Lazy, lazily

_MOST_PICKLE = 64 << 20  # bytes; that of a full training state is some megabytes
_MOST_ENTRIES = 100_000
_DEEPEST = 64
_MOST_SHARED = 4  # times that a number may belong to tensors, over all; a few networks tie some of their weights
_MAGIC = 0x1950A86A20F9469CFC6C  # torch.serialization.MAGIC_NUMBER
_PROTOCOL = 1001  # torch.serialization.PROTOCOL_VERSION

_DTYPES = {
    "FloatStorage": torch.float32,
    "DoubleStorage": torch.float64,
    "HalfStorage": torch.float16,
    "BFloat16Storage": torch.bfloat16,
    "LongStorage": torch.int64,
    "IntStorage": torch.int32,
    "ShortStorage": torch.int16,
    "CharStorage": torch.int8,
    "ByteStorage": torch.uint8,
    "BoolStorage": torch.bool,
}

_FIX = "Fetch the file again, or look for the model's safetensors version"

Read = Callable[[StorageRef], bytes]


@dataclass(frozen=True, slots=True)
class Archive:
    """A file of weights, open.

    Attributes:
        form: "safetensors", "torch", "torchscript" or "old torch".
        metadata: text entries of a safetensors file's header.
        tensors: by their names; those of a checkpoint's mappings and modules are joined with dots ("state_dict.w").
    """

    form: str
    metadata: Mapping[str, str]
    tensors: Mapping[str, Lazy]


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """A file of weights, for as long as the block lasts.

    Raises:
        ModelError: it is missing, damaged, hostile or no such file; also when a tensor is read from it.
    """
    what = f"The weights in {path.name} could not be read"
    try:
        with path.open("rb") as file:
            head = file.read(9)
            file.seek(0)
            if head[:4] == b"PK\x03\x04":
                with _zip(file) as archive:
                    yield _zipped(archive, path.stat().st_size)
            elif head[:2] == b"\x80\x02":
                yield _stacked(file, path.stat().st_size)
            elif head[8:9] == b"{":
                with lazily(path, name=path.name) as (metadata, tensors):
                    yield Archive("safetensors", metadata, tensors)
            else:
                raise _Unreadable("it is neither safetensors nor a checkpoint of PyTorch")
    except FileNotFoundError as error:
        raise ModelError(what, f"There is no file {path}", "Check its name") from error
    except _Unreadable as error:
        raise ModelError(what, f"{path}: {error}", _FIX) from error
    except (legacy.PickleFault, zipfile.BadZipFile, EOFError, struct.error) as error:
        raise ModelError(what, f"{path} is damaged, or no checkpoint: {error}", _FIX) from error
    except OSError as error:
        raise ModelError(what, f"{path} could not be read: {error.strerror or error}", "Check the drive") from error


class _Unreadable(Exception):  # noqa: N818
    """Why a file is not read."""


def _zip(file: IO[bytes]) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except (RuntimeError, ValueError) as error:  # a version of the format that Python does not know, or no names
        raise _Unreadable(f"it is a damaged zip ({error})") from error


def _entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    try:
        return archive.read(entry)
    except (RuntimeError, ValueError) as error:
        raise _Unreadable(f"it is a damaged zip ({error})") from error


def _zipped(archive: zipfile.ZipFile, size: int) -> Archive:
    entries = archive.infolist()
    pickles = [entry for entry in entries if entry.filename.endswith("/data.pkl") and entry.filename.count("/") == 1]
    if len(entries) > _MOST_ENTRIES or len(pickles) != 1:
        raise _Unreadable("it is a zip, but no checkpoint of PyTorch")
    names = {entry.filename: entry for entry in entries}
    if len(names) != len(entries):
        raise _Unreadable("it has several files of one name in it")
    root = pickles[0].filename.removesuffix("data.pkl")
    needed = [entry for entry in entries if entry.filename.startswith(f"{root}data/")] + pickles
    order = names.get(f"{root}byteorder")
    needed += [order] if order else []
    if any(entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & 1 for entry in needed):
        raise _Unreadable("its tensors are compressed, as PyTorch never does")
    if sum(entry.file_size for entry in needed) > size or pickles[0].file_size > _MOST_PICKLE:
        raise _Unreadable("it claims to hold more than its size")
    if order and _entry(archive, order)[:16] != b"little":
        raise _Unreadable("it was written on a machine of another byte order")

    def numbers(storage: StorageRef) -> bytes:
        entry = names.get(f"{root}data/{storage.key}")
        wanted = storage.count * _dtype(storage).itemsize
        if entry is None or entry.file_size != wanted:
            raise _Unreadable(f"the numbers {storage.key} are missing from it, or are not {wanted} bytes")
        return _entry(archive, entry)

    found = legacy.read(io.BytesIO(_entry(archive, pickles[0])))
    script = any(name.startswith(f"{root}code/") for name in names)
    return Archive("torchscript" if script else "torch", {}, _tensors(found, numbers))


def _stacked(file: IO[bytes], size: int) -> Archive:
    head = io.BytesIO(file.read(_MOST_PICKLE))
    magic, protocol, system = (legacy.read(head) for _ in range(3))
    if magic != _MAGIC or protocol != _PROTOCOL or not isinstance(system, dict):
        raise _Unreadable("it is a pickle, but no checkpoint of PyTorch")
    if system.get("little_endian") is not True:
        raise _Unreadable("it was written on a machine of another byte order")
    found, keys = legacy.read(head), legacy.read(head)
    storages = {tensor.storage.key: tensor.storage for _, tensor in _walk(found)}
    places: dict[str, int] = {}
    at = head.tell()
    for key in keys if isinstance(keys, list) else []:
        file.seek(at)
        (count,) = struct.unpack("<q", file.read(8))
        if key not in storages or count != storages[key].count or at + 8 > size:
            raise _Unreadable("the list of its numbers does not fit its tensors")
        places[key] = at + 8
        at += 8 + count * _dtype(storages[key]).itemsize
    if at > size or places.keys() != storages.keys():
        raise _Unreadable("it is cut short")

    def numbers(storage: StorageRef) -> bytes:
        file.seek(places[storage.key])
        return file.read(storage.count * _dtype(storage).itemsize)

    return Archive("old torch", {}, _tensors(found, numbers))


def _tensors(found: object, read: Read) -> dict[str, Lazy]:
    def lazy(tensor: TensorRef) -> Lazy:
        dtype = _dtype(tensor.storage)

        def value() -> torch.Tensor:
            data = bytearray(read(tensor.storage))
            flat = torch.frombuffer(data, dtype=dtype) if data else torch.zeros(0, dtype=dtype)
            if flat.numel() != tensor.storage.count:
                raise _Unreadable("it is cut short")
            return flat.as_strided(tensor.size, tensor.stride, tensor.offset).contiguous()

        return Lazy(dtype, tensor.size, value)

    tensors, storages, all_numbers = {}, {}, 0
    for name, tensor in _walk(found):
        numbers = math.prod(tensor.size)
        if numbers > tensor.storage.count:
            raise _Unreadable(f"the tensor {name} claims to hold more numbers than there are")
        tensors[name] = lazy(tensor)
        storages[tensor.storage.key] = tensor.storage.count
        all_numbers += numbers
    if not tensors:
        raise _Unreadable("it holds no tensors")
    if all_numbers > _MOST_SHARED * sum(storages.values()):
        raise _Unreadable("its tensors claim to hold more numbers than there are")
    return tensors


def _walk(found: object) -> Iterator[tuple[str, TensorRef]]:
    """All tensors in mappings and in the attributes of modules, with their names; what is in lists is no weight."""
    waiting: list[tuple[str, object, int]] = [("", found, 0)]
    seen: set[int] = set()
    while waiting:
        name, value, depth = waiting.pop()
        if isinstance(value, TensorRef):
            yield name, value
            continue
        inside: Any = value.state if isinstance(value, Thing) else value
        if not isinstance(inside, dict) or depth > _DEEPEST or id(inside) in seen:
            continue
        seen.add(id(inside))
        for key, part in inside.items():
            if isinstance(key, str):
                waiting.append((f"{name}.{key}" if name else key, part, depth + 1))


def _dtype(storage: StorageRef) -> torch.dtype:
    if storage.kind not in _DTYPES:
        raise _Unreadable(f"it holds numbers of the kind {storage.kind[:40]}, which no model here uses")
    return _DTYPES[storage.kind]
