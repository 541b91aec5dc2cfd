"""Brings the translations up to date with the words of the sources.

    python packaging/translations.py            collect, merge into each .po, compile each .mo
    python packaging/translations.py --missing  also print what is not translated yet

Words are the literals of tr, trn and marked, and the labels of operations; what is declared in
the catalogues of fields and settings is read from there. The command line speaks English only,
so that scripts can rely on it, and is left out.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

LOCALES = ROOT / "resources" / "locales"
KEYWORDS = {
    "tr": None, "trn": (1, 2), "marked": None, "recording": (2,), "begin": (2,),
}  # fmt: skip
METHODS = [("cli/**", "ignore"), ("sandbox/**", "ignore"), ("**.py", "python")]
MADE = datetime(2026, 1, 1, tzinfo=UTC)
PLURALS = {"fr": "nplurals=2; plural=(n > 1);"}
HEADER = """msgid ""
msgstr ""
"Project-Id-Version: Captely\\n"
"Language: {language}\\n"
"Plural-Forms: {plurals}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def collected() -> Catalog:
    """Every sentence that the window may show, untranslated."""
    catalogue = Catalog(project="Captely", charset="utf-8")
    for message in sorted({message for message in _of_sources() if message}, key=str):
        catalogue.add(message)
    return catalogue


def _of_sources() -> Iterator[str | tuple[str, ...]]:
    found = extract_from_dir(
        str(ROOT / "app"), method_map=METHODS, keywords=KEYWORDS, strip_comment_tags=True
    )
    for _file, _line, message, _comments, _context in found:
        yield message
    yield from _declared()


def _declared() -> Iterator[str]:
    from app.core.fields import FIELDS
    from app.core.settings import SETTINGS

    for field in FIELDS:
        yield field.label
    for setting in SETTINGS:
        if setting.shown:
            yield setting.title
            yield setting.help


def translated(path: Path) -> Catalog:
    """The catalogue of a .po file."""
    with path.open("rb") as file:
        return read_po(file)


def missing(catalogue: Catalog) -> list[str]:
    """The sentences of a catalogue that nobody has translated, or that are only guessed."""
    return [
        str(message.id)
        for message in catalogue
        if message.id and (message.fuzzy or not all(_strings(message.string)))
    ]


def _strings(string: str | tuple[str, ...] | None) -> tuple[str | None, ...]:
    return tuple(string) if isinstance(string, tuple | list) else (string,)


def compiled(catalogue: Catalog) -> bytes:
    """What gettext reads; without the time of day, so that the same words are the same file."""
    catalogue.creation_date = catalogue.revision_date = MADE
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def update(path: Path) -> Catalog:
    """Give a .po file the sentences of today and compile it; returns what it holds then."""
    catalogue = translated(path)
    catalogue.update(collected(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    language = path.parents[1].name
    with path.open("wb") as file:
        file.write(HEADER.format(language=language, plurals=PLURALS[language]).encode())
        write_po(file, catalogue, width=100, sort_output=True, no_location=True, omit_header=True)
    path.with_suffix(".mo").write_bytes(compiled(translated(path)))
    return catalogue


def main() -> int:
    """0 when everything is translated, else 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--missing", action="store_true", help="print what is not translated")
    show = parser.parse_args().missing
    status = 0
    for path in sorted(LOCALES.glob("*/LC_MESSAGES/captely.po")):
        catalogue = update(path)
        left = missing(catalogue)
        print(f"{path.parents[1].name}: {len(catalogue)} sentences, {len(left)} not translated")
        if show:
            print("\n".join(left))
        status |= bool(left)
    return status


if __name__ == "__main__":
    sys.exit(main())
