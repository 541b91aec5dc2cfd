"""Contacts written to files: whole or not at all, and the same people when they are read again."""

from __future__ import annotations

import csv
import json
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.bootstrap import App, build
from app.core.actor import Origin
from app.core.errors import Cancelled, InvalidInput, StorageError
from app.core.paths import Workspace
from app.models.contacts import Contact
from app.services.exporting.files import FileOptions
from app.services.importing import ImportOptions
from tests import licensing

NOT_KEPT = ("id", "version", "created", "updated", "score", "name")
FIELDS_MADE = (
    ("Remark", "text", ()),
    ("Head count", "number", ()),
    ("Budget", "money", ()),
    ("Contract end", "date", ()),
    ("Partner", "bool", ()),
    ("Size", "choice", ("Small", "Large", "a & b")),
    ("Topics", "multi", ("Cars", "Trains", "Ships")),
    ("Blog", "url", ()),
    ("Invoice to", "email", ()),
    ("Switchboard", "phone", ()),
)

_LETTERS = st.characters(exclude_categories=("Cs", "Cc"))
_STARTS = st.sampled_from(
    ["", "", "=", "+", "-", "@", "'", "'=", "'+1", "0", '="0612"', "007", ";"]
)


@contextmanager
def office(folder: Path) -> Iterator[App]:
    """A workspace with a custom field of every type and a status of its own."""
    with licensed(folder) as app:
        if not app.custom_fields.list():
            for label, kind, choices in FIELDS_MADE:
                app.custom_fields.add(label, kind, choices)
            app.statuses.add("Warm lead")
        yield app


@contextmanager
def licensed(folder: Path) -> Iterator[App]:
    """A workspace that may hold any number of contacts."""
    with licensing.trusted():
        app = build(licensing.make_licensed(Workspace(folder)), origin=Origin.CLI)
        try:
            yield app
        finally:
            app.close()


def people(app: App, query: str = "") -> list[dict[str, Any]]:
    """Everything that a file has to keep, in the order of ids; typed names apart from derived."""
    found = []
    for view in app.contacts.page(query, sort="id", limit=1_000).contacts:
        kept = {key: value for key, value in view.as_json().items() if key not in NOT_KEPT}
        kept["labelled"] = {field: sorted(pairs) for field, pairs in kept["labelled"].items()}
        found.append(kept)
    return found


def brought_over(source: App, target: App, file: Path) -> dict[str, Any]:
    """Export everybody of `source` to `file` and import it into `target`; the import's result."""
    source.file_exports.write(file.suffix[1:], file, replace=True)
    job = target.importing.start(file, ImportOptions(on_duplicate="create"))
    return dict(target.jobs.run(job).result or {})


def texts(largest: int = 20) -> st.SearchStrategy[str]:
    return st.builds(lambda start, rest: start + rest, _STARTS, st.text(_LETTERS, max_size=largest))


def lines() -> st.SearchStrategy[str]:
    return st.lists(texts(), max_size=4).map("\n".join)


numbers = st.one_of(
    st.integers(-(10**14), 10**14).map(str),
    st.sampled_from(["1.5", "1200.50", "1.2340", "-0.125", "12.3450", "100000.0001", "0"]),
    st.floats(-1e9, 1e9, allow_nan=False).map(lambda n: f"{n:.5f}"),
)
dates = st.dates(min_value=date(1900, 1, 1)).map(str)
phones = st.sampled_from(
    ["+33142685300", "+44 20 7946 0958", "0142685300", "call the office", "12"]
)
addresses = st.from_regex(r"[a-z]{1,8}\.[0-9]{1,6}@example\.(com|org)", fullmatch=True)
labels = st.sampled_from(["home", "work", "old one", "2", "3", "été"])

