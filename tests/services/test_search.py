"""Searching: what a query finds, in which order, on both databases."""

from __future__ import annotations

import sqlite3
import threading
from array import array
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, update

from app.core.actor import Origin
from app.core.clock import to_us
from app.core.errors import CaptelyError, InvalidInput
from app.core.fields import FieldKind
from app.models.contacts import Contact
from app.models.importing import ImportBatch
from app.models.interrupts import Interrupt, Interrupted
from app.services import search, search_arrays, search_first, search_head, search_text
from app.services.search_text import SEARCH_COLUMNS, Texts, document, words_of
from tests.services.office import NOON, Office, open_office


@pytest.fixture
def people(office: Office) -> Office:
    """Four people: Ada, Zoé, Grace and a Michael who is only an address."""
    office.custom.add("Budget", FieldKind.MONEY)
    office.custom.add("VIP", FieldKind.BOOL)
    office.custom.add("Ends", FieldKind.DATE)
    office.custom.add("Region size", FieldKind.CHOICE, ["Small", "Very large"])
    office.contacts.add(
        {
            "first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com",
            "email.home": "countess@home.example", "phone": "+33 1 42 68 53 00",
            "company": "Acme Ltd", "title": "Chief Sales Engineer", "country": "France",
            "tags": "Prospect, EU", "notes": "Met at the\nfair in Lyon", "budget": "1500",
            "vip": "yes", "ends": "2026-12-31", "status": "Qualified", "owner": "ada",
        }
    )  # fmt: skip
    office.contacts.add(
        {
            "full_name": "Zoé Müller", "company": "Acme Ltd Holding", "city": "Zürich",
            "country": "CH", "tags": "eu", "budget": "20", "region_size": "very large",
            "email": "zoe@mueller.example", "owner": "Bob",
        }
    )  # fmt: skip
    office.contacts.add(
        {"full_name": "Grace Hopper", "phone": "(01) 42 68", "company": "Navy", "vip": "no"}
    )
    office.contacts.add({"email": "michael@smith.example", "title": "Sales Chief"})
    return office


FOUND = {
    "": ["Ada Lovelace", "Grace Hopper", "", "Zoé Müller"],
    "zoe": ["Zoé Müller"],
    "ZÜR": ["Zoé Müller"],
    "acme love": ["Ada Lovelace"],
    "acme -lovelace": ["Zoé Müller"],
    "-acme": ["Grace Hopper", ""],
    "lyon fair": ["Ada Lovelace"],
    '"at the fair"': ["Ada Lovelace"],
    '"at the fai"': [],
    '"at the fai': ["Ada Lovelace"],
    '"lovelace acme"': [],
    "ovelace": [],
    "ada@example": ["Ada Lovelace"],
    "https://home.example countess": [],
    "countess@home.example": ["Ada Lovelace"],
    "+33 1 42 68": ["Ada Lovelace"],
    "01 42 68 53": ["Ada Lovelace"],
    "33142": ["Ada Lovelace"],
    "0142": ["Ada Lovelace", "Grace Hopper"],
    "1500": ["Ada Lovelace"],
    "very lar": ["Zoé Müller"],
    "a": ["Ada Lovelace", "Zoé Müller"],
    "m e": ["Ada Lovelace", "", "Zoé Müller"],
    "company:acme": ["Ada Lovelace", "Zoé Müller"],
    "company:ltd": ["Ada Lovelace", "Zoé Müller"],
    'company:"acme ltd"': ["Ada Lovelace"],
    'company="ACME  Ltd."': ["Ada Lovelace"],
    '-company:"Acme Ltd"': ["Grace Hopper", "", "Zoé Müller"],
    "company:ada": [],
    'title:"sales engineer"': ["Ada Lovelace"],
    "title:sales": ["Ada Lovelace", ""],
    "last_name:love": ["Ada Lovelace"],
    "name:mül": ["Zoé Müller"],
    "country:FR": ["Ada Lovelace"],
    "country:france,Switzerland": ["Ada Lovelace", "Zoé Müller"],
    "country:f": [],
    "owner:me": ["Ada Lovelace"],
    "owner:BOB": ["Zoé Müller"],
    "status:qualified": ["Ada Lovelace"],
    "-status:qualified,lost": ["Grace Hopper", "", "Zoé Müller"],
    "tag:EU": ["Ada Lovelace", "Zoé Müller"],
    "tag:eu -tag:prospect": ["Zoé Müller"],
    "-tag:nobody-has-this": ["Ada Lovelace", "Grace Hopper", "", "Zoé Müller"],
    "has:tags": ["Ada Lovelace", "Zoé Müller"],
    "no:email": ["Grace Hopper"],
    "has:name": ["Ada Lovelace", "Grace Hopper", "Zoé Müller"],
    "has:budget": ["Ada Lovelace", "Zoé Müller"],
    "budget>1000": ["Ada Lovelace"],
    "-budget>1000": ["Grace Hopper", "", "Zoé Müller"],
    "custom:budget=20": ["Zoé Müller"],
    "vip:yes": ["Ada Lovelace"],
    "vip:no": ["Grace Hopper"],
    "ends:2026-12": ["Ada Lovelace"],
    "ends<2026-12-31": [],
    'region_size:"Very large"': ["Zoé Müller"],
    "region_size:very": [],
    "email:ADA@example.com": ["Ada Lovelace"],
    "email:countess@home.example": ["Ada Lovelace"],
    "email:home.exa": ["Ada Lovelace"],
    "phone:33142": ["Ada Lovelace"],
    "created:today": ["Ada Lovelace", "Grace Hopper", "", "Zoé Müller"],
    "created<1d": [],
    "id:1,3": ["Ada Lovelace", "Grace Hopper"],
    "in:trash": [],
}


