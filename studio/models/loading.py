"""Reading weights without running code. The only module that opens weight files.

Keydream's own format is safetensors with two entries in the header's metadata: `kind` ("clip", "vqgan") and `config`
(JSON: how to build the network). Pickles are refused, since reading one can run any code that it carries;
`studio.models.converting` reads theirs as data.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open

from studio.base.errors import ModelError

MAX_HEADER = 4 << 20
"""Bytes of header that are read at most; the format itself allows 100 MB."""

TOKENIZER = "tokenizer.json"
"""The tensor of a SigLIP's weights that is no part of its network, but the bytes of the file of that name."""

_REFETCH = "Fetch or train the model again, or choose another"


@dataclass(frozen=True, slots=True)
class Weights:
    """One network's weights, in main memory.

    Attributes:
        name: what the catalogue calls it.
        kind: what it is: "clip", "vqgan" or "biggan".
        config: how to build the network; its keys depend on the kind.
        tensors: parameter name to tensor, as stored (usually fp16).
        sha256: of the whole file, hex: the identity that frames are keyed by.
    """

    name: str
    kind: str
    config: Mapping[str, Any]
    tensors: Mapping[str, torch.Tensor]
    sha256: str


@dataclass(frozen=True, slots=True)
class Lazy:
    """A tensor in a file that is still open.

    Attributes:
        dtype: of its numbers.
        shape: of it.
        read: gives it, in main memory and contiguous; may raise what the opened file's errors are.
    """

    dtype: torch.dtype
    shape: tuple[int, ...]
    read: Callable[[], torch.Tensor]


@contextlib.contextmanager
def lazily(path: Path, *, name: str) -> Iterator[tuple[Mapping[str, str], Mapping[str, Lazy]]]:
    """A safetensors file of anybody's: the text in its header, and its tensors, read one by one while the block lasts.

    Raises:
        ModelError: missing, pickled or damaged.
    """
    what = f"The model {name} could not be used"
    try:
        _check_head(path, what)
        with safe_open(path, framework="pt", device="cpu") as file:
            tensors = {}
            for key in file.keys():  # noqa: SIM118 (not a mapping)
                found = file.get_slice(key)
                dtype = _DTYPES.get(found.get_dtype())
                if dtype is None:
                    raise ModelError(what, f"The tensor {key} in {path} is of the kind {found.get_dtype()}", _REFETCH)
                tensors[key] = Lazy(dtype, tuple(found.get_shape()), functools.partial(file.get_tensor, key))
            yield file.metadata() or {}, tensors
    except FileNotFoundError as error:
        raise ModelError(what, f"There is no file {path}", _REFETCH) from error
    except SafetensorError as error:
        raise ModelError(what, f"{path} is damaged: {error}", _REFETCH) from error


_DTYPES = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "I64": torch.int64,
    "I32": torch.int32,
    "I16": torch.int16,
    "I8": torch.int8,
    "U8": torch.uint8,
    "BOOL": torch.bool,
}


def read_weights(path: Path, *, name: str, expect_kind: str, expect_sha256: str = "") -> Weights:
    """Read a safetensors file completely and check it.

    Args:
        path: the file.
        name: what to call it in messages.
        expect_kind: the kind that is needed here.
        expect_sha256: hex digest that the file must have; empty when none is known.

    Raises:
        ModelError: missing, pickled, damaged, of another kind, or with values that are not finite.
    """
    what = f"The model {name} could not be used"
    try:
        digest = _check_bytes(path, what)
        with safe_open(path, framework="pt", device="cpu") as file:
            metadata = file.metadata() or {}
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 (not a mapping)
    except FileNotFoundError as error:
        raise ModelError(what, f"There is no file {path}", _REFETCH) from error
    except OSError as error:
        raise ModelError(what, f"{path} could not be read: {error.strerror or error}", "Check the drive") from error
    except SafetensorError as error:
        raise ModelError(what, f"{path} is damaged: {error}", _REFETCH) from error
    if expect_sha256 and digest != expect_sha256:
        raise ModelError(what, f"{path} is not the file it should be: its SHA-256 is {digest[:12]}…", _REFETCH)
    _check_kind(metadata, expect_kind, what, path)
    config = _config(metadata.get("config", ""), what, path)
    for key, tensor in tensors.items():
        if tensor.is_complex():
            raise ModelError(what, f"The tensor {key} in {path} holds complex numbers", _REFETCH)
        # in single precision, as which it will be used: what is too large for that is infinite there
        if tensor.is_floating_point() and not bool(torch.isfinite(tensor.float()).all()):
            raise ModelError(what, f"The tensor {key} in {path} has values that are not finite", _REFETCH)
    return Weights(name, expect_kind, config, tensors, digest)


