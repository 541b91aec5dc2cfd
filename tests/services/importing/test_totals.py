"""A row of sums at the foot of a list is nobody, and says so instead of becoming a contact."""

from __future__ import annotations

import pytest

from app.services.importing import totals
from tests.services.importing.desk import five, open_desk


@pytest.mark.parametrize("word", ["Total", "TOTAL:", "Gesamt :", "Total général"])
def test_a_row_of_sums_is_rejected_and_not_a_contact_of_that_name(tmp_path, word):
    with open_desk(tmp_path) as desk:
        result = desk.run(f"Name;Email;Sum\nAda;ada@example.com;1 200,50\n{word};;1 200,50\n")
        assert five(result) == (1, 0, 0, 0, 1)
        assert desk.people("full_name") == [("Ada",)]
        assert "The row only adds up the others." in desk.folder.joinpath(
            result["rejects_file"]
        ).read_text("utf-8-sig")


def test_somebody_with_such_a_name_and_an_address_or_number_is_a_contact(tmp_path):
    with open_desk(tmp_path) as desk:
        text = "Name,Email,Phone\nSuma,suma@example.com,\nTotal,,+33 1 42 68 53 00\n"
        assert five(desk.run(text)) == (2, 0, 0, 0, 0)


def test_the_cheap_look_sees_every_word_that_the_close_one_takes():
    for word in ("total", "Grand Total:", "summe", "Totale generale"):
        assert totals.may_hold([None, "Ada", word])
        assert totals.is_totals([word, "1,5"])
    assert not totals.may_hold(["Ada", None, "Totally"])
