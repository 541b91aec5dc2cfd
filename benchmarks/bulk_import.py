"""The import of a million rows against what SQLite's own program needs for the same state.

Run with `python -m benchmarks.bulk_import [ROWS]`. The floor imports the same file with `sqlite3`,
makes as many indexes, and fills a full-text index; sqlite-utils does the same as a peer. Ours is
the whole verb: detect, map, validate, normalise, match, journal, tags and search. Each is run on
an empty database and beside 970,000 others.

The floor's full-text index is of our kind: one column with all the text of a contact, detail=none,
columnsize=0, the ascii tokenizer, no prefix indexes. It keeps no text beside its contacts; ours
does (the folded one, from which words are taken out again), and pays for that itself.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import platformdirs
import psutil

from app.core.actor import Actor, Origin
from app.core.clock import SystemClock
from app.core.events import Bus
from app.models.store import Store
from app.services.operations import Operations
from benchmarks.contact_list import HEADER, write
from benchmarks.licence import licensed
from benchmarks.report import Figure, show

ROWS = 1_000_000
OTHERS = 0.97
EDIT_EVERY_SECONDS = 0.5
SAMPLE_SECONDS = 0.2
MAIN = Path(__file__).parents[1] / "main.py"

COLUMNS = [name.lower().replace(" ", "_") for name in HEADER]
INDEXED = ("email", "phone, last_name", "phone, first_name", "last_name, company", "last_name",
           "company")  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Time:
    """By the clock, and of processor: on a busy machine only the latter can be compared."""

    seconds: float
    worked: float

    def __str__(self) -> str:
        return f"{self.seconds:.1f} s, {self.worked:.1f} s of processor"


def measure(rows: int = ROWS, cache: Path | None = None) -> list[Figure]:
    """The figures of an import of `rows` rows; lists are kept in `cache` for the next time."""
    cache = cache or Path(platformdirs.user_cache_dir("captely-benchmarks"))
    cache.mkdir(parents=True, exist_ok=True)
    lists = {seed: _list(cache, int(rows * part), seed) for seed, part in ((1, 1), (2, OTHERS))}
    with tempfile.TemporaryDirectory(dir=cache) as scratch:
        return [*_empty(Path(scratch), lists[1]), *_filled(Path(scratch), lists[1], lists[2])]


def _empty(scratch: Path, source: Path) -> list[Figure]:
    floor = _timed(lambda: _floor(scratch / "floor.db", source))
    peer = _timed(lambda: _sqlite_utils(scratch / "peer.db", source))
    ours = _ours(licensed(scratch / "empty"), source)
    return [
        Figure(
            "import into an empty workspace",
            ours.seconds / floor.seconds,
            "× floor",
            2.0,
            ours.note,
        ),
        Figure("its floor, the sqlite3 program", floor.seconds, "s", note=str(floor)),
        Figure("against sqlite-utils", ours.seconds / peer.seconds, "× peer", 1.0, f"peer {peer}"),
        Figure("memory of all processes", ours.megabytes, "MB", 300.0),
    ]


def _filled(scratch: Path, source: Path, others: Path) -> list[Figure]:
    _floor(scratch / "floor.db", others, anew=True)
    floor = _timed(lambda: _floor(scratch / "floor.db", source, filled=True))
    _ours(licensed(scratch / "alone"), others)
    shutil.copytree(scratch / "alone", scratch / "edited")
    alone = _ours(scratch / "alone", source)
    edited = _ours(scratch / "edited", source, editing=True)
    again = _ours(scratch / "edited", source, editing=True)

    def ratio(what: str, run: _Run) -> Figure:
        return Figure(what, run.seconds / floor.seconds, "× floor", 2.0, run.note)

    def slowest(run: _Run) -> Figure:
        return Figure(
            "slowest edit meanwhile", run.slowest * 1000, "ms", 250.0, f"{run.edits} edits"
        )

    return [
        Figure("its floor, the sqlite3 program", floor.seconds, "s", note=str(floor)),
        ratio("import beside 970,000 others", alone),
        Figure("memory of all processes", alone.megabytes, "MB", 300.0),
        ratio("the same with two edits a second", edited),
        slowest(edited),
        ratio("the same list once more", again),
        slowest(again),
    ]


def _list(cache: Path, rows: int, seed: int) -> Path:
    path = cache / f"contacts-{rows}-{seed}.csv"
    if not path.exists():
        write(path, rows, seed=seed)
    return path


def _timed(work: Callable[[], object]) -> _Time:
    begun, used = time.perf_counter(), _processor()
    work()
    return _Time(time.perf_counter() - begun, _processor() - used)


def _processor() -> float:
    """The seconds of processor that ended child processes and their children have used so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _floor(database: Path, source: Path, *, filled: bool = False, anew: bool = False) -> None:
    """What the sqlite3 program needs, in the state the database is in."""
    if anew:
        database.unlink()
    indexes = [f"CREATE INDEX i{n} ON contact({on});" for n, on in enumerate(INDEXED)]
    text = " || ' ' || ".join(f"coalesce({column}, '')" for column in COLUMNS)
    words = (
        "CREATE VIRTUAL TABLE words USING "
        "fts5(text, content='', detail=none, columnsize=0, tokenize='ascii');"
    )
    before = "SELECT coalesce(max(rowid), 0) AS last FROM contact"
    statements = [
        "PRAGMA journal_mode = WAL;",
        "PRAGMA synchronous = NORMAL;",
        *([] if filled else [f"CREATE TABLE contact ({', '.join(f'{c} TEXT' for c in COLUMNS)});"]),
        f"CREATE TEMP TABLE there AS {before};",
        ".mode csv",
        f'.import --skip 1 "{source}" contact',
        *([] if filled else [*indexes, words]),
        f"INSERT INTO words(rowid, text) SELECT rowid, {text} FROM contact "  # noqa: S608
        "WHERE rowid > (SELECT last FROM there);",
    ]
    subprocess.run(
        ["sqlite3", str(database)],
        input="\n".join(statements).encode(),
        check=True,
        stdout=subprocess.DEVNULL,
    )


