"""Pickled checkpoints read as data: a small machine for pickle's instructions that knows tensors and containers alone.

A pickle is a program, and Python's own reader of pickles imports and calls whatever it names. This one imports nothing
and calls nothing. Names stand for themselves (`Name`); where the program would call, build or fill an object, an inert
`Thing` keeps what it would have been given. So the Lightning checkpoints of taming-transformers, with their callbacks,
and OpenAI's TorchScript archives give up their tensors, and no more.

Formats: `pickletools` of the standard library says what the instructions mean; `torch/serialization.py` and
`torch/_utils.py` how tensors are written with them.
"""

from __future__ import annotations

import pickletools
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import IO, Any

MAX_INSTRUCTIONS = 10_000_000
"""How many instructions are followed at most; checkpoints of full training states have some hundred thousand."""

_TENSORS = {
    "torch._utils._rebuild_tensor_v2",
    "torch._utils._rebuild_tensor",
    "torch._utils._rebuild_parameter",
}


class PickleFault(Exception):  # noqa: N818 (it is the file's)
    """A pickle that is damaged, or that asks for what is not done here."""


@dataclass(frozen=True, slots=True)
class Name:
    """Something that a pickle would have imported, such as "torch.FloatStorage"."""

    path: str


@dataclass(slots=True, eq=False)
class Thing:
    """Something that a pickle would have made, by calling, which nobody did.

    Attributes:
        maker: what it would have called.
        given: with what arguments.
        state: what it would have been set to, or None.
        items: what it would have been filled with, as a mapping.
        members: likewise, as a sequence.
    """

    maker: object
    given: object
    state: object = None
    items: dict[Hashable, object] = field(default_factory=dict)
    members: list[object] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class StorageRef:
    """Numbers that lie elsewhere in the file.

    Attributes:
        kind: torch's name of the storage's class, such as "FloatStorage".
        key: which they are.
        count: how many.
    """

    kind: str
    key: str
    count: int


@dataclass(frozen=True, slots=True)
class TensorRef:
    """A tensor that was not read yet: a view of a storage."""

    storage: StorageRef
    offset: int
    size: tuple[int, ...]
    stride: tuple[int, ...]


def read(stream: IO[bytes]) -> object:
    """What the next pickle of a stream describes, made of None, numbers, text, bytes, containers and this module's own.

    The stream ends up behind the pickle.

    Raises:
        PickleFault: it is damaged, or asks for what is not done here.
    """
    machine = _Machine()
    try:
        for number, (instruction, argument, _) in enumerate(pickletools.genops(stream)):
            if number > MAX_INSTRUCTIONS:
                raise PickleFault("it has too many instructions")
            machine.follow(instruction.name, argument)
        return machine.result()
    except PickleFault:
        raise
    except (ValueError, TypeError, IndexError, KeyError, AttributeError, OverflowError, RecursionError) as error:
        raise PickleFault(f"it is damaged ({type(error).__name__}: {str(error)[:100]})") from error


_MARK = object()


class _Machine:
    def __init__(self) -> None:
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}
        self._copied = 0

    def result(self) -> object:
        (value,) = self._stack
        return value

    def follow(self, name: str, argument: Any) -> None:  # noqa: ANN401 (what pickletools found)
        """Do what one instruction says."""
        if name in _LITERALS:
            self._stack.append(argument)
        elif name in _CONSTANTS:
            self._stack.append(_CONSTANTS[name]())
        elif name in ("PUT", "BINPUT", "LONG_BINPUT"):
            self._memo[argument] = self._stack[-1]
        elif name == "MEMOIZE":
            self._memo[len(self._memo)] = self._stack[-1]
        elif name in ("GET", "BINGET", "LONG_BINGET"):
            self._stack.append(self._memo[argument])
        elif name == "GLOBAL":
            self._stack.append(Name(argument.replace(" ", ".")))
        elif name in _METHODS:
            _METHODS[name](self)
        elif name not in ("PROTO", "FRAME", "STOP"):
            raise PickleFault(f"it has the instruction {name}, which no checkpoint needs")

    def pop(self) -> Any:  # noqa: ANN401 (whatever a pickle may hold)
        value = self._stack.pop()
        if value is _MARK:
            raise PickleFault("it is damaged (a mark where a value should be)")
        return value

    def since_mark(self) -> list[Any]:
        values = []
        while (value := self._stack.pop()) is not _MARK:
            values.append(value)
        return values[::-1]

    def mark(self) -> None:
        self._stack.append(_MARK)

    def drop(self) -> None:
        self._stack.pop()

    def duplicate(self) -> None:
        self._stack.append(self._stack[-1])

    def tuple_of(self, count: int) -> None:
        values = [self.pop() for _ in range(count)]
        self._stack.append(tuple(values[::-1]))

    def gather(self, make: Callable[[list[Any]], Any]) -> None:
        self._stack.append(make(self.since_mark()))

    def append(self) -> None:
        value = self.pop()
        _members(self._stack[-1]).append(value)

    def appends(self) -> None:
        values = self.since_mark()
        _members(self._stack[-1]).extend(values)

    def add(self) -> None:
        values = self.since_mark()
        self._stack[-1].update(map(_key, values))

    def set_item(self) -> None:
        value, key = self.pop(), self.pop()
        _items(self._stack[-1])[_key(key)] = value

    def set_items(self) -> None:
        values = self.since_mark()
        _items(self._stack[-1]).update(_pairs(values))

    def stack_global(self) -> None:
        name, module = self.pop(), self.pop()
        self._stack.append(Name(f"{module}.{name}"))

    def call(self) -> None:
        given, maker = self.pop(), self.pop()
        if maker == Name("collections.OrderedDict") and isinstance(given, tuple):
            pairs = list(given[0]) if given else []
            self._copied += len(pairs)
            if self._copied > MAX_INSTRUCTIONS:
                raise PickleFault("it copies without end")
            self._stack.append({_key(key): value for key, value in pairs})
        else:
            self._stack.append(_made(maker, given))

    def call_with_names(self) -> None:
        names, given, maker = self.pop(), self.pop(), self.pop()
        self._stack.append(Thing(maker, (given, names)))

    def build(self) -> None:
        state = self.pop()
        built = self._stack[-1]
        if isinstance(built, Thing):
            built.state = state  # of anything else (torch sets `_metadata` of an OrderedDict) it is not needed

    def persistent(self) -> None:
        match self.pop():
            case ("storage", Name(path), str(key), _, int(count), *rest) if rest in ([], [None]) and count >= 0:
                self._stack.append(StorageRef(path.rpartition(".")[2], key, count))
            case _:
                raise PickleFault("it refers to something outside of it that is no storage")


