"""HubSpot's contract: the schema derived from the vendor's client, where it is at hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

SPECS = Path(__file__).parents[3] / "shared" / "specs"


def hubspot_schema() -> dict[str, Any]:
    """The schema; skips the test where the folder of specifications is absent."""
    path = SPECS / "hubspot-contacts-derived.schema.json"
    if not path.exists():
        pytest.skip("the folder ../shared/specs with HubSpot's schema is not here")
    schema: dict[str, Any] = json.loads(path.read_text())
    return schema


def must_be(value: object, name: str, schema: dict[str, Any]) -> None:
    """Fail unless `value` is a `name`, with no key that the contract does not know."""
    known = {**schema["$defs"]}
    closed = {
        each: {**shape, "additionalProperties": shape.get("additionalProperties", False)}
        for each, shape in known.items()
        if shape.get("type") == "object"
    }
    jsonschema.Draft202012Validator(
        {**schema, "$defs": {**known, **closed}, "$ref": f"#/$defs/{name}"}
    ).validate(value)
