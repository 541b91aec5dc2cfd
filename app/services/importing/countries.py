"""Countries by code or by name in many languages; an unknown name is never guessed."""

from __future__ import annotations

from functools import lru_cache

from app.core.paths import resources
from app.core.text import search_words


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    found: dict[str, str] = {}
    text = (resources() / "countries.tsv").read_text("utf-8")
    for line in text.splitlines():
        if not line.startswith("#"):
            code, three, names = line.split("\t")
            for name in (*names.split("|"), code.lower(), three.lower()):
                found[name] = code
    return found


@lru_cache(maxsize=4096)
def country_code(text: str) -> str | None:
    """The two-letter code of a country given by code or name, None when it is not known."""
    return _names().get(search_words(text).strip())
