"""The errors: each kind has its code, its exit code and its JSON."""

import pytest

from app.core.errors import (
    Busy,
    Cancelled,
    CaptelyError,
    InvalidInput,
    NotFound,
    OutsideError,
    OutsideKind,
    Refused,
    StalePlan,
    StorageError,
)


@pytest.mark.parametrize(
    ("error", "exit_code"),
    [
        (InvalidInput("x"), 2),
        (NotFound("x"), 2),
        (StalePlan("x"), 2),
        (Refused("x"), 3),
        (OutsideError("x", kind=OutsideKind.AUTH), 4),
        (StorageError("x"), 2),
        (Busy("x"), 2),
        (Cancelled("x"), 130),
    ],
)
def test_each_error_has_the_exit_code_of_the_command_line(error, exit_code):
    assert isinstance(error, CaptelyError)
    assert error.exit_code == exit_code


def test_the_json_of_an_error_has_code_message_and_hint():
    assert NotFound("No contact 7.", "List them.").as_dict() == {
        "code": "NOT_FOUND",
        "message": "No contact 7.",
        "hint": "List them.",
    }


def test_a_stale_plan_says_how_many_rows_moved():
    assert StalePlan("plan is stale: 3 rows", rows=3).as_dict()["rows"] == 3


def test_an_outside_error_says_how_it_failed():
    assert OutsideError("x", kind=OutsideKind.QUOTA).as_dict()["kind"] == "quota"
