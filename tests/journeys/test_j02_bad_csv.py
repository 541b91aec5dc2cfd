"""J2: import a bad CSV, correct what was rejected, and take it all back; on the command line."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.cli.driver import Captely

GOOD, BAD, TWICE = 200, 37, 7
FATES = ("created", "updated", "unchanged", "duplicates", "rejected")


@pytest.fixture
def bad_list(captely: Captely) -> Path:
    """cp1252, semicolons, a title above the header, wrong addresses, doubtful dates and phones."""
    rows = [
        f"Zoé {n};Dupré;p{n}@exemple.fr;01 42 68 53 {n % 100:02};{n % 12 + 1:02}/04/2026"
        for n in range(GOOD)
    ]
    rows += [f"Faux {n};Dupré;p{n}@;;" for n in range(BAD)]
    rows += [f"Zoé {n};Dupré;P{n}@EXEMPLE.FR;;" for n in range(TWICE)]
    rows += ["Sci;Fi;sci@exemple.fr;3,36123E+10;17/04/2026"]
    head = ["Liste du salon", "", "Prénom;Nom;Courriel;Téléphone;Dernier contact"]
    path = captely.folder / "bad.csv"
    path.write_bytes("\r\n".join([*head, *rows, ""]).encode("cp1252"))
    return path


def everybody(captely: Captely) -> list[object]:
    return list(captely.done("contacts", "--limit", "1000")["contacts"])


def test_from_a_bad_list_to_clean_contacts_and_back(captely: Captely, bad_list: Path) -> None:
    captely.add("email=p0@exemple.fr", "title=Patronne")
    before = everybody(captely)

    planned = captely.json("import", str(bad_list), "--dry-run", "--country", "FR").json
    assert (planned["encoding"], planned["delimiter"], planned["header_row"]) == ("cp1252", ";", 3)
    assert planned["mapping"] == {
        "Prénom": "first_name", "Nom": "last_name", "Courriel": "email",
        "Téléphone": "phone", "Dernier contact": "last_contacted",
    }  # fmt: skip
    assert any("lost precision" in warning["message"] for warning in planned["warnings"])
    assert everybody(captely) == before

    answer = captely.json("import", str(bad_list), "--country", "FR", "--tag", "salon")
    assert answer.code == 1
    result = answer.json
    assert [result[fate] for fate in FATES] == [GOOD, 1, 0, TWICE, BAD]
    assert [planned[fate] for fate in FATES] == [result[fate] for fate in FATES]
    assert captely.done("contacts", "zoé dupre", "tag:salon")["total"] == GOOD
    found = captely.done("contacts", "email:p16@exemple.fr")["contacts"][0]
    assert (found["first_name"], found["phone"]) == ("Zoé 16", "+33142685316")
    assert found["last_contacted"].startswith("2026-04-05")

    corrected = _correct(captely, Path(result["rejects_file"]))
    again = captely.done("import", corrected, "--country", "FR")
    assert [again[fate] for fate in FATES] == [BAD, 0, 0, 0, 0]
    assert again["mapping"]["Courriel"] == "email"

    captely.done("undo")
    captely.done("undo")
    after = everybody(captely)
    assert [_kept(contact) for contact in after] == [_kept(contact) for contact in before]
    assert captely.done("audit", "verify")["ok"]


def _correct(captely: Captely, rejects: Path) -> str:
    """Do in the rejects file what a user does in a spreadsheet."""
    raw = rejects.read_bytes()
    text = raw.decode("utf-8-sig")
    delimiter = ";" if text.count(";") > text.count(",") else ","
    rows = list(csv.DictReader(text.splitlines(), delimiter=delimiter))
    assert len(rows) == BAD
    assert all(row["_error"].startswith("E-mail is not an address") for row in rows)
    assert [int(row["_row"]) for row in rows] == list(range(GOOD + 4, GOOD + 4 + BAD))
    path = captely.folder / "corrected.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        for row in rows:
            writer.writerow(
                {**row, "Courriel": f"{row['Courriel']}corrige.fr".replace("p", "c", 1)}
            )
    return str(path)


def _kept(contact: object) -> dict[str, object]:
    assert isinstance(contact, dict)
    return {key: value for key, value in contact.items() if key not in {"version", "updated"}}


def test_a_quote_that_is_never_closed_names_its_line(captely: Captely) -> None:
    lines = [f"Ann{n},p{n}@example.com" for n in range(50)]
    lines[20] = '"Ann20,p20@example.com'
    answer = captely.json("import", captely.file("list.csv", "First name,Email", *lines))
    assert answer.code == 2
    assert "22" in answer.message
    assert captely.done("contacts")["total"] == 0


def test_a_list_that_vanishes_changes_nothing(captely: Captely, bad_list: Path) -> None:
    bad_list.unlink()
    answer = captely.json("import", str(bad_list))
    assert (answer.code, answer.json["error"]["code"]) == (2, "NOT_FOUND")
    assert captely.done("contacts")["total"] == 0


def test_a_date_that_could_be_day_or_month_first_is_asked_about(captely: Captely) -> None:
    rows = (f"p{n}@example.com,03/0{n + 1}/2026" for n in range(5))
    file = captely.file("list.csv", "Email,Last contact", *rows)
    doubtful = captely.json("import", file, "--dry-run")
    assert "day or month first" in str(doubtful.json["warnings"])
    result = captely.done("import", file, "--date-order", "Last contact=dmy")
    assert result["warnings"] == []
    contact = captely.done("contacts", "email:p1@example.com")["contacts"][0]
    assert contact["last_contacted"].startswith("2026-02-03")


def test_a_list_is_corrected_by_rules_and_the_next_one_follows_the_recipe(
    captely: Captely, bad_list: Path
) -> None:
    recipe = captely.folder / "salon.json"
    lines = bad_list.read_bytes().decode("cp1252").replace("p3@\r\n", "p3(at)exemple.fr\r\n")
    bad_list.write_bytes(
        lines.replace("Faux 3;Dupré;p3@;", "Faux 3;Dupré;f(at)e.fr;").encode("cp1252")
    )
    fixes = ("--fix", "Courriel=at", "--set", "source=Salon 2026", "--country", "FR")

    result = captely.json(
        "import", str(bad_list), *fixes, "--save-recipe", str(recipe), "--on-duplicate", "update"
    ).json
    assert (result["created"], result["rejected"]) == (GOOD + 2, BAD - 1)
    contact = captely.done("contacts", "email:f@e.fr")["contacts"][0]
    assert contact["source"] == "Salon 2026"

    following = (
        "Prénom;Nom;Courriel;Téléphone;Dernier contact\nKim;Roux;k(at)e.fr;01 42 68 53 00;\n"
    )
    path = captely.folder / "next.csv"
    for name in (str(recipe), "last"):
        path.write_text(following.replace("k(at)", f"{len(name)}(at)"), "utf-8")
        again = captely.done("import", str(path), "--recipe", name, "--on-duplicate", "create")
        assert [again[fate] for fate in FATES] == [1, 0, 0, 0, 0]
    found = captely.done("contacts", "kim")["contacts"]
    assert {(one["phone"], one["source"]) for one in found} == {("+33142685300", "Salon 2026")}


def test_values_names_and_totals_are_put_right_by_the_verb(captely: Captely) -> None:
    file = captely.file(
        "list.csv", "Name,Email,Status,Company", "Ada Lovelace,a@b.example,Warm,Acme GmbH",
        "Total,1,,",
    )  # fmt: skip
    result = captely.done(
        "import", file, "--split-name", "Name", "--value", "Status", "Warm", "qualified",
        "--replace", "Company", "GmbH", "AG", "--skip-totals",
    )  # fmt: skip
    assert (result["rows"], result["warnings"]) == (1, [])
    contact = captely.done("contacts")["contacts"][0]
    assert [contact[key] for key in ("first_name", "last_name", "status", "company")] == [
        "Ada", "Lovelace", "qualified", "Acme AG",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--fix", "Email=magic"), "no rule magic"),
        (("--fix", "Emial=at"), "has no column Emial"),
        (("--recipe", "nowhere.json"), "There is no file"),
        (("--recipe", "last"), "was imported before"),
        (("--set", "colour=red"), "no field colour"),
        (("--field-rule", "city=maybe"), "no rule for duplicates called maybe"),
    ],
)
def test_what_cannot_be_corrected_is_refused_in_words(
    captely: Captely, given: tuple[str, ...], said: str
) -> None:
    file = captely.file("list.csv", "First name,Email", "Ada,a@b.example")
    answer = captely.json("import", file, *given)
    assert answer.code == 2
    assert said in answer.message
    assert captely.done("contacts")["total"] == 0
