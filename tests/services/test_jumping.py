"""Going to the first contact that begins so, in a list of any length and order."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from app.services.jumping import place_of
from tests.services.office import Office

NAMES = ("Ada", "Bo", "Béa", "Chloé", "Émile", "Zoé")


def test_that_the_first_name_that_begins_so_is_found(office: Office) -> None:
    for name in NAMES:
        office.add(full_name=name)
    for descending in (False, True):
        ids = office.search.ids("", descending=descending).ids
        names = [row.name for row in office.search.rows(ids)]
        for prefix, expected in (("b", ("Bo", "Béa")), ("EM", ("Émile",)), ("z", ("Zoé",))):
            found = place_of(prefix, ids, office.search.rows, sort="name", descending=descending)
            assert found is not None
            assert names[found] in expected


def test_that_a_letter_beyond_the_end_goes_to_the_end(office: Office) -> None:
    office.add(full_name="Ada")
    ids = office.search.ids("").ids
    assert place_of("z", ids, office.search.rows, sort="name", descending=False) == 0


@pytest.mark.parametrize(("prefix", "sort"), [("1", "score"), (" ", "name"), ("a", "created")])
def test_that_other_orders_have_no_letters(prefix: str, sort: str) -> None:
    assert place_of(prefix, [1], lambda _ids: [], sort=sort, descending=False) is None


def test_that_twenty_rows_are_enough_for_a_million() -> None:
    looked: list[int] = []

    def rows(ids):  # type: ignore[no-untyped-def]
        looked.extend(ids)
        return [SimpleNamespace(city=f"{ids[0]:07}")]

    ids = range(1_000_000)
    found = place_of("0750000", ids, rows, sort="city", descending=False)
    assert found == 750_000
    assert len(looked) <= 20
