"""What the calls came to, the movements that make up a figure, and the balance after each."""

from __future__ import annotations

import csv
from pathlib import Path

from app.core.money import MILLI
from app.services.credits import LedgerFilter
from app.services.credits.analysis import Analysis, By
from tests.services.credits.bench import EMAIL, PHONE, Bench


def used(bench: Bench) -> Analysis:
    """Four calls: two finds of two providers, a miss, and one that is still open."""
    bench.spend(1)
    bench.spend(2, PHONE, "hunter", job=2)
    missed = bench.hold(3)
    bench.credits.send(missed.id)
    bench.credits.settle(missed.id, charged=0, found=0, outcome="NOT_FOUND")
    bench.hold(4, EMAIL, "hunter", job=2)
    return Analysis(bench.store)


def test_calls_are_put_together_by_provider_run_outcome_and_day(bench: Bench) -> None:
    analysis = used(bench)
    told = {
        by: [(s.key, s.calls, s.found, s.credits, s.held) for s in analysis.by(by)] for by in By
    }
    assert told[By.PROVIDER] == [("hunter", 2, 1, PHONE, EMAIL), ("icypeas", 2, 1, EMAIL, 0)]
    assert told[By.JOB] == [("2", 2, 1, PHONE, EMAIL), ("1", 2, 1, EMAIL, 0)]
    assert told[By.DAY] == [("2026-11-23", 4, 2, EMAIL + PHONE, EMAIL)]
    assert told[By.OUTCOME] == [
        ("FOUND", 2, 2, EMAIL + PHONE, 0),
        ("", 1, 0, 0, EMAIL),
        ("NOT_FOUND", 1, 0, 0, 0),
    ]


def test_only_the_days_that_are_asked_for_count(bench: Bench) -> None:
    analysis = used(bench)
    bench.at("2026-11-24T09:00:00")
    bench.spend(9)
    days = ("2026-11-24", "2026-11-24")
    assert [share.calls for share in analysis.by(By.PROVIDER, days)] == [1]
    each = [(s.day, s.provider, s.credits) for s in analysis.by_day_and_provider()]
    assert each == [
        ("2026-11-23", "hunter", PHONE),
        ("2026-11-23", "icypeas", EMAIL),
        ("2026-11-24", "icypeas", EMAIL),
    ]


def test_a_call_that_was_given_back_unsent_does_not_count(bench: Bench) -> None:
    bench.credits.release(bench.hold(1).id)
    assert Analysis(bench.store).by(By.PROVIDER) == []


def test_the_movements_of_a_figure_add_up_to_it(bench: Bench) -> None:
    analysis, found = used(bench), bench.credits.overview()
    assert analysis.total(LedgerFilter(held=True)) == found.sums.held == EMAIL
    assert analysis.total(LedgerFilter(kind="post")) == found.sums.spent == EMAIL + PHONE
    month = LedgerFilter(month="2026-11", used=True)
    assert analysis.total(month) == found.spent_month == 2 * EMAIL + PHONE
    assert analysis.total(LedgerFilter(outcome="NOT_FOUND", kind="hold")) == EMAIL


def test_every_row_has_the_balance_after_it_on_every_page(bench: Bench) -> None:
    used(bench)
    _total, rows = bench.credits.ledger(limit=100)
    paged = [bench.credits.ledger(limit=2, offset=n)[1] for n in range(0, len(rows), 2)]
    assert [row.balance for page in paged for row in page] == [row.balance for row in rows]
    assert rows[0].balance == bench.credits.overview().sums.available
    assert rows[-1].balance == 5_000 * MILLI


def test_both_files_have_decimal_credits(bench: Bench, tmp_path: Path) -> None:
    analysis = used(bench)
    analysis.write(tmp_path / "usage.csv")
    rows = list(csv.DictReader((tmp_path / "usage.csv").read_text().splitlines()))
    assert [(r["provider"], r["outcome"], r["credits"], r["held"]) for r in rows] == [
        ("hunter", "", "0", "1"),
        ("hunter", "FOUND", "10", "0"),
        ("icypeas", "FOUND", "1", "0"),
        ("icypeas", "NOT_FOUND", "0", "0"),
    ]
    written = analysis.write_ledger(tmp_path / "ledger.csv", LedgerFilter(kind="post"))
    rows = list(csv.DictReader((tmp_path / "ledger.csv").read_text().splitlines()))
    assert (written, [row["balance"] for row in rows]) == (2, ["4999", "4989"])
