"""Problem and solution as JSON and back, strictly, so that any solve can be replayed.

An object holds the fields of its dataclass by name, those at their default left out; the smallest
(windows, levels, changeovers, qualifications) are written as rows, to keep a week of 300 activities
small: ``[8, 16]`` or ``[8, 16, "run"]`` is a `Window`. Keys come in the order of the dataclass.
"""

import dataclasses
import hashlib
import json
import math
from collections.abc import Callable, Sequence
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from solver.problem import Changeover, Level, Problem, Qualification, Window
from solver.solution import Assignment, Solution

PROBLEM_FORMAT = "markaz-problem/1"
SOLUTION_FORMAT = "markaz-solution/1"

_ROWS = (Window, Level, Changeover, Qualification)


class CodecError(ValueError):
    """JSON that is no problem or solution of this format: the message says where, and what is expected.

    `path` leads to the fault, as in ``activities[3].modes[0].resources``; empty is the whole.
    """

    def __init__(self, path: str, message: str) -> None:
        self.path = path
        super().__init__(f"{path}: {message}" if path else message)


def problem_to_json(problem: Problem) -> dict[str, Any]:
    """The problem as plain dicts and lists, ready for `json.dumps`.

    >>> from solver.problem import Activity, Mode, Resource, Window
    >>> leak_test = Activity("leak test", (Mode("in TVAC-1", ("TVAC-1",)),), wish=6, least=6)
    >>> problem = Problem(24, (leak_test,), (Resource("TVAC-1", open=(Window(8, 18),)),))
    >>> problem_to_json(problem)["resources"]
    [{'id': 'TVAC-1', 'open': [[8, 18]]}]
    >>> problem_from_json(problem_to_json(problem)) == problem
    True
    """
    return {"format": PROBLEM_FORMAT, **_plain(problem)}


def problem_from_json(data: object) -> Problem:
    """The problem that `problem_to_json` wrote.

    Raises
    ------
    CodecError
        If the format is another one, a key is unknown or missing, or a value has the wrong type.
        Whether the values make sense together is the question of `solver.check`.
    """
    problem: Problem = _reader(Problem)(_without_format(data, PROBLEM_FORMAT), "")
    return problem


def solution_to_json(solution: Solution) -> dict[str, Any]:
    """The solution as plain dicts and lists, ready for `json.dumps`."""
    return {"format": SOLUTION_FORMAT, **_plain(solution)}


def solution_from_json(data: object) -> Solution:
    """The solution that `solution_to_json` wrote; raises `CodecError` as `problem_from_json` does."""
    solution: Solution = _reader(Solution)(_without_format(data, SOLUTION_FORMAT), "")
    return solution


def assignments_to_json(assignments: Sequence[Assignment]) -> list[dict[str, Any]]:
    """Assignments alone, as a list: what a stored plan keeps.

    >>> assignments_to_json([Assignment("leak test", 1, "in TVAC-1", start=8, duration=6)])
    [{'activity': 'leak test', 'part': 1, 'mode': 'in TVAC-1', 'start': 8, 'duration': 6}]
    """
    return [_plain(assignment) for assignment in assignments]


def assignments_from_json(data: object) -> tuple[Assignment, ...]:
    """The assignments that `assignments_to_json` wrote; raises `CodecError`, path from ``[0]`` on."""
    assignments: tuple[Assignment, ...] = _reader(tuple[Assignment, ...])(data, "")
    return assignments