def glance(path: Path, *, name: str, expect_kind: str) -> Weights:
    """What a file of weights says of itself, and its tokenizer if it holds one: at once, however large it is.

    Neither its hash nor its other tensors are looked at; `sha256` is empty.

    Raises:
        ModelError: missing, pickled, damaged at its beginning, or of another kind.
    """
    what = f"The model {name} could not be used"
    try:
        with lazily(path, name=name) as (metadata, tensors):
            _check_kind(metadata, expect_kind, what, path)
            found = {TOKENIZER: tensors[TOKENIZER].read()} if TOKENIZER in tensors else {}
            return Weights(name, expect_kind, _config(metadata.get("config", ""), what, path), found, "")
    except OSError as error:
        raise ModelError(what, f"{path} could not be read: {error.strerror or error}", "Check the drive") from error


def _check_kind(metadata: Mapping[str, str], expect_kind: str, what: str, path: Path) -> None:
    if (kind := metadata.get("kind", "")) != expect_kind:
        raise ModelError(
            what,
            f"{path} holds {kind or 'an unnamed kind of model'}, and {expect_kind} is needed",
            "Choose another model",
        )


def _check_bytes(path: Path, what: str) -> str:
    """The file's SHA-256, after looking at its first bytes."""
    _check_head(path, what)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_head(path: Path, what: str) -> None:
    """Do nothing, or refuse a file for its first bytes: a pickle or a zip must not reach any reader."""
    with path.open("rb") as file:
        head = file.read(9)
        if head[:2] in (b"PK", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05"):
            raise ModelError(
                what,
                f"{path} is a pickled checkpoint, and reading one can run any code that it carries",
                "Add it with `keydream models add`, which converts it to safetensors without running it",
            )
        length = struct.unpack("<Q", head[:8])[0] if len(head) == 9 else 0
        if head[8:9] != b"{" or not 0 < length <= MAX_HEADER:
            raise ModelError(what, f"{path} is no safetensors file, or it is cut short", _REFETCH)


def _config(text: str, what: str, path: Path) -> Mapping[str, Any]:
    try:
        config = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ModelError(what, f"The header of {path} does not say how to build the network", _REFETCH) from error
    if not isinstance(config, dict):
        raise ModelError(what, f"The header of {path} does not describe a network", _REFETCH)
    return config


def match(tensors: Mapping[str, torch.Tensor], module: torch.nn.Module, *, name: str) -> None:
    """Load `tensors` into `module`, in the module's own precision; names and shapes must agree exactly.

    Raises:
        ModelError: naming the tensors that are missing, left over or of another shape.
    """
    wanted = module.state_dict()
    missing = sorted(wanted.keys() - tensors.keys())
    unknown = sorted(tensors.keys() - wanted.keys())
    shapes = [
        f"{key} is {list(tensors[key].shape)}, not {list(wanted[key].shape)}"
        for key in sorted(wanted.keys() & tensors.keys())
        if wanted[key].shape != tensors[key].shape
    ]
    faults = [
        *(
            f"{label} {', '.join(keys[:3])}{' …' if len(keys) > 3 else ''}"
            for label, keys in (("missing:", missing), ("unknown:", unknown))
            if keys
        ),
        *shapes[:3],
    ]
    if faults:
        raise ModelError(
            f"The model {name} could not be used", f"Its weights do not fit its network ({'; '.join(faults)})", _REFETCH
        )
    module.load_state_dict(dict(tensors))