def _made(maker: object, given: object) -> object:
    """What a call would have given, where that is a tensor; a `Thing` otherwise."""
    if not isinstance(maker, Name) or not isinstance(given, tuple) or maker.path not in _TENSORS:
        return Thing(maker, given)
    if maker.path == "torch._utils._rebuild_parameter":
        return given[0]
    storage, offset, size, stride = given[:4]
    if not isinstance(storage, StorageRef) or not isinstance(size, tuple) or not isinstance(stride, tuple):
        raise PickleFault("it describes a tensor that has no storage")
    numbers = (offset, *size, *stride)
    if len(size) != len(stride) or not all(type(number) is int and number >= 0 for number in numbers):
        raise PickleFault("it describes a tensor of no possible shape")
    if all(size):
        last = offset + sum((length - 1) * step for length, step in zip(size, stride, strict=True))
        if last >= storage.count:
            raise PickleFault("it describes a tensor that reaches beyond its storage")
    return TensorRef(storage, offset, size, stride)


def _items(container: object) -> dict[Hashable, object]:
    if isinstance(container, Thing):
        return container.items
    if not isinstance(container, dict):
        raise PickleFault("it fills something that is no mapping")
    return container


def _members(container: object) -> list[object]:
    if isinstance(container, Thing):
        return container.members
    if not isinstance(container, list):
        raise PickleFault("it fills something that is no list")
    return container


def _pairs(values: list[Any]) -> dict[Hashable, object]:
    return dict(zip(map(_key, values[::2]), values[1::2], strict=True))


def _key(value: object) -> Hashable:
    """A key that is no tuple of tuples: those of the same tuples again and again take for ever to hash."""
    parts = value if isinstance(value, tuple) else (value,)
    if all(part is None or isinstance(part, str | bytes | int | float | Name | Thing) for part in parts):
        return value
    raise PickleFault("it uses something as a key that no checkpoint does")


_LITERALS = {
    *("INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT"),
    *("STRING", "BINSTRING", "SHORT_BINSTRING", "UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8"),
    *("BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8"),
}
_CONSTANTS: dict[str, Callable[[], object]] = {
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "EMPTY_DICT": dict,
    "EMPTY_LIST": list,
    "EMPTY_TUPLE": tuple,
    "EMPTY_SET": set,
}
_METHODS: dict[str, Callable[[_Machine], None]] = {
    "MARK": _Machine.mark,
    "POP": _Machine.drop,
    "POP_MARK": lambda machine: machine.since_mark().clear(),
    "DUP": _Machine.duplicate,
    "TUPLE": lambda machine: machine.gather(tuple),
    "TUPLE1": lambda machine: machine.tuple_of(1),
    "TUPLE2": lambda machine: machine.tuple_of(2),
    "TUPLE3": lambda machine: machine.tuple_of(3),
    "LIST": lambda machine: machine.gather(list),
    "DICT": lambda machine: machine.gather(_pairs),
    "FROZENSET": lambda machine: machine.gather(lambda values: frozenset(map(_key, values))),
    "APPEND": _Machine.append,
    "APPENDS": _Machine.appends,
    "ADDITEMS": _Machine.add,
    "SETITEM": _Machine.set_item,
    "SETITEMS": _Machine.set_items,
    "STACK_GLOBAL": _Machine.stack_global,
    "REDUCE": _Machine.call,
    "NEWOBJ": _Machine.call,
    "NEWOBJ_EX": _Machine.call_with_names,
    "BUILD": _Machine.build,
    "BINPERSID": _Machine.persistent,
}