def test_what_queries_find(people: Office) -> None:
    assert {query: people.names(query) for query in FOUND} == FOUND


def test_that_the_count_agrees_with_what_is_found(people: Office) -> None:
    counts = {query: people.search.count(query) for query in FOUND}
    assert counts == {query: len(names) for query, names in FOUND.items()}


def test_that_the_first_page_agrees_with_what_is_found(people: Office) -> None:
    pages = {query: [row.name for row in people.search.first_page(query)] for query in FOUND}
    assert pages == FOUND


def test_that_what_was_just_changed_is_found_and_what_was_there_before_is_not(
    office: Office,
) -> None:
    one = office.add(email="ada@example.com", company="Acme")
    assert office.found("acme") == [one]
    office.contacts.change(one, {"company": "Navy"})
    assert office.found("acme") == []
    assert office.found("navy") == [one]
    office.operations.undo()
    assert office.found("acme") == [one]


def test_where_a_contact_stands_among_all_that_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "PIECE", 3)
    found = search.Ids(array("q", [5, 9, 1, 8, 2, 7, 4]))
    assert [found.place_of(one) for one in found.ids] == list(range(7))
    assert found.place_of(6) is None


def test_that_deleted_contacts_are_found_in_the_trash_only(people: Office) -> None:
    one = people.found("lovelace")
    people.contacts.delete(one)
    assert people.found("lovelace") == []
    assert people.found("in:trash") == one
    assert people.found("in:trash LOVE company=acme-ltd") == one
    assert people.found('in:trash title:"sales engineer" owner:me') == one
    assert people.found("in:trash -love") == []
    assert people.found("in:trash zoe") == []
    assert people.found("in:trash company:navy") == []
    assert people.search.count("in:trash love") == 1
    assert [row.id for row in people.search.first_page("in:trash love")] == one
    people.contacts.restore(one)
    assert people.found("lovelace") == one


def test_that_contacts_of_an_import_under_way_are_not_there(office: Office) -> None:
    seen = office.add(full_name="Ada Seen")
    operation = office.operations.begin("import", "Import {n} contacts")
    with office.operations.resume(operation) as recorder:
        hidden = recorder.create("contact", [{"full_name": "Ada Hidden"}])[0]
    for query in ("", "ada", "name:ada", "-navy"):
        assert office.found(query) == [seen]
        assert office.search.count(query) == 1
        assert [row.id for row in office.search.first_page(query)] == [seen]
    office.operations.seal(operation)
    assert office.found("ada") == [hidden, seen]


def test_that_jobs_and_imports_find_what_they_made_and_changed(office: Office) -> None:
    old, other = office.add(full_name="Old"), office.add(full_name="Other")
    with office.operations.recording("import", "Import {n} contacts", job=7) as recorder:
        made = recorder.create("contact", [{"full_name": "Made"}])[0]
        recorder.update("contact", {old: {"company": "Acme"}})
        values = {"id": 3, "op": recorder.op, "file_name": "a.csv", "file_sha256": "", "at_us": 0}
        recorder.connection.execute(insert(ImportBatch).values(**values, options={}, counts={}))
    assert office.found("job:7") == office.found("import:3") == [made, old]
    assert office.found("-job:7") == [other]
    assert office.found("job:8") == []
    with pytest.raises(InvalidInput, match=r"There is no import 4\."):
        office.found("import:4")


