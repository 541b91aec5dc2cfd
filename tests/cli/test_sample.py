"""The verbs of the sample data."""

from __future__ import annotations

from tests.cli.driver import Captely


def test_the_sample_comes_and_goes_and_undo_brings_it_back(captely: Captely) -> None:
    own = captely.add("first_name=Ada")
    added = captely.done("sample", "add")
    assert (added["created"], added["tags"]) == (464, ["sample"])
    assert captely.json("sample", "add").code == 2
    assert captely.done("contacts", "tag:sample")["total"] == 464
    assert captely.done("sample", "remove") == {"removed": 464, "kept": 0}
    assert [one["id"] for one in captely.done("contacts")["contacts"]] == [own]
    captely.done("undo")
    assert captely.done("contacts", "tag:sample")["total"] == 464


def test_changed_ones_stay_on_request(captely: Captely) -> None:
    captely.done("sample", "add")
    one = captely.done("contacts", "--limit", "1")["contacts"][0]["id"]
    captely.done("contact", "set", str(one), "company=Acme")
    assert captely.done("sample", "remove", "--keep-changed") == {"removed": 463, "kept": 1}


def test_a_sample_that_is_not_there_is_told_so(captely: Captely) -> None:
    assert captely.json("sample", "remove").message == "There is no sample data here."
