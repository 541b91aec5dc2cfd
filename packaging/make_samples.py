"""Makes resources/samples/contacts.csv: 500 varied, partly broken contacts that belong to nobody.

Run it again after changing it; the same seed gives the same file. Names come from Faker's
locales, phones from the numbering plans' own example ranges, addresses end in reserved domains.
"""

from __future__ import annotations

import csv
import random
import re
from pathlib import Path

import phonenumbers
from faker import Faker

from app.core.text import fold

SEED = 20261123
ROWS = 500
TARGET = Path(__file__).resolve().parents[1] / "resources" / "samples" / "contacts.csv"

LOCALES = {
    "US": ("en_US", "United States", 80),
    "GB": ("en_GB", "United Kingdom", 60),
    "FR": ("fr_FR", "France", 60),
    "DE": ("de_DE", "Deutschland", 60),
    "ES": ("es_ES", "España", 35),
    "IT": ("it_IT", "Italia", 30),
    "PL": ("pl_PL", "Polska", 25),
    "NL": ("nl_NL", "Nederland", 25),
    "BR": ("pt_BR", "Brasil", 20),
    "JP": ("ja_JP", "日本", 18),
    "UA": ("uk_UA", "Україна", 15),
    "GR": ("el_GR", "Ελλάδα", 12),
    "SA": ("ar_SA", "السعودية", 10),
    "KR": ("ko_KR", "대한민국", 10),
    "TR": ("tr_TR", "Türkiye", 12),
}
HEADERS = (
    "First name", "Last name", "E-mail", "Phone", "Mobile", "Company", "Job title", "Website",
    "City", "Postal code", "Country", "LinkedIn", "Status", "Last contacted", "Source", "Notes",
)  # fmt: skip
WORDS = [
    "Nordwind",
    "Kestrel",
    "Polder",
    "Minato",
    "Atelier",
    "Cedar",
    "Volta",
    "Fjord",
    "Severn",
    "Sierra",
    "Hangang",
    "Dnipro",
    "Bosfor",
    "Douro",
    "Alpenblick",
    "Quercus",
    "Lumen",
    "Borealis",
    "Tramontane",
    "Estuary",
    "Granite",
    "Meridian",
    "Harbour",
    "Saffron",
    "Juniper",
    "Cobalt",
    "Orchard",
    "Beacon",
    "Pinnacle",
    "Ardent",
    "Marlin",
    "Tessera",
    "Vantage",
    "Basalt",
    "Linden",
    "Aurora",
]
TRADES = [
    "Logistics",
    "Analytics",
    "Foods",
    "Medical",
    "Systems",
    "Energy",
    "Textiles",
    "Robotics",
    "Solar",
    "Rail",
    "Marine",
    "Metals",
    "Devices",
    "Software",
    "Consulting",
    "Packaging",
    "Optics",
    "Biotech",
    "Ceramics",
    "Insurance",
]
LEGAL = {"DE": "GmbH", "FR": "SAS", "GB": "Ltd", "US": "Inc.", "ES": "S.L.", "IT": "S.r.l.",
         "NL": "B.V.", "PL": "Sp. z o.o.", "BR": "Ltda."}  # fmt: skip
TITLES = (
    "VP Sales", "Head of Marketing", "CTO", "Chief Executive Officer", "Purchasing Manager",
    "Sales Director", "IT Manager", "Operations Lead", "Account Executive", "Founder",
    "Directrice commerciale", "Leiter Einkauf", "Responsable informatique", "Product Manager",
    "Head of Growth", "Export Manager", "CFO", "Office Manager",
)  # fmt: skip
STATUSES = ("", "", "new", "new", "new", "contacted", "contacted", "qualified", "nurture",
            "customer", "lost")  # fmt: skip
NOTES = (
    "", "", "", "", "Met at the spring fair, asked for a price list",
    "Prefers to be called in the morning", "Uses a competitor until next year",
    "Asked for a demo;\nsend two dates", 'Calls our product "the blue one"',
    "Bitte nur per E-Mail", "Rappeler après les congés", "Introduced by a customer",
)  # fmt: skip
SOURCES = ("Trade fair", "Website", "Referral", "Webinar", "Partner", "LinkedIn", "")


def main() -> None:
    """Write the file."""
    chance = random.Random(SEED)  # noqa: S311 - sample data, not a secret
    people = [row for code in LOCALES for row in _country(code, chance)]
    chance.shuffle(people)
    people = people[: ROWS - 28] + [_again(chance.choice(people), chance) for _ in range(28)]
    _break(people, chance)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADERS)
        writer.writerows([row[header] for header in HEADERS] for row in people)


