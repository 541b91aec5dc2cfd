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
                "organization name", "organisation name", "company organisation",
                "company organization", "organization 1 name",
                "associated company", "primary associated company"),
    "title": ("intitule du poste", "job position", "position title", "organization title",
              "organization 1 title"),
    "linkedin_url": ("linkedin profile url", "linkedin profil", "person linkedin"),
    "full_name": ("nom prenom", "prenom nom", "display name", "vor und nachname"),
    "address": ("adress", "mailing address", "postal address", "postadresse", "calle"),
    "country": ("country region", "pays region", "land region", "pais o region"),
    "postal_code": ("postal zip code", "zip postal code", "cp"),
    "region": ("dep region", "provincia o estado"),
    "city": ("city town",),
    "website": ("web page", "website 1 value"),
}  # fmt: skip

# Names with more in them than the value: "Acme (acme.example)" in HubSpot's associated company.
_LOOSE = frozenset({"associated company", "primary associated company"})

# Address books say whose place it is: "Business City" is a city; what they mean most goes first.
_PLACES = (
    ("mailing ",),
    ("business ", " geschaftlich", " bureau", " de trabajo", " del trabajo"),
    ("work ",),
    ("office ",),
    ("address 1 ",),
    ("home ", " privat", " domicile", " particular"),
)
_OF_PLACES = ("address", "city", "postal_code", "region", "country")

# CRMs say whose value it is: "Person - Name" is a name.
_OF_A_PERSON = re.compile(r"(?:person|contact|kontakt|contacto|persona|personne) (?=\S)")

# A colleague's or an assistant's address is none of the contact's: all contacts of one owner would
# be taken for one person.
_SOMEBODY_ELSE = frozenset({
    "owner", "manager", "assistant", "assistants", "rep", "representative", "agent", "sender",
    "referrer", "by", "besitzer", "betreuer", "proprietaire", "responsable", "propietario",
    "spouse",
})  # fmt: skip
_NO_TELEPHONE = frozenset({"fax", "telefax", "telecopie", "pager", "telex"})

# No slips of the pen, although each is spelled much like a name of a field.
_OTHERS = frozenset({
    "department", "departments", "company country", "company city", "company state",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Meaning:
    """The field that a header names, and whether by its own name or by an alias; how sure that is.

    confidence runs from 0 to 1.
    """

    field: Field
    exact: bool
    confidence: float = 1.0


@lru_cache(maxsize=1)
def _catalogue() -> dict[str, Meaning]:
    """Folded header text to meaning; a field's own names win over another field's aliases."""
    found: dict[str, Meaning] = {}
    for field in FIELDS:
        for alias in (*field.aliases, *_MORE.get(field.key, ())):
            sure = 0.9 if alias in _LOOSE else 0.95
            found.setdefault(folded(alias), Meaning(field, exact=False, confidence=sure))
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
    """The part of an address that a folded header such as "business city" names, with its place.

    Places are numbered from 0, the one that is meant most first.
    """
    for rank, words in enumerate(_PLACES):
        for place in words:
            rest = key.removeprefix(place) if place[-1] == " " else key.removesuffix(place)
            meaning = known.get(rest) if rest != key else None
            if meaning is not None and meaning.field.key in _OF_PLACES:
                return meaning.field, rank
    return None


def of_a_person(key: str, known: Mapping[str, Meaning]) -> Meaning | None:
    """The meaning of a folded header such as "person name", in which CRMs say whose it is."""
    start = _OF_A_PERSON.match(key)
    return known.get(key[start.end() :]) if start else None


def is_of_somebody_else(key: str) -> bool:
    """True for a folded header such as "owner email"."""
    return not _SOMEBODY_ELSE.isdisjoint(key.split())


def is_no_telephone(key: str) -> bool:
    """True for a folded header of numbers that nobody can be spoken to under."""
    return not _NO_TELEPHONE.isdisjoint(key.split())


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
