"""One value on its way out: its form at the destination, and when two forms are the same value."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.core.fields import FieldKind
from app.services.connectors import Option, RemoteField, RemoteKind
from app.services.exporting.values import Unfit, converted, goes_back, may_fit, same

OPTIONS = (Option("hot", "Very hot"), Option("cold", "Cold"), Option("ICE_COLD", "Ice cold"))


def field(kind: RemoteKind, *, forward_only: bool = False) -> RemoteField:
    return RemoteField("x", "Temperature", kind, OPTIONS, forward_only=forward_only)


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (RemoteKind.TEXT, "  Ada ", "Ada"),
        (RemoteKind.TEXT, 42, "42"),
        (RemoteKind.TEXT, True, "true"),
        (RemoteKind.TEXT, ["a", "b"], "a, b"),
        (RemoteKind.NUMBER, 42, "42"),
        (RemoteKind.NUMBER, "1,234.50", "1234.50"),
        (RemoteKind.NUMBER, "1 234.5", "1234.5"),
        (RemoteKind.NUMBER, "1e3", "1000"),
        (RemoteKind.NUMBER, "-0.5", "-0.5"),
        (RemoteKind.DATE, "2026-11-23", "2026-11-23"),
        (RemoteKind.DATE, datetime(2026, 11, 23, 22, 30, tzinfo=UTC), "2026-11-23"),
        (RemoteKind.MOMENT, "2026-11-23T10:00:00+02:00", "2026-11-23T08:00:00.000Z"),
        (RemoteKind.BOOL, "Yes", "true"),
        (RemoteKind.BOOL, False, "false"),
        (RemoteKind.CHOICE, "hot", "hot"),
        (RemoteKind.CHOICE, "very HOT", "hot"),
        (RemoteKind.CHOICE, "ice cold", "ICE_COLD"),
        (RemoteKind.MULTI, ["hot", "Cold"], "hot;cold"),
        (RemoteKind.MULTI, "hot; cold", "hot;cold"),
    ],
)
def test_each_kind_has_the_form_the_destination_wants(
    kind: RemoteKind, value: Any, text: str
) -> None:
    assert converted(value, field(kind), {}) == text


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (RemoteKind.NUMBER, "many"),
        (RemoteKind.NUMBER, "1,5"),
        (RemoteKind.NUMBER, "NaN"),
        (RemoteKind.DATE, "23/11/2026"),
        (RemoteKind.MOMENT, "noon"),
        (RemoteKind.BOOL, "perhaps"),
        (RemoteKind.CHOICE, "lukewarm"),
        (RemoteKind.MULTI, ["hot", "lukewarm"]),
    ],
)
def test_a_value_that_cannot_be_taken_is_named_with_its_field(kind: RemoteKind, value: Any) -> None:
    with pytest.raises(Unfit, match="Temperature"):
        converted(value, field(kind), {})


def test_the_users_own_pairs_come_first() -> None:
    pairs = {"lukewarm": "cold"}
    assert converted("lukewarm", field(RemoteKind.CHOICE), pairs) == "cold"
    assert converted(["lukewarm", "hot"], field(RemoteKind.MULTI), pairs) == "cold;hot"


@pytest.mark.parametrize(
    ("kind", "ours", "theirs", "equal"),
    [
        (RemoteKind.TEXT, "Ada", "Ada ", True),
        (RemoteKind.TEXT, "Ada", "ada", False),
        (RemoteKind.TEXT, "", "Ada", False),
        (RemoteKind.TEXT, "", "", True),
        (RemoteKind.NUMBER, "1234.50", "1234.5", True),
        (RemoteKind.NUMBER, "1", "2", False),
        (RemoteKind.BOOL, "true", "True", True),
        (RemoteKind.DATE, "2026-11-23", "1795392000000", True),
        (RemoteKind.MOMENT, "2026-11-23T08:00:00.000Z", "2026-11-23T08:00:00Z", True),
        (RemoteKind.MULTI, "hot;cold", "cold;hot", True),
        (RemoteKind.MULTI, "hot", "cold;hot", False),
    ],
)
def test_equality_looks_through_the_way_a_value_is_written(
    kind: RemoteKind, ours: str, theirs: str, equal: bool
) -> None:
    assert same(field(kind), ours, theirs) is equal


def test_only_a_forward_only_stage_goes_back() -> None:
    stage = field(RemoteKind.CHOICE, forward_only=True)
    assert goes_back(stage, "hot", "cold")
    assert not goes_back(stage, "cold", "hot")
    assert not goes_back(stage, "cold", "unknown")
    assert not goes_back(field(RemoteKind.CHOICE), "hot", "cold")


@pytest.mark.parametrize(
    ("ours", "theirs", "possible"),
    [
        (FieldKind.TEXT, RemoteKind.NUMBER, True),
        (FieldKind.TAGS, RemoteKind.TEXT, True),
        (FieldKind.TAGS, RemoteKind.NUMBER, False),
        (FieldKind.EMAIL, RemoteKind.DATE, False),
        (FieldKind.MULTI, RemoteKind.CHOICE, True),
        (FieldKind.PHONE, RemoteKind.BOOL, False),
    ],
)
def test_kinds_that_could_never_fit_are_known_beforehand(
    ours: FieldKind, theirs: RemoteKind, possible: bool
) -> None:
    assert may_fit(ours, theirs) is possible


@pytest.mark.parametrize("text", ["99999999999999999999", "-99999999999999999999", "1" * 5_000])
def test_a_number_beyond_all_calendars_is_no_date(text: str) -> None:
    with pytest.raises(Unfit, match="is not a date"):
        converted(text, RemoteField("renewal", "Renewal", RemoteKind.DATE), {})


@pytest.mark.parametrize("text", ["1e999999999", "1e-999999999"])
def test_a_number_that_would_be_written_as_a_gigabyte_is_refused(text: str) -> None:
    with pytest.raises(Unfit, match="is not a number"):
        converted(text, RemoteField("budget", "Budget", RemoteKind.NUMBER), {})
