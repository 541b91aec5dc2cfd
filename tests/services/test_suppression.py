"""The suppression list: whom no export and no mail may reach."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.core.errors import InvalidInput, NotFound
from app.models.contacts import Contact
from tests.services.office import NOON, Office


def allowed(office: Office) -> list[int]:
    with office.store.reading() as connection:
        gate = office.suppressions.gate(connection)
        return list(
            connection.execute(select(Contact.id).where(gate).order_by(Contact.id)).scalars()
        )


def test_that_an_address_is_suppressed_wherever_a_contact_has_it(office: Office) -> None:
    main = office.add(email="ada@example.com")
    further = office.add(full_name="Ada", email__home="ADA@home.example")
    free = office.add(full_name="Nobody")
    office.suppressions.add("email", " Ada@Example.com ", "unsubscribed")
    office.suppressions.add("email", "ada@home.example", "bounced")
    assert allowed(office) == [free]
    reasons = office.suppressions.reason_for([main, further, free])
    assert reasons == {main: "unsubscribed", further: "bounced"}


def test_that_a_domain_stands_for_its_subdomains_and_no_other(office: Office) -> None:
    blocked = [
        office.add(email="a@acme.com"),
        office.add(email="a@mail.acme.com"),
        office.add(full_name="By company", domain="acme.com"),
        office.add(full_name="By label", email__work="b@acme.com"),
    ]
    free = [
        office.add(email="a@notacme.com"),
        office.add(email="acme.com@example.com"),
        office.add(full_name="Nobody"),
    ]
    office.suppressions.add("domain", "@ACME.com")
    assert allowed(office) == free
    assert set(office.suppressions.reason_for(blocked + free)) == set(blocked)


def test_that_one_contact_can_be_suppressed(office: Office) -> None:
    one, other = office.add(full_name="Ada"), office.add(full_name="Zoé")
    office.suppressions.add("contact", str(one))
    assert allowed(office) == [other]
    with pytest.raises(NotFound, match="no contact 99"):
        office.suppressions.add("contact", "99")


def test_that_removing_and_undoing_are_at_once_in_force(office: Office) -> None:
    one = office.add(email="ada@example.com")
    entry = office.suppressions.add("email", "ada@example.com")
    office.suppressions.remove(entry)
    assert allowed(office) == [one]
    office.operations.undo()
    assert allowed(office) == []
    office.operations.undo()
    assert allowed(office) == [one]
    with pytest.raises(NotFound):
        office.suppressions.remove(entry)


def test_that_an_entry_added_again_keeps_its_reason_and_a_removed_one_gets_the_new(
    office: Office,
) -> None:
    entry = office.suppressions.add("domain", "acme.com", "bounced", source="campaign 3")
    assert office.suppressions.add("domain", "acme.com", "unsubscribed") == entry
    (view,) = office.suppressions.list()
    assert (view.kind, view.value, view.reason) == ("domain", "acme.com", "bounced")
    assert (view.source, view.added) == ("campaign 3", NOON)
    office.suppressions.remove(entry)
    assert office.suppressions.list() == []
    assert office.suppressions.add("domain", "acme.com", "unsubscribed") == entry
    assert [view.reason for view in office.suppressions.list("domain")] == ["unsubscribed"]
    assert office.suppressions.list("email") == []


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        ("email", "no address", "bounced"),
        ("email", "ada@", "bounced"),
        ("domain", "localhost", "bounced"),
        ("domain", "a b.com", "bounced"),
        ("contact", "ada", "bounced"),
        ("phone", "+33", "bounced"),
        ("email", "ada@example.com", "because"),
    ],
)
def test_that_what_cannot_be_suppressed_is_refused(
    desk: Office, kind: str, value: str, reason: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        desk.suppressions.add(kind, value, reason)
    assert refused.value.hint
    assert desk.suppressions.list() == []
