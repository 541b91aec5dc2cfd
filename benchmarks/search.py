"""Measures search over a million contacts against the budgets: python -m benchmarks.search.

The first run makes a workspace of made-up contacts in the cache folder, which later runs reuse.
Times are wall-clock in one process, with the processor's share beside them, which tells a slow
search from a busy machine; --contacts makes a smaller one for a quick look.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import platformdirs
import psutil
from faker.providers.address.en_US import Provider as Addresses
from faker.providers.company.en_US import Provider as Companies
from faker.providers.job.en_US import Provider as Jobs
from faker.providers.person.en_US import Provider as People

from app.core.actor import Actor, Origin
from app.core.clock import SystemClock
from app.core.events import Bus
from app.core.identity import derived
from app.core.paths import Workspace
from app.models.contacts import CONTACT_INDEXES
from app.models.migrating import migrate
from app.models.store import Store
from app.services import search_file
from app.services.indexing import Indexing
from app.services.search import Search
from benchmarks.report import Figure, show

FIRST_PAGE_MS = 16.0
OPEN_MS = 150.0
PAGE_MS = 5.0
END_MS = 50.0
SORT_MS = 500.0
ORDER_MS = 2_000.0
MEMORY_MB = 350.0
WORDS = 60
INDEXED = ("created", "company", "email")

Times = tuple[float, float]
"""Milliseconds by the clock, and of the processor."""

COUNTRIES = ("FR", "DE", "GB", "US", "ES", "IT", "NL", "BE", "CH", "AT", "PL", "SE")
STATUSES = ("new", "new", "new", "contacted", "qualified", "nurture", "customer", "lost")
COLUMNS = (
    "id", "first_name", "last_name", "email", "phone", "company", "domain", "title", "city",
    "country", "status", "score", "owner", "notes", "created", "updated", "created_op",
)  # fmt: skip
DERIVED = ("sort_name", "company_key", "name_phone_key", "name_company_key")


def prepared(contacts: int) -> Workspace:
    """The workspace of so many contacts, made on the first call and kept."""
    folder = Path(platformdirs.user_cache_dir("captely-benchmarks")) / f"search-{contacts}"
    workspace = Workspace(folder).prepare()
    if not (folder / "ready").exists():
        _build(workspace, contacts)
    return workspace


def measure(workspace: Workspace, words: int = WORDS) -> list[Figure]:
    """Searches typed letter by letter, the table and its orders, and the memory they need."""
    store, search = _open(workspace)
    try:
        return [*_measure(search, workspace, words)]
    finally:
        store.close()


def _open(workspace: Workspace) -> tuple[Store, Search]:
    clock, bus = SystemClock(), Bus()
    store = Store.on_file(workspace.database, workspace.search)
    indexing = Indexing(store, bus, database=workspace.database, search=workspace.search)
    indexing.prepare()
    indexing.drain()
    return store, Search(store, clock, Actor("ada", "desk", Origin.UI), indexing)


def _build(workspace: Workspace, contacts: int) -> None:
    began = time.perf_counter()
    for file in workspace.folder.glob("*.db*"):
        file.unlink()
    plain = Store.on_file(workspace.database)
    migrate(plain, workspace, now=SystemClock().now())
    plain.close()
    names = [index.name for index in CONTACT_INDEXES]
    with closing(sqlite3.connect(workspace.database)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        kept = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        ).fetchall()
        made = [sql for name, sql in kept if name in names]
        for name in names:
            connection.execute(f"DROP INDEX IF EXISTS {name}")
        columns = (*COLUMNS, *DERIVED)
        places = ", ".join("?" * len(columns))
        statement = f"INSERT INTO contact({', '.join(columns)}) VALUES ({places})"  # noqa: S608
        connection.executemany(statement, _contacts(contacts))
        for sql in made:
            connection.execute(sql)
        connection.execute("INSERT INTO counter(name, next) VALUES('contact', ?)", (contacts + 1,))
        connection.commit()
    loaded = time.perf_counter()
    search_file.ensure(workspace.search)
    search_file.index_ranges(workspace.database, workspace.search, [(1, contacts)])
    search_file.confirm(workspace.search)
    (workspace.folder / "ready").touch()
    now = time.perf_counter()
    print(f"made {contacts:,} contacts in {loaded - began:.0f} s, indexed in {now - loaded:.0f} s")


def _contacts(contacts: int) -> Iterator[tuple[Any, ...]]:
    dice = random.Random(20_261_123)
    firsts = dice.choices(list(People.first_names), list(People.first_names.values()), k=contacts)
    lasts = dice.choices(list(People.last_names), list(People.last_names.values()), k=contacts)
    companies = [_company(dice) for _ in range(max(10, contacts // 12))]
    cities = [_city(dice) for _ in range(2_000)]
    jobs = list(Jobs.jobs)
    for n in range(contacts):
        first, last = firsts[n], lasts[n]
        # Some companies and cities are far more common than others.
        company = companies[int(dice.random() ** 2 * len(companies))]
        domain = "".join(c for c in company.lower() if c.isalnum()) + ".com"
        contact: dict[str, Any] = {
            "id": n + 1, "first_name": first, "last_name": last,
            "email": f"{first}.{last}{dice.randrange(100)}@{domain}".lower(),
            "phone": f"+33{dice.randrange(10**8, 10**9)}", "company": company, "domain": domain,
            "title": dice.choice(jobs), "city": cities[int(dice.random() ** 3 * len(cities))],
            "country": dice.choice(COUNTRIES), "status": dice.choice(STATUSES),
            "score": dice.randrange(100) if n % 3 else None, "owner": "ada" if n % 5 else None,
            "notes": "Met at the fair, wants a call back" if n % 10 == 0 else None,
            "created": 1_750_000_000_000_000 + n, "updated": 1_750_000_000_000_000 + n,
            "created_op": 1,
        }  # fmt: skip
        keys = derived(contact)
        yield (*(contact[name] for name in COLUMNS), *(keys[name] for name in DERIVED))


def _company(dice: random.Random) -> str:
    names = list(People.last_names)
    first, second = dice.choice(names), dice.choice(names)
    ending = dice.choice(Companies.company_suffixes)
    return f"{first} {ending}" if dice.random() < 0.6 else f"{first}-{second}"


def _city(dice: random.Random) -> str:
    return f"{dice.choice(list(People.last_names))}{dice.choice(Addresses.city_suffixes)}"


def _measure(search: Search, workspace: Workspace, words: int) -> Iterator[Figure]:
    typed = _typed(workspace, words)
    # As the window does in every pause.
    while search.read_ahead():
        pass
    times = [_timed(search.first_page, query) for query in typed]
    note = f"{len(typed)} prefixes typed"
    yield _figure("first page while typing, median", _ranked(times, 0.5), FIRST_PAGE_MS, note)
    note = f"slowest {max(wall for wall, _ in times):.0f} ms"
    yield _figure(
        "first page while typing, 95th percentile", _ranked(times, 0.95), FIRST_PAGE_MS, note
    )
    yield _figure("table opens: first page of everything", _least(search.first_page, ""), OPEN_MS)
    yield _figure("all ids in the order of names", _least(search.ids, ""), SORT_MS)
    ids = search.ids("").ids
    middle = list(ids[len(ids) // 2 : len(ids) // 2 + 50])
    yield _figure("a page of 50 in the middle", _least(search.rows, middle), PAGE_MS)
    yield _figure("jump to the end", _least(search.rows, list(ids[-50:])), END_MS)
    for sort in (*INDEXED, "city", "score"):
        budget = SORT_MS if sort in INDEXED else ORDER_MS
        yield _figure(f"all ids by {sort}", _least(search.ids, "", sort=sort), budget)
        yield _figure(f"first page by {sort}", _least(search.first_page, "", sort=sort), SORT_MS)
    memory = psutil.Process().memory_info().rss / 1e6
    yield Figure("resident memory after all searches", memory, "MB", MEMORY_MB, "without a window")


def _figure(what: str, times: Times, budget: float, note: str = "") -> Figure:
    wall, processor = times
    return Figure(what, wall, "ms", budget, f"processor {processor:.1f} ms  {note}".rstrip())


def _ranked(times: Sequence[Times], share: float) -> Times:
    """The time that this share of all stays under, by the clock and of the processor apart."""
    place = min(len(times) - 1, int(len(times) * share))
    walls, processors = zip(*times, strict=True)
    return sorted(walls)[place], sorted(processors)[place]


def _typed(workspace: Workspace, words: int) -> list[str]:
    """Names, companies, cities, titles and addresses of contacts, typed letter by letter."""
    dice = random.Random(7)
    typed = []
    with closing(sqlite3.connect(workspace.database)) as connection:
        (last,) = connection.execute("SELECT max(id) FROM contact").fetchone()
        for _ in range(words):
            first, name, company, city, title, email = connection.execute(
                "SELECT first_name, last_name, company, city, title, email FROM contact"
                " WHERE id = ?",
                (dice.randrange(1, last + 1),),
            ).fetchone()
            text = dice.choice(
                [first, name, f"{first} {name}", f"{name} {company}", company, city, title, email]
            )
            typed += [text[:n] for n in range(1, len(text) + 1)]
    return typed


def _least(work: Callable[..., object], *asked: object, **how: object) -> Times:
    return min(_timed(work, *asked, **how) for _ in range(3))


def _timed(work: Callable[..., object], *asked: object, **how: object) -> Times:
    began, busy = time.perf_counter(), time.thread_time()
    work(*asked, **how)
    return (time.perf_counter() - began) * 1000, (time.thread_time() - busy) * 1000


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--words", type=int, default=WORDS, help="how many searches are typed")
    chosen = parser.parse_args()
    sys.exit(0 if show(measure(prepared(chosen.contacts), chosen.words)) else 1)
