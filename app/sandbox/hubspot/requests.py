"""Strict reading of HubSpot request bodies: every key, type and size that the contract names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LARGEST_BATCH = 100

_UPSERT = {"id": str, "idProperty": str, "objectWriteTraceId": str, "properties": dict}
_READ = {"idProperty": str, "inputs": list, "properties": list, "propertiesWithHistory": list}
_UPDATE = {"id": str, "idProperty": str, "objectWriteTraceId": str, "properties": dict}
_CREATE = {"properties": dict, "associations": list}


class Malformed(Exception):
    """The request is not what the contract says; the words are HubSpot's."""


def upsert(body: object) -> list[dict[str, Any]]:
    """The inputs of a batch/upsert."""
    inputs = _inputs(_checked(body, {"inputs": list}, required=("inputs",)))
    for each in inputs:
        _checked(each, _UPSERT, required=("id", "properties"))
        _texts(each["properties"])
    return inputs


def update(body: object) -> list[dict[str, Any]]:
    """The inputs of a batch/update."""
    inputs = _inputs(_checked(body, {"inputs": list}, required=("inputs",)))
    for each in inputs:
        _checked(each, _UPDATE, required=("id", "properties"))
        _texts(each["properties"])
    return inputs


def read(body: object) -> Mapping[str, Any]:
    """The whole body of a batch/read."""
    asked = _checked(body, _READ, required=("inputs", "properties", "propertiesWithHistory"))
    for each in _inputs(asked):
        _checked(each, {"id": str}, required=("id",))
    for name in (*asked["properties"], *asked["propertiesWithHistory"]):
        if not isinstance(name, str):
            raise Malformed("properties must be a list of names")
    return asked


def create(body: object) -> dict[str, str]:
    """The properties of a single new contact."""
    values: dict[str, str] = _checked(body, _CREATE, required=("properties",))["properties"]
    _texts(values)
    return values


def _inputs(body: Mapping[str, Any]) -> list[Any]:
    inputs: list[Any] = body["inputs"]
    if len(inputs) > LARGEST_BATCH:
        raise Malformed(f"The maximum batch size is {LARGEST_BATCH}, got {len(inputs)}")
    if not inputs:
        raise Malformed("inputs must not be empty")
    return inputs


def _checked(
    value: object, shape: Mapping[str, type], *, required: tuple[str, ...]
) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise Malformed("Invalid input JSON: an object was expected")
    for name, each in value.items():
        if name not in shape:
            raise Malformed(f'Invalid input JSON: Unrecognized field "{name}"')
        if not isinstance(each, shape[name]):
            raise Malformed(f'Invalid input JSON: "{name}" has the wrong type')
    for name in required:
        if name not in value:
            raise Malformed(f"Some required fields were not set: [{name}]")
    return value


def _texts(values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if not isinstance(value, str):
            raise Malformed(f'Cannot deserialize the value of "{name}": a string was expected')