plain = st.fixed_dictionaries(
    {"first_name": texts(8)},
    optional={
        "last_name": texts(8),
        "full_name": texts(12),
        "phone": phones,
        "mobile": phones,
        "company": texts(),
        "domain": st.sampled_from(["example.com", "nothing like one", "bücher.example"]),
        "title": texts(),
        "linkedin_url": st.sampled_from(["https://www.linkedin.com/in/ada", "ask her"]),
        "website": st.sampled_from(["https://example.com/a?b=c,d", "none yet"]),
        "address": lines(),
        "city": texts(),
        "postal_code": st.sampled_from(["01000", "00-950", "SW1A 1AA"]),
        "country": st.sampled_from(["FR", "Germany", "Atlantis"]),
        "notes": lines(),
        "status": st.sampled_from(["new", "lost", "warm lead"]),
        "owner": texts(),
        "source": texts(),
        "tags": st.sampled_from(["fair", "fair,uk", "Zürich, a=b", "-no, 'yes"]),
        "last_contacted": st.sampled_from(
            ["2026-03-04", "2026-03-04 05:06:07", "2026-11-23T10:00:00.123456Z"]
        ),
        "custom:remark": lines(),
        "custom:head_count": numbers,
        "custom:budget": numbers,
        "custom:contract_end": dates,
        "custom:partner": st.sampled_from(["yes", "no"]),
        "custom:size": st.sampled_from(["Small", "Large", "a & b"]),
        "custom:topics": st.sampled_from(["Cars", "Trains, Cars", "Ships,Trains,Cars"]),
        "custom:blog": st.sampled_from(["https://blog.example/x", "nope"]),
        "custom:invoice_to": addresses,
        "custom:switchboard": phones,
    },
)
further = st.dictionaries(
    st.tuples(st.sampled_from(["phone", "mobile"]), labels).map(".".join), phones, max_size=3
)
further_mail = st.dictionaries(labels.map(lambda label: f"email.{label}"), addresses, max_size=2)


@st.composite
def typed_contacts(draw: st.DrawFn) -> list[dict[str, str]]:
    """What users type: each contact with an e-mail of its own, so that none is refused."""
    made = []
    for number in range(draw(st.integers(1, 6))):
        values = {**draw(plain), **draw(further), **draw(further_mail)}
        made.append({**values, "email": f"person{number}@example.com"})
    return made


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


class TestRoundTrip:
    @pytest.mark.parametrize("form", ["csv", "json"])
    @settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
    @example(
        typed=[
            {"first_name": "Ada", "last_name": "Lovelace", "email": "a@example.com"},
            {"full_name": "Ada Lovelace", "email": "b@example.com"},
            {"first_name": "Ada", "full_name": "Countess Ada", "email": "c@example.com"},
            {"notes": "=1+1\n  two\n'@three", "custom:budget": "1.2340", "email": "d@example.com"},
        ]
    )
    @given(typed=typed_contacts())
    def test_everything_that_can_be_typed_comes_back_as_it_was(
        self, folders: Path, form: str, typed: list[dict[str, str]]
    ) -> None:
        with office(folders / f"{form}-from") as source, office(folders / f"{form}-to") as target:
            for app in (source, target):
                if ids := app.search.ids("", sort="id").ids:
                    app.contacts.delete(ids)
            for values in typed:
                source.contacts.add(values, allow_duplicate=True)

            result = brought_over(source, target, folders / f"people.{form}")

            assert result["rejected"] == 0
            assert result["created"] == len(typed)
            assert _typed_names(target) == _typed_names(source)
            assert people(target) == people(source)

    @pytest.mark.parametrize("form", ["csv", "json"])
    def test_a_second_import_of_the_same_file_changes_nothing(
        self, tmp_path: Path, form: str
    ) -> None:
        with office(tmp_path / "one") as app:
            app.contacts.add({"first_name": "Ada", "email": "ada@example.com", "tags": "fair"})
            app.contacts.add({"full_name": "Bob", "phone": "+33142685300", "notes": "=x"})
            before = people(app)
            file = tmp_path / f"people.{form}"
            app.file_exports.write(form, file)

            job = app.importing.start(file, ImportOptions(on_duplicate="update"))
            result = dict(app.jobs.run(job).result or {})

            assert (result["unchanged"], result["created"], result["updated"]) == (2, 0, 0)
            assert people(app) == before

    @pytest.mark.parametrize("form", ["csv", "json"])
    def test_custom_fields_that_the_new_workspace_lacks_are_ignored_by_name(
        self, tmp_path: Path, form: str
    ) -> None:
        with office(tmp_path / "one") as source:
            source.contacts.add({"first_name": "Ada", "custom:budget": "12"})
            file = tmp_path / f"people.{form}"
            source.file_exports.write(form, file)
        with licensed(tmp_path / "two") as empty:
            result = dict(empty.jobs.run(empty.importing.start(file)).result or {})
            assert result["created"] == 1
            assert result["mapping"]["custom:budget"] == ""
            assert people(empty)[0]["custom"] == {}


