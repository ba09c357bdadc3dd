"""The JSON schemas: they know every field, and take and refuse what the codec takes and refuses."""

import dataclasses
import json
import re
from typing import get_args

import pytest
from hypothesis import given

import solver
from solver.codec import (
    activity_to_json,
    explanations_to_json,
    problem_to_json,
    repair_to_json,
    solution_to_json,
)
from solver.schema import DRAFT, Document, json_schema, meanings
from tests.solver.rich_world import rich_world
from tests.solver.strategies import problems
from tests.solver.test_codec import FULL, PROBLEM_FAULTS, SOLUTION, changed, through_text
from tests.solver.test_codec_answers import EXPLANATIONS, LATER_FAULTS, REPAIR

TYPES = {"integer": int, "number": (int, float), "string": str, "boolean": bool, "null": type(None)}
TYPES |= {"array": list, "object": dict}
NOTES = {"$schema", "$defs", "title", "description", "default"}


def faults(schema, value, top=None, path=""):
    """Where a value breaks a schema; of JSON schema no more than is used here, and all else is an error."""
    top = top or schema
    if "$ref" in schema:
        assert schema.keys() <= {"$ref"} | NOTES
        return faults(top["$defs"][schema["$ref"].removeprefix("#/$defs/")], value, top, path)
    found = []
    for keyword, asked in schema.items():
        if keyword not in NOTES:
            found += [each or path for each in KEYWORDS[keyword](schema, asked, value, top, path)]
    return found


def _type(schema, asked, value, top, path):
    names = [asked] if isinstance(asked, str) else asked
    fits = any(isinstance(value, TYPES[n]) and (n == "boolean" or not isinstance(value, bool)) for n in names)
    return [] if fits else [path]


def _properties(schema, asked, value, top, path):
    if isinstance(value, dict):
        for name in asked.keys() & value.keys():
            yield from faults(asked[name], value[name], top, f"{path}.{name}")


def _closed(schema, asked, value, top, path):
    assert asked is False
    return [f"{path}.{n}" for n in value if n not in schema["properties"]] if isinstance(value, dict) else []


def _items(schema, asked, value, top, path):
    if isinstance(value, list):
        for number, each in list(enumerate(value))[len(schema.get("prefixItems", ())) :]:
            where = f"{path}[{number}]"
            yield from [where] if asked is False else faults(asked, each, top, where)


def _cells(schema, asked, value, top, path):
    if isinstance(value, list):
        for number, (cell, each) in enumerate(zip(asked, value, strict=False)):
            yield from faults(cell, each, top, f"{path}[{number}]")


KEYWORDS = {
    "type": _type,
    "properties": _properties,
    "required": lambda s, asked, v, t, p: [f"{p}.{n}" for n in asked if isinstance(v, dict) and n not in v],
    "additionalProperties": _closed,
    "items": _items,
    "prefixItems": _cells,
    "minItems": lambda s, asked, v, t, p: [p] if isinstance(v, list) and len(v) < asked else [],
    "maxItems": lambda s, asked, v, t, p: [p] if isinstance(v, list) and len(v) > asked else [],
    "enum": lambda s, asked, v, t, p: [] if v in asked else [p],
    "const": lambda s, asked, v, t, p: [] if v == asked else [p],
    "pattern": lambda s, asked, v, t, p: [p] if isinstance(v, str) and not re.search(asked, v) else [],
    "anyOf": lambda s, asked, v, t, p: [] if any(not faults(each, v, t, p) for each in asked) else [p],
}

WRITTEN = {
    "problem": problem_to_json(FULL),
    "solution": solution_to_json(SOLUTION),
    "activity": activity_to_json(FULL.activities[0]),
    "explanations": explanations_to_json(EXPLANATIONS),
    "repair": repair_to_json(REPAIR),
}


@pytest.mark.parametrize("document", get_args(Document))
def test_what_the_codec_writes_fits_the_schema(document):
    assert faults(json_schema(document), through_text(WRITTEN[document])) == []


@given(problems())
def test_a_random_problem_fits_the_schema(problem):
    assert faults(json_schema("problem"), through_text(problem_to_json(problem))) == []


def test_a_rich_problem_and_its_found_answers_fit_the_schemas():
    world = rich_world(1)
    assert faults(json_schema("problem"), through_text(problem_to_json(world.problem))) == []
    open_one = world.drop("visit")
    explanations = solver.explain(world.problem, open_one, budget=2)
    assert len(explanations) == 1
    assert faults(json_schema("explanations"), through_text(explanations_to_json(explanations))) == []


# The schema calls 1.0 a whole number; what is not finite is no JSON at all.
BEYOND_A_SCHEMA = {"fraction for a number", "not a number", "endless", "beyond all floats"}
REFUSED = [
    ("problem", what, path, wrong) for what, path, wrong, *_ in PROBLEM_FAULTS if what not in BEYOND_A_SCHEMA
] + [
    ("explanations" if value is EXPLANATIONS else "repair", f"{where}: {wrong}", path, wrong)
    for _, value, path, wrong, _, where in LATER_FAULTS
]


@pytest.mark.parametrize(
    ("document", "path", "wrong"),
    [(document, path, wrong) for document, _, path, wrong in REFUSED],
    ids=[f"{document}, {what}" for document, what, _, _ in REFUSED],
)
def test_what_the_codec_refuses_breaks_the_schema(document, path, wrong):
    bad = changed(WRITTEN[document], path, wrong) if path else wrong
    assert faults(json_schema(document), bad) != []


def test_a_fault_is_found_where_it_is():
    bad = changed(WRITTEN["problem"], ("activities", 0, "modes", 0, "penalty"), "3")
    assert faults(json_schema("problem"), bad) == [".activities[0].modes[0].penalty"]


@pytest.mark.parametrize("name", [n for n in solver.__all__ if dataclasses.is_dataclass(getattr(solver, n))])
def test_the_schema_knows_every_field_and_docstrings_name_no_other(name):
    cls = getattr(solver, name)
    fields = [each.name for each in dataclasses.fields(cls)]
    assert set(meanings(cls)) <= set(fields)
    for document in get_args(Document):
        schema = json_schema(document)
        own = schema["$defs"].get(name) or (schema if schema["title"] == f"Markaz {name.lower()}" else None)
        if own is None:
            continue
        if own["type"] == "array":
            assert [cell["title"] for cell in own["prefixItems"]] == fields
        else:
            assert [key for key in own["properties"] if key != "format"] == fields
            for field, meaning in meanings(cls).items():
                assert own["properties"][field]["description"] == meaning


def test_fields_say_what_they_mean_and_what_they_are_if_left_out():
    mode = json_schema("problem")["$defs"]["Activity"]["properties"]["least_part"]
    assert mode == {
        "type": "integer",
        "default": 1,
        "description": "At most so many placements, each with its own setup, teardown and mode, each with a "
        "run of at least `least_part` ticks. One part is always allowed.",
    }
    assert json_schema("repair")["$schema"] == DRAFT


def test_every_schema_is_json_and_refers_only_to_what_it_holds():
    for document in get_args(Document):
        text = json.dumps(json_schema(document), allow_nan=False)
        referred = set(re.findall(r"#/\$defs/(\w+)", text))
        assert referred <= json_schema(document)["$defs"].keys()


def test_a_schema_of_nothing_known_is_refused():
    with pytest.raises(ValueError, match="there is no schema of 'week'; there is one of problem, solution"):
        json_schema("week")
