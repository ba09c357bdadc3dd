"""Dataclasses as plain dicts and lists, and back strictly, whatever fields they have.

An object holds the fields of its dataclass by name, those at their default left out; the smallest
(windows, levels, changeovers, qualifications) are written as rows: ``[8, 16]`` or ``[8, 16, "run"]``
is a `Window`. `solver.schema` describes the same shapes for other languages.
"""

import dataclasses
import math
import re
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from solver.problem import Changeover, Level, Qualification, Window

ROWS = (Window, Level, Changeover, Qualification)

FRACTION = r"^-?[0-9]{1,400}(/[1-9][0-9]{0,400})?$"
"""How a fraction is written: ``7/2``, or ``3`` if it is whole."""


class CodecError(ValueError):
    """JSON that is nothing of this format: the message says where, and what is expected.

    `path` leads to the fault, as in ``activities[3].modes[0].resources``; empty is the whole.
    """

    def __init__(self, path: str, message: str) -> None:
        self.path = path
        super().__init__(f"{path}: {message}" if path else message)


def read(kind: Any, data: object, path: str = "") -> Any:
    """A value of this type from what `plain` made of one; `path` is where it stands in the whole.

    Raises
    ------
    CodecError
        If a key is unknown or missing, or a value has the wrong type.

    >>> read(Window, [8, 16, "run"])
    Window(start=8, end=16, binds='run')
    """
    return _reader(kind)(data, path)


def plain(value: Any) -> Any:
    """A dataclass, or a tuple of them, as dicts, lists and scalars that `json.dumps` takes.

    >>> plain((Window(8, 16), Fraction(7, 2)))
    [[8, 16], '7/2']
    """
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    if isinstance(value, Fraction):
        return str(value)
    if not dataclasses.is_dataclass(value):
        # 2.0 and 2 are equal, so they are spelt alike: the fingerprint of equal problems is one.
        return int(value) if isinstance(value, float) and value.is_integer() else value
    if isinstance(value, ROWS):
        return _plain_row(value)
    cls: Any = type(value)
    return {
        name: plain(getattr(value, name))
        for name, default in defaults_of(cls).items()
        if default is dataclasses.MISSING or getattr(value, name) != default
    }


def _plain_row(row: Any) -> list[Any]:
    """Fields in order, defaults at the end left out."""
    cls: Any = type(row)
    fields = defaults_of(cls)
    cells = [getattr(row, name) for name in fields]
    for default in reversed(fields.values()):
        if default is dataclasses.MISSING or cells[-1] != default:
            break
        cells.pop()
    return cells


@cache
def defaults_of(cls: Any) -> dict[str, Any]:
    """Default of each field, `dataclasses.MISSING` where it has to be given."""
    return {
        each.name: each.default_factory() if each.default_factory is not dataclasses.MISSING else each.default
        for each in dataclasses.fields(cls)
    }


_Reader = Callable[[object, str], Any]


@cache
def _reader(kind: Any) -> _Reader:
    """A function that reads a value of this type, or raises `CodecError` with the path it is given."""
    if dataclasses.is_dataclass(kind):
        return _row_reader(kind) if kind in ROWS else _object_reader(kind)
    if get_origin(kind) is tuple:
        return _list_reader(_reader(get_args(kind)[0]))
    if get_origin(kind) is Literal:
        return _choice_reader(get_args(kind))
    if isinstance(kind, UnionType):
        (present,) = (each for each in get_args(kind) if each is not NoneType)
        return _optional_reader(_reader(present))
    return _SCALARS[kind]


def _object_reader(cls: Any) -> _Reader:
    hints = get_type_hints(cls)
    required = [name for name, default in defaults_of(cls).items() if default is dataclasses.MISSING]

    @cache  # not at once: a remedy holds remedies
    def readers() -> dict[str, _Reader]:
        return {name: _reader(hints[name]) for name in defaults_of(cls)}

    def read_one(value: object, path: str) -> Any:
        if not isinstance(value, dict):
            raise CodecError(path, f"expected an object, not {shown(value)}")
        for key in value:
            if key not in readers():
                raise CodecError(_join(path, str(key)), f"{cls.__name__} has no such field")
        for name in required:
            if name not in value:
                raise CodecError(_join(path, name), f"{cls.__name__} needs this field")
        return cls(**{name: readers()[name](each, _join(path, name)) for name, each in value.items()})

    return read_one


def _row_reader(cls: Any) -> _Reader:
    hints = get_type_hints(cls)
    names = list(defaults_of(cls))
    readers = [_reader(hints[name]) for name in names]
    least = sum(default is dataclasses.MISSING for default in defaults_of(cls).values())

    def read_one(value: object, path: str) -> Any:
        if not isinstance(value, list) or not least <= len(value) <= len(names):
            raise CodecError(path, f"expected a row [{', '.join(names)}], not {shown(value)}")
        cells = (
            read_cell(cell, f"{path}[{i}]")
            for i, (read_cell, cell) in enumerate(zip(readers, value, strict=False))
        )
        return cls(*cells)

    return read_one


def _list_reader(read_each: _Reader) -> _Reader:
    def read_one(value: object, path: str) -> Any:
        if not isinstance(value, list):
            raise CodecError(path, f"expected a list, not {shown(value)}")
        return tuple(read_each(each, f"{path}[{i}]") for i, each in enumerate(value))

    return read_one


def _choice_reader(choices: tuple[Any, ...]) -> _Reader:
    def read_one(value: object, path: str) -> Any:
        if not isinstance(value, str) or value not in choices:
            raise CodecError(path, f"expected one of {', '.join(choices)}, not {shown(value)}")
        return value

    return read_one


def _optional_reader(read_present: _Reader) -> _Reader:
    return lambda value, path: None if value is None else read_present(value, path)


def _read_int(value: object, path: str) -> int:
    # True is an int to Python; to JSON it is not.
    if not isinstance(value, int) or isinstance(value, bool):
        raise CodecError(path, f"expected a whole number, not {shown(value)}")
    return value


def _read_float(value: object, path: str) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise CodecError(path, f"expected a number, not {shown(value)}")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    # Python's json reads NaN and Infinity, which JSON does not know.
    if not math.isfinite(number):
        raise CodecError(path, f"expected a finite number, not {shown(value)}")
    return number


def _read_bool(value: object, path: str) -> bool:
    if not isinstance(value, bool):
        raise CodecError(path, f"expected true or false, not {shown(value)}")
    return value


def _read_str(value: object, path: str) -> str:
    if not isinstance(value, str):
        raise CodecError(path, f"expected text, not {shown(value)}")
    return value


def _read_fraction(value: object, path: str) -> Fraction:
    if not isinstance(value, str) or not re.fullmatch(FRACTION, value):
        raise CodecError(path, f"expected a fraction such as '7/2' or '3', not {shown(value)}")
    return Fraction(value)


_SCALARS: dict[type, _Reader] = {
    int: _read_int,
    float: _read_float,
    bool: _read_bool,
    str: _read_str,
    Fraction: _read_fraction,
}


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def shown(value: object) -> str:
    """A value as it is named in a message: at most 60 characters."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
