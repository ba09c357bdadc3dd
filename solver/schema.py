"""JSON schema (draft 2020-12) of what the solver reads and writes, made from the dataclasses.

It says the same as `solver.codec`, for editors and other languages: a file that one refuses the other
refuses too. Two things a schema cannot say: the codec takes no ``1.0`` for a whole number, and no number
that is not finite. Whether the values make sense together is the question of `solver.check`.
"""

import dataclasses
import inspect
import re
from fractions import Fraction
from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from solver.codec import EXPLANATIONS_FORMAT, PROBLEM_FORMAT, REPAIR_FORMAT, SOLUTION_FORMAT
from solver.codec_plain import FRACTION, ROWS, defaults_of, plain
from solver.explanation.explain import Explanation
from solver.problem import Activity, Problem
from solver.repairs.repair import Repair
from solver.solution import Solution

Schema = dict[str, Any]

Document = Literal["problem", "solution", "activity", "explanations", "repair"]
"""What can be written to a file: all but an activity carry the name of their format."""

DRAFT = "https://json-schema.org/draft/2020-12/schema"

_FORMATS: dict[str, tuple[type, str]] = {
    "problem": (Problem, PROBLEM_FORMAT),
    "solution": (Solution, SOLUTION_FORMAT),
    "repair": (Repair, REPAIR_FORMAT),
}


def json_schema(document: Document) -> Schema:
    """The schema of one kind of file, as plain dicts and lists ready for `json.dumps`.

    Raises
    ------
    ValueError
        If there is no such kind of file.

    >>> problem = json_schema("problem")
    >>> problem["required"]
    ['format', 'horizon', 'activities']
    >>> problem["properties"]["horizon"]
    {'type': 'integer', 'description': 'Number of ticks.'}
    >>> problem["$defs"]["Window"]["maxItems"]
    3
    """
    if document not in get_args(Document):
        raise ValueError(
            f"there is no schema of {document!r}; there is one of {', '.join(get_args(Document))}"
        )
    found: dict[type, Schema] = {}
    if document == "activity":
        top = _object(Activity, found)
    elif document == "explanations":
        each = {"type": "array", "items": _of(Explanation, found)}
        top = _with_format(EXPLANATIONS_FORMAT, _closed({"explanations": each}, ["explanations"]))
    else:
        cls, name = _FORMATS[document]
        top = _with_format(name, _object(cls, found))
    named = sorted(((cls.__name__, schema) for cls, schema in found.items()), key=lambda pair: pair[0])
    return {"$schema": DRAFT, "title": f"Markaz {document}", **top, "$defs": dict(named)}


def _with_format(name: str, schema: Schema) -> Schema:
    properties = {"format": {"const": name}, **schema["properties"]}
    return {**schema, "properties": properties, "required": ["format", *schema["required"]]}


def _of(kind: Any, found: dict[type, Schema]) -> Schema:
    """The schema of a type; those of the dataclasses in it go to `found`, and are referred to."""
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        if kind not in found:
            found[kind] = {}  # before it is made: a remedy holds remedies
            found[kind] = _row(kind, found) if kind in ROWS else _object(kind, found)
        return {"$ref": f"#/$defs/{kind.__name__}"}
    if get_origin(kind) is tuple:
        return {"type": "array", "items": _of(get_args(kind)[0], found)}
    if get_origin(kind) is Literal:
        return {"enum": list(get_args(kind))}
    if isinstance(kind, UnionType):
        (present,) = (each for each in get_args(kind) if each is not NoneType)
        inner = _of(present, found)
        if isinstance(inner.get("type"), str) and len(inner) == 1:
            return {"type": [inner["type"], "null"]}
        return {"anyOf": [inner, {"type": "null"}]}
    return dict(_SCALARS[kind])


_SCALARS: dict[Any, Schema] = {
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    str: {"type": "string"},
    Fraction: {"type": "string", "pattern": FRACTION},
}


def _object(cls: type, found: dict[type, Schema]) -> Schema:
    properties = {name: _field(cls, name, found) for name in defaults_of(cls)}
    return _described(_closed(properties, _required(cls)), summary(cls))


def _row(cls: type, found: dict[type, Schema]) -> Schema:
    names = list(defaults_of(cls))
    cells = [{"title": name, **_field(cls, name, found)} for name in names]
    row: Schema = {"type": "array", "prefixItems": cells, "items": False}
    row |= {"minItems": len(_required(cls)), "maxItems": len(names)}
    return _described(row, f"[{', '.join(names)}]: {summary(cls)}")


def _field(cls: type, name: str, found: dict[type, Schema]) -> Schema:
    schema = _of(get_type_hints(cls)[name], found)
    default = defaults_of(cls)[name]
    if default is not dataclasses.MISSING:
        schema["default"] = plain(default)
    return _described(schema, meanings(cls).get(name, ""))


def _closed(properties: Schema, required: list[str]) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _required(cls: type) -> list[str]:
    return [name for name, default in defaults_of(cls).items() if default is dataclasses.MISSING]


def _described(schema: Schema, text: str) -> Schema:
    return {**schema, "description": text} if text else schema


def summary(cls: type) -> str:
    """What a docstring says before its first section, as one paragraph.

    >>> from solver.problem import Group
    >>> summary(Group)
    "An exclusion group (a crew, a mission's runs): the runs of its activities never overlap."
    """
    text = re.split(r"\n\w+\n---+\n", f"\n{_docstring(cls)}", maxsplit=1)[0]
    return " ".join(text.split())


def meanings(cls: type) -> dict[str, str]:
    """What a docstring says of each field under *Parameters*, fields that it does not name left out.

    >>> from solver.problem import Pin, Utility
    >>> meanings(Pin)["duration"], meanings(Utility)
    ('Ticks from the start of the run to its end, pauses included.', {})
    """
    sections = re.split(r"\n(\w+)\n---+\n", f"\n{_docstring(cls)}")
    found: dict[str, str] = {}
    for title, text in zip(sections[1::2], sections[2::2], strict=True):
        if title == "Parameters":
            for names, meaning in re.findall(r"^(\S[^\n]*)\n((?:[ ]+[^\n]*\n?|\n)+)", text, re.MULTILINE):
                found |= dict.fromkeys(names.split(", "), " ".join(meaning.split()))
    return found


def _docstring(cls: type) -> str:
    return inspect.getdoc(cls) or ""