def test_that_an_unknown_status_is_refused_with_the_nearest(office: Office) -> None:
    with pytest.raises(InvalidInput) as refused:
        office.search.check("status:qualfied")
    assert refused.value.message == "There is no status 'qualfied'. Did you mean 'qualified'?"


def test_that_scores_and_moments_are_compared(office: Office) -> None:
    low, high, none = (office.add(full_name=name) for name in ("Low", "High", "None"))
    with office.store.writing("test") as connection:
        for contact, score, days in ((low, 10, 40), (high, 90, 10)):
            moment = to_us(NOON - timedelta(days=days))
            values = {"score": score, "last_contacted": moment}
            connection.execute(update(Contact).where(Contact.id == contact).values(**values))
    assert office.found("score>60") == [high]
    assert office.found("score<=10") == [low]
    assert office.found("-score>60", sort="id") == [low, none]
    assert office.found("last_contacted<30d") == [low]
    assert office.found("last_contacted>30d") == [high]
    assert office.found("no:last_contacted") == [none]
    assert office.found("", sort="score") == [low, high, none]
    assert office.found("", sort="score", descending=True) == [high, low, none]


@pytest.mark.parametrize(
    ("sort", "up", "down"),
    [
        ("name", "acb", "bca"),
        ("company", "bac", "abc"),
        ("city", "abc", "bac"),
        ("created", "abc", "cba"),
        ("budget", "abc", "bac"),
        ("custom:budget", "abc", "bac"),
        ("email", "bac", "abc"),
    ],
)
def test_that_every_field_sorts_with_blanks_last(
    office: Office, sort: str, up: str, down: str
) -> None:
    office.custom.add("Budget", FieldKind.NUMBER)
    values: list[dict[str, str]] = [
        {
            "full_name": "anna",
            "company": "Beta",
            "city": "Aachen",
            "budget": "9",
            "email": "b@x.eu",
        },
        {
            "full_name": "Zed",
            "company": "alpha",
            "city": "berlin",
            "budget": "10",
            "email": "a@x.eu",
        },
        {"full_name": "Émile"},
    ]
    letters = {
        office.contacts.add(value).id: letter for value, letter in zip(values, "abc", strict=True)
    }
    assert "".join(letters[one] for one in office.found("", sort=sort)) == up
    assert "".join(letters[one] for one in office.found("", sort=sort, descending=True)) == down
    page = office.search.first_page("", sort=sort, limit=2)
    assert "".join(letters[row.id] for row in page) == up[:2]


def test_that_a_sort_field_must_exist(office: Office) -> None:
    with pytest.raises(InvalidInput) as refused:
        office.found("", sort="compny")
    assert refused.value.message == "Contacts cannot be sorted by 'compny'. Did you mean 'company'?"
    with pytest.raises(InvalidInput, match="cannot be sorted by 'colour'"):
        office.found("", sort="colour")


def test_that_rows_come_in_the_order_asked_and_leave_out_what_is_gone(office: Office) -> None:
    one, two = office.add(full_name="One", tags="b, A"), office.add(full_name="Two")
    rows = office.search.rows([two, 99, one])
    assert [(row.id, row.name, row.tags) for row in rows] == [
        (two, "Two", ()),
        (one, "One", ("A", "b")),
    ]


def test_that_a_search_can_be_cut_short(office: Office) -> None:
    interrupt = Interrupt()
    interrupt.stop()
    with pytest.raises(Interrupted):
        office.search.ids("ada", interrupt=interrupt)
    with pytest.raises(Interrupted):
        office.search.first_page("ada", interrupt=interrupt)


