"""Where a licence goes: a file, a static folder to be hosted, or a Stripe customer's metadata."""

from __future__ import annotations

from pathlib import Path

from issuer.errors import IssuerError

CHUNK = 480
"""Characters of one metadata value; Stripe allows 500."""
MOST_CHUNKS = 40
"""Metadata values used for a licence; Stripe allows 50 in all."""
PREFIX = "captely_lic_"


def write(path: Path, text: str) -> Path:
    """Write a text whole or not at all: a web server may be reading the one before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text(text, encoding="ascii")
    fresh.replace(path)
    return path


def file_of(folder: Path, workspace: str) -> Path:
    """Where a static folder has the licence of a workspace."""
    return folder / f"{workspace}.captely-licence"


def chunks(text: str) -> dict[str, str]:
    """The metadata of a licence; numbers that an earlier, longer one used are emptied."""
    parts = [text[start : start + CHUNK] for start in range(0, len(text), CHUNK)]
    if len(parts) > MOST_CHUNKS:
        raise IssuerError(
            f"The licence needs {len(parts)} values of the customer's metadata and may have "
            f"{MOST_CHUNKS}: hand it over as a file."
        )
    values = {f"{PREFIX}{n}": part for n, part in enumerate(parts)}
    return values | {f"{PREFIX}{n}": "" for n in range(len(parts), MOST_CHUNKS)}


def joined(metadata: dict[str, str]) -> str:
    """The licence in a customer's metadata; empty when there is none."""
    parts = []
    for n in range(MOST_CHUNKS):
        part = metadata.get(f"{PREFIX}{n}", "")
        if not part:
            break
        parts.append(part)
    return "".join(parts)
