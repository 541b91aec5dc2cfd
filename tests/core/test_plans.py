"""The limits of a plan: what a provider may find, and how they are written."""

from app.core.plans import UNLIMITED, Limits

LIMITS = Limits(
    credits_month=1,
    enrichments_day=2,
    provider_month={"icypeas": 30},
    providers=("icypeas", "hunter"),
    imports_month=4,
    contacts=UNLIMITED,
    seats=5,
    rollover_cap=6,
)


def test_a_provider_finds_what_it_may_and_one_that_is_not_allowed_nothing():
    found = [LIMITS.found_values(name) for name in ("icypeas", "hunter", "apollo")]
    assert found == [30, UNLIMITED, 0]


def test_they_are_written_with_the_names_that_licences_have():
    assert LIMITS.as_dict() == {
        "credits_month": 1, "enrichments_day": 2, "provider_month": {"icypeas": 30},
        "providers": ["icypeas", "hunter"], "imports_month": 4, "contacts": -1, "seats": 5,
        "rollover_cap": 6,
    }  # fmt: skip