def _typed_names(app: App) -> list[str | None]:
    """The full names as they are stored: None where they follow from first and last name."""
    names = select(Contact.full_name).where(Contact.deleted_op.is_(None)).order_by(Contact.id)
    with app.store.reading() as connection:
        return list(connection.execute(names).scalars())


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with office(tmp_path / "workspace") as made:
        yield made


class TestCsv:
    def test_no_cell_runs_as_a_formula_in_a_spreadsheet(self, app: App, tmp_path: Path) -> None:
        app.contacts.add({"first_name": "=cmd()", "last_name": "@x", "notes": "+1+2", "city": "-a"})
        row = _csv_rows(app, tmp_path)[0]
        assert [row["First name"], row["Last name"], row["Notes"], row["City"]] == [
            "'=cmd()",
            "'@x",
            "'+1+2",
            "'-a",
        ]

    def test_telephone_numbers_stay_as_they_are(self, app: App, tmp_path: Path) -> None:
        app.contacts.add({"first_name": "Ada", "phone": "+33142685300"})
        assert _csv_rows(app, tmp_path)[0]["Phone"] == "+33142685300"

    def test_a_deleted_field_is_not_written_with_its_values(self, app: App, tmp_path: Path) -> None:
        app.contacts.add({"first_name": "Ada", "custom:budget": "12"})
        app.custom_fields.delete("budget")
        assert "custom:budget" not in _csv_rows(app, tmp_path)[0]
        assert "budget" not in _json_contacts(app, tmp_path)[0]["custom"]

    def test_names_between_apostrophes_keep_them(self, app: App, tmp_path: Path) -> None:
        for name in ("'t Hooft'", "'Bob'", "'=Cid'"):
            app.contacts.add({"last_name": name, "company": "Acme"})
        with office(tmp_path / "other") as other:
            brought_over(app, other, tmp_path / "out.csv")
            assert [one["last_name"] for one in people(other)] == ["'t Hooft'", "'Bob'", "'=Cid'"]

    def test_only_what_the_query_finds_is_written(self, app: App, tmp_path: Path) -> None:
        app.contacts.add({"first_name": "Ada", "tags": "fair"})
        app.contacts.add({"first_name": "Bob"})
        assert [row["First name"] for row in _csv_rows(app, tmp_path, "tag:fair")] == ["Ada"]

    def test_an_empty_workspace_gives_the_headers_alone(self, app: App, tmp_path: Path) -> None:
        assert _csv_rows(app, tmp_path) == []
        assert (tmp_path / "out.csv").read_text().startswith("First name,Last name,Full name,")


