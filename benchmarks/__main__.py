"""Measures every budget in one run and prints one table: python -m benchmarks [--contacts N].

The first run makes its data, a million contacts, in the cache folder; later runs use it again.
Nothing else should be busy on the machine meanwhile.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks import bulk_import, frames, journal, search, start
from benchmarks.report import show


def main() -> int:
    """0 when every budget is kept, else 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=1_000_000)
    contacts = parser.parse_args().contacts
    workspace = search.prepared(contacts)
    figures = [*start.measure(workspace.folder), *search.measure(workspace)]
    with tempfile.TemporaryDirectory(prefix="captely-bench-") as folder:
        figures += journal.measure(Path(folder), contacts)
    figures += bulk_import.measure(contacts)
    figures += frames.measure(workspace.folder, frames.contact_list_of(contacts))
    return 0 if show(figures) else 1


if __name__ == "__main__":
    sys.exit(main())
