"""Final effects of a contact: what left for a tool, in the ledger's words."""

from __future__ import annotations

from sqlalchemy import insert

from app.core.clock import from_us, to_us
from app.models.exports import ExportItem, ExportRun
from app.services.effects import Effects
from tests.services.office import NOON, Office


def test_that_the_last_fate_at_each_target_is_told_and_what_waits_is_not(office: Office) -> None:
    ada = office.add(full_name="Ada")
    at = to_us(NOON)
    run = {"connector": "hubspot", "account": "42", "account_label": "Nordlicht", "at_us": at}
    item = {"connector": "hubspot", "account": "42", "contact": ada, "run": 1, "action": "create"}
    item |= {"dedupe_key": "a", "payload_sha256": "", "at_us": at}
    with office.store.writing("test") as connection:
        blank = {"plan_digest": "", "mapping": {}, "counts": {}}
        connection.execute(insert(ExportRun).values(id=1, **run, **blank))
        for number, (state, container) in enumerate(
            [("ok", ""), ("pending", "b"), ("failed", "c")], 1
        ):
            values = {"id": number, "state": state, "container": container, "error": None}
            connection.execute(insert(ExportItem).values(**item, **values))
    found = Effects(office.store).of_contact(ada)
    assert {(effect.state, effect.account) for effect in found} == {
        ("ok", "Nordlicht"),
        ("failed", "Nordlicht"),
    }
    assert found[0].at == from_us(at)
    assert Effects(office.store).of_contact(ada + 1) == ()
