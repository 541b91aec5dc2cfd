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