def _sqlite_utils(database: Path, source: Path) -> None:
    """What the sqlite-utils program needs on an empty database."""

    def call(*arguments: str) -> None:
        command = [sys.executable, "-m", "sqlite_utils", *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    call("insert", str(database), "contact", str(source), "--csv")
    for columns in (("Email",), ("Phone", "Last Name"), ("Phone", "First Name"),
                    ("Last Name", "Company"), ("Last Name",), ("Company",)):  # fmt: skip
        call("create-index", str(database), "contact", *columns)
    call("enable-fts", str(database), "contact", *HEADER)


class _Run:
    """One run of the verb, with the memory of its processes and the edits made meanwhile."""

    def __init__(self, workspace: Path) -> None:
        self.workspace = workspace
        self.seconds = 0.0
        self.worked = 0.0
        self.megabytes = 0.0
        self.slowest = 0.0
        self.edits = 0
        self.note = ""
        self._ended = threading.Event()

    def run(self, source: Path, *, editing: bool) -> None:
        watching: list[threading.Thread] = []
        if editing:
            watching.append(threading.Thread(target=self._edit))
        command = [sys.executable, str(MAIN), "import", str(source), "--json",
                   "--workspace", str(self.workspace)]  # fmt: skip
        begun, used = time.perf_counter(), _processor()
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        watching.append(threading.Thread(target=self._weigh, args=(process.pid,)))
        for thread in watching:
            thread.start()
        told, _ = process.communicate()
        self.seconds = time.perf_counter() - begun
        self.worked = _processor() - used
        self._ended.set()
        for thread in watching:
            thread.join()
        result = json.loads(told)
        self.note = f"{self.seconds:.1f} s, {self.worked:.1f} s of processor, " + ", ".join(
            f"{result[key]:,} {key}" for key in ("created", "updated", "unchanged", "duplicates")
        )

    def _weigh(self, pid: int) -> None:
        """Keep the most memory that the process and its children had together."""
        while not self._ended.wait(SAMPLE_SECONDS):
            try:
                family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
                held = sum(one.memory_full_info().pss for one in family)
            except (psutil.Error, FileNotFoundError):
                continue
            self.megabytes = max(self.megabytes, held / 1e6)

    def _edit(self) -> None:
        """Change a contact every half second, as a person at the window would."""
        store = Store.on_file(self.workspace / "captely.db")
        operations = Operations(store, Bus(), SystemClock(), Actor("bench", "", Origin.UI))
        while not self._ended.wait(EDIT_EVERY_SECONDS):
            begun = time.perf_counter()
            with operations.recording("contact.edit", "Edit") as recorder:
                recorder.update("contact", {1 + self.edits: {"notes": f"edit {begun}"}})
            self.slowest = max(self.slowest, time.perf_counter() - begun)
            self.edits += 1
        store.close()


def _ours(workspace: Path, source: Path, *, editing: bool = False) -> _Run:
    run = _Run(workspace)
    run.run(source, editing=editing)
    return run


if __name__ == "__main__":
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    if shutil.which("sqlite3") is None:
        sys.exit("The sqlite3 program is not installed, and it is what we are measured against.")
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    sys.exit(0 if show(measure(rows)) else 1)
