"""J2 through the window: import a bad CSV, put it right, and take it all back."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit

from app.views.common.places import Place
from app.views.importing.page import FILE, MAPPING, REVIEW, ImportPage

ROWS, BAD, LOST, LATE_DAYS, QUOTED = 1_200, 37, 12, 17, 811
FIXABLE = 9
KNOWN, TWICE = 41, 7


@pytest.fixture
def bad_list(tmp_path: Path) -> Path:
    """cp1252, semicolons, two header lines, 37 bad e-mails, 03/04 dates, lost digits, one quote."""
    pick = random.Random(2)
    spots = pick.sample(range(50, ROWS - TWICE), BAD + LOST + LATE_DAYS + 1)
    spots = [spot for spot in spots if spot != QUOTED][: BAD + LOST + LATE_DAYS]
    bad, lost = set(spots[:BAD]), set(spots[BAD : BAD + LOST])
    late = set(spots[BAD + LOST :])
    fixable = set(spots[:FIXABLE])
    lines = ["Kontakt;;;;;", "Vorname;Nachname;Firma;E-Mail;Telefon;Letzter Kontakt"]
    for n in range(ROWS):
        mail = f"p{n}(at)fjord.example" if n in fixable else f"p{n}@" if n in bad else ""
        phone = "3.36123E+10" if n in lost else f"+49 89 5550 {n:04}"
        day = 17 if n in late else 3
        firm = '"Groß & Söhne' if n == QUOTED else "Groß & Söhne"
        lines.append(
            f"Zoë {n};Müller;{firm};{mail or f'p{n}@fjord.example'};{phone};{day:02}/04/2026"
        )
    # The same people once more at the end of the file.
    lines[-TWICE:] = lines[2 : 2 + TWICE]
    path = tmp_path / "bad.csv"
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode("cp1252"))
    return path


def tabs(page: ImportPage) -> list[str]:
    return [tab.count for tab in page.review.problems.tabs.values()]


def test_from_a_bad_list_to_clean_contacts_and_back(
    window, bad_list, until, qtbot, app, tmp_path, monkeypatch
):
    for n in range(KNOWN):
        title = {"title": "Chefin"} if n else {}
        app.contacts.add({"first_name": f"Zoë {n}", "email": f"p{n}@fjord.example", **title})
    before = everybody(app)

    # 1: the file as it was read, each finding with a control to change it
    window.show_place(Place.IMPORT)
    page = window.page(Place.IMPORT)
    page.choose(bad_list)
    until(lambda: page.file.quote.text())
    form = page.file.form
    assert (form.encoding.value(), form.delimiter.value(), form.header.value()) == (
        "cp1252", ";", "2",
    )  # fmt: skip
    assert page.file.model.rowCount() == 50
    assert page.file.model.index(0, 1).data() == "Zoë 0"
    assert f"Line {QUOTED + 3}" in page.file.quote.text()
    page.file.quote._action.click()
    until(lambda: page.file.form.quotes.value() is True and page.draft.look is not None)

    # 2: the mapping, with the evidence for the order of the dates
    page.next.click()
    assert page.stack.currentIndex() == MAPPING
    assert [entry.field for entry in page.mapping.model.entries] == [
        "first_name", "last_name", "company", "email", "phone", "last_contacted",
    ]  # fmt: skip
    assert "17 rows have a day above 12" in page.mapping.options._evidence.text()
    assert page.next.text() == "Next: review 1,200 rows"

    # 3: the grid; one cell in place, then all like it
    page.next.click()
    until(lambda: page.plan is not None)
    assert page.stack.currentIndex() == REVIEW
    assert tabs(page) == ["50", "38", "12", "0"]
    table = page.review.problems.table
    page.review.problems.show_only("3:no_at")
    until(lambda: page.review.problems.model.rowCount() == FIXABLE)
    until(lambda: page.review.problems.current() is not None)
    plan = page.plan
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_F2)
    editor = table.viewport().findChild(QLineEdit)
    editor.setText("first@fjord.example")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    until(lambda: page.plan is not plan)
    assert tabs(page) == ["49", "37", "12", "1"]
    until(lambda: page.review.problems.fix_all.isEnabled())
    page.review.problems.fix_all.click()
    until(lambda: page.review.problems.changes.count == FIXABLE - 1)
    plan = page.plan
    page.review.problems.changes.apply.click()
    until(lambda: page.plan is not plan)
    assert tabs(page) == ["41", "29", "12", "9"]

    # 4 and 5: the five numbers are what happens
    counts = page.plan.counts
    assert (counts.rows, counts.duplicates, counts.rejected) == (ROWS, TWICE, 29)
    assert counts.updated + counts.unchanged == KNOWN
    page.next.click()
    until(lambda: page.run.result)
    fates = ("rows", "created", "updated", "unchanged", "duplicates", "rejected")
    assert {fate: page.run.result[fate] for fate in (*fates, "parked")} == counts.as_dict()
    done = {key: figure.number for key, figure in page.run.figures.figures.items()}
    assert done == {fate: counts.as_dict()[fate] for fate in fates[1:]}
    after = everybody(app)

    # 6: the rejected rows, corrected in a spreadsheet and dropped again
    saved = tmp_path / "rejected.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(saved), ""))
    page.run.save.click()
    until(saved.exists)
    correct(saved)
    page.choose(saved)
    until(lambda: page.plan is not None)
    assert page.stack.currentIndex() == REVIEW
    assert (page.plan.counts.created, page.plan.counts.rejected) == (29, 0)
    until(page.next.isEnabled)
    page.next.click()
    until(lambda: page.run.result)
    assert page.run.result["rejected"] == 0

    # 7: and everything is taken back
    window.desk.undo()
    until(lambda: everybody(app) == after)
    window.desk.undo()
    until(lambda: everybody(app) == before)


def correct(saved: Path) -> None:
    """What a user does with the rejected rows in a spreadsheet."""
    with saved.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert list(rows[0])[-2:] == ["_row", "_error"]
    for n, row in enumerate(rows):
        row["E-Mail"] = f"right{n}@fjord.example"
        row["Firma"] = row["Firma"].strip('"')
    with saved.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)


def everybody(app) -> list[tuple[object, ...]]:
    fields = ("first_name", "last_name", "email", "phone", "company", "title", "last_contacted")
    page = app.contacts.page("", limit=2_000)
    return sorted(tuple(str(view.values.get(f)) for f in fields) for view in page.contacts)


@pytest.mark.parametrize("name", ["picture.csv", "empty.csv"])
def test_what_is_no_list_leaves_everything_as_it_was(window, tmp_path, until, app, name):
    path = tmp_path / name
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(99) if name == "picture.csv" else b"")
    window.show_place(Place.IMPORT)
    page = window.page(Place.IMPORT)
    page.choose(path)
    until(lambda: page.file.notice.text())
    assert page.stack.currentIndex() == FILE
    assert not page.next.isVisible()
    assert app.history.operations() == []