def test_that_readers_on_several_threads_all_find_it(desk: Office) -> None:
    desk.add(full_name="Ada")
    found: list[list[int]] = []
    readers = [threading.Thread(target=lambda: found.append(desk.found("ada"))) for _ in range(6)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert found == [[1]] * 6


@pytest.mark.parametrize("sort", ["company", "email"])
@pytest.mark.parametrize("descending", [False, True])
def test_that_pages_of_an_indexed_order_go_on_into_the_blanks(
    office: Office, sort: str, *, descending: bool
) -> None:
    for n in range(12):
        person: dict[str, Any] = {"full_name": f"Person {n}"}
        if n % 3:
            person |= {"company": f"Firm {n * 5 % 7}", "email": f"p{n * 5 % 12}@x.example"}
        office.contacts.add(person)
    everything = office.found("", sort=sort, descending=descending)
    assert sorted(everything) == list(range(1, 13))
    assert sorted(everything[8:]) == [1, 4, 7, 10]
    paged = [
        one
        for offset in range(0, 15, 3)
        for one in office.search.page("", sort=sort, descending=descending, limit=3, offset=offset)[
            1
        ]
    ]
    assert paged == everything


def test_that_texts_kept_from_an_earlier_search_do_not_outlive_a_change(office: Office) -> None:
    first, second = (
        office.contacts.add({"full_name": name, "company": "Acme"}).id for name in ("Abe", "Bea")
    )

    def page() -> list[int]:
        return [row.id for row in office.search.first_page("acme")]

    assert page() == page() == [first, second]
    office.contacts.change(first, {"full_name": "Zed"})
    assert page() == [second, first]
    office.contacts.delete([second])
    assert page() == [first]
    office.operations.undo()
    assert page() == [second, first]


def test_that_reading_ahead_ends_and_hides_no_later_change(office: Office) -> None:
    first = office.contacts.add({"first_name": "Ada", "company": "Acme"})
    office.indexing.drain()
    while office.search.read_ahead():
        pass
    assert not office.search.read_ahead()
    office.contacts.change(first.id, {"company": "Zenith"})
    office.indexing.drain()
    assert office.search.first_page("acme") == []
    assert [row.id for row in office.search.first_page("zenith")] == [first.id]
    while office.search.read_ahead():
        pass
    assert [row.id for row in office.search.first_page("zenith")] == [first.id]


def test_that_reading_ahead_leaves_an_import_under_way_alone(office: Office) -> None:
    office.contacts.add({"first_name": "Ada"})
    office.indexing.drain()
    office.operations.begin("import", "Import {n} contacts")
    assert not office.search.read_ahead()


WORDS = ("Ada", "Adam", "Zoé", "Smith", "Smithson", "Acme", "a", "Michael", "Michelle", "Oslo")


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Six hundred people whose names repeat, in an index looked at in tiny steps."""
    with open_office(tmp_path_factory.mktemp("crowd")) as office:
        with office.operations.recording("import", "Import {n} contacts") as recorder:
            rows = [
                {
                    "first_name": WORDS[n % 7], "last_name": WORDS[(n * n + 3) % 10],
                    "company": WORDS[n % 10] if n % 3 else None,
                    "city": "Oslo" if n % 11 == 0 else None,
                }
                for n in range(600)
            ]  # fmt: skip
            recorder.create("contact", rows)
        office.indexing.drain()
        yield office


@pytest.mark.parametrize(("walk", "batch", "tie"), [(1, 1, 1), (5, 3, 40), (50, 20, 2_000)])
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    asked=st.lists(st.sampled_from([w[:n] for w in WORDS for n in (1, 2, 4, 9)]), max_size=3),
    limit=st.integers(1, 40),
    descending=st.booleans(),
    extra=st.sampled_from(["", " city:oslo", " -acme", " has:company", ' "michael smith"']),
)
def test_that_the_first_page_is_the_beginning_of_all_that_is_found(
    crowd: Office, monkeypatch: pytest.MonkeyPatch, walk: int, batch: int, tie: int,
    asked: list[str], limit: int, descending: bool, extra: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(search_first, "SHORT_WALK", walk)
    monkeypatch.setattr(search_head, "STEP", walk)
    monkeypatch.setattr(search_first, "MOST", walk * 4)
    monkeypatch.setattr(search_first, "FIRST_BATCH", batch)
    monkeypatch.setattr(search_first, "NAMESAKES", tie)
    monkeypatch.setattr(search_first, "SAMPLE", 20)
    query = " ".join(asked) + extra
    crowd.search.read_ahead(descending=descending)
    page = crowd.search.first_page(query, limit=limit, descending=descending)
    everything = crowd.found(query, descending=descending)
    assert [row.id for row in page] == everything[:limit]
    assert crowd.search.count(query) == len(everything)


_text = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.sampled_from(["Chloé", "!!", "x" * 70, "ﬃ" * 30, "+33612345678", "020 7946 0958", "a\nb"]),
)


@given(st.lists(st.lists(_text, min_size=22, max_size=22), max_size=6), st.booleans())
def test_that_many_texts_are_made_as_one_would_be(
    rows: list[list[str | None]], further: bool
) -> None:
    special = ['{"note":"Blue"}', '{"email":[["home","h@x.example"]]}'] if further else [None, None]
    contacts = [[*row, *(special if place else [None, None])] for place, row in enumerate(rows)]
    columns = [column if any(column) else None for column in zip(*contacts, strict=True)]
    texts = Texts()
    expected = [document(contact) for contact in contacts]
    if any(columns):
        assert texts.of(columns) == expected
        # What is remembered of the first time changes nothing.
        assert texts.of(columns) == expected


def test_that_texts_forget_values_before_they_fill_the_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(search_text, "_REMEMBERED", 10)
    texts, blank = Texts(), [None] * (len(SEARCH_COLUMNS) - 1)
    for name in ("Ada", "Bob Babbage", "Ada", "Cleo"):
        assert texts.of([[name], *blank]) == [document([name, *blank])]
    assert len(texts._segments[0]._known) < 3


def test_that_over_long_words_are_cut_in_the_text_and_in_the_query(office: Office) -> None:
    one = office.add(full_name="Ada", notes="x" * 5_000)
    assert office.found("x" * 4_000) == [one]


def test_that_a_query_never_fails_but_with_a_sentence(people: Office) -> None:
    for query in (
        "'",
        "%",
        "_",
        "\\",
        "(ada)",
        "a AND b",
        "NEAR(a)",
        "*",
        "''",
        "ada;",
        "\x00",
        "日本",
    ):
        with suppress(CaptelyError):
            assert isinstance(people.found(query), list)


def test_that_the_search_file_holds_no_words_of_contacts_in_the_trash(desk: Office) -> None:
    one = desk.add(full_name="Zebedee Quux")
    desk.found("zebedee")
    desk.contacts.delete([one])
    desk.found("zebedee")
    with sqlite3.connect(Path(desk.workspace.search)) as connection:
        assert connection.execute("SELECT count(*) FROM doc").fetchone() == (0,)
    connection.close()
    assert desk.actor.origin is Origin.UI


def test_a_word_that_folding_makes_longer_is_cut_like_any_other() -> None:
    # Thirty ligatures are ninety letters once they are folded.
    values = [None] * len(SEARCH_COLUMNS)
    values[SEARCH_COLUMNS.index("company")] = "ﬃ" * 30
    word = document(values).strip()[1:].strip()
    assert word == words_of("ﬃ" * 30).strip()
    assert len(word) == 64


@pytest.mark.parametrize("looked_up", [0, 100])
def test_that_contacts_are_divided_by_status_in_their_order(
    office: Office, monkeypatch: pytest.MonkeyPatch, looked_up: int
) -> None:
    monkeypatch.setattr(search_arrays, "ASKED_CHUNK", looked_up or 2)
    names = ("Dee", "Ada", "Cy", "Bo")
    ids = {
        name: office.add(full_name=name, status="lost" if name in ("Ada", "Dee") else "new")
        for name in names
    }
    wanted = ("new", "lost", "won")
    found = office.search.by_status(office.search.ids("").ids, wanted)
    divided = {key: list(part) for key, part in found.items()}
    assert divided == {
        "new": [ids["Bo"], ids["Cy"]],
        "lost": [ids["Ada"], ids["Dee"]],
        "won": [],
    }
    assert list(office.search.by_status([ids["Dee"], ids["Cy"]], ("lost",))["lost"]) == [ids["Dee"]]
    assert office.search.by_status([], wanted)["new"] == array("q")
    assert office.search.by_status([ids["Dee"]], ()) == {}


def test_that_tags_give_an_order_by_the_first_of_them(office: Office) -> None:
    for name, tags in (("Ada", "uk, fair"), ("Bo", ""), ("Cy", "eu"), ("Dee", "zoo")):
        office.add(full_name=name, tags=tags)
    assert office.names("", sort="tags") == ["Cy", "Ada", "Dee", "Bo"]
    assert office.names("", sort="tags", descending=True) == ["Dee", "Ada", "Cy", "Bo"]


def test_that_rows_hold_the_further_fields_that_are_asked_for(office: Office) -> None:
    office.custom.add("Budget", FieldKind.MONEY)
    one = office.add(full_name="Ada", city="Bonn", notes="A countess", budget="12.50")
    (row,) = office.search.rows([one], more=("notes", "custom:budget", "city", "website"))
    assert row.more == {"notes": "A countess", "custom:budget": 12.5, "website": None}
    assert office.search.rows([one])[0].more == {}
    assert office.search.first_page("", more=("notes",))[0].more == {"notes": "A countess"}
