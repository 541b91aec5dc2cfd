"""The sample data: it comes by an ordinary import and goes without touching anybody else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bootstrap import App, build
from app.core.actor import Origin
from app.core.errors import InvalidInput, NotFound
from app.core.paths import Workspace
from app.services.exporting import withholding
from app.services.sample import SampleState, among

CONTACTS = 464
"""Those of the 500 rows that are neither broken nor there twice."""
MOVED = ("updated", "version")


@pytest.fixture
def app(tmp_path: Path, database_url: str) -> Iterator[App]:
    url = None if database_url.startswith("sqlite") else database_url
    built = build(Workspace(tmp_path / "W"), origin=Origin.CLI, database_url=url)
    yield built
    built.close()


def filled(app: App) -> None:
    app.jobs.run(app.sample.start())


def everybody(app: App) -> list[dict[str, object]]:
    """What the contacts hold; when they were moved last is told by the history."""
    views = [view.as_json() for view in app.contacts.page(limit=1_000).contacts]
    return [{key: value for key, value in view.items() if key not in MOVED} for view in views]


def test_that_a_workspace_is_untouched_until_something_is_done(app: App) -> None:
    assert app.operations.is_untouched()
    assert app.sample.state() == SampleState()
    app.contacts.add({"first_name": "Ada"})
    assert not app.operations.is_untouched()


def test_that_the_sample_is_marked_and_one_step_takes_it_out_and_brings_it_back(app: App) -> None:
    filled(app)
    before = everybody(app)
    assert len(before) == CONTACTS
    assert all(contact["tags"] == ["sample"] and contact["source"] for contact in before)
    assert app.sample.state() == SampleState(CONTACTS, 0)

    assert app.sample.remove().contacts == CONTACTS
    assert everybody(app) == []
    assert app.tags.list() == []
    assert app.sample.state() == SampleState()

    app.operations.undo()
    assert everybody(app) == before
    assert app.sample.state() == SampleState(CONTACTS, 0)


def test_that_own_contacts_stay_and_so_does_the_tag_if_one_carries_it(app: App) -> None:
    own = app.contacts.add({"first_name": "Ada", "email": "jesus.lutz@beacon-optics.example"}).id
    filled(app)
    assert app.contacts.get(own).values["last_name"] is None
    assert app.contacts.get(own).tags == ()
    tagged = app.contacts.add({"first_name": "Bo", "tags": "sample"}).id
    app.sample.remove()
    assert {contact["id"] for contact in everybody(app)} == {own, tagged}
    assert app.contacts.get(tagged).tags == ("sample",)


def test_that_changed_sample_contacts_go_too_or_stay_on_request(app: App) -> None:
    filled(app)
    first = app.search.ids("").ids[0]
    app.contacts.change(first, {"company": "Acme"})
    assert app.sample.state() == SampleState(CONTACTS, 1)
    kept = app.sample.remove(keep_changed=True)
    assert (kept.contacts, kept.kept) == (CONTACTS - 1, 1)
    assert [contact["company"] for contact in everybody(app)] == ["Acme"]
    assert app.contacts.get(first).tags == ("sample",)
    app.operations.undo()
    assert app.sample.remove().contacts == CONTACTS


def test_that_the_sample_is_there_once_and_can_come_again(app: App) -> None:
    with pytest.raises(NotFound):
        app.sample.remove()
    filled(app)
    with pytest.raises(InvalidInput):
        app.sample.start()
    app.sample.remove()
    filled(app)
    assert app.sample.state() == SampleState(CONTACTS, 0)
    assert app.sample.remove().contacts == CONTACTS
    assert everybody(app) == []


def test_that_of_any_contacts_the_sample_tells_its_own(app: App) -> None:
    mine = app.contacts.add({"first_name": "Ada"})
    filled(app)
    ids = [int(str(contact["id"])) for contact in everybody(app)]
    with app.store.reading() as connection:
        assert set(among(connection, ids)) == set(ids) - {mine.id}
        held = withholding.reasons(connection, ids)
    assert mine.id not in held
    assert {withholding.words(reason) for reason in held.values()} == {
        "sample data is never exported"
    }
