"""The printable JSON schema: it accepts what the program writes and ships, and refuses what the program refuses."""

from __future__ import annotations

import json
import re

import pytest

from studio.base.paths import samples
from studio.project.format import dumps, loads, schema

KNOWN = {
    *(
        "$defs",
        "$ref",
        "$schema",
        "additionalProperties",
        "anyOf",
        "default",
        "description",
        "enum",
        "exclusiveMinimum",
    ),
    *("items", "maxItems", "maxLength", "maximum", "minItems", "minLength", "minimum", "oneOf", "pattern"),
    *("properties", "required", "title", "type"),
}
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
SAMPLE = {
    "keydream": 1,
    "width": 64,
    "assets": [{"id": "cat", "path": "cat.png"}],
    "timeline": {
        "rate": "24",
        "length": 9,
        "range": [0, 4],
        "prompts": [
            {
                "name": "a",
                "keys": [
                    {"frame": 0, "prompt": "x", "ease": "in"},
                    {"frame": 3, "prompt": ["x", {"image": "cat", "stop": -0.5}], "ease": [0, 0, 1, 1.5]},
                    {"frame": 4, "prompt": {"text": "y", "weight": -1}, "ease": "bezier(0,0,1,1)", "later": 1},
                ],
            }
        ],
    },
}


def is_type(value, name):
    if name in ("integer", "number"):
        return isinstance(value, int if name == "integer" else int | float) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def valid(value, rule, top):
    """As much of JSON Schema 2020-12 as the printed schema uses."""
    assert set(rule) <= KNOWN, f"the checker does not know {set(rule) - KNOWN}"
    if "$ref" in rule and not valid(value, top["$defs"][rule["$ref"].removeprefix("#/$defs/")], top):
        return False
    if "type" in rule and not is_type(value, rule["type"]):
        return False
    if "enum" in rule and value not in rule["enum"]:
        return False
    if "anyOf" in rule and not any(valid(value, each, top) for each in rule["anyOf"]):
        return False
    if "oneOf" in rule and sum(valid(value, each, top) for each in rule["oneOf"]) != 1:
        return False
    if isinstance(value, str):
        return (
            rule.get("minLength", 0) <= len(value) <= rule.get("maxLength", 10**9)
            and re.search(rule.get("pattern", ""), value) is not None
        )
    if isinstance(value, list):
        return rule.get("minItems", 0) <= len(value) <= rule.get("maxItems", 10**9) and all(
            valid(item, rule.get("items", {}), top) for item in value
        )
    if isinstance(value, dict):
        properties = rule.get("properties", {})
        return all(key in value for key in rule.get("required", ())) and all(
            valid(item, properties.get(key, {}), top) for key, item in value.items()
        )
    if isinstance(value, int | float) and not isinstance(value, bool):
        low, high = rule.get("minimum", -(10**30)), rule.get("maximum", 10**30)
        return low <= value <= high and value > rule.get("exclusiveMinimum", -(10**30))
    return True


def accepted(values):
    top = schema()
    return valid(values, top, top)


def test_it_can_be_printed_and_says_what_it_is():
    printed = json.loads(json.dumps(schema()))
    assert printed == schema()
    assert printed["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert printed["title"] == "Keydream project"
    assert {"keydream", "timeline"} <= set(printed["required"])


def test_it_accepts_what_the_program_reads_and_writes():
    assert accepted(SAMPLE)
    assert accepted(json.loads(dumps(loads(json.dumps(SAMPLE)))))


def test_it_accepts_every_shipped_sample():
    for path in samples().glob("*.keydream"):
        text = path.read_text(encoding="utf-8")
        assert accepted(json.loads(text)), path
        assert loads(text, source=path.name) == loads(dumps(loads(text))), path


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("keydream",), 0),
        (("width",), 8),
        (("width",), "64"),
        (("assets", 0, "id"), ""),
        (("timeline",), []),
        (("timeline", "rate"), "fast"),
        (("timeline", "length"), 10**9),
        (("timeline", "range"), [1]),
        (("timeline", "prompts", 0, "name"), ""),
        (("timeline", "prompts", 0, "keys", 0, "ease"), "bouncy"),
        (("timeline", "prompts", 0, "keys", 0, "frame"), 0.5),
        (("timeline", "prompts", 0, "keys", 0, "prompt"), []),
        (("timeline", "prompts", 0, "keys", 0, "begin"), 3),
        (("timeline", "prompts", 0, "keys", 0, "prompt"), {"weight": 1}),
        (("timeline", "prompts", 0, "keys", 1, "prompt", 1, "stop"), "x"),
    ],
)
def test_it_refuses_what_the_program_refuses(path, value):
    values = json.loads(json.dumps(SAMPLE))
    inner = values
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    assert not accepted(values)