def fingerprint(problem: Problem) -> str:
    """SHA-256, in 64 hex digits, of the problem in one canonical spelling.

    Equal problems have equal fingerprints, on any machine and in any release that writes this format.
    """
    canonical = json.dumps(problem_to_json(problem), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if not dataclasses.is_dataclass(value):
        # 2.0 and 2 are equal, so they are spelt alike: the fingerprint of equal problems is one.
        return int(value) if isinstance(value, float) and value.is_integer() else value
    if isinstance(value, _ROWS):
        return _plain_row(value)
    cls: Any = type(value)
    return {
        name: _plain(getattr(value, name))
        for name, default in _defaults(cls).items()
        if default is dataclasses.MISSING or getattr(value, name) != default
    }


def _plain_row(row: Any) -> list[Any]:
    """Fields in order, defaults at the end left out."""
    cls: Any = type(row)
    defaults = _defaults(cls)
    cells = [getattr(row, name) for name in defaults]
    for default in reversed(defaults.values()):
        if default is dataclasses.MISSING or cells[-1] != default:
            break
        cells.pop()
    return cells


@cache
def _defaults(cls: Any) -> dict[str, Any]:
    """Default of each field, `dataclasses.MISSING` where it has to be given."""
    return {
        each.name: each.default_factory() if each.default_factory is not dataclasses.MISSING else each.default
        for each in dataclasses.fields(cls)
    }


def _without_format(data: object, expected: str) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise CodecError("", f"expected an object with format {expected!r}, not {_shown(data)}")
    if "format" not in data:
        raise CodecError("format", f"is missing; expected {expected!r}")
    if data["format"] != expected:
        raise CodecError("format", f"expected {expected!r}, not {_shown(data['format'])}")
    return {key: value for key, value in data.items() if key != "format"}


_Reader = Callable[[object, str], Any]


@cache
def _reader(kind: Any) -> _Reader:
    """A function that reads a value of this type, or raises `CodecError` with the path it is given."""
    if dataclasses.is_dataclass(kind):
        return _row_reader(kind) if kind in _ROWS else _object_reader(kind)
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
    readers = {name: _reader(hints[name]) for name in _defaults(cls)}
    required = [name for name, default in _defaults(cls).items() if default is dataclasses.MISSING]

    def read(value: object, path: str) -> Any:
        if not isinstance(value, dict):
            raise CodecError(path, f"expected an object, not {_shown(value)}")
        for key in value:
            if key not in readers:
                raise CodecError(_join(path, str(key)), f"{cls.__name__} has no such field")
        for name in required:
            if name not in value:
                raise CodecError(_join(path, name), f"{cls.__name__} needs this field")
        return cls(**{name: readers[name](each, _join(path, name)) for name, each in value.items()})

    return read


def _row_reader(cls: Any) -> _Reader:
    hints = get_type_hints(cls)
    names = list(_defaults(cls))
    readers = [_reader(hints[name]) for name in names]
    least = sum(default is dataclasses.MISSING for default in _defaults(cls).values())

    def read(value: object, path: str) -> Any:
        if not isinstance(value, list) or not least <= len(value) <= len(names):
            raise CodecError(path, f"expected a row [{', '.join(names)}], not {_shown(value)}")
        cells = (
            read_cell(cell, f"{path}[{i}]")
            for i, (read_cell, cell) in enumerate(zip(readers, value, strict=False))
        )
        return cls(*cells)

    return read


def _list_reader(read_one: _Reader) -> _Reader:
    def read(value: object, path: str) -> Any:
        if not isinstance(value, list):
            raise CodecError(path, f"expected a list, not {_shown(value)}")
        return tuple(read_one(each, f"{path}[{i}]") for i, each in enumerate(value))

    return read


def _choice_reader(choices: tuple[Any, ...]) -> _Reader:
    def read(value: object, path: str) -> Any:
        if not isinstance(value, str) or value not in choices:
            raise CodecError(path, f"expected one of {', '.join(choices)}, not {_shown(value)}")
        return value

    return read


def _optional_reader(read_present: _Reader) -> _Reader:
    return lambda value, path: None if value is None else read_present(value, path)


def _read_int(value: object, path: str) -> int:
    # True is an int to Python; to JSON it is not.
    if not isinstance(value, int) or isinstance(value, bool):
        raise CodecError(path, f"expected a whole number, not {_shown(value)}")
    return value


def _read_float(value: object, path: str) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise CodecError(path, f"expected a number, not {_shown(value)}")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    # Python's json reads NaN and Infinity, which JSON does not know.
    if not math.isfinite(number):
        raise CodecError(path, f"expected a finite number, not {_shown(value)}")
    return number


def _read_bool(value: object, path: str) -> bool:
    if not isinstance(value, bool):
        raise CodecError(path, f"expected true or false, not {_shown(value)}")
    return value


def _read_str(value: object, path: str) -> str:
    if not isinstance(value, str):
        raise CodecError(path, f"expected text, not {_shown(value)}")
    return value


_SCALARS: dict[type, _Reader] = {int: _read_int, float: _read_float, bool: _read_bool, str: _read_str}


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
