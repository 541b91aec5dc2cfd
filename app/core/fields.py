"""The one catalogue of contact fields that import, filters, templates and exports read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.core.text import marked, tr


class FieldKind(StrEnum):
    """What a field's values are, which decides how they are checked and compared."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    EMAIL = "email"
    PHONE = "phone"
    URL = "url"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    MOMENT = "moment"
    BOOL = "bool"
    CHOICE = "choice"
    MULTI = "multi"
    TAGS = "tags"


CUSTOM_KINDS = (
    FieldKind.TEXT,
    FieldKind.NUMBER,
    FieldKind.MONEY,
    FieldKind.DATE,
    FieldKind.BOOL,
    FieldKind.CHOICE,
    FieldKind.MULTI,
    FieldKind.URL,
    FieldKind.EMAIL,
    FieldKind.PHONE,
)
"""The types a user may give to a custom field."""

CUSTOM_PREFIX = "custom:"
"""What the key of every custom field begins with: custom:<name>."""


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a contact.

    key is its name in the command line, the journal and files; label its English words; aliases
    are folded header names it answers to in an import. editable is False for what the program
    keeps itself; searched is True when free words look into it; stored is False for what is
    derived on reading.
    """

    key: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    aliases: tuple[str, ...] = ()
    editable: bool = True
    searched: bool = True
    stored: bool = True
    choices: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The label in the user's language."""
        return tr(self.label)

    @property
    def is_custom(self) -> bool:
        """True for a field the user made."""
        return self.key.startswith(CUSTOM_PREFIX)


def _words(written: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in written.split("|"))


def _kept(key: str, label: str, kind: FieldKind, *aliases: str) -> Field:
    return Field(key, label, kind, aliases, editable=False, searched=False)