def _country(code: str, chance: random.Random) -> list[dict[str, str]]:
    locale, country, count = LOCALES[code]
    fake = Faker(locale)
    fake.seed_instance(SEED + sum(map(ord, code)))
    return [_person(code, country, fake, chance) for _ in range(count)]


def _person(code: str, country: str, fake: Faker, chance: random.Random) -> dict[str, str]:
    first, last = fake.first_name(), fake.last_name()
    company = f"{chance.choice(WORDS)} {chance.choice(TRADES)}"
    domain = fold(company).replace(" ", "-") + ".example"
    if code in LEGAL and chance.random() < 0.6:
        company += f" {LEGAL[code]}"
    return {
        "First name": first,
        "Last name": last,
        "E-mail": _email(first, last, domain, chance),
        "Phone": _phone(code, phonenumbers.PhoneNumberType.FIXED_LINE, chance),
        "Mobile": _phone(code, phonenumbers.PhoneNumberType.MOBILE, chance) if chance.random() < 0.5
        else "",
        "Company": company,
        "Job title": chance.choice(TITLES),
        "Website": domain if chance.random() < 0.4 else f"https://www.{domain}/",
        "City": fake.city(),
        "Postal code": fake.postcode(),
        "Country": country if chance.random() < 0.7 else code,
        "LinkedIn": f"https://www.linkedin.com/in/{_slug(first, last)}"
        if chance.random() < 0.3 and _slug(first, last) else "",
        "Status": chance.choice(STATUSES),
        "Last contacted": f"{chance.randint(1, 28):02}/{chance.randint(1, 12):02}/2026"
        if chance.random() < 0.35 else "",
        "Source": chance.choice(SOURCES),
        "Notes": chance.choice(NOTES),
    }  # fmt: skip


def _slug(first: str, last: str) -> str:
    return re.sub(r"[^a-z]+", "-", fold(f"{first} {last}")).strip("-")


def _email(first: str, last: str, domain: str, chance: random.Random) -> str:
    if chance.random() < 0.22:
        return ""
    slug = _slug(first, last)
    local = slug.replace("-", ".") if "-" in slug else f"contact{chance.randint(10, 99)}"
    return (
        f"{local[0]}.{local.split('.')[-1]}@{domain}"
        if chance.random() < 0.3
        else (f"{local}@{domain}")
    )


def _phone(code: str, kind: int, chance: random.Random) -> str:
    if chance.random() < 0.12:
        return ""
    example = phonenumbers.example_number_for_type(code, kind)
    digits = str(example.national_number)
    tail = f"{chance.randint(0, 9999):04}"
    number = phonenumbers.PhoneNumber(
        country_code=example.country_code,
        national_number=int(digits[:-4] + tail),
        italian_leading_zero=example.italian_leading_zero,
    )
    style = phonenumbers.PhoneNumberFormat.INTERNATIONAL
    if chance.random() < 0.3:
        style = phonenumbers.PhoneNumberFormat.E164
    return phonenumbers.format_number(number, style)


def _again(person: dict[str, str], chance: random.Random) -> dict[str, str]:
    """The same person once more, as lists have them: other case, spaces, something left out."""
    twin = dict(person)
    twin["E-mail"] = f" {twin['E-mail'].upper()} " if twin["E-mail"] else ""
    twin["Job title"] = chance.choice(("", twin["Job title"]))
    twin["Notes"] = ""
    return twin


def _break(people: list[dict[str, str]], chance: random.Random) -> None:
    """The faults of real lists, a few of each."""
    faults = (
        ("E-mail", "not an address"), ("E-mail", "anna@@alpenblick.example"),
        ("E-mail", "peter.example.com"), ("E-mail", "info@localhost,"),
        ("Phone", "3.36123E+10"), ("Phone", "ask reception"), ("Phone", "00"),
        ("Phone", "+44 20 7946 0018 ext. 12"), ("Mobile", "n/a"),
        ("Last contacted", "soon"), ("Status", "warm lead"), ("Website", "www"),
    )  # fmt: skip
    for field, value in faults:
        for person in chance.sample(people, 2):
            person[field] = value
    for person in chance.sample(people, 3):
        for field in ("First name", "Last name", "E-mail", "Phone", "Mobile", "LinkedIn"):
            person[field] = ""


if __name__ == "__main__":
    main()
