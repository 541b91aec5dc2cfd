"""The verb `import` and the jobs that it leaves, as scripts and people see them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from tests.cli.driver import Captely

KEYS = {
    "batch", "rows", "created", "updated", "unchanged", "duplicates", "rejected", "rejects_file",
    "encoding", "delimiter", "header_row", "mapping", "tags", "warnings", "job", "operation",
}  # fmt: skip
FATES = ("created", "updated", "unchanged", "duplicates", "rejected")

LIST = (
    "Nom;Prénom;Courriel;Téléphone;Remarque interne",
    "Dupont;Zoé;zoe@exemple.fr;01 42 68 53 00;x",
    "Martin;Luc;nope@;;",
    ";;;;only this",
    "Dupont;Zoe;ZOE@exemple.fr;;",
    "Petit;Eve;;12;",
)


def test_the_result_has_every_key_and_its_numbers_add_up(captely: Captely) -> None:
    answer = captely.json("import", captely.file("liste.csv", *LIST), "--country", "fr")
    result = answer.json
    assert answer.code == 1
    assert result.keys() >= KEYS
    assert [result[fate] for fate in FATES] == [2, 0, 0, 1, 2]
    assert result["rows"] == sum(result[fate] for fate in FATES)
    assert (result["delimiter"], result["header_row"]) == (";", 1)
    assert result["mapping"]["Courriel"] == "email"
    assert captely.done("contacts", "dupont")["contacts"][0]["phone"] == "+33142685300"
    rejected = Path(result["rejects_file"]).read_text(encoding="utf-8-sig").splitlines()
    assert len(rejected) == 3


def test_words_name_ignored_columns_warnings_and_the_rejects_file(captely: Captely) -> None:
    file = captely.file("liste.csv", *LIST)
    answer = captely("import", file, "--map", "Remarque interne=")
    assert answer.code == 1
    assert answer.out.startswith("Imported 5 rows:\nCreated  Updated  Unchanged")
    assert "Ignored columns: Remarque interne\n" in answer.err
    assert "Rows 2, 6: Phone cannot be read as a number" in answer.err
    assert f"ready to correct: {captely.workspace / 'rejects'}" in answer.err


def test_a_dry_run_writes_nothing_but_the_plan_it_is_asked_for(captely: Captely) -> None:
    file = captely.file("liste.csv", *LIST)
    answer = captely.json("import", file, "--dry-run", "--plan-file", f"{captely.folder}/p.json")
    assert answer.code == 1
    assert [answer.json[fate] for fate in FATES] == [2, 0, 0, 1, 2]
    assert captely.done("contacts")["total"] == 0
    assert captely.done("jobs")["jobs"] == []
    assert list((captely.workspace / "plans").iterdir()) == []
    rows = json.loads((captely.folder / "p.json").read_text())["rows"]
    assert [row["fate"] for row in rows] == [
        "created", "rejected", "rejected", "duplicate", "created",
    ]  # fmt: skip
    assert "--plan-file FILE" in captely("import", file, "--dry-run").err


@pytest.mark.parametrize(
    ("rule", "fates", "title", "city"),
    [
        (None, (0, 1, 0), "Boss", "Paris"),
        ("fill", (0, 1, 0), "Boss", "Paris"),
        ("update", (0, 1, 0), "Chief", "Paris"),
        ("skip", (0, 0, 1), "Boss", None),
        ("create", (1, 0, 0), "Boss", None),
    ],
)
def test_what_becomes_of_people_who_are_there(
    captely: Captely, rule: str | None, fates: tuple[int, ...], title: str, city: str | None
) -> None:
    captely.add("email=ada@example.com", "title=Boss")
    file = captely.file("list.csv", "Email,Title,City", "ada@example.com,Chief,Paris")
    result = captely.done("import", file, *(["--on-duplicate", rule] if rule else []))
    assert tuple(result[fate] for fate in FATES[:3]) == fates
    contact = captely.done("contact", "1")["contact"]
    assert (contact["title"], contact["city"]) == (title, city)


def test_the_mapping_is_remembered_and_may_be_overruled(captely: Captely) -> None:
    file = captely.file("list.csv", "Who,Where,Email", "Ada,London,ada@example.com")
    maps = ("--map", "Who=first_name", "--map", "where=city")
    assert captely.done("import", file, *maps)["mapping"]["Who"] == "first_name"
    again = captely.done("import", file)
    assert (again["mapping"]["Where"], again["unchanged"]) == ("city", 1)
    assert captely.done("import", file, "--map", "Where=region")["mapping"]["Where"] == "region"


def test_everybody_gets_the_tags(captely: Captely) -> None:
    captely.add("email=ada@example.com")
    file = captely.file("list.csv", "Email", "ada@example.com", "bob@example.com")
    captely.done("import", file, "--tag", "fair", "--tag", "Paris 2026")
    assert captely.done("contacts", "tag:fair", 'tag:"Paris 2026"')["total"] == 2
    captely.done("undo")
    assert captely.done("contacts")["total"] == 1
    assert captely.done("contacts", "tag:fair")["total"] == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--map", "Nope=email"], "list.csv has no column Nope."),
        (["--map", "Email=mail"], "There is no field mail."),
        (["--map", "Email"], "This is not Column=field: Email"),
        (["--country", "XX"], "XX is no country."),
        (["--delimiter", "abc"], "A delimiter is one character, not 'abc'."),
        (["--encoding", "nope"], "There is no encoding nope."),
        (["--date-order", "Email=xyz"], "xyz is no order of dates for Email."),
        (["--tag", "a,b"], "The tag 'a,b' holds a comma"),
    ],
)
def test_an_option_that_cannot_be_imports_nothing(
    captely: Captely, words: list[str], message: str
) -> None:
    answer = captely.json("import", captely.file("list.csv", "Email", "a@example.com"), *words)
    assert answer.code == 2
    assert message in answer.message
    assert captely.done("contacts")["total"] == 0


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("absent.csv", None, "There is no file"),
        ("picture.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", "is a picture, not a list"),
        ("empty.csv", b"", "is empty"),
        ("blank.csv", b"\n\n,,,\n\n", "is empty"),
        ("cut.json", b'[{"email": "a@example.com"', "is no list of contacts in JSON"),
        ("false.xlsx", b"PK\x03\x04nothing", "false.xlsx"),
        ("false.csv.gz", b"\x1f\x8bnothing", "false.csv.gz"),
    ],
)
def test_what_is_no_list_is_named_and_changes_nothing(
    captely: Captely, name: str, content: bytes | None, message: str
) -> None:
    path = captely.folder / name
    if content is not None:
        path.write_bytes(content)
    answer = captely.json("import", str(path))
    assert answer.code == 2
    assert message in answer.message
    assert captely.done("contacts")["total"] == 0


def test_letters_that_may_be_wrong_are_told_without_a_row(captely: Captely) -> None:
    path = captely.folder / "list.csv"
    path.write_bytes("Имя,Email\nИван,ivan@example.com\n".encode("cp1251"))
    answer = captely("import", str(path))
    assert answer.code == 0
    assert "\nSome letters may be wrong: the file is not UTF-8" in f"\n{answer.err}"


def test_a_name_in_a_list_cannot_speak_to_the_terminal(captely: Captely) -> None:
    file = captely.file("list.csv", "Name,Email", "A\x1b[31m\x07d\x9ba,a@example.com")
    captely.done("import", file)
    shown = captely("contacts").out
    assert "a@example.com" in shown
    assert not {"\x1b", "\x07", "\x9b"} & set(shown)


def test_a_folder_is_no_list(captely: Captely) -> None:
    assert captely.json("import", str(captely.folder)).code == 2


def test_a_compressed_list_and_one_with_tabs_are_read(captely: Captely) -> None:
    packed = captely.folder / "list.csv.gz"
    packed.write_bytes(gzip.compress("Name\tEmail\nZoé\tzoe@example.com\n".encode("cp1252")))
    result = captely.done("import", str(packed), "--delimiter", "tab", "--encoding", "cp1252")
    assert (result["delimiter"], result["encoding"], result["created"]) == ("\t", "cp1252", 1)
    assert captely.done("contacts", "zoe")["contacts"][0]["name"] == "Zoé"


class TestJobs:
    def test_an_import_is_listed_and_shown(self, captely: Captely) -> None:
        captely.done("import", captely.file("list.csv", "Email", "a@example.com"))
        job = captely.done("jobs")["jobs"][0]
        assert job.keys() >= {"id", "kind", "state", "done", "total", "ambiguous", "message"}
        assert (job["id"], job["kind"], job["state"], job["done"]) == (1, "import", "done", 1)
        shown = captely.done("job", "show", "1")
        assert (shown["job"], shown["ambiguous_calls"]) == (job, [])
        assert shown["result"]["created"] == 1
        assert "Import of list.csv" in captely("jobs").out

    def test_one_that_has_ended_is_neither_paused_nor_cancelled(self, captely: Captely) -> None:
        captely.done("import", captely.file("list.csv", "Email", "a@example.com"))
        assert captely.json("job", "pause", "1").code == 2
        assert captely.json("job", "cancel", "1").code == 2
        assert captely.done("contacts")["total"] == 1

    def test_resuming_prints_the_result_and_the_exit_code_of_its_verb(
        self, captely: Captely
    ) -> None:
        first = captely.json("import", captely.file("list.csv", *LIST), "--country", "FR")
        assert first.code == 1
        again = captely.json("job", "resume", "1")
        assert (again.code, again.json) == (first.code, first.json)


def test_a_quote_that_is_never_closed_refuses_the_file_or_only_its_line(captely: Captely) -> None:
    file = captely.file(
        "quote.csv", "First name,E-mail", "Ada,ada@example.com", '"Bob,b@example.com', "Cyd,c@d.com"
    )
    refused = captely.json("import", file)
    assert refused.code == 2
    assert "Line 3 opens a quote" in refused.json["error"]["message"]
    assert captely.done("contacts")["total"] == 0
    taken = captely.json("import", file, "--keep-going")
    assert taken.code == 1
    assert [taken.json[fate] for fate in FATES] == [2, 0, 0, 0, 1]
