"""Header texts that name a field, in the languages of the catalogue and of the user's fields."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.core.fields import BY_KEY, CUSTOM_PREFIX, FIELDS, LABELLED, Field
from app.core.text import search_words

_LABELLED = re.compile(rf"({'|'.join(LABELLED)})\.(\S(?:.*\S)?)", re.IGNORECASE)

# Names that e-mail programs, CRMs and hand-made lists use beyond the catalogue's aliases.
_MORE = {
    "email": ("e mail 1 value", "email 1", "e mail 1", "email work", "contact email", "mail pro",
              "email professionnel", "e mail professionnel", "geschaftliche e mail"),
    "phone": ("phone 1", "phone 1 value", "tel fixe", "telephone fixe", "n de telephone",
              "numero de telephone", "numero", "telefon geschaftlich", "tel 1"),
    "mobile": ("tel portable", "telephone portable", "mobiltelefon", "telefono movil", "mob"),
    "company": ("company account", "nom de l entreprise", "nom entreprise", "nombre de la empresa",
                "organization name", "organisation name", "organization 1 name",
                "associated company", "primary associated company"),
    "title": ("intitule du poste", "job position", "position title", "organization title",
              "organization 1 title"),
    "linkedin_url": ("linkedin profile url", "linkedin profil", "person linkedin"),
    "full_name": ("nom prenom", "prenom nom", "display name", "vor und nachname"),
    "address": ("adress", "mailing address", "postal address", "postadresse"),
    "country": ("country region", "pays region"),
    "postal_code": ("postal zip code", "zip postal code", "cp"),
    "city": ("city town",),
    "website": ("web page", "website 1 value"),
}  # fmt: skip

# Address books say whose place it is: "Business City" is a city; what they mean most goes first.
_PLACES = ("mailing", "business", "work", "office", "address 1", "home")
_OF_PLACES = ("address", "city", "postal_code", "region", "country")

# No slips of the pen, although each is spelled much like a name of a field.
_OTHERS = frozenset({
    "department", "departments", "company country", "company city", "company state",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Meaning:
    """The field that a header names, and whether by its own name or by an alias."""

    field: Field
    exact: bool


@lru_cache(maxsize=1)
def _catalogue() -> dict[str, Meaning]:
    """Folded header text to meaning; a field's own names win over another field's aliases."""
    found: dict[str, Meaning] = {}
    for field in FIELDS:
        for alias in (*field.aliases, *_MORE.get(field.key, ())):
            found.setdefault(folded(alias), Meaning(field, exact=False))
    for field in FIELDS:
        for name in (field.label, field.key):
            found[folded(name)] = Meaning(field, exact=True)
    return found


@lru_cache(maxsize=1)
def known_names() -> frozenset[str]:
    """Every folded text that names a field of the catalogue."""
    return frozenset(_catalogue())


def folded(header: str) -> str:
    """A header as it is compared: case, accents and punctuation removed."""
    return search_words(header).strip()


def meanings(custom: Sequence[Field] = ()) -> dict[str, Meaning]:
    """Every known header text with its field; the user's own fields win over the catalogue."""
    found = dict(_catalogue())
    for field in custom:
        names = (field.key, field.key.removeprefix(CUSTOM_PREFIX), field.label)
        found.update((folded(name), Meaning(field, exact=True)) for name in names)
    return found


def of_a_place(key: str, known: Mapping[str, Meaning]) -> tuple[Field, int] | None:
    """The part of an address that a folded header such as "business city" names, with its rank."""
    for rank, place in enumerate(_PLACES):
        meaning = known.get(key.removeprefix(f"{place} ")) if key.startswith(f"{place} ") else None
        if meaning is not None and meaning.field.key in _OF_PLACES:
            return meaning.field, rank
    return None


def is_something_else(key: str) -> bool:
    """True for a folded header that is known to mean what there is no field for."""
    return key in _OTHERS


def labelled(header: str) -> Field | None:
    """The field of a further value, from a header such as email.home."""
    match = _LABELLED.fullmatch(header.strip())
    if not match:
        return None
    base = BY_KEY[match[1].lower()]
    return Field(f"{base.key}.{match[2]}", f"{base.label} ({match[2]})", base.kind)