class TestWholeOrNone:
    def test_a_file_that_is_there_is_not_touched(self, app: App, tmp_path: Path) -> None:
        file = tmp_path / "people.csv"
        file.write_text("mine")
        with pytest.raises(InvalidInput, match="already exists"):
            app.file_exports.write("csv", file)
        assert file.read_text() == "mine"

    def test_with_replace_it_is_replaced(self, app: App, tmp_path: Path) -> None:
        file = tmp_path / "people.csv"
        file.write_text("mine")
        assert app.file_exports.write("csv", file, replace=True) == 0
        assert file.read_text() != "mine"

    @pytest.mark.skipif(os.name != "posix", reason="pipes of POSIX")
    def test_a_pipe_or_device_is_never_replaced(self, app: App, tmp_path: Path) -> None:
        pipe = tmp_path / "people.csv"
        os.mkfifo(pipe)
        with pytest.raises(InvalidInput, match="a pipe or a device"):
            app.file_exports.write("csv", pipe, replace=True)
        assert pipe.is_fifo()

    def test_a_file_made_meanwhile_by_somebody_else_is_not_lost(
        self, app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = tmp_path / "people.csv"
        fsync = os.fsync
        monkeypatch.setattr(os, "fsync", lambda handle: (file.write_text("hers"), fsync(handle)))
        with pytest.raises(InvalidInput, match="already exists"):
            app.file_exports.write("csv", file)
        assert file.read_text() == "hers"
        assert _left_over(tmp_path) == []

    @pytest.mark.parametrize("form", ["csv", "json", "vcard"])
    def test_cancelling_leaves_no_file(self, app: App, tmp_path: Path, form: str) -> None:
        app.contacts.add({"first_name": "Ada"})
        stop = threading.Event()
        stop.set()
        with pytest.raises(Cancelled, match="no file was written"):
            app.file_exports.write(form, tmp_path / "people.out", cancel=stop)
        assert not (tmp_path / "people.out").exists()
        assert _left_over(tmp_path) == []

    def test_a_folder_that_is_not_there_is_named(self, app: App, tmp_path: Path) -> None:
        with pytest.raises(StorageError, match="cannot be written: No such file or directory"):
            app.file_exports.write("csv", tmp_path / "nowhere" / "people.csv")

    def test_a_full_disk_keeps_the_old_file(
        self, app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(_handle: int) -> None:
            raise OSError(28, "No space left on device")

        file = tmp_path / "people.csv"
        file.write_text("mine")
        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(StorageError, match="No space left on device"):
            app.file_exports.write("csv", file, replace=True)
        assert file.read_text() == "mine"
        assert _left_over(tmp_path) == []

    def test_a_folder_in_the_place_of_the_file_is_named(self, app: App, tmp_path: Path) -> None:
        with pytest.raises(StorageError, match="cannot be written"):
            app.file_exports.write("csv", tmp_path / "workspace", replace=True)


def _left_over(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir() if file.name.startswith(".captely-")]


def _csv_rows(app: App, folder: Path, query: str = "") -> list[Mapping[str, str]]:
    app.file_exports.write("csv", folder / "out.csv", query, replace=True)
    with (folder / "out.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _json_contacts(app: App, folder: Path) -> list[dict[str, Any]]:
    app.file_exports.write("json", folder / "out.json", replace=True)
    found: list[dict[str, Any]] = json.loads((folder / "out.json").read_text())["contacts"]
    return found


class TestOptions:
    @pytest.fixture
    def app(self, tmp_path: Path) -> Iterator[App]:
        with office(tmp_path / "office") as app:
            app.contacts.add(
                {"first_name": "Zoé", "email": "zoe@fjord.example", "custom:size": "Small"}
            )
            app.contacts.add({"first_name": "Ada", "email": "ada@acme.example"})
            yield app

    def test_only_the_chosen_columns_in_the_chosen_order(self, app: App, tmp_path: Path) -> None:
        options = FileOptions(columns=("custom:size", "email", "gone.home"), delimiter=";")
        app.file_exports.write("csv", tmp_path / "a.csv", options=options)
        assert (tmp_path / "a.csv").read_text().splitlines() == [
            "custom:size;E-mail;gone.home",
            "Small;zoe@fjord.example;",
            ";ada@acme.example;",
        ]

    def test_the_mark_for_excel_stands_before_csv_alone(self, app: App, tmp_path: Path) -> None:
        for kind in ("csv", "json"):
            app.file_exports.write(kind, tmp_path / kind, options=FileOptions(mark=True))
        assert (tmp_path / "csv").read_bytes().startswith(b"\xef\xbb\xbf")
        assert not (tmp_path / "json").read_bytes().startswith(b"\xef\xbb\xbf")

    def test_the_suppressed_are_counted_and_left_out_on_wish(
        self, app: App, tmp_path: Path
    ) -> None:
        app.suppressions.add("domain", "fjord.example", "unsubscribed")
        assert app.file_exports.withheld() == 1
        assert app.file_exports.withheld("company:nobody") == 0
        left_out = FileOptions(suppressed=False)
        assert app.file_exports.write("json", tmp_path / "a.json", options=left_out) == 1
        assert app.file_exports.write("json", tmp_path / "b.json") == 2

    def test_progress_is_told(self, app: App, tmp_path: Path) -> None:
        told: list[tuple[int, int]] = []
        app.file_exports.write(
            "vcard", tmp_path / "a.vcf", progress=lambda done, total: told.append((done, total))
        )
        assert told == [(2, 2)]