FIELDS: tuple[Field, ...] = (
    Field(
        "first_name",
        "First name",
        aliases=_words(
            "first | firstname | given name | givenname | forename | prenom | vorname | "
            "nombre | nome | voornaam | fornavn | imie | fname | christian name | 名"
        ),
    ),
    Field(
        "last_name",
        "Last name",
        aliases=_words(
            "last | lastname | surname | family name | familyname | nom | nom de famille | "
            "nachname | familienname | apellido | apellidos | cognome | sobrenome | "
            "achternaam | etternavn | nazwisko | lname | 姓"
        ),
    ),
    Field(
        "full_name",
        "Full name",
        aliases=_words(
            "name | fullname | contact | contact name | nom complet | nom et prenom | "
            "vollstandiger name | ansprechpartner | nombre completo | nome completo | lead "
            "name | person | prospect | 姓名"
        ),
    ),
    Field(
        "email",
        "E-mail",
        FieldKind.EMAIL,
        aliases=_words(
            "e mail | mail | email address | e mail address | emailaddress | work email | "
            "business email | professional email | primary email | courriel | adresse e mail "
            "| adresse mail | adresse email | mail adresse | email adresse | e mail adresse | "
            "correo | correo electronico | posta elettronica | emailadres | 邮箱"
        ),
    ),
    Field(
        "phone",
        "Phone",
        FieldKind.PHONE,
        aliases=_words(
            "telephone | tel | phone number | telephone number | work phone | office phone | "
            "business phone | direct phone | landline | fixe | telefon | telefonnummer | "
            "telefono | telefone | telefoon | tel no | 电话"
        ),
    ),
    Field(
        "mobile",
        "Mobile",
        FieldKind.PHONE,
        aliases=_words(
            "mobile phone | mobile number | cell | cell phone | cellphone | portable | gsm | "
            "handy | mobil | mobilnummer | movil | celular | cellulare | 手机"
        ),
    ),
    Field(
        "company",
        "Company",
        aliases=_words(
            "company name | companyname | organisation | organization | account | account "
            "name | employer | business | business name | societe | entreprise | firma | "
            "unternehmen | firmenname | empresa | azienda | societa | bedrijf | raison "
            "sociale | 公司"
        ),
    ),
    Field(
        "domain",
        "Company domain",
        aliases=_words(
            "company domain | email domain | web domain | domaine | dominio | domain name"
        ),
    ),
    Field(
        "title",
        "Job title",
        aliases=_words(
            "title | jobtitle | position | role | job | job role | fonction | poste | titre | "
            "funktion | stelle | berufsbezeichnung | cargo | puesto | ruolo | functie | 职位"
        ),
    ),
    Field("seniority", "Seniority", aliases=_words("seniority level | level | management level")),
    Field(
        "linkedin_url",
        "LinkedIn",
        FieldKind.URL,
        aliases=_words(
            "linkedin | linkedin profile | linkedin url | linkedinurl | person linkedin url | "
            "linkedin link | profil linkedin | li url"
        ),
    ),
    Field(
        "website",
        "Website",
        FieldKind.URL,
        aliases=_words(
            "web | site | site web | webseite | homepage | url | company website | web site | "
            "internet | sitio web | sito web | company url | www"
        ),
    ),
    Field(
        "address",
        "Address",
        aliases=_words(
            "street | street address | address line 1 | address 1 | adresse | rue | strasse | "
            "direccion | indirizzo | endereco | adres"
        ),
    ),
    Field(
        "city",
        "City",
        aliases=_words(
            "town | ville | stadt | ort | ciudad | citta | cidade | stad | locality | suburb | 城市"
        ),
    ),
    Field(
        "postal_code",
        "Postal code",
        aliases=_words(
            "zip | zip code | zipcode | postcode | post code | code postal | plz | "
            "postleitzahl | codigo postal | cap | cep"
        ),
    ),
    Field(
        "region",
        "Region",
        aliases=_words(
            "state | province | county | state province | state region | departement | "
            "bundesland | provincia | regione | estado"
        ),
    ),
    Field(
        "country",
        "Country",
        aliases=_words("country code | country name | pays | land | pais | paese | kraj | 国家"),
    ),
    Field("time_zone", "Time zone", aliases=_words("timezone | tz | fuseau horaire | zeitzone")),
    Field(
        "industry",
        "Industry",
        aliases=_words(
            "sector | secteur | secteur d activite | branche | sector industry | industria | "
            "settore | vertical"
        ),
    ),
    Field(
        "notes",
        "Notes",
        FieldKind.LONG_TEXT,
        aliases=_words(
            "note | comment | comments | remarks | remark | description | commentaire | "
            "commentaires | remarque | bemerkung | bemerkungen | notiz | notizen | notas"
        ),
    ),
    Field(
        "status",
        "Status",
        FieldKind.CHOICE,
        aliases=_words(
            "lead status | contact status | stage | lifecycle stage | statut | estado del lead"
        ),
        searched=False,
    ),
    _kept("score", "Score", FieldKind.NUMBER, "lead score"),
    Field(
        "owner",
        "Owner",
        aliases=_words(
            "contact owner | lead owner | account owner | assigned to | proprietaire | besitzer"
        ),
    ),
    Field(
        "source",
        "Source",
        aliases=_words(
            "lead source | origin | origine | quelle | fuente | fonte | original source"
        ),
    ),
    Field(
        "tags",
        "Tags",
        FieldKind.TAGS,
        aliases=_words("tag | labels | label | etiquettes | etiquetas | categories | kategorien"),
    ),
    Field(
        "last_contacted",
        "Last contacted",
        FieldKind.MOMENT,
        aliases=_words(
            "last contact | last contacted date | last activity | dernier contact | letzter "
            "kontakt | ultimo contacto | last touch"
        ),
        searched=False,
    ),
    _kept("created", "Created", FieldKind.MOMENT, "created at", "create date", "created date"),
    _kept("updated", "Updated", FieldKind.MOMENT, "updated at", "last modified", "modified"),
)

BY_KEY: dict[str, Field] = {field.key: field for field in FIELDS}

STATUS_LABELS = {
    "new": marked("New"),
    "contacted": marked("Contacted"),
    "qualified": marked("Qualified"),
    "nurture": marked("Nurture"),
    "customer": marked("Customer"),
    "lost": marked("Lost"),
    "archived": marked("Archived"),
}
DEFAULT_STATUSES = tuple(STATUS_LABELS)
"""The statuses of a new workspace, in pipeline order; each is a row the user may edit."""

STATUS_TONES = {
    "new": "info",
    "contacted": "accent",
    "qualified": "success",
    "nurture": "warning",
    "customer": "success",
}
"""Their colours in a new workspace; those not named are neutral."""


def status_title(key: str, label: str) -> str:
    """How a status is called in the user's language, as long as nobody has renamed it."""
    return tr(label) if STATUS_LABELS.get(key) == label else label


LABELLED = ("email", "phone", "mobile")
"""Fields that may have further labelled values, written like email.home."""


def custom_field(name: str, label: str, kind: FieldKind, choices: tuple[str, ...] = ()) -> Field:
    """The field of a user's own definition; its key is custom:<name>."""
    return Field(CUSTOM_PREFIX + name, label, kind, choices=choices)
